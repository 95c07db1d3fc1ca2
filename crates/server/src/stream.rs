//! A finished answer as server-sent events.
//!
//! Nothing is sent before the answer is complete and checked: an order must not be believed by halves, and a failure
//! still has its status. The events are for clients that expect them.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use futures::stream;
use oolong_protocol::chat::{ChatChunk, ChunkChoice, Delta, Extension};

use crate::Answer;
use crate::completions::Signature;
use crate::reply::reply;

/// Characters of text in one event.
const PIECE: usize = 48;

/// The response whose events say what `answer` says; with `usage`, it ends with a count of tokens.
pub(crate) fn events(signature: Signature, answer: &Answer, usage: bool) -> Response {
    let mut events: Vec<Result<String, std::io::Error>> = chunks(signature, answer, usage)
        .iter()
        .filter_map(|chunk| serde_json::to_string(chunk).ok())
        .map(|json| Ok(event(&json)))
        .collect();
    events.push(Ok(event("[DONE]")));
    let mut response = reply(StatusCode::OK, "text/event-stream", Body::from_stream(stream::iter(events)));
    // Proxies like nginx collect events otherwise.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

fn event(data: &str) -> String {
    format!("data: {data}\n\n")
}

fn chunks(signature: Signature, answer: &Answer, usage: bool) -> Vec<ChatChunk> {
    let Signature { id, created, model } = signature;
    let bare = ChatChunk {
        id,
        object: "chat.completion.chunk".to_owned(),
        created,
        model,
        choices: Vec::new(),
        usage: None,
        oolong: None,
    };
    let with = |delta: Delta, finish: Option<&str>| ChatChunk {
        choices: vec![ChunkChoice { index: 0, delta, finish_reason: finish.map(str::to_owned) }],
        ..bare.clone()
    };
    let mut chunks =
        vec![with(Delta { role: Some("assistant".to_owned()), content: Some(String::new()), refusal: None }, None)];
    let characters: Vec<char> = answer.content.chars().collect();
    for piece in characters.chunks(PIECE) {
        chunks.push(with(Delta { content: Some(piece.iter().collect()), ..Delta::default() }, None));
    }
    let mut last = with(Delta::default(), Some("stop"));
    last.oolong = answer.confidence.map(|confidence| Extension { confidence });
    chunks.push(last);
    if usage {
        chunks.push(ChatChunk { usage: Some(answer.usage), ..bare });
    }
    chunks
}
