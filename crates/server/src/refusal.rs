//! Every reason for not answering, as status, OpenAI-shaped body and headers: the one error type of the HTTP side.
//!
//! Messages tell the client what was expected and found. They may repeat the client's words to the client, so they are
//! never logged; logs and metrics get [`Refusal::code`].

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oolong_intent::UtteranceError;
use oolong_protocol::chat::{ErrorBody, ErrorReply};
use thiserror::Error;

use crate::reply::json;

/// The largest request, in bytes.
pub const MAX_BODY: usize = 256 << 10;
/// Clients that were turned away come back spread over this many seconds, not all in the same one.
const SPREAD: u64 = 10;

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The body is no chat completion request.
    #[error("expected a chat completion request as JSON: {0}")]
    NotJson(String),
    /// There is nothing to answer.
    #[error("messages: {0}")]
    Messages(String),
    /// More than one answer is wanted.
    #[error("n: expected 1, found {0}: there is one answer to a question here")]
    Count(u32),
    /// An answer in a form that is not spoken here.
    #[error("response_format: {0}")]
    Format(String),
    /// Settings of a stream where none is wanted.
    #[error("stream_options: only allowed when `stream` is true")]
    StreamOptions,
    /// A model that is not here.
    #[error("the model `{found}` does not exist here: ask for `{served}`")]
    Model {
        /// Which was asked for.
        found: String,
        /// Which there is.
        served: String,
    },
    /// A path that is not here.
    #[error("unknown request URL: {method} {path}")]
    Route {
        /// Of the request.
        method: String,
        /// Of the request.
        path: String,
    },
    /// A path that is here, with another method.
    #[error("the method {method} is not allowed for {path}")]
    Method {
        /// Of the request.
        method: String,
        /// Of the request.
        path: String,
    },
    /// The body did not arrive in time.
    #[error("expected the whole request within the deadline, a part of it did not arrive")]
    SlowBody,
    /// The body is too large.
    #[error("expected at most {MAX_BODY} bytes, found more")]
    TooLarge,
    /// The body is no JSON by its own account.
    #[error("expected the content type application/json")]
    MediaType,
    /// What was said cannot be read.
    #[error("messages: what the user says: {0}")]
    Utterance(UtteranceError),
    /// The question's campaign is not sound.
    #[error("{0}")]
    Campaign(String),
    /// The question is more than the model can read.
    #[error("messages: the question and its campaign are more than the model can read")]
    TooLong,
    /// Too many questions from one address.
    #[error("too many questions from this address: try again in {} s", seconds(*.0))]
    RateLimited(Duration),
    /// More work than can be done in time.
    #[error("all engines are busy: try again later")]
    Full,
    /// A place in the queue, but no engine came free in time.
    #[error("no engine came free in time: try again later")]
    Waited,
    /// The answer was not ready in time.
    #[error("the answer was not ready in time: try again later")]
    Late,
    /// The server is about to stop.
    #[error("the server is restarting: try again later")]
    Draining,
    /// The server upstream asks for patience.
    #[error("the server behind this one is busy: try again later")]
    UpstreamBusy(Option<u64>),
    /// A defect of this server.
    #[error("the server made a mistake; it has been noted")]
    Defect,
    /// The model's answer does not stand up to checking.
    #[error("the model's answer is not valid for this question")]
    InvalidAnswer,
    /// The server upstream did not answer, or not with an answer.
    #[error("the server behind this one gave no answer")]
    Upstream,
    /// The server upstream was too slow.
    #[error("the server behind this one did not answer in time")]
    UpstreamLate,
}

impl Refusal {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.row().0
    }

    /// A stable name, without any word of the client.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.row().2
    }

    /// Status, OpenAI's type of error, code, and the field that is wrong.
    fn row(&self) -> (StatusCode, &'static str, &'static str, Option<&'static str>) {
        const REQUEST: &str = "invalid_request_error";
        const SERVER: &str = "server_error";
        match self {
            Self::NotJson(_) => (StatusCode::BAD_REQUEST, REQUEST, "invalid_json", None),
            Self::Messages(_) => (StatusCode::BAD_REQUEST, REQUEST, "invalid_messages", Some("messages")),
            Self::Count(_) => (StatusCode::BAD_REQUEST, REQUEST, "unsupported_value", Some("n")),
            Self::Format(_) => (StatusCode::BAD_REQUEST, REQUEST, "unsupported_value", Some("response_format")),
            Self::StreamOptions => (StatusCode::BAD_REQUEST, REQUEST, "unsupported_value", Some("stream_options")),
            Self::Model { .. } => (StatusCode::NOT_FOUND, REQUEST, "model_not_found", Some("model")),
            Self::Route { .. } => (StatusCode::NOT_FOUND, REQUEST, "unknown_url", None),
            Self::Method { .. } => (StatusCode::METHOD_NOT_ALLOWED, REQUEST, "method_not_allowed", None),
            Self::SlowBody => (StatusCode::REQUEST_TIMEOUT, REQUEST, "request_timeout", None),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, REQUEST, "request_too_large", None),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, REQUEST, "unsupported_media_type", None),
            Self::Utterance(_) => (StatusCode::UNPROCESSABLE_ENTITY, REQUEST, "unreadable_utterance", Some("messages")),
            Self::Campaign(_) => (StatusCode::UNPROCESSABLE_ENTITY, REQUEST, "unsound_campaign", Some("messages")),
            Self::TooLong => (StatusCode::BAD_REQUEST, REQUEST, "context_length_exceeded", Some("messages")),
            Self::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, "requests", "rate_limit_exceeded", None),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, SERVER, "queue_full", None),
            Self::Waited => (StatusCode::SERVICE_UNAVAILABLE, SERVER, "queue_timeout", None),
            Self::Late => (StatusCode::SERVICE_UNAVAILABLE, SERVER, "deadline_exceeded", None),
            Self::Draining => (StatusCode::SERVICE_UNAVAILABLE, SERVER, "draining", None),
            Self::UpstreamBusy(_) => (StatusCode::SERVICE_UNAVAILABLE, SERVER, "upstream_busy", None),
            Self::Defect => (StatusCode::INTERNAL_SERVER_ERROR, SERVER, "internal_error", None),
            Self::InvalidAnswer => (StatusCode::BAD_GATEWAY, SERVER, "model_output_invalid", None),
            Self::Upstream => (StatusCode::BAD_GATEWAY, SERVER, "upstream_failed", None),
            Self::UpstreamLate => (StatusCode::GATEWAY_TIMEOUT, SERVER, "upstream_timeout", None),
        }
    }

    /// When to come back, in seconds: never 0, and never the same for all who were turned away together.
    fn retry_after(&self) -> Option<u64> {
        let jitter = |least: u64| least + rand::random_range(0..SPREAD);
        match self {
            Self::RateLimited(wait) => Some(seconds(*wait) + rand::random_range(0..3)),
            Self::UpstreamBusy(Some(seconds)) => Some((*seconds).max(1)),
            _ if self.status() == StatusCode::SERVICE_UNAVAILABLE => Some(jitter(1)),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind, code, param) = self.row();
        let error = ErrorBody {
            message: self.to_string(),
            kind: kind.to_owned(),
            param: param.map(str::to_owned),
            code: Some(code.to_owned()),
        };
        let mut response = json(status, &ErrorReply { error });
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Code(code));
        response
    }
}

/// What a refused request is called in logs and metrics; an extension of its response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code(pub(crate) &'static str);

/// Whole seconds, rounded up, at least one.
fn seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_does_not_come_back_together() {
        let seconds: std::collections::BTreeSet<u64> =
            (0..500).filter_map(|_| Refusal::Full.retry_after()).inspect(|seconds| assert!(*seconds >= 1)).collect();
        assert!(seconds.len() > 5, "{seconds:?}");
    }

    #[test]
    fn another_servers_wait_is_passed_on() {
        assert_eq!(Refusal::UpstreamBusy(Some(17)).retry_after(), Some(17));
        assert_eq!(Refusal::UpstreamBusy(Some(0)).retry_after(), Some(1));
        assert!(Refusal::UpstreamBusy(None).retry_after().is_some());
        assert_eq!(Refusal::InvalidAnswer.retry_after(), None);
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!(seconds(Duration::ZERO), 1);
        assert_eq!(seconds(Duration::from_millis(1001)), 2);
    }
}
