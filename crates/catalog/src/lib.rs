//! What a campaign offers, and how its names are found in what people say.
//!
//! A campaign is data: no name, price or voucher of any campaign is known to this code.
//! This crate does not understand sentences; it only says which words name something.

mod campaign;
mod check;
mod clock;
mod fuzzy;
mod gazetteer;
mod numbers;
mod span;
pub mod text;
mod traditional;
mod variants;
pub use campaign::{Brand, Campaign, Category, Discount, MenuItem, Modifier, ModifierGroup, Select, Voucher};
pub use check::CampaignError;
pub use clock::bare_hour;
pub use gazetteer::{Entity, Gazetteer, Meaning, Mention};
