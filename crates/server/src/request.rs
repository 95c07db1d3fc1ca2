//! From an HTTP request to what is wanted: every check that needs no model.

use axum::body::{Body, HttpBody as _};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use oolong_protocol::chat::{ChatRequest, ResponseFormat};
use oolong_remote::{NotAsked, asked};
use serde_json::Value;
use tokio::time::timeout_at;

use crate::clock::Instant;
use crate::{Refusal, Task};

/// A body that is too large or not wanted is still read so far, so that its client gets to read why.
const MAX_UNREAD: usize = 4 << 20;
/// The name that stands for whichever model there is.
const ANY: &str = "oolong";

/// A request that makes sense.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// What is to be understood.
    pub(crate) task: Task,
    /// Whether the answer is to come as events.
    pub(crate) stream: bool,
    /// Whether the events are to end with a count of tokens.
    pub(crate) usage: bool,
}

/// The body, up to `most` bytes.
///
/// # Errors
/// [`Refusal::MediaType`], [`Refusal::TooLarge`], [`Refusal::SlowBody`].
pub(crate) async fn body(
    headers: &HeaderMap,
    mut body: Body,
    most: usize,
    deadline: Instant,
) -> Result<Vec<u8>, Refusal> {
    let fits = is_json(headers);
    if !fits {
        discard(&mut body, deadline).await;
        return Err(Refusal::MediaType);
    }
    let mut bytes = Vec::new();
    if body.size_hint().lower() <= most as u64 {
        while let Some(frame) = timeout_at(deadline, body.frame()).await.map_err(|_| Refusal::SlowBody)? {
            let Ok(frame) = frame.map(hyper::body::Frame::into_data) else {
                return Err(Refusal::NotJson("the body ended early".to_owned()));
            };
            bytes.extend_from_slice(frame.as_deref().unwrap_or_default());
            if bytes.len() > most {
                break;
            }
        }
        if bytes.len() <= most {
            return Ok(bytes);
        }
    }
    drop(bytes);
    discard(&mut body, deadline).await;
    Err(Refusal::TooLarge)
}

/// Reads a body that nobody wants: a client that is still writing does not read an answer.
pub(crate) async fn discard(body: &mut Body, deadline: Instant) {
    let mut unread = 0;
    while let Ok(Some(Ok(frame))) = timeout_at(deadline, body.frame()).await {
        unread += frame.data_ref().map_or(0, |data| data.len());
        if unread > MAX_UNREAD {
            break;
        }
    }
}

impl Wanted {
    /// Reads the body of a request to a server of the model `served`.
    ///
    /// # Errors
    /// A [`Refusal`] of the kind 400, 404 or 422.
    pub(crate) fn read(body: &[u8], served: &str) -> Result<Self, Refusal> {
        let request: ChatRequest = serde_json::from_slice(body).map_err(|error| unreadable(&error, body))?;
        if request.messages.is_empty() {
            return Err(Refusal::Messages("expected at least one, found none".to_owned()));
        }
        if let Some(count) = request.n.filter(|count| *count != 1) {
            return Err(Refusal::Count(count));
        }
        if request.stream_options.is_some() && !request.stream {
            return Err(Refusal::StreamOptions);
        }
        if !["", ANY, served].contains(&request.model.as_str()) {
            return Err(Refusal::Model { found: request.model, served: served.to_owned() });
        }
        check_format(request.response_format.as_ref())?;
        let asked = asked(&request).map_err(|error| match error {
            NotAsked::NoUser => Refusal::Messages("expected one of the role `user`, found none".to_owned()),
            error @ NotAsked::Campaign(_) => Refusal::Campaign(error.to_string()),
        })?;
        let usage = request.stream_options.is_some_and(|options| options.include_usage);
        Ok(Self { task: Task::new(asked)?, stream: request.stream, usage })
    }
}

/// An unknown `response_format.type` is told apart from broken JSON: it is a wish, and one that may be met elsewhere.
fn unreadable(error: &serde_json::Error, body: &[u8]) -> Refusal {
    let value = serde_json::from_slice::<Value>(body).unwrap_or_default();
    match value.pointer("/response_format/type").and_then(Value::as_str) {
        Some(kind) if !["text", "json_object", "json_schema"].contains(&kind) => {
            Refusal::Format("expected the type text, json_object or json_schema, found another".to_owned())
        }
        _ => Refusal::NotJson(error.to_string()),
    }
}

/// Answers are always frames: a schema that has no frames asks for something that is not to be had here.
fn check_format(format: Option<&ResponseFormat>) -> Result<(), Refusal> {
    let Some(ResponseFormat::JsonSchema { json_schema }) = format else { return Ok(()) };
    let Some(schema) = &json_schema.schema else { return Ok(()) };
    if schema.pointer("/properties/frames").is_some() {
        return Ok(());
    }
    Err(Refusal::Format("expected a schema with the property `frames`, the only form that is answered in".to_owned()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let found = Wanted::read(body.as_bytes(), "tiny");
        let found =
            found.map_or_else(|refusal| refusal.code().to_owned(), |wanted| wanted.task.utterance.as_str().to_owned());
        assert_eq!(found, expected, "{body}");
    }

    fn with(rest: &str) -> String {
        format!(r#"{{"model":"oolong","messages":[{{"role":"user","content":"two lattes"}}]{rest}}}"#)
    }

    #[test]
    fn requests_are_read_or_refused() {
        check(&with(""), "two lattes");
        check(
            &with(r#","n":1,"temperature":0,"seed":7,"stream":true,"stream_options":{"include_usage":true}"#),
            "two lattes",
        );
        check(&with(r#","response_format":{"type":"text"}"#), "two lattes");
        check(&with(r#","response_format":{"type":"json_object"}"#), "two lattes");
        let schema = r#","response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"properties":{"frames":{}}}}}"#;
        check(&with(schema), "two lattes");
        check(&with(&schema.replace("frames", "poem")), "unsupported_value");
        check(&with(r#","response_format":{"type":"grammar"}"#), "unsupported_value");
        check(&with(r#","n":2"#), "unsupported_value");
        check(&with(r#","stream_options":{}"#), "unsupported_value");
        check(&with("").replace("oolong", "tiny"), "two lattes");
        check(&with("").replace("oolong", ""), "two lattes");
        check(&with("").replace("oolong", "gpt-9"), "model_not_found");
        check(&with("").replace("two lattes", " "), "unreadable_utterance");
        check(&with("").replace("two lattes", &"a".repeat(601)), "unreadable_utterance");
        check(&with("").replace("user", "system"), "invalid_messages");
        check(r#"{"model":"oolong","messages":[]}"#, "invalid_messages");
        check(r#"{"model":"oolong"}"#, "invalid_json");
        check("{", "invalid_json");
        check("", "invalid_json");
        check(&"[".repeat(100_000), "invalid_json");
    }

    #[test]
    fn only_json_is_json() {
        let check = |kind: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().expect("a header"))]);
            assert_eq!(is_json(&headers), expected, "{kind}");
        };
        check("application/json", true);
        check("Application/JSON; charset=utf-8", true);
        check("application/vnd.api+json", true);
        check("text/plain", false);
        check("", false);
        assert!(!is_json(&HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,80}") {
            let _ = Wanted::read(&bytes, "tiny");
            let quoted = serde_json::to_string(&text).expect("text");
            let _ = Wanted::read(with("").replace("\"two lattes\"", &quoted).as_bytes(), "tiny");
        }
    }
}
