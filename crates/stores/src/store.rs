//! A store, as it is read, generated and shown.

use serde::{Deserialize, Serialize};

use crate::geo::Point;

/// What something is called in both languages; either may be empty, not both where a name is required.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Names {
    /// In English, or in any script that is not Chinese.
    #[serde(default)]
    pub en: String,
    /// In Chinese.
    #[serde(default)]
    pub zh: String,
}

impl Names {
    /// Both names.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// Whether there is no name at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.zh.is_empty()
    }

    /// The name in the wanted language, else in the other.
    #[must_use]
    pub fn shown(&self, chinese: bool) -> &str {
        let (first, second) = if chinese { (&self.zh, &self.en) } else { (&self.en, &self.zh) };
        if first.is_empty() { second } else { first }
    }
}

/// How an order reaches the shopper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fulfilment {
    /// The shopper fetches it.
    Pickup,
    /// It is brought.
    Delivery,
}

/// One shop of one brand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Store {
    /// Unique id, the owner's.
    pub id: String,
    /// Id (or name) of the brand.
    pub brand: String,
    /// What it is called.
    pub names: Names,
    /// Degrees east, -180 to 180.
    pub lon: f64,
    /// Degrees north, -90 to 90.
    pub lat: f64,
    /// City; may be empty.
    pub city: Names,
    /// District of the city; may be empty.
    pub district: Names,
    /// Known place it is in or near; may be empty.
    pub landmark: Names,
    /// Street address; may be empty.
    pub address: String,
    /// Telephone number; may be empty.
    pub telephone: String,
    /// When it is open, in the syntax of OpenStreetMap's `opening_hours`; empty when not known.
    pub hours: String,
    /// Whether orders can be fetched.
    pub pickup: bool,
    /// Whether orders are brought.
    pub delivery: bool,
    /// Ids of items (or categories) that it does not sell, sorted.
    pub unavailable: Vec<String>,
    /// How many orders it makes in a minute; 0 when not known.
    pub orders_per_minute: u16,
    /// How far ahead an order can be placed, minutes; 0 when not known.
    pub ahead_minutes: u16,
    /// How long an order takes to make, minutes; 0 when not known.
    pub prep_minutes: u16,
    /// Closed for good.
    pub permanently_closed: bool,
    /// Local time minus UTC, minutes.
    pub utc_offset_minutes: i16,
}

impl Store {
    /// Where it is.
    #[must_use]
    pub fn point(&self) -> Point {
        Point { lon: self.lon, lat: self.lat }
    }

    /// Whether orders can reach the shopper in this way.
    #[must_use]
    pub fn offers(&self, fulfilment: Fulfilment) -> bool {
        match fulfilment {
            Fulfilment::Pickup => self.pickup,
            Fulfilment::Delivery => self.delivery,
        }
    }
}
