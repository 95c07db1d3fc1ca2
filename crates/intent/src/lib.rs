//! The nouns of understanding: an [`Utterance`] goes in, [`Frame`]s come out.
//!
//! Nothing here knows a campaign, a model or a browser.
//! [`RawFrame`] is the JSON shape of the contract; [`Frame`] is what it becomes once it is known to be sound, and
//! `Frame::try_from(raw)` is the only way from one to the other, whichever parser the raw frame came from.

mod context;
mod frame;
mod parse;
mod raw;
mod score;
mod utterance;

pub use context::{Asked, Context};
pub use frame::{Frame, FrameError, Fulfilment, Goods, Intent, Item, ModifierChoice, Prefer, Quantity, Target, When};
pub use parse::{
    Cancelled, Evidence, IntentParser, Outcome, Parse, ParseError, ParserKind, Role, Span, Timings, Unfit,
};
pub use raw::{RawFrame, RawFrames, RawItem, RawTarget};
pub use score::{Case, Report, frames_match};
pub use utterance::{MAX_CHARS, Utterance, UtteranceError};
