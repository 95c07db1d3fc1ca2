//! Attempts: one for each claim that waits, and what follows from it.

use leptos::prelude::*;
use oolong_protocol::shop::{Claim, Grant};

use super::{
    Outbox, Outcome, Standing, State,
    policy::{Entry, Fate, Settled, judge},
    store::Kept,
};
use crate::{
    api::{Who, encoded},
    desk::Desk,
    failure::Failure,
    identity, seen, storage, wallet,
};

impl Outbox {
    /// One attempt for each; milliseconds until the next ones, if any are to be made.
    pub(super) async fn attempt(self, desk: Desk) -> Option<f64> {
        let inner = self.inner.get_value();
        let waiting = inner.store.all().await.waiting;
        let mut wait: Option<f64> = None;
        let mut unreachable = None;
        for entry in waiting {
            if let Some(failure) = &unreachable {
                self.show(&entry, State::Waiting(Failure::clone(failure)));
                continue;
            }
            // What waits keeps saying so: not every attempt is news.
            let waits = self.standings.with_untracked(|known| {
                known.get(&entry.wish).is_some_and(|standing| matches!(standing.state, State::Waiting(_)))
            });
            if !waits {
                self.show(&entry, State::Sending);
            }
            let path = format!("vouchers/{}/claims", encoded(&entry.voucher));
            let who = Who::Bearer(entry.shopper.clone());
            let outcome = desk.api.post_once::<_, Grant>(&path, &Claim {}, &entry.wish, &who).await;
            let failed = self.inner.with_value(|inner| inner.failed.get());
            match judge(outcome, failed, js_sys::Math::random()) {
                Fate::Decided(outcome) => {
                    let settled = Settled { entry, outcome, at: Some(desk.server_now()) };
                    inner.store.settle(&settled).await;
                    self.failed(0);
                    if let Outcome::Granted(grant) = &settled.outcome
                        && settled.entry.shopper == identity::code()
                    {
                        wallet::take(desk, Grant::clone(grant));
                    }
                    self.put(settled.entry.wish.clone(), settled.into());
                    wallet::refresh(desk);
                }
                Fate::Open { failure, wait: next } => {
                    wait = Some(wait.map_or(next, |wait| wait.max(next)));
                    // The others would fare no better.
                    if matches!(failure, Failure::Unreachable | Failure::Late) {
                        unreachable = Some(failure.clone());
                    }
                    self.show(&entry, State::Waiting(failure));
                }
            }
        }
        if wait.is_some() {
            let failed = self.inner.with_value(|inner| inner.failed.get());
            self.failed(failed + 1);
        }
        wait
    }

    /// Brings the cards up to what is kept.
    pub(super) async fn reload(self) {
        let Kept { waiting, settled, lasting } = self.inner.get_value().store.all().await;
        // Whoever cannot read what waits does not say that nothing does: the next visit would not look.
        if let Some(count) = lasting {
            storage::save(seen::WAITING, &count);
        }
        self.standings.update(|standings| {
            for settled in settled {
                standings.insert(settled.entry.wish.clone(), settled.into());
            }
            for entry in waiting {
                // Another tab is at it, if this one is not.
                standings.entry(entry.wish.clone()).or_insert_with(|| Standing::open(&entry, State::Sending));
            }
        });
    }

    fn show(self, entry: &Entry, state: State) {
        self.put(entry.wish.clone(), Standing::open(entry, state));
    }

    fn put(self, wish: String, standing: Standing) {
        self.standings.update(|standings| drop(standings.insert(wish, standing)));
    }
}
