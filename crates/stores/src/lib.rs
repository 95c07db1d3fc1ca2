//! Three hundred thousand stores: reading, packing, searching, with honest opening hours.
//!
//! Owners bring GeoJSON ([`read_geojson`]); [`pack`](pack()) turns it into a country for servers and tiles for browsers;
//! [`Index`] searches either. No clock, no files, no network: times are passed in. Without the feature `pack` the crate
//! only reads and searches, and is small.

mod codec;
mod country;
mod directory;
mod forest;
#[cfg(feature = "pack")]
mod gazetteer;
#[cfg(feature = "pack")]
mod generating;
mod geo;
mod hours;
mod index;
mod named;
mod numbered;
#[cfg(feature = "pack")]
mod opening;
#[cfg(feature = "pack")]
mod packing;
mod places;
#[cfg(feature = "pack")]
mod properties;
mod query;
#[cfg(feature = "pack")]
mod reading;
#[cfg(feature = "pack")]
mod report;
#[cfg(feature = "pack")]
mod samples;
mod search;
mod store;
mod text;
mod tile;
mod typos;

pub use codec::PackError;
pub use country::Pack;
pub use directory::{Cluster, Directory, PlaceKind, Plan};
#[cfg(feature = "pack")]
pub use generating::{Seller, generate};
pub use geo::{Point, View};
pub use hours::{Hours, Schedule};
pub use index::Index;
#[cfg(feature = "pack")]
pub use opening::day;
#[cfg(feature = "pack")]
pub use packing::{Packed, Sizes, pack};
pub use places::Place;
#[cfg(feature = "pack")]
pub use properties::feature;
pub use query::{Hit, Live, Order, Query, Spoken};
#[cfg(feature = "pack")]
pub use reading::read_geojson;
#[cfg(feature = "pack")]
pub use report::{Problem, Report};
pub use store::{Fulfilment, Names, Store};
pub use tile::Tile;
