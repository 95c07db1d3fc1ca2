//! Understanding on the device: utterance → gazetteer → prompt → model → grammar → frames.
//!
//! Bytes and values in, values out: no clock, files, network or browser here.
//! An invented product is impossible by construction: the model only points at units of the utterance, the grammar made
//! for that utterance lets it point only where that makes sense, and code turns pointers into ids of the campaign.

mod aligned;
mod confidence;
#[cfg(feature = "engine")]
mod decoding;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "engine")]
mod gguf;
#[cfg(feature = "engine")]
mod grammar;
mod linking;
mod marks;
#[cfg(feature = "engine")]
mod model;
mod notation;
mod reading;
#[cfg(feature = "engine")]
mod tokens;
mod training;

pub use aligned::{
    AlignedEntry, AlignedFrame, AlignedGoods, AlignedModifier, AlignedPlace, AlignedPortions, AlignedQuantity,
    AlignedTarget, AlignedWhen, Said, Sample,
};
pub use confidence::{Calibration, Certainty};
#[cfg(feature = "engine")]
pub use engine::{Clock, Engine, LoadError};
pub use linking::{Linked, link};
pub use marks::{MAX_UNITS, Mark, special_tokens};
pub use notation::write;
pub use reading::{Reading, Unit};
pub use training::{Rejected, training_line};
