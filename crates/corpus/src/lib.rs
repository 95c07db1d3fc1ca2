//! Endless labelled utterances from campaigns that never existed.
//!
//! `seed/` holds whole sentences and `data/` patterns of sentences, both written by hand; this crate draws campaigns, fills the sentences from them and knows what
//! each of them means and where in the text it is said. It trains and tests the model; no shell depends on it.

pub mod around;
pub mod campaign;
pub mod check;
pub mod choose;
pub mod compose;
pub mod counts;
pub mod fill;
pub mod label;
pub mod lexicon;
pub mod mix;
pub mod names;
pub mod noise;
pub mod numbers;
pub mod pattern;
pub mod phrases;
pub mod plan;
pub mod say;
pub mod scene;
pub mod seed;
pub mod select;
pub mod several;
pub mod slot;
pub mod stock;
pub mod times;
pub mod trades;
pub mod vouchers;
pub mod words;
pub mod write;
pub mod writer;

pub use campaign::World;
pub use compose::Generator;
pub use label::Labelled;
pub use lexicon::Lexicon;
