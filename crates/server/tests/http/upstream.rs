//! Another server behind this one, which may say anything.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use oolong_protocol::chat::{ChatCompletion, ChatRequest};
use oolong_server::{Config, Key, Running, Server};
use serde_json::json;

use crate::support::{config, get, header, post, refused, says};

const KEY: &str = "sk-very-secret";

fn completion(content: &str) -> Response {
    json!({"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}})
    .to_string()
    .into_response()
}

/// A server with one behind it that answers like this.
async fn behind<F>(flags: &str, answer: F) -> (Running, Arc<Mutex<Vec<(HeaderMap, ChatRequest)>>>)
where
    F: Fn() -> Response + Clone + Send + Sync + 'static,
{
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let app = Router::new().fallback(move |request: Request| async move {
        let (head, body) = request.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let slow = std::str::from_utf8(&body).is_ok_and(|body| body.contains("slowly"));
        record.lock().expect("sound").push((head.headers, serde_json::from_slice(&body).expect("a request")));
        if slow {
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        answer()
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    let flags = format!("--upstream http://{address}/v1 --upstream-model big {flags}");
    let config = Config { upstream_key: Some(Key::new(KEY.to_owned())), ..config(&flags) };
    (Server::start(config).await.expect("starts"), seen)
}

#[tokio::test]
async fn a_sound_answer_is_passed_on() {
    let frames = r#"{"frames":[{"intent":"order","items":[{"item":"latte","quantity":2}]}]}"#;
    let (running, seen) = behind("", move || completion(frames)).await;
    let response = post(&running.url(), says("two lattes")).await;
    assert_eq!(response.status(), 200);
    let answer: ChatCompletion = serde_json::from_str(&response.text().await.expect("a body")).expect("a completion");
    assert_eq!(answer.choices[0].message.content.as_deref(), Some(frames));
    assert_eq!((answer.model.as_str(), answer.usage.expect("usage").total_tokens), ("big", 10));
    let seen = seen.lock().expect("sound");
    let (headers, request) = &seen[0];
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(request.model, "big");
    assert!(request.response_format.is_some() && request.messages.len() == 2);
    assert!(!request.messages[1].text().contains(KEY));
}

#[tokio::test]
async fn nothing_else_is_believed() {
    for content in [
        "Sure! Here are two lattes.",
        r#"{"frames":[]}"#,
        r#"{"frames":[{"intent":"order","items":[{"item":"unicorn","quantity":2}]}]}"#,
        r#"{"frames":[{"intent":"order","items":[{"item":"latte","quantity":2}],"poem":"x"}]}"#,
        r#"{"frames":[{"intent":"order","items":[{"item":"latte","quantity":2}],"place":"the moon"}]}"#,
    ] {
        let (running, _) = behind("", move || completion(content)).await;
        refused(post(&running.url(), says("two lattes")).await, (502, "model_output_invalid")).await;
    }
    let (running, _) = behind("", || "x".repeat(2 << 20).into_response()).await;
    refused(post(&running.url(), says("two lattes")).await, (502, "model_output_invalid")).await;
    let metrics = get(&running.url(), "metrics").await.text().await.expect("a body");
    assert!(metrics.contains("oolong_upstream_total{outcome=\"invalid\"} 1"), "{metrics}");
}

#[tokio::test]
async fn its_failures_are_told_without_its_words() {
    for status in [400, 401, 404, 500, 302] {
        let (running, _) = behind("", move || {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [("location", "http://127.0.0.1:1/")], format!("secret words and {KEY}")).into_response()
        })
        .await;
        let error = refused(post(&running.url(), says("two lattes")).await, (502, "upstream_failed")).await;
        assert!(!error.message.contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn its_wait_is_passed_on() {
    for status in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        let (running, _) = behind("", move || (status, [("retry-after", "17")], "busy").into_response()).await;
        let response = post(&running.url(), says("two lattes")).await;
        assert_eq!(header(&response, "retry-after"), "17");
        refused(response, (503, "upstream_busy")).await;
    }
}

#[tokio::test]
async fn it_is_not_waited_for_longer_than_the_deadline() {
    let (running, _) = behind("--deadline-ms 200", || completion("")).await;
    refused(post(&running.url(), says("slowly")).await, (504, "upstream_timeout")).await;
}

#[tokio::test]
async fn it_may_be_away() {
    let config = config("--upstream http://127.0.0.1:1/v1 --upstream-model big");
    let running = Server::start(config).await.expect("starts");
    refused(post(&running.url(), says("two lattes")).await, (502, "upstream_failed")).await;
}

#[tokio::test]
async fn it_is_asked_by_few_at_a_time() {
    let (running, seen) = behind("--upstream-concurrency 1 --queue-ms 1 --deadline-ms 3000", || completion("")).await;
    let base = running.url();
    let slow = {
        let base = base.clone();
        tokio::spawn(async move { post(&base, says("slowly")).await })
    };
    while seen.lock().expect("sound").is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    refused(post(&base, says("two lattes")).await, (503, "queue_full")).await;
    slow.abort();
}
