//! Stores: where, how they stand, and what a store's own side says.

use serde::{Deserialize, Serialize};

use super::{Goods, Millis, OrderState};

/// How a store stands, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Takes orders at once.
    Open,
    /// Takes orders, with a wait.
    Busy,
    /// Takes none for a while.
    Paused,
    /// Outside its hours.
    Closed,
    /// For good.
    PermanentlyClosed,
    /// Nobody has said so lately.
    Unknown,
}

/// How a store stands at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// The state.
    pub state: Availability,
    /// Minutes until an order placed now would be ready; with `open` and `busy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Until when it is paused or closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// When this was so.
    pub as_of: Millis,
    /// After this it is `unknown`.
    pub expires_at: Millis,
}

/// `PUT /v1/stores/{id}/state`, with the store's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeState {
    /// `open`, `busy`, `paused`, `closed`, `permanently_closed`.
    pub state: Availability,
    /// Minutes of wait; only with `busy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Until when; only with `paused` and `closed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// Orders per minute from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders_per_minute: Option<u16>,
}

/// The data of one `state` event of `GET /v1/stores/events?ids=…`; its id is the event's `id:`, for `Last-Event-ID`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    /// Which store.
    pub store: String,
    /// How it stands now.
    pub live: Live,
}

/// A store as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoreView {
    /// Id.
    pub id: String,
    /// Brand id.
    pub brand: String,
    /// English first, then Chinese.
    pub names: Vec<String>,
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// City, district, street, as far as known.
    pub address: String,
    /// OSM opening hours, as given.
    pub hours: String,
    /// `pickup`, `delivery`.
    pub fulfilment: Vec<oolong_intent::Fulfilment>,
    /// Menu ids that it does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unavailable: Vec<String>,
    /// How far from the point that was asked about, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metres: Option<u32>,
    /// How it stands.
    pub live: Live,
}

/// `GET /v1/stores?near=LAT,LON | view=W,S,E,N | q=TEXT`, with `brand`, `open_now`, `fulfilment`, `item`,
/// `order=distance|wait`, `limit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoreList {
    /// When this was so.
    pub as_of: Millis,
    /// The stores, best first.
    pub stores: Vec<StoreView>,
    /// Stores of a view that are too many to list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<ClusterView>,
}

/// Many stores at about one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterView {
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
    /// How many.
    pub count: u32,
}

/// `GET /v1/places?q=TEXT`: what a typed place may mean, best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceList {
    /// The places.
    pub places: Vec<PlaceView>,
}

/// A landmark, district or city.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceView {
    /// English first, then Chinese.
    pub names: Vec<String>,
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
}

/// `GET /v1/stores/{id}/orders`, with the store's key: what its till shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillQueue {
    /// When this was so.
    pub as_of: Millis,
    /// How the store stands.
    pub live: Live,
    /// Orders that it has, oldest first.
    pub orders: Vec<TillOrder>,
}

/// An order as the store sees it: nothing of the shopper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillOrder {
    /// Id.
    pub id: String,
    /// What is called out.
    pub number: String,
    /// `sent`, `ready`, `collected`.
    pub state: OrderState,
    /// What to make.
    pub goods: Vec<Goods>,
    /// What is to be paid, minor units.
    pub total: i64,
    /// Pickup or delivery.
    pub fulfilment: oolong_intent::Fulfilment,
    /// When it arrived at the store.
    pub sent_at: Millis,
    /// When it was promised.
    pub ready_at: Millis,
}
