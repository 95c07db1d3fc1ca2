//! How all stores stand at one moment: live words, opening hours, time.

use leptos::prelude::*;
use oolong_protocol::shop::Millis;

use super::{
    live::{self, States},
    standing::Standing,
    stock::{Shelved, Shelves, Stock},
    trust::{self, Trust},
};
use crate::desk::Desk;

/// Everything that says how a store stands, at one moment.
pub(super) struct Standings {
    now: Millis,
    states: ArcRwSignal<States>,
    shelves: ArcRwSignal<Shelves>,
    hours_count: bool,
}

impl Standings {
    /// Follows live words, what is loaded, and time in steps.
    pub(super) fn follow(desk: Desk, tick: Memo<Millis>, stock: &Stock) -> Self {
        tick.track();
        let standings = Self {
            now: desk.server_now(),
            states: live::states(),
            shelves: stock.shelves.clone(),
            hours_count: trust::trust().get() == Trust::Hours,
        };
        standings.states.track();
        standings.shelves.track();
        standings
    }

    pub(super) fn of(&self, shelved: &Shelved) -> Standing {
        let hours = || {
            let seconds = self.now.div_euclid(1000);
            self.shelves.with_untracked(|shelves| shelves.index.hours(shelved.number, seconds))
        };
        self.states.with_untracked(|states| {
            let live = states.get(&shelved.store.id);
            let hours = if live.is_none() && self.hours_count { hours() } else { None };
            Standing::at(self.now, live, hours, shelved.store.permanently_closed)
        })
    }
}
