//! What a panel of stores knows: what part of the world, which conditions, and from that which stores in which order.
//! Components read signals and call methods, no more.

use std::{cell::Cell, collections::HashMap, ops::Deref, sync::Arc, time::Duration};

use leptos::prelude::*;
use oolong_intent::Prefer;
use oolong_map::{Bounds, Crowd, Label, LonLat, View, World};
use oolong_protocol::{counter::StoreSearch, shop::Millis};
use oolong_stores::{Point, Query};

use super::{
    live::{self, States, Subscription},
    nearby::{self, NoStores},
    sieve::{Sieve, Wanted},
    standing::Standing,
    stock::{Shelved, Shelves, Stock},
    trust::{self, Trust},
    whereabouts::{self, NoPosition, Spot},
};
use crate::{desk::Desk, show, words::Language};

/// What is shown must stay the same so long before anything is fetched for it.
const SETTLED: Duration = Duration::from_millis(120);
/// How often what depends on the time alone is looked at again, milliseconds.
const TICK: Millis = 10_000;
/// A walk.
const CLOSE: f64 = 14.5;
/// A city.
const FAR: f64 = 11.0;

thread_local! {
    static NUMBERS: Cell<u32> = const { Cell::new(0) };
}

/// A value that is the same only if it is the very same.
pub(super) struct Kept<T>(Arc<T>);

impl<T> Kept<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What is drawn for the settled view.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shown {
    /// Tiles whose stores are drawn.
    tiles: Vec<u32>,
    /// What is drawn for the others.
    pub(super) crowds: Vec<Crowd>,
}

/// Stores that are drawn, each at the same place in both lists.
#[derive(Default)]
pub(super) struct Dots {
    pub(super) stores: Vec<Arc<Shelved>>,
    pub(super) places: Vec<World>,
}

/// A store of the list.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) shelved: Arc<Shelved>,
    pub(super) metres: f64,
}

/// The stores in view.
#[derive(Default)]
pub(super) struct List {
    /// In order, at most [`live::MOST`].
    pub(super) rows: Vec<Row>,
    /// All of them.
    pub(super) count: usize,
}

/// What there is where nothing is in view.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Nearest {
    pub(super) at: LonLat,
    pub(super) metres: f64,
    /// A store by name, or so many stores about there.
    pub(super) what: Result<Arc<str>, u32>,
}

/// The state of one panel; cheap to copy, because everything in it is a handle.
#[derive(Clone, Copy)]
pub(super) struct Finder {
    /// Tells this card's elements from another's.
    number: u32,
    pub(super) desk: Desk,
    stock: StoredValue<Stock>,
    tick: Memo<Millis>,
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
        let tick = Memo::new(move |_| desk.now.get().div_euclid(TICK));
        let dots = Memo::new({
            let stock = stock.clone();
            move |_| {
                let sieve = sieve.read();
                let standings = sieve.open_now.then(|| Standings::follow(desk, tick, &stock));
                dots(&stock, &shown.read(), &sieve, standings.as_ref())
            }
        });
        let list = Memo::new({
            let stock = stock.clone();
            move |_| {
                let view = settled.get();
                let from = place.get().or_else(|| whereabouts::me().get()).map(|spot: Spot| spot.point);
                let from = from.map_or_else(|| view.centre(), |(lon, lat)| LonLat { lon, lat });
                let wait = by_wait.get();
                // How they stand matters for the order only where the wait does.
                let standings = wait.then(|| Standings::follow(desk, tick, &stock));
                list(&dots.get(), &view.bounds(), from, standings.as_ref())
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
            list,
            labels,
        };
        match start {
            Some((id, point)) => {
                finder.begin();
                finder.go_to_store(&id, point);
            }
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

    /// Keeps what is fetched after what is shown.
    fn begin(self) {
        let stock = self.stock();
        stock.open();
        self.settle();
        let subscription = Subscription::new(self.desk);
        Effect::new(move |_| {
            let ids = self.list.with(|list| list.rows.iter().map(|row| row.shelved.store.id.clone()).collect());
            subscription.watch(ids);
        });
        Effect::new(move |_| {
            let first = self.list.with(|list| list.rows.first().map(|row| row.shelved.clone()));
            if let Some(first) = first {
                wasm_bindgen_futures::spawn_local(async move { trust::ask(self.desk, &first).await });
            }
        });
        let plan = stock.clone();
        Effect::new(move |_| self.plan(&plan));
        // Back from a tunnel: what did not come is asked for again.
        Effect::new(move |before: Option<bool>| {
            let online = self.desk.online.get();
            if online && before == Some(false) {
                self.retry();
            }
            online
        });
    }

    /// Looks where it was asked to, else where the shopper is, else at the city with the most stores.
    fn start(self, wanted: Option<String>) {
        self.begin();
        let wanted = wanted.filter(|place| !place.trim().is_empty() && place != nearby::HERE);
        match (wanted, whereabouts::known()) {
            (Some(place), _) => wasm_bindgen_futures::spawn_local(async move { self.go_to_words(&place).await }),
            (None, Some(me)) => self.go_to(me.point, CLOSE),
            (None, None) => {
                let directory = self.stock().directory;
                Effect::new(move |_| {
                    let largest = directory.with(|directory| directory.as_ref()?.cities().next().map(|city| city.1));
                    if let Some(city) = largest.filter(|_| !self.placed.get_untracked()) {
                        self.go_to((city.lon, city.lat), FAR);
                    }
                });
            }
        }
    }

    /// Brings `settled` after `view` when that has come to rest.
    fn settle(self) {
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let clear = move || {
            if let Some(timer) = timer.try_update_value(Option::take).flatten() {
                timer.clear();
            }
        };
        Effect::new(move |_| {
            let view = self.view.get();
            clear();
            let rest = move || {
                if self.settled.try_get_untracked().is_some_and(|settled| settled != view) {
                    self.settled.set(view);
                }
            };
            timer.set_value(set_timeout_with_handle(rest, SETTLED).ok());
        });
        on_cleanup(clear);
    }

    /// Decides for the settled view what to fetch and what to draw.
    fn plan(self, stock: &Stock) {
        let (view, placed) = (self.settled.get(), self.placed.get());
        let Some(directory) = stock.directory.get().filter(|_| placed) else { return };
        let mut wide = view;
        let (width, height) = view.size();
        wide.resize(width * 1.3, height * 1.3, view.ratio());
        let plan = directory.plan(stores_view(&wide.bounds()), stock.budget());
        stock.want(&directory, &plan.tiles);
        let crowds = plan.clusters.iter().map(|cluster| Crowd {
            at: LonLat { lon: cluster.point.lon, lat: cluster.point.lat }.project(),
            count: cluster.stores,
            bounds: Bounds {
                west: cluster.bounds.west,
                south: cluster.bounds.south,
                east: cluster.bounds.east,
                north: cluster.bounds.north,
            },
        });
        let mut tiles = plan.tiles;
        tiles.sort_unstable();
        let next = Shown { tiles, crowds: crowds.collect() };
        if self.shown.with_untracked(|shown| *shown != next) {
            self.shown.set(next);
        }
    }

    /// Asks again for what did not come.
    pub(super) fn retry(self) {
        let stock = self.stock();
        stock.progress.update(|progress| progress.trouble = None);
        stock.open();
        self.settled.notify();
    }

    /// Looks at a place.
    pub(super) fn go_to(self, (lon, lat): (f64, f64), zoom: f64) {
        self.placed.set(true);
        self.no_position.set(None);
        self.view.update(|view| view.look_at(LonLat { lon, lat }, Some(zoom)));
        self.settled.set(self.view.get_untracked());
    }

    /// Looks at a typed place.
    pub(super) fn go_to_spot(self, spot: Spot) {
        self.unknown_place.set(None);
        self.go_to(spot.point, CLOSE);
        self.place.set(Some(spot));
    }

    /// Looks at a place in words; without a network, at what the directory knows by that name.
    pub(super) async fn go_to_words(self, words: &str) {
        self.unknown_place.set(None);
        let outcome = nearby::spot(&self.desk, Some(words)).await;
        let known = || {
            let directory = self.stock().directory.get_untracked()?;
            let place = directory.place(words).into_iter().next()?;
            Some(Spot { names: vec![place.name.en, place.name.zh], point: (place.point.lon, place.point.lat) })
        };
        match outcome {
            Ok(spot) => self.go_to_spot(spot),
            Err(NoStores::Failed(_) | NoStores::NoPlace | NoStores::UnknownPlace(_)) => match known() {
                Some(spot) => self.go_to_spot(spot),
                None => {
                    self.unknown_place.set(Some(words.to_owned()));
                    self.placed.set(true);
                }
            },
        }
    }

    /// Looks at where the shopper is. Only for buttons: the browser asks the shopper.
    pub(super) fn locate(self) {
        self.locating.set(true);
        self.no_position.set(None);
        wasm_bindgen_futures::spawn_local(async move {
            let outcome = whereabouts::locate().await;
            // The card may be gone by now.
            if self.locating.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(spot) => {
                    self.place.set(None);
                    self.unknown_place.set(None);
                    self.go_to(spot.point, CLOSE);
                }
                Err(why) => self.no_position.set(Some(why)),
            }
        });
    }

    /// Shows a store's details, and the store.
    pub(super) fn go_to_store(self, id: &str, point: (f64, f64)) {
        self.go_to(point, 16.0);
        self.selected.set(Some(id.to_owned()));
    }

    /// How the stores stand now; follows it.
    pub(super) fn standings(self) -> Standings {
        Standings::follow(self.desk, self.tick, &self.stock())
    }

    /// Stores in view that are not drawn one by one, because their tiles are not here.
    pub(super) fn hidden(self) -> u32 {
        let bounds = self.settled.get().bounds();
        self.shown.with(|shown| {
            let inside = shown.crowds.iter().filter(|crowd| {
                let place = crowd.at.unproject();
                contains(&bounds, place.lon, place.lat)
            });
            inside.map(|crowd| crowd.count).sum()
        })
    }

    /// Looks from nearer at what is hidden.
    pub(super) fn nearer(self) {
        let crowds = self.shown.with_untracked(|shown| shown.crowds.clone());
        let largest = crowds.into_iter().max_by_key(|crowd| crowd.count);
        self.view.update(|view| match largest {
            Some(crowd) if view.zoom() < FAR => view.look_at(crowd.at.unproject(), Some((view.zoom() + 2.0).max(9.0))),
            _ => {
                let (width, height) = view.size();
                view.zoom_about(width / 2.0, height / 2.0, 1.5);
            }
        });
    }

    /// What is nearest to the middle of the view, where nothing is in it.
    pub(super) fn nearest(self) -> Option<Nearest> {
        let centre = self.settled.get().centre();
        let from = Point { lon: centre.lon, lat: centre.lat };
        let stock = self.stock();
        let sieve = self.sieve.get();
        let query = Query {
            near: Some(from),
            brand: sieve.brand.or_else(|| Some(sieve.goods.first()?.brand.clone())),
            fulfilment: sieve.fulfilment,
            item: sieve.goods.first().map(|wanted| wanted.item.clone()),
            limit: 1,
            ..Query::default()
        };
        let language = self.desk.language.get();
        let store = stock.shelves.with(|shelves| {
            let hit = *shelves.index.find(&query, &|_| None).first()?;
            let store = &shelves.by_number(hit.store)?.store;
            let name = store.names.shown(language == Language::Chinese).into();
            Some(Nearest { at: LonLat { lon: store.lon, lat: store.lat }, metres: hit.meters, what: Ok(name) })
        });
        let somewhere = || {
            let directory = stock.directory.get()?;
            let world = oolong_stores::View { west: -180.0, south: -85.0, east: 180.0, north: 85.0 };
            let crowds = directory.plan(world, 0).clusters.into_iter();
            let far = |cluster: &oolong_stores::Cluster| from.meters_to(cluster.point);
            let crowd = crowds.min_by(|a, b| far(a).total_cmp(&far(b)))?;
            Some(Nearest {
                at: LonLat { lon: crowd.point.lon, lat: crowd.point.lat },
                metres: far(&crowd),
                what: Err(crowd.stores),
            })
        };
        store.or_else(somewhere)
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

/// Everything that says how a store stands, at one moment.
pub(super) struct Standings {
    now: Millis,
    states: ArcRwSignal<States>,
    shelves: ArcRwSignal<Shelves>,
    hours_count: bool,
}

impl Standings {
    /// Follows live words, what is loaded, and time in steps.
    fn follow(desk: Desk, tick: Memo<Millis>, stock: &Stock) -> Self {
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

fn dots(stock: &Stock, shown: &Shown, sieve: &Sieve, standings: Option<&Standings>) -> Kept<Dots> {
    let stores: Vec<Arc<Shelved>> = stock.shelves.with(|shelves| {
        let tiles = shown.tiles.iter().filter_map(|tile| shelves.tiles.get(tile));
        let passes = |shelved: &&Arc<Shelved>| {
            sieve.passes(&shelved.store, || match standings {
                Some(standings) => standings.of(shelved),
                None => Standing::at(0, None, None, false),
            })
        };
        tiles.flatten().filter(passes).cloned().collect()
    });
    let places = stores.iter().map(|shelved| shelved.at).collect();
    Kept::new(Dots { stores, places })
}

fn list(dots: &Dots, bounds: &Bounds, from: LonLat, standings: Option<&Standings>) -> Kept<List> {
    let from = Point { lon: from.lon, lat: from.lat };
    let inside = dots.stores.iter().filter(|shelved| contains(bounds, shelved.store.lon, shelved.store.lat));
    let mut rows: Vec<Row> =
        inside.map(|shelved| Row { shelved: shelved.clone(), metres: from.meters_to(shelved.store.point()) }).collect();
    let count = rows.len();
    rows.sort_by(|a, b| a.metres.total_cmp(&b.metres));
    if let Some(standings) = standings {
        rows.sort_by_cached_key(|row| wait(&standings.of(&row.shelved), row.shelved.store.prep_minutes));
    }
    rows.truncate(live::MOST);
    Kept::new(List { rows, count })
}

/// What takes orders first, the shortest wait first.
fn wait(standing: &Standing, prep_minutes: u16) -> (bool, u32) {
    let usual = if prep_minutes == 0 { u32::MAX } else { u32::from(prep_minutes) };
    (!standing.takes_orders(), standing.minutes.unwrap_or(usual))
}

/// Cities of the directory; districts and landmarks of the stores that are here, in the middle of those.
fn labels(stock: &Stock, chinese: bool) -> Kept<Vec<Label>> {
    let mut labels = Vec::new();
    stock.directory.with(|directory| {
        let cities = directory.iter().flat_map(|directory| directory.cities());
        labels.extend(cities.map(|(names, point, stores)| Label {
            at: LonLat { lon: point.lon, lat: point.lat }.project(),
            text: names.shown(chinese).to_owned(),
            rank: 0,
            weight: stores,
        }));
    });
    stock.shelves.with(|shelves| {
        let mut middles: HashMap<(u8, &str, &str), (f64, f64, u32)> = HashMap::new();
        for store in shelves.tiles.values().flatten().map(|shelved| &shelved.store) {
            for (rank, names) in [(1, &store.district), (2, &store.landmark)] {
                if !names.is_empty() {
                    let sum = middles.entry((rank, store.city.shown(chinese), names.shown(chinese))).or_default();
                    *sum = (sum.0 + store.lon, sum.1 + store.lat, sum.2 + 1);
                }
            }
        }
        labels.extend(middles.into_iter().map(|((rank, _, text), (lon, lat, count))| {
            let number = f64::from(count);
            let at = LonLat { lon: lon / number, lat: lat / number }.project();
            Label { at, text: text.to_owned(), rank, weight: count }
        }));
    });
    labels.sort_by(|a, b| a.rank.cmp(&b.rank).then(b.weight.cmp(&a.weight)).then_with(|| a.text.cmp(&b.text)));
    Kept::new(labels)
}

/// As `View::contains` of `oolong-stores`, but cheap enough for ten thousand stores at every move.
fn contains(bounds: &Bounds, lon: f64, lat: f64) -> bool {
    let across = if bounds.west <= bounds.east {
        (bounds.west..=bounds.east).contains(&lon)
    } else {
        lon >= bounds.west || lon <= bounds.east
    };
    across && (bounds.south..=bounds.north).contains(&lat)
}

fn stores_view(bounds: &Bounds) -> oolong_stores::View {
    oolong_stores::View { west: bounds.west, south: bounds.south, east: bounds.east, north: bounds.north }
}

#[cfg(test)]
mod tests {
    use oolong_protocol::shop::Availability;

    use super::*;

    #[test]
    fn views_over_the_date_line_contain_both_sides() {
        let bounds = Bounds { west: 179.0, south: -1.0, east: -179.0, north: 1.0 };
        assert!(contains(&bounds, 179.5, 0.0) && contains(&bounds, -179.5, 0.0));
        assert!(!contains(&bounds, 0.0, 0.0) && !contains(&bounds, 179.5, 2.0));
    }

    #[test]
    fn who_takes_orders_soonest_comes_first() {
        let standing = |state, minutes| Standing { state, minutes, until: None, as_of: None };
        let mut waits = [
            wait(&standing(Availability::Closed, None), 1),
            wait(&standing(Availability::Busy, Some(25)), 5),
            wait(&standing(Availability::Open, None), 0),
            wait(&standing(Availability::Open, None), 8),
        ];
        waits.sort_unstable();
        assert_eq!(waits, [(false, 8), (false, 25), (false, u32::MAX), (true, 1)]);
    }
}
