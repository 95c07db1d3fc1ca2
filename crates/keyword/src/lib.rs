//! Understanding without a model: what cue words and the names of the campaign say, and nothing more.
//!
//! [`KeywordParser`] is the floor that a model must beat and the last resort where none runs.
//! It is deterministic, needs no download and takes microseconds; it weighs no words and learns nothing.
//!
//! The way of an utterance: [`Gazetteer`](oolong_catalog::Gazetteer) mentions and cue words become units, joints and
//! punctuation cut them into wishes, each wish gets an intent by ordered rules, and its goods and details are read.
//! The cue words are in `data/en.txt` and `data/zh.txt`, one a line under what they are a sign of.

mod confidence;
mod cues;
mod details;
mod entries;
mod evidence;
mod goods;
mod intents;
mod modifiers;
mod parser;
mod phrases;
mod places;
mod portions;
mod signs;
mod units;
mod unknown;
mod wishes;

pub use confidence::{HIGHEST, LOWEST};
pub use parser::KeywordParser;
