//! How all stores stand at one moment: live words, opening hours, time.

use leptos::prelude::*;
use oolong_protocol::shop::Millis;

use super::{
    live::{self, States},
    standing::{Standing, holds},
    stock::{Shelved, Shelves, Stock},
    trust::{self, Trust},
};
use crate::desk::Desk;

/// How often what depends on the time alone is looked at again, milliseconds.
const TICK: Millis = 10_000;

/// A moment at which it is worth to look again: how many such steps of time, and how many words have run out by then.
pub(super) type Moment = (Millis, usize);

/// Changes with the time, and at once when a word runs out: nothing is shown as open on old news.
pub(super) fn moments(desk: Desk) -> Memo<Moment> {
    Memo::new(move |_| {
        let now = desk.now.get();
        let over = live::states().with(|states| states.values().filter(|live| !holds(now, live)).count());
        (now.div_euclid(TICK), over)
    })
}

/// Everything that says how a store stands, at one moment.
pub(super) struct Standings {
    now: Millis,
    states: ArcRwSignal<States>,
    shelves: ArcRwSignal<Shelves>,
    hours_count: bool,
}

impl Standings {
    /// Follows live words, what is loaded, and time in steps.
    pub(super) fn follow(desk: Desk, tick: Memo<Moment>, stock: &Stock) -> Self {
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
            let said = live.is_some_and(|live| holds(self.now, live));
            let hours = if !said && self.hours_count { hours() } else { None };
            Standing::at(self.now, live, hours, shelved.store.permanently_closed)
        })
    }
}
