//! Searching: nearest, in view, by text; each with the same filters.

use std::collections::BTreeMap;

use crate::directory::Cluster;
use crate::forest::Summary;
use crate::geo::{Point, Sight, View, meters};
use crate::index::{Index, Slot, class_bit, item_bit};
use crate::query::{Hit, Live, Order, Query};
use crate::store::Fulfilment;
use crate::tile::{CLOSED_FOR_GOOD, DELIVERY, PICKUP};

/// How many of the nearest are looked at for the shortest wait.
const WAITING: usize = 64;

/// Most stores that one answer has.
const MOST: usize = 10_000;

/// Stores of a cluster: how many, sums of their positions, west, south, east, north.
type Sum = (u32, f64, f64, [f64; 4]);

/// A query's conditions, worked out once: what a store needs, and what a branch of stores may have.
pub(crate) struct Filter<'a> {
    brand: Option<u32>,
    /// For each class of hours, whether it is open; and the same as bits.
    open: Option<(Vec<bool>, [u64; 4])>,
    fulfilment: Option<Fulfilment>,
    /// For each set of missing items, whether it has the wanted one; and the item's bit.
    lacking: Option<(Vec<bool>, u64)>,
    live: &'a dyn Fn(u32) -> Option<Live>,
}

impl Filter<'_> {
    fn may(&self, summary: &Summary) -> bool {
        if self.lacking.as_ref().is_some_and(|(_, bit)| summary.missing & bit != 0) {
            return false;
        }
        let all = [u64::MAX; 4];
        let open = self.open.as_ref().map_or(&all, |(_, bits)| bits);
        let meets = |hours: &[u64; 4]| hours.iter().zip(open).any(|(hours, open)| hours & open != 0);
        match self.fulfilment {
            Some(Fulfilment::Pickup) => meets(&summary.pickup),
            Some(Fulfilment::Delivery) => meets(&summary.delivery),
            None => meets(&summary.pickup) || meets(&summary.delivery),
        }
    }

    pub(crate) fn pass(&self, index: &Index, at: u32) -> bool {
        let slot: &Slot = &index.slots[at as usize];
        self.brand.is_none_or(|brand| brand == slot.brand)
            && match self.fulfilment {
                Some(Fulfilment::Pickup) => slot.flags & PICKUP != 0,
                Some(Fulfilment::Delivery) => slot.flags & DELIVERY != 0,
                None => true,
            }
            && self.lacking.as_ref().is_none_or(|(sets, _)| !sets[slot.missing as usize])
            && self.open.as_ref().is_none_or(|(classes, _)| {
                // Its own word is better than its hours, either way.
                slot.flags & CLOSED_FOR_GOOD == 0
                    && (self.live)(index.number(at)).map_or(classes[slot.class as usize], |live| live.accepting)
            })
    }
}

impl Index {
    /// Finds stores. `live` tells what is known of a store (by its index) this minute.
    ///
    /// Stores that are closed for good are only found by their names. A point that is not on the globe finds nothing.
    #[must_use]
    pub fn find(&self, query: &Query, live: &dyn Fn(u32) -> Option<Live>) -> Vec<Hit> {
        let Some(filter) = self.filter(query, live) else { return Vec::new() };
        if query.near.is_some_and(|point| !point.is_sound()) {
            return Vec::new();
        }
        let limit = if query.limit == 0 { 10 } else { query.limit.min(MOST) };
        let wanted = match query.order {
            Order::Distance => limit,
            Order::Wait => limit.max(WAITING),
        };
        let sight = query.near.or(query.view.map(|view| view.centre())).map(Sight::from);
        let mut found: Vec<(u32, f64)> = Vec::new();
        match (&query.text, query.view, &sight) {
            (Some(text), view, sight) => found = self.named(text, view, sight.as_ref(), &filter, wanted),
            (None, Some(view), Some(sight)) => {
                self.within(view, &filter, |at| found.push((at, self.closeness(sight, at))));
                nearest_first(&mut found, wanted);
            }
            (None, None, Some(sight)) => {
                let may = |summary: &Summary| filter.may(summary);
                self.forest.nearest(
                    sight,
                    filter.brand,
                    may,
                    |at| filter.pass(self, at),
                    |at, closeness| {
                        found.push((at, closeness));
                        found.len() < wanted
                    },
                );
            }
            (None, _, None) => {
                let open = |at: &u32| self.slots[*at as usize].flags & CLOSED_FOR_GOOD == 0 && filter.pass(self, *at);
                found.extend((0..self.slots.len() as u32).filter(open).take(wanted).map(|at| (at, 0.0)));
            }
        }
        if query.order == Order::Wait {
            // Who takes no orders has no wait, and comes last.
            let wait = |at: u32| match live(self.number(at)) {
                Some(live) if live.accepting => live.wait_minutes,
                Some(_) => u16::MAX,
                None => self.slots[at as usize].prep_minutes,
            };
            found.sort_by_cached_key(|(at, _)| wait(*at));
        }
        found.truncate(limit);
        found.into_iter().map(|(at, closeness)| Hit { store: self.number(at), meters: meters(closeness) }).collect()
    }

    /// Stores in view as at most about `columns` × `columns` clusters; conditions of the query count, its text does not.
    #[must_use]
    pub fn clusters(
        &self,
        view: View,
        columns: u32,
        query: &Query,
        live: &dyn Fn(u32) -> Option<Live>,
    ) -> Vec<Cluster> {
        let Some(filter) = self.filter(query, live) else { return Vec::new() };
        let columns = f64::from(columns.clamp(1, 64));
        let (width, height) = (view.width().max(1e-5) / columns, (view.north - view.south).max(1e-5) / columns);
        // Sums and edges are kept relative to the west of the view, so that cells may lie on the date line.
        let mut cells: BTreeMap<(i32, i32), Sum> = BTreeMap::new();
        self.within(view, &filter, |at| {
            let point = self.slots[at as usize].place.to_point();
            let x = (point.lon - view.west).rem_euclid(360.0);
            let y = point.lat - view.south;
            let cell = cells.entry(((x / width) as i32, (y / height) as i32)).or_insert((0, 0.0, 0.0, [x, y, x, y]));
            let [west, south, east, north] = cell.3;
            *cell = (cell.0 + 1, cell.1 + x, cell.2 + y, [west.min(x), south.min(y), east.max(x), north.max(y)]);
        });
        let lon = |x: f64| (view.west + x + 180.0).rem_euclid(360.0) - 180.0;
        let clusters = cells.into_values().map(|(stores, x, y, [west, south, east, north])| {
            let point = Point { lon: lon(x / f64::from(stores)), lat: view.south + y / f64::from(stores) };
            let (south, north) = (view.south + south, view.south + north);
            Cluster { point, stores, bounds: View { west: lon(west), south, east: lon(east), north } }
        });
        clusters.collect()
    }

    /// None if no store can fit.
    fn filter<'a>(&self, query: &Query, live: &'a dyn Fn(u32) -> Option<Live>) -> Option<Filter<'a>> {
        let brand = match &query.brand {
            Some(brand) => Some(self.brands.iter().position(|known| known == brand)? as u32),
            None => None,
        };
        let open = query.open_at.map(|now| {
            let mut bits = query.spoken.0;
            let open = (0..self.classes.len() as u32).map(|class| {
                let (schedule, offset) = self.class(class);
                let open = !query.said_only && schedule.is_open_at(now, offset);
                if open {
                    let (word, bit) = class_bit(class);
                    bits[word] |= bit;
                }
                open
            });
            (open.collect(), bits)
        });
        let item = query.item.as_ref().and_then(|item| self.items.iter().position(|known| known == item));
        let lacking = item.map(|item| {
            let item = item as u32;
            (self.missing.iter().map(|set| set.contains(&item)).collect(), item_bit(item))
        });
        Some(Filter { brand, open, fulfilment: query.fulfilment, lacking, live })
    }

    fn within(&self, view: View, filter: &Filter<'_>, mut take: impl FnMut(u32)) {
        for area in view.boxes() {
            self.forest.within(
                &area,
                filter.brand,
                |summary| filter.may(summary),
                |at| {
                    if filter.pass(self, at) {
                        take(at);
                    }
                },
            );
        }
    }

    pub(crate) fn closeness(&self, sight: &Sight, at: u32) -> f64 {
        let point = self.slots[at as usize].place.to_point();
        sight.closeness(point.lon, point.lat)
    }
}

/// Sorts the nearest to the front and forgets the others.
pub(crate) fn nearest_first(found: &mut Vec<(u32, f64)>, wanted: usize) {
    let nearer = |a: &(u32, f64), b: &(u32, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
    if found.len() > wanted && wanted > 0 {
        found.select_nth_unstable_by(wanted - 1, nearer);
        found.truncate(wanted);
    }
    found.sort_unstable_by(nearer);
}
