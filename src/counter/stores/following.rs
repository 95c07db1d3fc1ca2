//! What is fetched and drawn follows what is looked at: a view that has come to rest makes a plan of tiles and crowds.

use std::time::Duration;

use leptos::prelude::*;
use oolong_map::{Bounds, Crowd, LonLat};

use super::{
    finder::Finder,
    live::Subscription,
    search::{List, Row},
    stock::Stock,
    trust,
};

/// What is shown must stay the same so long before anything is fetched for it.
const SETTLED: Duration = Duration::from_millis(120);

/// So many of the list are followed wherever they are.
const FIRST: usize = 40;

/// What is drawn for the settled view.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shown {
    /// Tiles whose stores are drawn.
    pub(super) tiles: Vec<u32>,
    /// What is drawn for the others.
    pub(super) crowds: Vec<Crowd>,
}

impl Finder {
    /// Keeps what is fetched after what is shown.
    pub(super) fn follow(self) {
        let stock = self.stock();
        stock.open();
        self.settle();
        let subscription = Subscription::new(self.desk);
        let followed = Memo::new(move |_| self.list.with(|list| self.near.with(|near| followed(list, near))));
        Effect::new(move |_| subscription.watch(followed.get()));
        Effect::new(move |_| {
            let first = self.near.with(|list| list.rows.first().map(|row| row.shelved.clone()));
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

    /// Asks again for what did not come.
    pub(super) fn retry(self) {
        let stock = self.stock();
        stock.progress.update(|progress| progress.trouble = None);
        stock.open();
        self.settled.notify();
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
}

/// Of whom news are wanted: of what the list begins with, and of the nearest that fit, open or not, because that one of them
/// is open is heard only of those that are followed. The former not in their order: a new order is no new wish.
fn followed(list: &List, near: &List) -> Vec<String> {
    let id = |row: &Row| row.shelved.store.id.clone();
    let mut ids: Vec<String> = list.rows.iter().take(FIRST).map(id).collect();
    ids.sort_unstable();
    ids.extend(near.rows.iter().map(id));
    ids
}

/// As `View::contains` of `oolong-stores`, but cheap enough for ten thousand stores at every move.
pub(super) fn contains(bounds: &Bounds, lon: f64, lat: f64) -> bool {
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
    use std::sync::Arc;

    use oolong_map::World;

    use super::*;
    use crate::stores::{sieve, stock::Shelved};

    fn listed(ids: &[&str]) -> List {
        let row = |id: &&str| {
            let store = oolong_stores::Store { id: (*id).to_owned(), ..sieve::tests::store() };
            Row { shelved: Arc::new(Shelved { number: 0, at: World::default(), store }), metres: 0.0 }
        };
        List { rows: ids.iter().map(row).collect(), count: ids.len() }
    }

    #[test]
    fn whom_nobody_knows_to_be_open_is_followed_too() {
        for (open, near, expected) in [
            // The map was moved to where nothing was heard of: nothing passes as open, all are listened to.
            (&[][..], &["b", "a"][..], &["b", "a"][..]),
            (&["c"], &["b", "a"], &["c", "b", "a"]),
            (&["d", "c"], &["a"], &["c", "d", "a"]),
            (&["c", "d"], &["a"], &["c", "d", "a"]),
            (&[], &[], &[]),
        ] {
            assert_eq!(followed(&listed(open), &listed(near)), expected, "{open:?} of {near:?}");
        }
    }

    #[test]
    fn views_over_the_date_line_contain_both_sides() {
        let bounds = Bounds { west: 179.0, south: -1.0, east: -179.0, north: 1.0 };
        assert!(contains(&bounds, 179.5, 0.0) && contains(&bounds, -179.5, 0.0));
        assert!(!contains(&bounds, 0.0, 0.0) && !contains(&bounds, 179.5, 2.0));
    }
}
