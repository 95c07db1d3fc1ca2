//! What clients of chat completions rely on, with the model of this build.

use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Context, Utterance};
use oolong_protocol::chat::{ChatChunk, ChatCompletion, ModelList};
use oolong_remote::{Collected, Question, read};
use serde_json::{Value, json};

use crate::support::{client, fake, get, header, post, real, refused, says};

async fn completion(body: impl Into<String>) -> ChatCompletion {
    let response = post(real(), body).await;
    assert_eq!(response.status(), 200);
    serde_json::from_str(&response.text().await.expect("a body")).expect("a completion")
}

fn content(completion: &ChatCompletion) -> Value {
    serde_json::from_str(completion.choices[0].message.content.as_deref().expect("content")).expect("JSON")
}

#[tokio::test]
async fn plain_words_are_about_the_servers_campaign() {
    let answer = completion(says("two large lattes")).await;
    let frames = content(&answer);
    assert_eq!(frames["frames"][0]["intent"], "order");
    assert_eq!(frames["frames"][0]["items"][0]["quantity"], 2);
    assert_eq!((answer.object.as_str(), answer.choices.len()), ("chat.completion", 1));
    assert!(answer.id.starts_with("chatcmpl-") && answer.created > 1_700_000_000);
    assert_eq!(answer.choices[0].finish_reason.as_deref(), Some("stop"));
    let usage = answer.usage.expect("usage");
    assert!(usage.prompt_tokens > 0 && usage.total_tokens == usage.prompt_tokens + usage.completion_tokens);
    assert!((0.0..=1.0).contains(&answer.oolong.expect("an extension").confidence));
}

#[tokio::test]
async fn a_question_brings_its_own_campaign() {
    let text = include_str!("../../../../public/campaign.json").replace("\"latte\"", "\"their-latte\"");
    let campaign = Campaign::from_json(text.as_bytes()).expect("sound");
    let utterance = Utterance::new("two lattes").expect("words");
    let question = Question::new(&utterance, &Context::default(), &campaign, &Gazetteer::new(&campaign));
    let request = question.request("oolong", false);
    let answer = completion(serde_json::to_string(&request).expect("JSON")).await;
    let text = answer.choices[0].message.content.as_deref().expect("content");
    assert!(text.contains("their-latte"), "{text}");
    let parse = read(text, &question, answer.oolong.map(|extension| extension.confidence)).expect("believable");
    assert_eq!(parse.frames.len(), 1);
    // And the next shopper has the server's own again.
    assert_eq!(content(&completion(says("two lattes")).await)["frames"][0]["items"][0]["item"], "latte");
}

#[tokio::test]
async fn a_stream_says_the_same() {
    let words = "两杯拿铁，再来一杯摩卡";
    let plain = completion(says(words)).await;
    let mut body: Value = serde_json::from_str(&says(words)).expect("JSON");
    body["stream"] = json!(true);
    body["stream_options"] = json!({"include_usage": true});
    let response = post(real(), body.to_string()).await;
    assert_eq!(header(&response, "content-type"), "text/event-stream");
    let text = response.text().await.expect("a body");
    let mut collected = Collected::default();
    collected.take(&text).expect("sound events");
    assert!(collected.is_done());
    let streamed = collected.finish().expect("complete");
    assert_eq!(streamed.choices[0].message.content, plain.choices[0].message.content);
    assert_eq!(streamed.oolong, plain.oolong);

    let events: Vec<&str> = text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect();
    let (done, events) = events.split_last().expect("events");
    assert_eq!(*done, "[DONE]");
    let chunks: Vec<ChatChunk> = events.iter().map(|event| serde_json::from_str(event).expect("a chunk")).collect();
    assert_eq!(chunks[0].choices[0].delta.role.as_deref(), Some("assistant"));
    let [.., last, usage] = chunks.as_slice() else { panic!("few events") };
    assert_eq!(last.choices[0].finish_reason.as_deref(), Some("stop"));
    assert!(last.oolong.is_some() && last.usage.is_none());
    assert!(usage.choices.is_empty());
    assert_eq!(usage.usage, plain.usage);
    assert!(chunks.iter().all(|chunk| chunk.id == chunks[0].id && chunk.object == "chat.completion.chunk"));
}

#[tokio::test]
async fn the_model_is_named() {
    let list: ModelList =
        serde_json::from_str(&get(real(), "v1/models").await.text().await.expect("a body")).expect("a list");
    let name = &list.data[0].id;
    assert_eq!(completion(says("hello")).await.model, *name);
    assert_eq!(completion(says("hello").replace("oolong", name)).await.model, *name);
    assert_eq!(completion(says("hello").replace("oolong", "")).await.model, *name);
    let error = refused(post(real(), says("hello").replace("oolong", "gpt-9")).await, (404, "model_not_found")).await;
    assert_eq!((error.kind.as_str(), error.param.as_deref()), ("invalid_request_error", Some("model")));
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_in_openais_words() {
    let with = |rest: Value| {
        let mut body: Value = serde_json::from_str(&says("hello")).expect("JSON");
        body.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        body.to_string()
    };
    let bodies = [
        ("{", 400, "invalid_json"),
        ("", 400, "invalid_json"),
        ("\u{0}\u{1}", 400, "invalid_json"),
        (r#"{"model":"oolong","messages":[{"role":"user","content":{"a":1}}]}"#, 400, "invalid_json"),
        (&with(json!({"messages": []})), 400, "invalid_messages"),
        (&with(json!({"messages": [{"role": "system", "content": "x"}]})), 400, "invalid_messages"),
        (&with(json!({"n": 2})), 400, "unsupported_value"),
        (&with(json!({"response_format": {"type": "grammar"}})), 400, "unsupported_value"),
        (&with(json!({"stream_options": {"include_usage": true}})), 400, "unsupported_value"),
        (&says("\u{200b} "), 422, "unreadable_utterance"),
        (&says(&"long ".repeat(1000)), 422, "unreadable_utterance"),
        (&says(&"x".repeat(256 << 10)), 413, "request_too_large"),
        (&says(&"x".repeat(3 << 20)), 413, "request_too_large"),
    ];
    for (body, status, code) in bodies {
        let error = refused(post(real(), body).await, (status, code)).await;
        assert_eq!(error.kind, "invalid_request_error");
    }
}

#[tokio::test]
async fn paths_and_methods_and_types_are_refused_too() {
    let (running, _) = fake("").await;
    let (base, client) = (running.url(), client());
    refused(get(&base, "v1/embeddings").await, (404, "unknown_url")).await;
    refused(get(&base, "nothing/here").await, (404, "unknown_url")).await;
    let response = get(&base, "v1/chat/completions").await;
    assert_eq!(header(&response, "allow"), "POST");
    refused(response, (405, "method_not_allowed")).await;
    refused(client.delete(format!("{base}v1/models")).send().await.expect("an answer"), (405, "method_not_allowed"))
        .await;
    let plain = client.post(format!("{base}v1/chat/completions")).body(says("hello"));
    refused(plain.send().await.expect("an answer"), (415, "unsupported_media_type")).await;
}

#[tokio::test]
async fn health_readiness_and_metrics_are_told() {
    let (running, _) = fake("").await;
    let base = running.url();
    assert_eq!(get(&base, "healthz").await.status(), 200);
    assert_eq!(get(&base, "readyz").await.status(), 200);
    let client = client();
    let again = client.post(format!("{base}v1/chat/completions")).header("content-type", "application/json");
    again.header("x-oolong-attempt", "2").body(says("hello")).send().await.expect("an answer");
    refused(post(&base, "{").await, (400, "invalid_json")).await;
    let text = get(&base, "metrics").await.text().await.expect("a body");
    for line in [
        "oolong_http_requests_total{route=\"/v1/chat/completions\",status=\"200\"} 1",
        "oolong_http_requests_total{route=\"/v1/chat/completions\",status=\"400\"} 1",
        "oolong_rejected_total{reason=\"invalid_json\"} 1",
        "oolong_attempts_total{attempt=\"2\"} 1",
        "oolong_inference_seconds_count 1",
        "oolong_queue_wait_seconds_count 1",
        "oolong_queue_length 0",
        "oolong_engines 1",
    ] {
        assert!(text.contains(line), "no {line} in\n{text}");
    }
}
