//! How far claims are, as cards show it.

use oolong_protocol::shop::{Millis, Problem};

use super::policy::{Entry, Outcome, Settled};
use crate::failure::Failure;

/// A claim, as cards show it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// Campaign id.
    pub(crate) voucher: String,
    /// When it was made, by this device's clock; once it is decided, when that was, by the server's.
    pub(crate) at: Millis,
    /// How far it is.
    pub(crate) state: State,
}

/// How far a claim is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// An attempt is being made.
    Sending,
    /// It waits for the next attempt, because of this.
    Waiting(Failure),
    /// The server has decided.
    Decided(Outcome),
}

impl Standing {
    /// A claim that is not decided.
    pub(super) fn open(entry: &Entry, state: State) -> Self {
        Self { voucher: entry.voucher.clone(), at: entry.at, state }
    }

    fn is_open(&self) -> bool {
        !matches!(self.state, State::Decided(_))
    }
}

impl From<Settled> for Standing {
    fn from(Settled { entry, outcome, at }: Settled) -> Self {
        Self { voucher: entry.voucher, at: at.unwrap_or(entry.at), state: State::Decided(outcome) }
    }
}

/// How many claims wait.
pub(super) fn waiting<'a>(standings: impl Iterator<Item = &'a Standing>) -> usize {
    standings.filter(|standing| standing.is_open()).count()
}

/// The newest claim of a voucher that is not decided.
pub(super) fn undecided<'a>(standings: impl Iterator<Item = &'a Standing>, voucher: &str) -> Option<&'a Standing> {
    standings.filter(|standing| standing.voucher == voucher && standing.is_open()).max_by_key(|standing| standing.at)
}

/// When and why the last claim of a voucher was refused, if that was after `since`: the claim may have been made offline,
/// and nobody looked when the answer came. A grant that came later is all there is to say.
pub(super) fn refused<'a>(
    standings: impl Iterator<Item = &'a Standing>,
    voucher: &str,
    since: Millis,
) -> Option<(Millis, &'a Problem)> {
    let decided = standings.filter(|standing| standing.voucher == voucher && !standing.is_open());
    let last = decided.max_by_key(|standing| standing.at).filter(|last| last.at > since)?;
    match &last.state {
        State::Decided(Outcome::Refused(problem)) => Some((last.at, problem)),
        State::Decided(Outcome::Granted(_)) | State::Sending | State::Waiting(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use oolong_protocol::shop::{Grant, GrantState, Reason};

    use super::*;

    fn entry(at: Millis) -> Entry {
        Entry { wish: String::new(), voucher: "v".to_owned(), shopper: String::new(), at }
    }

    fn no(at: Millis) -> Standing {
        let outcome = Outcome::Refused(Box::new(Problem::new(Reason::VoucherSoldOut, "")));
        Settled { entry: entry(1), outcome, at: Some(at) }.into()
    }

    fn yes(at: Millis) -> Standing {
        let grant = Grant {
            id: "g".to_owned(),
            voucher: "v".to_owned(),
            state: GrantState::Claimed,
            claimed_at: at,
            valid_until: None,
            order: None,
            token: None,
        };
        Settled { entry: entry(1), outcome: Outcome::Granted(Box::new(grant)), at: Some(at) }.into()
    }

    #[test]
    fn a_refusal_that_nobody_saw_is_told_later() {
        let elsewhere = Standing { voucher: "w".to_owned(), ..no(90) };
        for (standings, since, expected) in [
            (vec![], 0, None),
            (vec![no(50)], 0, Some(50)),
            (vec![no(70), no(50)], 0, Some(70)),
            (vec![no(50), elsewhere], 0, Some(50)),
            // Too old, or older than a grant that another device got.
            (vec![no(50)], 50, None),
            (vec![no(50), yes(60)], 0, None),
            (vec![yes(40), no(50)], 0, Some(50)),
            (vec![no(50), Standing::open(&entry(60), State::Sending)], 0, Some(50)),
        ] {
            let found = refused(standings.iter(), "v", since).map(|(at, _)| at);
            assert_eq!(found, expected, "since {since}: {standings:?}");
        }
    }

    #[test]
    fn what_an_earlier_build_kept_counts_from_when_it_was_made() {
        let Standing { at, .. } = Settled { at: None, ..settled(7) }.into();
        assert_eq!(at, 7);
    }

    fn settled(at: Millis) -> Settled {
        let outcome = Outcome::Refused(Box::new(Problem::new(Reason::VoucherSoldOut, "")));
        Settled { entry: entry(at), outcome, at: Some(99) }
    }

    #[test]
    fn the_newest_open_claim_is_the_one_that_waits() {
        let open = |at| Standing::open(&entry(at), State::Sending);
        let standings = [open(3), open(8), no(9)];
        assert_eq!(undecided(standings.iter(), "v").map(|standing| standing.at), Some(8));
        assert_eq!(waiting(standings.iter()), 2);
    }
}
