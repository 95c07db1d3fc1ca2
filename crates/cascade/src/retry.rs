//! What can go wrong with a call, and whether it is made once more.

use serde::{Deserialize, Serialize};

/// The share of failed calls that are made once more.
///
/// Ten thousand browsers that open a campaign page at once have no history to learn from: only chance keeps them from
/// doubling the load of a server that is in trouble. A budget for each of them would let all of them retry.
pub const RETRY_SHARE: f64 = 0.1;
/// A second call must have at least this much time to be of use, in milliseconds.
const WORTH_MS: f64 = 600.0;

/// How a call to the remote agent failed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// In which way.
    pub kind: Kind,
    /// What the server asked for with `Retry-After`, in milliseconds from the reply.
    pub retry_after_ms: Option<f64>,
}

/// The ways in which a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No connection, or one that broke.
    Connection,
    /// No complete reply in time.
    Deadline,
    /// An error status.
    Status(u16),
    /// A reply that is none of the protocol: another content type, garbage, half of it, far too much.
    Garbled,
    /// A sound reply whose content is of no use: prose, a refusal, ids that do not exist.
    Useless,
}

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        Self { kind, retry_after_ms: None }
    }
}

/// Whether and after how many milliseconds a call that failed is made again, with `left_ms` until its deadline.
///
/// At most once, by chance, with full jitter over the time that is left, and never where the server said when to come back.
/// `random` gives numbers from 0 to 1. Source of the jitter: Brooker, "Exponential Backoff and Jitter", AWS, 2015.
#[must_use]
pub fn retry_after(failure: &Failure, attempt: u32, left_ms: f64, random: &mut dyn FnMut() -> f64) -> Option<f64> {
    let passing = match failure.kind {
        Kind::Connection => true,
        Kind::Status(status) => matches!(status, 500 | 502 | 503 | 504),
        // Time is over, or the same words would bring the same answer.
        Kind::Deadline | Kind::Garbled | Kind::Useless => false,
    };
    if !passing || attempt != 1 || failure.retry_after_ms.is_some() || random() >= RETRY_SHARE {
        return None;
    }
    let delay = random() * left_ms;
    (left_ms - delay >= WORTH_MS).then_some(delay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Kind, retry_after_ms: Option<f64>, attempt: u32, dice: [f64; 2], expected: Option<f64>) {
        let mut dice = dice.into_iter();
        let failure = Failure { kind, retry_after_ms };
        assert_eq!(retry_after(&failure, attempt, 2000.0, &mut || dice.next().unwrap_or(1.0)), expected);
    }

    #[test]
    fn few_calls_are_made_again() {
        check(Kind::Connection, None, 1, [0.05, 0.5], Some(1000.0));
        check(Kind::Status(503), None, 1, [0.05, 0.0], Some(0.0));
        check(Kind::Status(503), None, 1, [0.2, 0.5], None);
        check(Kind::Status(503), None, 1, [0.05, 0.9], None);
        check(Kind::Status(503), Some(1000.0), 1, [0.05, 0.5], None);
        check(Kind::Connection, None, 2, [0.05, 0.5], None);
        for kind in [Kind::Deadline, Kind::Garbled, Kind::Useless, Kind::Status(400), Kind::Status(429)] {
            check(kind, None, 1, [0.0, 0.0], None);
        }
    }
}
