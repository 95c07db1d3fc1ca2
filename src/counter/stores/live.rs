//! How stores stand this minute: one event stream of the server for all stores that are in view anywhere.
//!
//! The browser reconnects by itself and says which event it saw last; a stream that the server refuses is opened again
//! after a pause that grows. A browser keeps few connections to one server, so the cards share one stream.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    time::Duration,
};

use leptos::prelude::*;
use oolong_protocol::shop::{Live, StateChange};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Event, EventSource, MessageEvent};

use crate::desk::Desk;

/// Most stores of one stream; the server takes 500.
pub(super) const MOST: usize = 300;
/// How long what is in view must stay the same before a stream is opened for it.
const SETTLED: Duration = Duration::from_millis(400);
/// Events come in bursts; they are shown together.
const TOGETHER: Duration = Duration::from_millis(80);
/// Pauses before a refused stream is opened again, seconds.
const PAUSES: [u64; 4] = [5, 15, 30, 60];

/// The last word of each store, by id.
pub(super) type States = HashMap<String, Live>;

#[derive(Default)]
struct Hub {
    states: Option<ArcRwSignal<States>>,
    broken: Option<ArcRwSignal<bool>>,
    heard: Vec<StateChange>,
    wanted: Vec<(u32, Vec<String>)>,
    next: u32,
    stream: Option<Stream>,
    refused: usize,
    timer: Option<TimeoutHandle>,
}

struct Stream {
    source: EventSource,
    ids: HashSet<String>,
    _listeners: [Closure<dyn Fn(Event)>; 3],
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

thread_local! {
    static HUB: RefCell<Hub> = RefCell::default();
}

/// The last word of each store.
pub(super) fn states() -> ArcRwSignal<States> {
    HUB.with_borrow_mut(|hub| hub.states.get_or_insert_with(ArcRwSignal::default).clone())
}

/// Whether the stream is interrupted at the moment.
pub(super) fn broken() -> ArcRwSignal<bool> {
    HUB.with_borrow_mut(|hub| hub.broken.get_or_insert_with(ArcRwSignal::default).clone())
}

/// One card's wish for news, until the card goes.
#[derive(Clone, Copy)]
pub(super) struct Subscription {
    desk: Desk,
    number: u32,
}

impl Subscription {
    /// For the card whose owner is current.
    pub(super) fn new(desk: Desk) -> Self {
        let number = HUB.with_borrow_mut(|hub| {
            hub.next += 1;
            hub.next
        });
        on_cleanup(move || {
            HUB.with_borrow_mut(|hub| hub.wanted.retain(|(known, _)| *known != number));
            refresh_soon(desk, SETTLED);
        });
        Self { desk, number }
    }

    /// These stores are in view now, the most important first.
    pub(super) fn watch(&self, ids: Vec<String>) {
        HUB.with_borrow_mut(|hub| {
            hub.wanted.retain(|(known, _)| *known != self.number);
            hub.wanted.insert(0, (self.number, ids));
        });
        refresh_soon(self.desk, SETTLED);
    }
}

fn refresh_soon(desk: Desk, after: Duration) {
    let timer = set_timeout_with_handle(move || refresh(desk), after).ok();
    let before = HUB.with_borrow_mut(|hub| std::mem::replace(&mut hub.timer, timer));
    if let Some(before) = before {
        before.clear();
    }
}

/// Opens a stream for what is wanted, unless the present one has all of it.
fn refresh(desk: Desk) {
    let wanted = HUB.with_borrow(|hub| union(&hub.wanted));
    let enough = HUB.with_borrow(|hub| {
        hub.stream.as_ref().is_some_and(|stream| {
            stream.source.ready_state() != EventSource::CLOSED && wanted.iter().all(|id| stream.ids.contains(id))
        })
    });
    if enough && !wanted.is_empty() {
        return;
    }
    let stream = if wanted.is_empty() { None } else { open(desk, wanted) };
    // The old stream is dropped only after the hub is free again.
    let _old = HUB.with_borrow_mut(|hub| std::mem::replace(&mut hub.stream, stream));
}

/// Ids of all cards, each once, the latest card's first.
fn union(wanted: &[(u32, Vec<String>)]) -> Vec<String> {
    let mut seen = HashSet::new();
    let ids = wanted.iter().flat_map(|(_, ids)| ids).filter(|id| seen.insert(id.as_str()));
    ids.take(MOST).cloned().collect()
}

fn open(desk: Desk, ids: Vec<String>) -> Option<Stream> {
    let list: Vec<String> = ids.iter().map(|id| js_sys::encode_uri_component(id).into()).collect();
    let source = EventSource::new(&desk.api.url(&format!("stores/events?ids={}", list.join(",")))).ok()?;
    let heard = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let data = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
        // A word that cannot be read leaves the store as it was; it expires.
        if let Some(change) = data.and_then(|data| serde_json::from_str::<StateChange>(&data).ok()) {
            hear(change);
        }
    });
    let opened = Closure::<dyn Fn(Event)>::new(|_| {
        HUB.with_borrow_mut(|hub| hub.refused = 0);
        broken().set(false);
    });
    let at = source.clone();
    let failed = Closure::<dyn Fn(Event)>::new(move |_| {
        broken().set(true);
        if at.ready_state() == EventSource::CLOSED {
            let pause = HUB.with_borrow_mut(|hub| {
                hub.refused += 1;
                PAUSES[(hub.refused - 1).min(PAUSES.len() - 1)]
            });
            refresh_soon(desk, Duration::from_secs(pause));
        }
    });
    let listeners = [heard, opened, failed];
    for (event, listener) in ["state", "open", "error"].into_iter().zip(&listeners) {
        source.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref()).ok()?;
    }
    Some(Stream { source, ids: ids.into_iter().collect(), _listeners: listeners })
}

fn hear(change: StateChange) {
    let first = HUB.with_borrow_mut(|hub| {
        hub.heard.push(change);
        hub.heard.len() == 1
    });
    if first {
        set_timeout(
            || {
                let heard = HUB.with_borrow_mut(|hub| std::mem::take(&mut hub.heard));
                states().update(|states| learn(states, heard));
            },
            TOGETHER,
        );
    }
}

/// An older word never replaces a newer one, as after a replay.
fn learn(states: &mut States, heard: Vec<StateChange>) {
    for StateChange { store, live } in heard {
        if states.get(&store).is_none_or(|known| known.as_of <= live.as_of) {
            states.insert(store, live);
        }
    }
}

/// What a list of the server said about stores counts as news, too.
pub(super) fn learn_all(heard: impl Iterator<Item = StateChange>) {
    let heard: Vec<StateChange> = heard.collect();
    states().update(|states| learn(states, heard));
}

#[cfg(test)]
mod tests {
    use oolong_protocol::shop::Availability;

    use super::*;

    #[test]
    fn the_newest_word_counts() {
        let change = |as_of, state| StateChange {
            store: "s-1".to_owned(),
            live: Live { state, minutes: None, until: None, as_of, expires_at: as_of + 1000 },
        };
        let mut states = States::new();
        learn(
            &mut states,
            vec![change(5, Availability::Open), change(9, Availability::Paused), change(7, Availability::Open)],
        );
        assert_eq!(states["s-1"].state, Availability::Paused);
    }

    #[test]
    fn wanted_ids_are_united_and_bounded() {
        let ids = |from: usize, to: usize| (from..to).map(|at| at.to_string()).collect::<Vec<_>>();
        let all = union(&[(2, ids(10, 20)), (1, ids(0, 500))]);
        assert_eq!(all.len(), MOST);
        assert_eq!(all[..11].last().map(String::as_str), Some("0"));
    }
}
