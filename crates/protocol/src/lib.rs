//! Every message that crosses a boundary, as serde types and nothing else.

pub mod chat;
pub mod counter;
mod fallback;
mod lab;
mod model;
mod outcome;
pub mod shop;
mod worker;

pub use fallback::{FallbackTrouble, FromFallback, ToFallback};
pub use lab::{
    BadLine, FromLab, LabTrouble, LabTroubleKind, Order, ParserName, Refusal, ReportFormat, TemplateFormat, ToLab,
};
pub use model::ModelManifest;
pub use outcome::{Compared, Figures, IntentFigures, Outcome, Side, Slice, Subject, Wrong};
pub use worker::{FromWorker, ModelInfo, Stage, ToWorker, Trouble, TroubleKind};
