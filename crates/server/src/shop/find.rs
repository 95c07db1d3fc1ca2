//! `GET /v1/stores`, `/v1/stores/{id}`, `/v1/places`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use oolong_intent::Fulfilment;
use oolong_protocol::shop::{ClusterView, Live, Millis, PlaceList, PlaceView, Reason, StoreList, StoreView};
use oolong_stores::{Order, Point, Query, View};

use super::Shop;
use super::named::Named;
use super::problem::Refused;
use super::stores::{Stores, names, takes_orders, way, word};
use crate::reply::json;

/// How many stores are listed where nothing is said, and at most.
const SOME: usize = 20;
const MOST: usize = 200;
/// Views with more stores than are listed are shown as about so many columns of clusters.
const COLUMNS: u32 = 12;
/// The longest text that is searched for, in characters.
const TEXT: usize = 100;

/// What is searched for.
#[derive(Debug, Default)]
struct Search {
    query: Query,
    /// All items that are wanted.
    items: Vec<String>,
    open_now: bool,
}

/// Stores near a point, in a view, or by their names.
pub(crate) async fn list(State(shop): State<Arc<Shop>>, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let search = Search::read(query.as_deref().unwrap_or_default())?;
    Ok(json(StatusCode::OK, &shop.stores.search(search, &shop.brands_of_items, shop.now())))
}

/// One store.
pub(crate) async fn one(State(shop): State<Arc<Shop>>, Named(id): Named<String>) -> Result<Response, Refused> {
    let (index, store) = shop.store(&id)?;
    let now = shop.now();
    let facts = shop.stores.facts(index, store.clone(), now);
    // The ledger knows the bookings up to this moment; the board hears of them when they make a difference.
    let standing = shop.ledger.standing(&[facts]).await?.pop();
    let mut view = shop.stores.view(&shop.stores.board.look(), index, store, None, now);
    view.live = standing.unwrap_or(view.live);
    Ok(json(StatusCode::OK, &view))
}

/// What a typed place may mean.
pub(crate) async fn places(State(shop): State<Arc<Shop>>, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let (mut text, mut near) = (String::new(), None);
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        match name.as_str() {
            "q" => text = short(&value)?,
            "near" => near = Some(point(&value)?),
            _ => return Err(unknown(&name)),
        }
    }
    let found = shop.stores.pack.place(&text, near);
    let places = found.into_iter().map(|place| PlaceView {
        names: names(&place.name),
        lon: place.point.lon,
        lat: place.point.lat,
    });
    Ok(json(StatusCode::OK, &PlaceList { places: places.collect() }))
}

impl Search {
    fn read(text: &str) -> Result<Self, Refused> {
        let mut search = Self::default();
        let query = &mut search.query;
        query.limit = SOME;
        for (name, value) in pairs(text) {
            match name.as_str() {
                "near" => query.near = Some(point(&value)?),
                "view" => query.view = Some(view(&value)?),
                "q" => query.text = Some(short(&value)?).filter(|text| !text.trim().is_empty()),
                "brand" => query.brand = Some(value).filter(|brand| !brand.is_empty()),
                "open_now" => search.open_now = flag(&value)?,
                "fulfilment" => {
                    query.fulfilment = match value.as_str() {
                        "pickup" => Some(way(Fulfilment::Pickup)),
                        "delivery" => Some(way(Fulfilment::Delivery)),
                        _ => return Err(wrong("fulfilment", "pickup or delivery")),
                    }
                }
                "item" => search.items.push(value),
                "order" => {
                    query.order = match value.as_str() {
                        "distance" => Order::Distance,
                        "wait" => Order::Wait,
                        _ => return Err(wrong("order", "distance or wait")),
                    }
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    query.limit = limit.ok_or_else(|| wrong("limit", "1 to 200"))?;
                }
                _ => return Err(unknown(&name)),
            }
        }
        if search.items.len() > 50 {
            return Err(wrong("item", "at most 50 of them"));
        }
        Ok(search)
    }
}

impl Stores {
    /// Searches; `brand_of` says who sells an item.
    fn search(&self, search: Search, brand_of: &super::BrandsOfItems, now: Millis) -> StoreList {
        let Search { mut query, items, open_now } = search;
        let look = self.board.look();
        // Only stores of the brand that sells it have an item, whatever they say that they do not have; none has the items
        // of two brands.
        for item in &items {
            let seller = brand_of.get(item).cloned().unwrap_or_default();
            if *query.brand.get_or_insert_with(|| seller.clone()) != seller {
                return StoreList { as_of: now, stores: Vec::new(), clusters: Vec::new() };
            }
        }
        query.item = items.first().cloned();
        let limit = query.limit;
        let sifted = items.len() > 1;
        if sifted {
            query.limit = limit * 10;
        }
        if open_now {
            query = self.only_open(query, now);
        }
        let by_wait = query.order == Order::Wait;
        let live = |index: u32| {
            let said = word(&look, index, now);
            // Where nobody has spoken, the wait is worth something only if the store is open.
            said.or_else(|| if by_wait && query.open_at.is_none() { self.by_hours(index, now) } else { None })
        };
        let clusters = query.view.filter(|_| query.text.is_none()).map(|view| {
            let all = self.pack.index.clusters(view, COLUMNS, &query, &live);
            let count: u64 = all.iter().map(|cluster| u64::from(cluster.stores)).sum();
            if count > limit as u64 { all } else { Vec::new() }
        });
        let clusters = clusters.unwrap_or_default().into_iter();
        let clusters = clusters.map(|cluster| ClusterView {
            lon: cluster.point.lon,
            lat: cluster.point.lat,
            count: cluster.stores,
        });
        let clusters: Vec<ClusterView> = clusters.collect();
        let hits = if clusters.is_empty() { self.pack.index.find(&query, &live) } else { Vec::new() };
        let measured = query.near.is_some() || query.view.is_some();
        let views = hits.into_iter().filter_map(|hit| {
            let store = self.pack.index.store(hit.store)?;
            Some(self.view(&look, hit.store, store, measured.then_some(hit.meters), now))
        });
        let fits = |view: &StoreView| !items.iter().any(|item| view.unavailable.contains(item));
        let mut stores: Vec<StoreView> = views.filter(|view| !sifted || fits(view)).collect();
        if query.order == Order::Wait {
            stores.sort_by_key(|view| wait(&view.live));
        }
        stores.truncate(limit);
        StoreList { as_of: now, stores, clusters }
    }
}

/// Who takes no orders comes last.
fn wait(live: &Live) -> u32 {
    if takes_orders(live.state) { live.minutes.unwrap_or_default() } else { u32::MAX }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn numbers<const COUNT: usize>(text: &str) -> Option<[f64; COUNT]> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    let numbers: [f64; COUNT] = numbers?.try_into().ok()?;
    numbers.iter().all(|number| number.is_finite()).then_some(numbers)
}

fn point(text: &str) -> Result<Point, Refused> {
    let point = numbers(text).map(|[lat, lon]| Point { lon, lat });
    let sound = point.filter(|point| point.lon.abs() <= 180.0 && point.lat.abs() <= 90.0);
    sound.ok_or_else(|| wrong("near", "LAT,LON in degrees"))
}

fn view(text: &str) -> Result<View, Refused> {
    let view = numbers(text).map(|[west, south, east, north]| View { west, south, east, north });
    let sound = view.filter(|view| {
        [view.west, view.east].iter().all(|lon| lon.abs() <= 360.0)
            && view.south.abs() <= 90.0
            && view.north.abs() <= 90.0
    });
    sound.ok_or_else(|| wrong("view", "W,S,E,N in degrees"))
}

fn flag(text: &str) -> Result<bool, Refused> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" | "" => Ok(false),
        _ => Err(wrong("open_now", "true or false")),
    }
}

fn short(text: &str) -> Result<String, Refused> {
    if text.chars().count() > TEXT { Err(wrong("q", "at most 100 characters")) } else { Ok(text.to_owned()) }
}

fn wrong(name: &str, expected: &str) -> Refused {
    Refused::new(Reason::RequestInvalid, format!("`{name}`: expected {expected}"))
}

fn unknown(name: &str) -> Refused {
    Refused::new(Reason::RequestInvalid, format!("`{name}`: there is no such parameter here"))
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn searches_are_read_or_refused() {
        let check = |query: &str, sound: bool| {
            let read = Search::read(query);
            assert_eq!(read.is_ok(), sound, "{query}: {read:?}");
            if let Err(refused) = read {
                assert_eq!(refused.into_response().status(), StatusCode::BAD_REQUEST);
            }
        };
        check("", true);
        check("near=31.2,121.5&limit=200&order=wait&item=a&item=b&open_now=1", true);
        check("view=179,-1,-179,1&fulfilment=delivery&brand=cloud", true);
        check("q=%E5%A4%96%E6%BB%A9", true);
        check("near=31.2", false);
        check("near=121.5,310", false);
        check("near=NaN,1", false);
        check("near=1,inf", false);
        check("view=1,2,3", false);
        check("limit=0", false);
        check("limit=201", false);
        check("limit=-1", false);
        check("order=price", false);
        check("fulfilment=drone", false);
        check("open_now=maybe", false);
        check("nears=1,2", false);
        check(&format!("q={}", "a".repeat(101)), false);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in ".{0,80}") {
            let _ = Search::read(&text);
            for name in ["near", "view", "limit", "q"] {
                let _ = Search::read(&format!("{name}={text}"));
            }
        }
    }
}
