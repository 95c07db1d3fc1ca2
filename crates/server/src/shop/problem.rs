//! Refusals of the shop as HTTP: problem details, and when to come back.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oolong_ledger::LedgerError;
use oolong_protocol::shop::{Problem, Reason};

use crate::Refusal;
use crate::refusal::Code;
use crate::reply::reply;
use crate::tally::Tally;

/// The media type of problems.
pub(crate) const TYPE: &str = "application/problem+json";
/// Who was turned away together comes back spread over so many seconds.
const SPREAD: u64 = 5;

/// A database that is away fails every request: one line tells of many.
static TROUBLES: LazyLock<Tally> = LazyLock::new(Tally::default);

static CODES: LazyLock<HashMap<Reason, String>> = LazyLock::new(|| {
    let code = |reason: &Reason| serde_json::to_value(reason).ok()?.as_str().map(str::to_owned);
    Reason::ALL.iter().filter_map(|reason| Some((*reason, code(reason)?))).collect()
});

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refused {
    reason: Reason,
    /// Another status than the reason's.
    status: Option<StatusCode>,
    detail: String,
    /// Seconds.
    retry_after: Option<u64>,
}

impl Refused {
    /// For `reason`; `detail` is for developers.
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, status: None, detail: detail.into(), retry_after: None }
    }

    /// An unreadable request with another status than 400.
    pub(crate) fn unreadable(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status: Some(status), ..Self::new(Reason::RequestInvalid, detail) }
    }

    /// Too many requests from one address.
    pub(crate) fn too_many(wait: Duration) -> Self {
        Self { retry_after: Some(wait.as_secs() + 1), ..Self::new(Reason::RateLimited, "") }
    }

    /// A defect of this server.
    pub(crate) fn defect() -> Self {
        let refused = Self::new(Reason::LedgerUnavailable, "the server made a mistake; it has been noted");
        Self { status: Some(StatusCode::INTERNAL_SERVER_ERROR), ..refused }
    }

    /// Nothing new is taken in, or something broke.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after: Some(later(1)), ..Self::new(Reason::LedgerUnavailable, detail) }
    }
}

impl From<LedgerError> for Refused {
    fn from(error: LedgerError) -> Self {
        let detail = error.to_string();
        match error {
            LedgerError::InFlight => Self { retry_after: Some(1), ..Self::new(Reason::IdempotencyKeyInFlight, detail) },
            LedgerError::KeyReused => Self::new(Reason::IdempotencyKeyReused, detail),
            LedgerError::Busy(wait) => {
                Self { retry_after: Some(later(wait.as_secs().max(1))), ..Self::unavailable(detail) }
            }
            LedgerError::Full => Self { retry_after: Some(later(60)), ..Self::new(Reason::LedgerFull, detail) },
            // What databases say can name hosts and files: it is for the log.
            LedgerError::Unavailable(_) | LedgerError::Mismatch(_) => {
                if let Some(count) = TROUBLES.add() {
                    tracing::error!(%error, count, "the ledger");
                }
                Self { retry_after: Some(later(5)), ..Self::unavailable("the database cannot be used") }
            }
        }
    }
}

impl From<Refusal> for Refused {
    /// Of a body that could not be taken in.
    fn from(refusal: Refusal) -> Self {
        let status = refusal.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::new(Reason::RequestTooLarge, format!("expected at most {} bytes", super::request::MAX_BODY));
        }
        Self::unreadable(status, refusal.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut problem = Problem::new(self.reason, self.detail);
        let status = self.status.or_else(|| StatusCode::from_u16(problem.status).ok());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        problem.status = status.as_u16();
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = reply(status, TYPE, body.into());
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(code) = CODES.get(&self.reason) {
            response.extensions_mut().insert(Code(code.as_str()));
        }
        response
    }
}

fn later(least: u64) -> u64 {
    least + rand::random_range(0..SPREAD)
}
