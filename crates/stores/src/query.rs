//! What is asked of the stores, and what comes back.

use serde::{Deserialize, Serialize};

use crate::geo::{Point, View};
use crate::store::Fulfilment;

/// Which stores are wanted. Everything left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// Nearest to this point.
    pub near: Option<Point>,
    /// Inside this box.
    pub view: Option<View>,
    /// Names, brands, cities, districts or landmarks.
    pub text: Option<String>,
    /// Id of the brand.
    pub brand: Option<String>,
    /// Surely open at this moment, UTC seconds since 1970; stores that take no orders then are left out, too.
    pub open_at: Option<i64>,
    /// Orders can reach the shopper this way.
    pub fulfilment: Option<Fulfilment>,
    /// Id of an item that the store sells.
    pub item: Option<String>,
    /// Which come first.
    pub order: Order,
    /// At most so many; 0 means 10.
    pub limit: usize,
}

/// Which stores come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The nearest to the point, else to the middle of the view.
    #[default]
    Distance,
    /// Those that would hand over an order soonest, among the nearest 64 that fit.
    Wait,
}

/// A store that fits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Index in the pack.
    pub store: u32,
    /// Great-circle distance from the point or the middle of the view; 0 without either.
    pub meters: f64,
}

/// What is known of a store this minute; not in the pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// Whether it takes orders.
    pub accepting: bool,
    /// How long a new order would take, minutes.
    pub wait_minutes: u16,
}
