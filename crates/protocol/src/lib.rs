//! Every message that crosses a boundary, as serde types and nothing else.

mod model;
mod worker;

pub use model::ModelManifest;
pub use worker::{FromWorker, ModelInfo, Stage, ToWorker, Trouble, TroubleKind};
