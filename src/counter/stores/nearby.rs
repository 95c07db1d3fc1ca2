//! Stores as the server finds them: for answers in the conversation, and for choosing where an order is made.

use std::cell::RefCell;

use oolong_intent::{Fulfilment, Prefer};
use oolong_protocol::{
    counter::{FromCounter, StoreSearch},
    shop::{PlaceList, PlaceView, StoreList, StoreView},
};

use super::{
    trust,
    whereabouts::{self, Spot},
};
use crate::{api::Who, desk::Desk, failure::Failure};

/// How the shopper says "where I am" in a [`StoreSearch`].
pub(crate) const HERE: &str = "here";

/// Why there are no stores to choose from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NoStores {
    /// Where the shopper is has to be said or shared first.
    NoPlace,
    /// Nobody knows a place of that name.
    UnknownPlace(String),
    /// The server could not say.
    Failed(Failure),
}

thread_local! {
    static CHOSEN: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// The stores of a brand (or of any) near a place in the shopper's words, or near where the shopper has said to be, that
/// have all the items; the nearest first. None that are closed for good.
///
/// # Errors
/// No place was said or shared, it is not known, or the server could not be asked.
pub(crate) async fn nearby(
    desk: &Desk,
    brand: Option<&str>,
    place: Option<&str>,
    items: &[String],
    fulfilment: Option<Fulfilment>,
) -> Result<Vec<StoreView>, NoStores> {
    let search = StoreSearch {
        brand: brand.map(str::to_owned),
        place: place.map(str::to_owned),
        items: items.to_vec(),
        ..StoreSearch::default()
    };
    let near = spot(desk, place).await?;
    found(desk, &search, near.point, fulfilment, 10).await
}

/// Stores that fit a search, near a point.
///
/// # Errors
/// The server could not be asked.
pub(crate) async fn found(
    desk: &Desk,
    search: &StoreSearch,
    (lon, lat): (f64, f64),
    fulfilment: Option<Fulfilment>,
    limit: usize,
) -> Result<Vec<StoreView>, NoStores> {
    let query = query(search, (lon, lat), fulfilment, limit);
    let list: StoreList = desk.api.get(&query, &Who::Anybody).await.map_err(NoStores::Failed)?;
    trust::learn(&list);
    Ok(list.stores)
}

/// Where a search looks: the place that was said, else where the shopper is.
///
/// # Errors
/// Neither is known, or the server could not be asked about the place.
pub(crate) async fn spot(desk: &Desk, place: Option<&str>) -> Result<Spot, NoStores> {
    match place.map(str::trim).filter(|place| !place.is_empty() && *place != HERE) {
        None => whereabouts::known().ok_or(NoStores::NoPlace),
        Some(place) => {
            let first = places(desk, place).await.map_err(NoStores::Failed)?.into_iter().next();
            let first = first.ok_or_else(|| NoStores::UnknownPlace(place.to_owned()))?;
            Ok(Spot { names: first.names, point: (first.lon, first.lat) })
        }
    }
}

/// The longest text that the server looks up, in characters; what an address begins with says where it is.
const LONGEST: usize = 100;

/// What a typed place may mean, best first.
///
/// # Errors
/// The server could not be asked.
pub(crate) async fn places(desk: &Desk, text: &str) -> Result<Vec<PlaceView>, Failure> {
    let list: PlaceList = desk.api.get(&format!("places?q={}", looked_up(text)), &Who::Anybody).await?;
    Ok(list.places)
}

/// Stores by their names, for what is not loaded.
///
/// # Errors
/// The server could not be asked.
pub(crate) async fn named(desk: &Desk, text: &str, limit: usize) -> Result<Vec<StoreView>, Failure> {
    let list: StoreList = desk.api.get(&format!("stores?q={}&limit={limit}", looked_up(text)), &Who::Anybody).await?;
    Ok(list.stores)
}

/// The shopper wants what is ordered next from this store.
pub(crate) fn choose(desk: &Desk, store: &str, brand: &str) {
    CHOSEN.set(Some((store.to_owned(), brand.to_owned())));
    desk.tell(&FromCounter::Store { store: store.to_owned(), brand: brand.to_owned() });
}

/// The store that was chosen for this brand has got its order.
pub(crate) fn forget(brand: &str) {
    CHOSEN.with_borrow_mut(|chosen| chosen.take_if(|(_, known)| known == brand));
}

/// The store (id, brand) that the shopper wants what is ordered next from.
pub(crate) fn chosen() -> Option<(String, String)> {
    CHOSEN.with_borrow(Clone::clone)
}

fn query(search: &StoreSearch, (lon, lat): (f64, f64), fulfilment: Option<Fulfilment>, limit: usize) -> String {
    let mut query = format!("stores?near={lat:.5},{lon:.5}&limit={limit}");
    if let Some(brand) = &search.brand {
        query.push_str(&format!("&brand={}", escaped(brand)));
    }
    if search.open_now {
        query.push_str("&open_now=true");
    }
    if let Some(fulfilment) = fulfilment {
        query.push_str(match fulfilment {
            Fulfilment::Pickup => "&fulfilment=pickup",
            Fulfilment::Delivery => "&fulfilment=delivery",
        });
    }
    for item in &search.items {
        query.push_str(&format!("&item={}", escaped(item)));
    }
    if search.prefer == Some(Prefer::Fastest) {
        query.push_str("&order=wait");
    }
    query
}

/// A typed text as a query's value.
fn looked_up(text: &str) -> String {
    let cut = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]);
    escaped(cut)
}

/// As a browser's `encodeURIComponent`, but also where there is no browser.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_asked_in_full() {
        let search = StoreSearch {
            brand: Some("naixue".to_owned()),
            prefer: Some(Prefer::Fastest),
            open_now: true,
            items: vec!["boba".to_owned(), "a&b".to_owned()],
            ..StoreSearch::default()
        };
        let asked = query(&search, (121.47, 31.23), Some(Fulfilment::Pickup), 5);
        assert_eq!(
            asked,
            "stores?near=31.23000,121.47000&limit=5&brand=naixue&open_now=true&fulfilment=pickup&item=boba&item=a%26b&order=wait"
        );
        assert_eq!(query(&StoreSearch::default(), (0.0, -1.5), None, 10), "stores?near=-1.50000,0.00000&limit=10");
    }

    #[test]
    fn a_long_address_is_looked_up_by_its_beginning() {
        for (text, asked) in [
            ("the bund", "the%20bund".to_owned()),
            (&"a".repeat(100), "a".repeat(100)),
            (&"a".repeat(101), "a".repeat(100)),
            (&"路".repeat(101), "%E8%B7%AF".repeat(100)),
        ] {
            assert_eq!(looked_up(text), asked);
        }
    }
}
