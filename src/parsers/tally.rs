//! The tally of what the server was spared, kept between visits.

use oolong_cascade::Tally;

use crate::storage;

/// Where it is kept.
const KEY: &str = "oolong:tally";

/// The tally of all visits so far.
pub(crate) fn load() -> Tally {
    storage::load(KEY).unwrap_or_default()
}

/// Counts an utterance on top of what this and other tabs have counted.
pub(crate) fn keep(before: Tally, calls: u32) -> Tally {
    let mut tally: Tally = storage::load(KEY).unwrap_or(before);
    tally.count(calls);
    storage::save(KEY, &tally);
    tally
}
