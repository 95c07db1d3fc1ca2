//! What becomes of a claim after an attempt. Nothing of the browser in here.

use oolong_protocol::shop::{Grant, Problem};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Longest wait between attempts that nobody asked for, milliseconds.
const LONGEST: f64 = 60_000.0;

/// A claim that is to be sent, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its idempotency key, unique to the shopper's wish.
    pub(crate) wish: String,
    /// Campaign id.
    pub(crate) voucher: String,
    /// The code of the shopper whose wish it was: a restored code must not get what another one asked for.
    pub(crate) shopper: String,
    /// When it was made, by this device's clock, milliseconds since 1970.
    pub(crate) at: i64,
}

/// A claim that the server has decided, as it is kept, so that a card that is shown again does not claim again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settled {
    pub(crate) entry: Entry,
    pub(crate) outcome: Outcome,
    /// When that was, by the server's clock; earlier builds did not note it.
    #[serde(default)]
    pub(crate) at: Option<i64>,
}

/// What the server decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The shopper has it.
    Granted(Box<Grant>),
    /// The shopper cannot have it.
    Refused(Box<Problem>),
}

/// What follows from one attempt.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fate {
    /// It is decided: the entry goes.
    Decided(Outcome),
    /// It is not known whether the claim arrived, or it did and cannot be answered yet: the entry stays.
    Open {
        /// Why.
        failure: Failure,
        /// Milliseconds until the next attempt.
        wait: f64,
    },
}

/// Judges the attempt with this many failed ones before it. `random` is 0..1.
///
/// Only the server's own words decide. Whatever else comes back, such as a page of the café whose network this is, says
/// nothing about the claim.
pub(crate) fn judge(outcome: Result<Grant, Failure>, failed: u32, random: f64) -> Fate {
    let failure = match outcome {
        Ok(grant) => return Fate::Decided(Outcome::Granted(Box::new(grant))),
        Err(failure) => failure,
    };
    match failure {
        Failure::Refused { problem, .. } if !failure_is_passing(&problem) => Fate::Decided(Outcome::Refused(problem)),
        failure => {
            let backoff = (1000.0 * 2_f64.powi(failed.min(16) as i32)).min(LONGEST) * (0.75 + 0.5 * random);
            let wait = failure.server_wait().map_or(backoff, |asked| asked.max(500.0) + 1000.0 * random);
            Fate::Open { failure, wait }
        }
    }
}

fn failure_is_passing(problem: &Problem) -> bool {
    Failure::Refused { problem: Box::new(problem.clone()), retry_after: None }.is_passing()
}

#[cfg(test)]
mod tests {
    use oolong_protocol::shop::{GrantState, Reason};

    use super::*;

    fn refused(reason: Reason) -> Failure {
        Failure::Refused { problem: Box::new(Problem::new(reason, "")), retry_after: None }
    }

    #[test]
    fn only_the_servers_own_words_end_a_claim() {
        let grant = Grant {
            id: "g".to_owned(),
            voucher: "v".to_owned(),
            state: GrantState::Claimed,
            claimed_at: 0,
            valid_until: None,
            order: None,
            token: None,
        };
        assert_eq!(judge(Ok(grant.clone()), 3, 0.5), Fate::Decided(Outcome::Granted(Box::new(grant))));
        for (failure, decided) in [
            (refused(Reason::VoucherSoldOut), true),
            (refused(Reason::DiscountCodeUsageLimitReached), true),
            (refused(Reason::VoucherSuspended), true),
            (refused(Reason::IdempotencyKeyInFlight), false),
            (refused(Reason::RateLimited), false),
            (refused(Reason::LedgerUnavailable), false),
            (refused(Reason::LedgerFull), false),
            (Failure::Unreachable, false),
            (Failure::Late, false),
            (Failure::Garbled { status: 200, retry_after: None, detail: String::new() }, false),
            (Failure::Garbled { status: 404, retry_after: None, detail: String::new() }, false),
        ] {
            let fate = judge(Err(failure.clone()), 0, 0.5);
            assert_eq!(matches!(fate, Fate::Decided(_)), decided, "{failure:?}");
        }
    }

    #[test]
    fn waits_grow_to_a_minute_and_the_servers_wish_counts() {
        let wait = |failed| match judge(Err(Failure::Unreachable), failed, 0.5) {
            Fate::Open { wait, .. } => wait,
            Fate::Decided(_) => panic!("nothing is decided"),
        };
        assert_eq!((wait(0), wait(2), wait(99)), (1000.0, 4000.0, LONGEST));
        let asked = Failure::Garbled { status: 503, retry_after: Some(90), detail: String::new() };
        assert!(matches!(judge(Err(asked), 0, 0.0), Fate::Open { wait, .. } if wait == 90_000.0));
    }
}
