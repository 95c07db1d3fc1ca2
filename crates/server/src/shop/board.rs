//! How stores stand: the latest word of each, as the ledger has it, by the store's index in the pack.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use oolong_protocol::shop::{Availability, Live, Millis, StateChange};

/// The latest word of every store that has ever spoken.
#[derive(Debug)]
pub(crate) struct Board(RwLock<Vec<Option<Box<Word>>>>);

/// What was said of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Place in the ledger's history: grows with every change of any store.
    pub(crate) seq: i64,
    /// Which store, and how it stands.
    pub(crate) change: StateChange,
}

/// The board as it is at a moment; nothing changes while somebody looks.
pub(crate) struct Look<'a>(RwLockReadGuard<'a, Vec<Option<Box<Word>>>>);

impl Board {
    /// An empty board for so many stores.
    pub(crate) fn new(stores: usize) -> Self {
        Self(RwLock::new(vec![None; stores]))
    }

    /// Puts a word up, unless a later one is there.
    pub(crate) fn put(&self, store: u32, word: Word) {
        let mut words = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = words.get_mut(store as usize)
            && place.as_ref().is_none_or(|old| old.seq <= word.seq)
        {
            *place = Some(Box::new(word));
        }
    }

    /// Looks at all words.
    pub(crate) fn look(&self) -> Look<'_> {
        Look(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Look<'_> {
    /// The latest word of a store, however old.
    pub(crate) fn word(&self, store: u32) -> Option<&Word> {
        self.0.get(store as usize)?.as_deref()
    }

    /// What still holds at `now` of the latest word.
    pub(crate) fn holds(&self, store: u32, now: Millis) -> Option<&Live> {
        self.word(store).map(|word| &word.change.live).filter(|live| holds(live, now))
    }
}

/// Whether a word is still worth something: not too old, and not about a time that is over.
pub(crate) fn holds(live: &Live, now: Millis) -> bool {
    live.state == Availability::PermanentlyClosed || live.expires_at > now && live.until.is_none_or(|until| until > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(seq: i64, state: Availability, until: Option<Millis>) -> Word {
        let live = Live { state, minutes: None, until, as_of: 0, expires_at: 100 };
        Word { seq, change: StateChange { store: "s".to_owned(), live } }
    }

    #[test]
    fn the_latest_word_stands_and_runs_out() {
        let board = Board::new(2);
        board.put(1, word(7, Availability::Open, None));
        board.put(1, word(6, Availability::Closed, None));
        board.put(9, word(8, Availability::Open, None));
        let check = |store: u32, now: Millis, expected: Option<Availability>| {
            assert_eq!(board.look().holds(store, now).map(|live| live.state), expected, "{store} at {now}");
        };
        check(1, 99, Some(Availability::Open));
        check(1, 100, None);
        check(0, 0, None);
        check(9, 0, None);
        board.put(1, word(9, Availability::Paused, Some(50)));
        check(1, 49, Some(Availability::Paused));
        check(1, 50, None);
        board.put(1, word(10, Availability::PermanentlyClosed, None));
        check(1, 1_000, Some(Availability::PermanentlyClosed));
    }
}
