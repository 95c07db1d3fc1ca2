//! A general chat language model from a GGUF file, run by candle on this machine and held to a JSON schema.
//!
//! For shop operators who start the reference server with a model of their own, such as Qwen3-0.6B.
//! Bytes and values in, values out: no clock, files or network.
//! It is not the tiny model that runs in the browser (`oolong-nlu`), and it knows nothing of campaigns or frames: what
//! to ask and what the answer means is the caller's.
//!
//! ```text
//! messages ─► template ─► markup and texts ─► vocabulary ─► token ids ─► weights ─► decoding ─► text
//!                                                                        schema ─► grammar ──┘
//! ```

mod bytes;
mod decoding;
mod error;
mod gguf;
mod grammar;
mod model;
mod piecewise;
mod shape;
mod splitting;
mod template;
mod vocabulary;
mod weights;

#[cfg(test)]
#[path = "../tests/fixture/mod.rs"]
mod fixture;

pub use error::{CompleteError, LoadError};
pub use model::{Completion, Finish, GeneralModel, Prompt, Role};
