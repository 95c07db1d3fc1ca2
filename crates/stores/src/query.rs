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
    /// Open at this moment, UTC seconds since 1970: surely by its hours, unless its own word says better.
    pub open_at: Option<i64>,
    /// With `open_at`: by its own word alone, whatever its hours are.
    pub said_only: bool,
    /// With `open_at`: where stores may be open that are not by their hours; without this, only by their hours.
    #[serde(skip)]
    pub spoken: Spoken,
    /// Orders can reach the shopper this way.
    pub fulfilment: Option<Fulfilment>,
    /// Id of an item that the store sells.
    pub item: Option<String>,
    /// Which come first.
    pub order: Order,
    /// At most so many; 0 means 10.
    pub limit: usize,
}

/// Where stores may take orders by their own word, as [`crate::Index::spoken`] says it for each of them. A hint: branches
/// of the index without any are left out. Too much of it costs time and changes no answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spoken(pub(crate) [u64; 4]);

impl Spoken {
    /// Adds what another one has.
    pub fn add(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, more)| *mine |= more);
    }
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
