//! Why the server gave nothing usable, what to tell the shopper, and whether to ask again.

use oolong_protocol::shop::{Problem, Reason};

use crate::words::Language;

/// Longest wait between two attempts of one call, milliseconds.
const LONGEST: f64 = 8_000.0;
/// Attempts of one call that somebody waits for.
const ATTEMPTS: u32 = 4;

/// A call that came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// There is no network, or the server cannot be reached through it.
    Unreachable,
    /// The server took too long.
    Late,
    /// The server said no, or not now.
    Refused {
        /// What it said.
        problem: Box<Problem>,
        /// Seconds after which it may be asked again.
        retry_after: Option<u32>,
    },
    /// The server said something that cannot be read, such as a proxy's error page.
    Garbled {
        /// HTTP status.
        status: u16,
        /// Seconds after which it may be asked again.
        retry_after: Option<u32>,
        /// For developers.
        detail: String,
    },
}

impl Failure {
    /// Whether the same request may still succeed, so that nothing is decided yet.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable | Self::Late => true,
            Self::Refused { problem, .. } => {
                is_passing(problem.status) || problem.code == Reason::IdempotencyKeyInFlight
            }
            Self::Garbled { status, .. } => is_passing(*status),
        }
    }

    /// Milliseconds that the server asked to be left alone.
    pub(crate) fn server_wait(&self) -> Option<f64> {
        match self {
            Self::Unreachable | Self::Late => None,
            Self::Refused { retry_after, .. } | Self::Garbled { retry_after, .. } => {
                retry_after.map(|seconds| f64::from(seconds) * 1000.0)
            }
        }
    }

    /// The refusal's code, if it is one.
    pub(crate) fn reason(&self) -> Option<Reason> {
        match self {
            Self::Refused { problem, .. } => Some(problem.code),
            Self::Unreachable | Self::Late | Self::Garbled { .. } => None,
        }
    }

    /// What to tell the shopper: what happened, and what to do next.
    pub(crate) fn advice(&self, language: Language) -> (String, String) {
        let words = language.words();
        let own = |(what, next): (&str, &str)| (what.to_owned(), next.to_owned());
        match self {
            Self::Unreachable => own(words.unreachable),
            Self::Late => own(words.late),
            Self::Garbled { .. } => own(words.garbled),
            Self::Refused { problem, .. } => match language {
                Language::English => (problem.text.en.clone(), problem.next.en.clone()),
                Language::Chinese => (problem.text.zh.clone(), problem.next.zh.clone()),
            },
        }
    }
}

/// Milliseconds until the next attempt of a call that failed `attempt` times; `None`: it is over. `random` is 0..1.
pub(crate) fn next_attempt(attempt: u32, failure: &Failure, random: f64) -> Option<f64> {
    if attempt >= ATTEMPTS || !failure.is_passing() {
        return None;
    }
    // Somebody watches: a server that wants to be left alone for longer gets that, and the shopper an answer now.
    let backoff = 300.0 * 2_f64.powi(attempt as i32 - 1) * (0.5 + random);
    let wait = failure.server_wait().map_or(backoff, |asked| asked + 200.0 * random);
    (wait <= LONGEST).then_some(wait)
}

/// Statuses after which the very same request may succeed.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reason: Reason, retry_after: Option<u32>) -> Failure {
        Failure::Refused { problem: Box::new(Problem::new(reason, "")), retry_after }
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (failure, passing) in [
            (Failure::Unreachable, true),
            (Failure::Late, true),
            (refused(Reason::LedgerUnavailable, Some(1)), true),
            (refused(Reason::LedgerFull, Some(60)), true),
            (refused(Reason::RateLimited, None), true),
            (refused(Reason::IdempotencyKeyInFlight, Some(1)), true),
            (refused(Reason::VoucherSoldOut, None), false),
            (refused(Reason::DiscountCodeUsageLimitReached, None), false),
            (Failure::Garbled { status: 502, retry_after: None, detail: String::new() }, true),
            (Failure::Garbled { status: 404, retry_after: None, detail: String::new() }, false),
        ] {
            assert_eq!(failure.is_passing(), passing, "{failure:?}");
        }
    }

    #[test]
    fn attempts_end_and_the_servers_wait_is_kept() {
        let busy = refused(Reason::LedgerUnavailable, Some(2));
        assert!(next_attempt(1, &busy, 0.5).is_some_and(|wait| wait >= 2000.0));
        assert_eq!(next_attempt(1, &refused(Reason::LedgerFull, Some(600)), 0.5), None);
        assert!(next_attempt(1, &Failure::Unreachable, 0.0) < next_attempt(3, &Failure::Unreachable, 0.0));
        assert_eq!(next_attempt(ATTEMPTS, &Failure::Unreachable, 0.0), None);
        assert_eq!(next_attempt(1, &refused(Reason::VoucherSoldOut, None), 0.0), None);
    }
}
