//! `POST /v1/chat/completions`: one pipeline from a request to an answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use oolong_protocol::chat::{Answer as Said, ChatCompletion, Choice, Extension};

use crate::app::App;
use crate::clock::{now, unix_seconds};
use crate::reply::json;
use crate::request::{Wanted, body, discard};
use crate::{Answer, MAX_BODY, Refusal, stream};

/// What all parts of one answer carry.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// Of the answer.
    pub(crate) id: String,
    /// Seconds since 1970.
    pub(crate) created: u64,
    /// The model that answered.
    pub(crate) model: String,
}

/// Answers one question. Dropping the future, as happens when the client leaves, stops all work for it.
pub(crate) async fn complete(State(app): State<Arc<App>>, request: Request) -> Result<Response, Refusal> {
    let deadline = now() + app.deadline;
    app.count_attempt(request.headers());
    if let Err(refusal) = app.admit(&request) {
        discard(&mut request.into_body(), deadline).await;
        return Err(refusal);
    }
    let (head, content) = request.into_parts();
    let wanted = Wanted::read(&body(&head.headers, content, MAX_BODY, deadline).await?, &app.model)?;
    let answer = app.answer(wanted.task, deadline).await?;
    let signature = Signature { id: id(), created: unix_seconds(), model: app.model.clone() };
    Ok(if wanted.stream {
        stream::events(signature, &answer, wanted.usage)
    } else {
        json(StatusCode::OK, &completion(signature, answer))
    })
}

fn completion(signature: Signature, answer: Answer) -> ChatCompletion {
    let message = Said { role: "assistant".to_owned(), content: Some(answer.content), refusal: None };
    ChatCompletion {
        id: signature.id,
        object: "chat.completion".to_owned(),
        created: signature.created,
        model: signature.model,
        choices: vec![Choice { index: 0, message, finish_reason: Some("stop".to_owned()) }],
        usage: Some(answer.usage),
        oolong: answer.confidence.map(|confidence| Extension { confidence }),
    }
}

fn id() -> String {
    format!("chatcmpl-{:032x}", rand::random::<u128>())
}
