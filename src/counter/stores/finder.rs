//! What a panel of stores knows: what part of the world, which conditions, and from that which stores in which order.
//! Components read signals and call methods, no more. [`super::travel`] moves it, [`super::following`] fetches for it,
//! [`super::search`] finds.

use std::cell::Cell;

use leptos::prelude::*;
use oolong_intent::Prefer;
use oolong_map::{Label, LonLat, View};
use oolong_protocol::counter::StoreSearch;

use super::{
    following::Shown,
    labels::labels,
    search::{Dots, Kept, List, fitting, list, open},
    sieve::{Sieve, Wanted},
    standings::{Moment, Standings, moments},
    stock::Stock,
    whereabouts::{self, NoPosition, Spot},
};
use crate::{desk::Desk, show, words::Language};

thread_local! {
    static NUMBERS: Cell<u32> = const { Cell::new(0) };
}

/// The state of one panel; cheap to copy, because everything in it is a handle.
#[derive(Clone, Copy)]
pub(super) struct Finder {
    /// Tells this card's elements from another's.
    number: u32,
    pub(super) desk: Desk,
    stock: StoredValue<Stock>,
    tick: Memo<Moment>,
    /// What part of the world, at every move.
    pub(super) view: RwSignal<View>,
    /// The same when it has come to rest.
    pub(super) settled: RwSignal<View>,
    /// Whether the first place to look at is decided.
    pub(super) placed: RwSignal<bool>,
    pub(super) sieve: RwSignal<Sieve>,
    /// The shortest wait first, not the shortest way.
    pub(super) by_wait: RwSignal<bool>,
    /// The place that was typed or said.
    pub(super) place: RwSignal<Option<Spot>>,
    /// A place that nobody knows.
    pub(super) unknown_place: RwSignal<Option<String>>,
    /// The browser is looking for the shopper.
    pub(super) locating: RwSignal<bool>,
    /// Why it did not find the shopper.
    pub(super) no_position: RwSignal<Option<NoPosition>>,
    /// Id of the store whose details are shown.
    pub(super) selected: RwSignal<Option<String>>,
    pub(super) shown: RwSignal<Shown>,
    pub(super) dots: Memo<Kept<Dots>>,
    /// The nearest in view that fit, open or not.
    pub(super) near: Memo<Kept<List>>,
    pub(super) list: Memo<Kept<List>>,
    pub(super) labels: Memo<Kept<Vec<Label>>>,
}

impl Finder {
    /// The finder of a card, under its owner.
    pub(super) fn open(desk: Desk, search: &StoreSearch, start: Option<(String, (f64, f64))>) -> Self {
        let stock = Stock::shared();
        let view = View::new(LonLat { lon: 104.0, lat: 35.0 }, 4.0, (600.0, 400.0), 1.0);
        let (view, settled) = (RwSignal::new(view), RwSignal::new(view));
        let sieve = RwSignal::new(Sieve {
            brand: search.brand.clone(),
            open_now: search.open_now,
            fulfilment: None,
            goods: search.items.iter().filter_map(|item| Wanted::of(&desk.campaign(), item)).collect(),
        });
        let by_wait = RwSignal::new(search.prefer == Some(Prefer::Fastest));
        let (place, shown) = (RwSignal::new(None), RwSignal::new(Shown::default()));
        let tick = moments(desk);
        let fitting = Memo::new({
            let stock = stock.clone();
            move |_| fitting(&stock, &shown.read(), &sieve.read())
        });
        let only_open = Memo::new(move |_| sieve.with(|sieve| sieve.open_now));
        let dots = Memo::new({
            let stock = stock.clone();
            move |before: Option<&Kept<Dots>>| match only_open.get() {
                true => open(&fitting.get(), &Standings::follow(desk, tick, &stock), before),
                false => fitting.get(),
            }
        });
        let looked_at = move || {
            let view = settled.get();
            let from = place.get().or_else(|| whereabouts::me().get()).map(|spot: Spot| spot.point);
            (view.bounds(), from.map_or_else(|| view.centre(), |(lon, lat)| LonLat { lon, lat }))
        };
        let near = Memo::new(move |_| {
            let (bounds, from) = looked_at();
            list(&fitting.get(), &bounds, from, None)
        });
        let list = Memo::new({
            let stock = stock.clone();
            move |_| {
                let wait = by_wait.get();
                if !wait && !only_open.get() {
                    return near.get();
                }
                let (bounds, from) = looked_at();
                // How they stand matters for the order only where the wait does.
                let standings = wait.then(|| Standings::follow(desk, tick, &stock));
                list(&dots.get(), &bounds, from, standings.as_ref())
            }
        });
        let labels = Memo::new({
            let stock = stock.clone();
            move |_| labels(&stock, desk.language.get() == Language::Chinese)
        });
        let finder = Self {
            number: NUMBERS.replace(NUMBERS.get() + 1),
            desk,
            stock: StoredValue::new(stock),
            tick,
            view,
            settled,
            placed: RwSignal::new(false),
            sieve,
            by_wait,
            place,
            unknown_place: RwSignal::new(None),
            locating: RwSignal::new(false),
            no_position: RwSignal::new(None),
            selected: RwSignal::new(None),
            shown,
            dots,
            near,
            list,
            labels,
        };
        finder.follow();
        match start {
            Some((id, point)) => finder.go_to_store(&id, point),
            None => finder.start(search.place.clone()),
        }
        finder
    }

    /// An id for an element of this card.
    pub(super) fn id(self, name: &str) -> String {
        format!("finder-{name}-{}", self.number)
    }

    /// What is fetched.
    pub(super) fn stock(&self) -> Stock {
        self.stock.get_value()
    }

    /// How the stores stand now; follows it.
    pub(super) fn standings(self) -> Standings {
        Standings::follow(self.desk, self.tick, &self.stock())
    }

    /// A brand as the campaign calls it.
    pub(super) fn brand(self, id: &str) -> String {
        show::brand_name(&self.desk.campaign(), id, self.desk.language.get())
    }
}

/// The finder of the component that asks.
pub(super) fn use_finder() -> Finder {
    expect_context()
}
