//! Which of the stores that are here fit the conditions, and which of them come first. In the page, without the server.

use std::{ops::Deref, sync::Arc};

use leptos::prelude::*;
use oolong_map::{Bounds, LonLat, World};
use oolong_stores::{Point, Query};

use super::{
    finder::Finder,
    following::{Shown, contains},
    live,
    sieve::Sieve,
    standing::Standing,
    standings::Standings,
    stock::{Shelved, Stock},
    timeline::timed,
};
use crate::words::Language;

/// What `cargo xtask bench page` reads: how long one search took, in two parts: who fits, and who comes first.
const SEARCH: &str = "oolong-stores-search";

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

/// Stores that are drawn, each at the same place in both lists.
#[derive(Default)]
pub(super) struct Dots {
    pub(super) stores: Vec<Arc<Shelved>>,
    pub(super) places: Vec<World>,
}

impl Dots {
    fn of(stores: Vec<Arc<Shelved>>) -> Self {
        Self { places: stores.iter().map(|shelved| shelved.at).collect(), stores }
    }
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

/// The stores of the drawn tiles that fit, open or not.
pub(super) fn fitting(stock: &Stock, shown: &Shown, sieve: &Sieve) -> Kept<Dots> {
    timed(SEARCH, || {
        let stores = stock.shelves.with(|shelves| {
            let tiles = shown.tiles.iter().filter_map(|tile| shelves.tiles.get(tile));
            tiles.flatten().filter(|shelved| sieve.fits(&shelved.store)).cloned().collect()
        });
        Kept::new(Dots::of(stores))
    })
}

/// Those of them that take orders now; the very same as `before`, if these do still: not every word opens or closes one.
pub(super) fn open(fitting: &Dots, standings: &Standings, before: Option<&Kept<Dots>>) -> Kept<Dots> {
    timed(SEARCH, || {
        let open = fitting.stores.iter().filter(|shelved| standings.of(shelved).takes_orders());
        let stores: Vec<Arc<Shelved>> = open.cloned().collect();
        let same = |dots: &&Kept<Dots>| {
            dots.stores.len() == stores.len() && dots.stores.iter().zip(&stores).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        before.filter(same).cloned().unwrap_or_else(|| Kept::new(Dots::of(stores)))
    })
}

/// Those in view, in order.
pub(super) fn list(dots: &Dots, bounds: &Bounds, from: LonLat, standings: Option<&Standings>) -> Kept<List> {
    let from = Point { lon: from.lon, lat: from.lat };
    timed(SEARCH, || {
        let inside = dots.stores.iter().filter(|shelved| contains(bounds, shelved.store.lon, shelved.store.lat));
        let mut near: Vec<(f64, &Arc<Shelved>)> =
            inside.map(|shelved| (from.meters_to(shelved.store.point()), shelved)).collect();
        let count = near.len();
        let nearer = |a: &(f64, _), b: &(f64, _)| a.0.total_cmp(&b.0);
        match standings {
            Some(standings) => {
                near.sort_by(nearer);
                near.sort_by_cached_key(|(_, shelved)| wait(&standings.of(shelved), shelved.store.prep_minutes));
                near.truncate(live::MOST);
            }
            None => {
                // A city has thousands: only those that are shown are put in order.
                if near.len() > live::MOST {
                    near.select_nth_unstable_by(live::MOST, nearer);
                    near.truncate(live::MOST);
                }
                near.sort_by(nearer);
            }
        }
        let rows = near.into_iter().map(|(metres, shelved)| Row { shelved: Arc::clone(shelved), metres });
        Kept::new(List { rows: rows.collect(), count })
    })
}

impl Finder {
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
}

/// What takes orders first, the shortest wait first.
fn wait(standing: &Standing, prep_minutes: u16) -> (bool, u32) {
    let usual = if prep_minutes == 0 { u32::MAX } else { u32::from(prep_minutes) };
    (!standing.takes_orders(), standing.minutes.unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use oolong_protocol::shop::Availability;

    use super::*;

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
