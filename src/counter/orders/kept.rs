//! Wishes and calls for cancelling as they outlive a reload, so that none is carried out twice.

use oolong_protocol::shop::Millis;
use serde::{Deserialize, Serialize};

use super::flow::Flow;
use crate::storage;

const WISHES: &str = "oolong:wishes";
const CANCELS: &str = "oolong:cancels";
/// More are not kept: the ledger has the orders, these are only what led to them.
const MOST: usize = 30;
/// Wishes that are older are forgotten, milliseconds.
const OLDEST: Millis = 24 * 3_600_000;

/// One wish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) wish: String,
    /// When it came up.
    pub(crate) at: Millis,
    pub(crate) flows: Vec<Flow>,
}

/// The wishes that are kept, oldest first.
pub(crate) fn wishes(now: Millis) -> Vec<Kept> {
    let mut kept: Vec<Kept> = storage::load(WISHES).unwrap_or_default();
    kept.retain(|known| now - known.at < OLDEST);
    kept
}

/// Keeps a wish as it stands now; the oldest ones give way.
pub(crate) fn keep(wish: Kept, now: Millis) {
    storage::save(WISHES, &with(wishes(now), wish));
}

/// The order that a call for cancelling was for.
pub(crate) fn cancelled(wish: &str) -> Option<String> {
    let kept: Vec<(String, String)> = storage::load(CANCELS).unwrap_or_default();
    kept.into_iter().find(|(known, _)| known == wish).map(|(_, order)| order)
}

/// Keeps which order a call for cancelling was for.
pub(crate) fn keep_cancel(wish: &str, order: &str) {
    let mut kept: Vec<(String, String)> = storage::load(CANCELS).unwrap_or_default();
    kept.push((wish.to_owned(), order.to_owned()));
    kept.drain(..kept.len().saturating_sub(MOST));
    storage::save(CANCELS, &kept);
}

fn with(mut known: Vec<Kept>, wish: Kept) -> Vec<Kept> {
    match known.iter_mut().find(|known| known.wish == wish.wish) {
        Some(known) => *known = wish,
        None => known.push(wish),
    }
    known.drain(..known.len().saturating_sub(MOST));
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_kept_once_and_the_oldest_give_way() {
        let kept = |wish: usize, at| Kept { wish: wish.to_string(), at, flows: Vec::new() };
        let mut known = Vec::new();
        for wish in 0..MOST + 5 {
            known = with(known, kept(wish, 0));
            known = with(known, kept(wish, 1));
        }
        assert_eq!(known.len(), MOST);
        assert_eq!(known.first(), Some(&kept(5, 1)));
        assert_eq!(known.last(), Some(&kept(MOST + 4, 1)));
    }
}
