//! Claims on their way: kept before they are sent, sent until the server has decided, and then exactly once granted.
//!
//! A claim is written down with its idempotency key before the first attempt, and crossed out only after the server's own
//! decision. Whenever a tab is closed in between, the next visit sends it again under the same key, and the server answers
//! as it did before. Attempts are made at the start, when the network comes back, when the page is shown again, and by a
//! timer whose waits grow; by one tab at a time where the browser has locks.

mod connection;
mod lock;
mod policy;
mod sending;
mod standing;
mod store;

use std::{cell::Cell, collections::BTreeMap, rc::Rc, time::Duration};

use leptos::prelude::*;
use oolong_protocol::{
    counter::FromCounter,
    shop::{Millis, Problem},
};
use wasm_bindgen_futures::spawn_local;

use self::{policy::Entry, store::Store};
pub(crate) use self::{
    policy::Outcome,
    standing::{Standing, State},
};
use crate::{desk::Desk, identity, listen};

/// How long outcomes are kept, milliseconds.
const REMEMBERED: i64 = 30 * 24 * 3_600_000;

/// A handle to the outbox; cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Outbox {
    /// All claims by wish.
    pub(crate) standings: RwSignal<BTreeMap<String, Standing>>,
    /// Whether the browser refused to keep a claim, so that it lasts only as long as the page.
    pub(crate) unkept: RwSignal<bool>,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    store: Store,
    busy: Cell<bool>,
    again: Cell<bool>,
    failed: Cell<u32>,
    /// Which timer counts: a newer one makes older ones void.
    timer: Cell<u32>,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            standings: RwSignal::default(),
            unkept: RwSignal::new(false),
            inner: StoredValue::new_local(Rc::default()),
        }
    }
}

impl Outbox {
    /// Sends what waits from earlier visits, and whatever comes, from now on.
    pub(crate) fn start(&self, desk: Desk) {
        let outbox = *self;
        let again = move || {
            outbox.inner.with_value(|inner| inner.store.renew());
            outbox.drain(desk);
        };
        listen::window("online", move |_| again());
        listen::shown(again);
        Effect::new(move |told: Option<u32>| {
            let count = outbox.count();
            if told != Some(count) {
                desk.tell(&FromCounter::Waiting { count });
            }
            count
        });
        spawn_local(async move {
            outbox.inner.get_value().store.forget_before(now() - REMEMBERED).await;
            outbox.drain(desk);
        });
    }

    /// Claims a voucher, once per `wish`, however often this is called.
    pub(crate) fn claim(&self, desk: Desk, voucher: String, wish: String) {
        if self.standings.with_untracked(|standings| standings.contains_key(&wish)) {
            return;
        }
        let standing = Standing { voucher: voucher.clone(), at: now(), state: State::Sending };
        self.standings.update(|standings| drop(standings.insert(wish.clone(), standing)));
        let outbox = *self;
        spawn_local(async move {
            let entry = Entry { wish, voucher, shopper: identity::code(), at: now() };
            let kept = outbox.inner.get_value().store.add(&entry).await;
            if !kept {
                outbox.unkept.set(true);
            }
            // Before the first attempt, which may take long: a page that is closed meanwhile leaves word of the claim.
            outbox.reload().await;
            outbox.failed(0);
            outbox.drain(desk);
        });
    }

    /// The shopper wants an attempt for what waits now, and to see that it is made.
    pub(crate) fn retry(&self, desk: Desk) {
        self.standings.update(|standings| {
            for standing in standings.values_mut() {
                if matches!(standing.state, State::Waiting(_)) {
                    standing.state = State::Sending;
                }
            }
        });
        self.drain(desk);
    }

    /// Makes an attempt for everything that waits.
    pub(crate) fn drain(&self, desk: Desk) {
        let (outbox, inner) = (*self, self.inner.get_value());
        if inner.busy.replace(true) {
            inner.again.set(true);
            return;
        }
        spawn_local(async move {
            loop {
                inner.again.set(false);
                let wait = Rc::new(Cell::new(None));
                let found = Rc::clone(&wait);
                lock::alone(async move { found.set(outbox.attempt(desk).await) }).await;
                outbox.reload().await;
                if let Some(wait) = wait.get() {
                    outbox.wake_after(desk, wait);
                }
                if !inner.again.get() {
                    break;
                }
            }
            inner.busy.set(false);
        });
    }

    /// Looks at what other tabs have done.
    pub(crate) fn look(&self) {
        let outbox = *self;
        spawn_local(async move { outbox.reload().await });
    }

    /// The newest claim of a voucher that is not decided.
    pub(crate) fn open_claim(&self, voucher: &str) -> Option<Standing> {
        self.standings.with(|standings| standing::undecided(standings.values(), voucher).cloned())
    }

    /// When and why the last claim of a voucher was refused, if that was after `since`.
    pub(crate) fn refused(&self, voucher: &str, since: Millis) -> Option<(Millis, Problem)> {
        self.standings.with(|standings| {
            standing::refused(standings.values(), voucher, since).map(|(at, problem)| (at, problem.clone()))
        })
    }

    /// How many claims wait.
    fn count(&self) -> u32 {
        self.standings.with(|standings| standing::waiting(standings.values()) as u32)
    }

    fn wake_after(self, desk: Desk, wait: f64) {
        let inner = self.inner.get_value();
        let timer = inner.timer.get() + 1;
        inner.timer.set(timer);
        let ring = move || {
            if inner.timer.get() == timer {
                self.drain(desk);
            }
        };
        set_timeout(ring, Duration::from_millis(wait as u64));
    }

    fn failed(&self, times: u32) {
        self.inner.with_value(|inner| inner.failed.set(times));
    }
}

fn now() -> i64 {
    js_sys::Date::now() as i64
}
