//! Whether opening hours count where no store has spoken. That is the shop's decision; until it is known, they do not.

use std::cell::RefCell;

use leptos::prelude::*;
use oolong_protocol::shop::{Availability, StateChange, StoreList};

use super::{live, stock::Shelved};
use crate::{api::Who, desk::Desk};

thread_local! {
    static TRUST: RefCell<Option<ArcRwSignal<Trust>>> = const { RefCell::new(None) };
}

/// What the shop has shown of its decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Trust {
    /// Nothing yet.
    #[default]
    Unasked,
    Asking,
    Hours,
    Nobody,
}

/// What the shop has shown of its decision.
pub(super) fn trust() -> ArcRwSignal<Trust> {
    TRUST.with_borrow_mut(|trust| trust.get_or_insert_with(ArcRwSignal::default).clone())
}

/// Looks how the shop itself says that stores stand around this one, unless that is known.
pub(super) async fn ask(desk: Desk, around: &Shelved) {
    if trust().get_untracked() != Trust::Unasked {
        return;
    }
    trust().set(Trust::Asking);
    let query = format!("stores?near={:.5},{:.5}&limit=20", around.store.lat, around.store.lon);
    let learned = match desk.api.get::<StoreList>(&query, &Who::Anybody).await {
        Ok(list) => learn(&list),
        Err(_) => None,
    };
    trust().set(learned.unwrap_or_default());
}

/// Takes from a list what stores said themselves, and what the shop makes of those that said nothing.
pub(super) fn learn(list: &StoreList) -> Option<Trust> {
    let (own, silent): (Vec<_>, Vec<_>) = list.stores.iter().partition(|store| store.live.as_of < list.as_of);
    live::learn_all(own.into_iter().map(|store| StateChange { store: store.id.clone(), live: store.live.clone() }));
    let learned = decide(silent.iter().map(|store| store.live.state));
    if let Some(learned) = learned {
        trust().set(learned);
    }
    learned
}

/// A silent store that is open or closed is so by its hours; that all are unknown means that hours do not count.
fn decide(silent: impl Iterator<Item = Availability>) -> Option<Trust> {
    let mut unknown = false;
    for state in silent {
        match state {
            Availability::Open | Availability::Busy | Availability::Paused | Availability::Closed => {
                return Some(Trust::Hours);
            }
            Availability::Unknown => unknown = true,
            Availability::PermanentlyClosed => {}
        }
    }
    unknown.then_some(Trust::Nobody)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_count_only_where_the_shop_goes_by_them() {
        let check =
            |states: &[Availability], expected| assert_eq!(decide(states.iter().copied()), expected, "{states:?}");
        check(&[], None);
        check(&[Availability::PermanentlyClosed], None);
        check(&[Availability::Unknown, Availability::Unknown], Some(Trust::Nobody));
        check(&[Availability::Unknown, Availability::Closed], Some(Trust::Hours));
    }
}
