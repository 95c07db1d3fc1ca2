//! Intent tests: cases are read and checked, answers are judged, and the outcome is told in six ways.
//!
//! ```text
//! text ─ Cases ─> Case ─ a parser (not here) ─> Answer ─ Evaluation::add ─> Evaluation
//!                                                                            ├ text, json, csv, junit, html
//!                                                                            ├ Bound::check     --min, --max
//!                                                                            └ Baseline::compare
//! ```
//!
//! No files, clock, threads or model: text goes in and text comes out, on the command line and in the browser alike.
//! What counts as right is decided by [`oolong_intent::frames_match`] and nowhere else.

mod answer;
mod baseline;
mod bound;
mod calibration;
mod cases;
mod confusion;
mod coverage;
mod evaluation;
mod html;
mod json;
mod junit;
mod latency;
mod rows;
mod sheet;
mod text;

pub use answer::{Answer, Judged};
pub use baseline::{Baseline, BaselineError, Change, Comparison};
pub use bound::{Bound, BoundError, METRICS, Metric, Miss};
pub use calibration::{Bin, Calibration};
pub use cases::{Cases, Format, Problem, Problems, template, write_cases};
pub use confusion::{Confusion, IntentScore};
pub use coverage::{Coverage, Point};
pub use evaluation::{About, Evaluation, ModelFile};
pub use html::html;
pub use json::{SCHEMA, json};
pub use junit::junit;
pub use latency::Latency;
pub use oolong_intent::Case;
/// Counts over cases; the definitions of all headline figures are its own.
pub use oolong_intent::Report as Counts;
pub use rows::{Row, rows};
pub use sheet::csv;
pub use text::{errors, text};
