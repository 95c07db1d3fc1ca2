//! The machine's copy: all figures and all cases, and the baseline of a later run.

use std::collections::BTreeMap;

use oolong_intent::{Context, RawFrame};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};

use crate::Counts;
use crate::baseline::Comparison;
use crate::bound::METRICS;
use crate::evaluation::{About, Evaluation};

/// Name and version of the JSON shape. A change that an older reader would misunderstand gets a new number.
pub const SCHEMA: &str = "oolong-eval/1";

/// What a baseline is read from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) about: About,
    pub(crate) cases: Vec<StoredCase>,
}

/// One case with its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredCase {
    pub(crate) id: String,
    pub(crate) lang: String,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) context: Context,
    pub(crate) tags: Vec<String>,
    pub(crate) gold: Vec<RawFrame>,
    pub(crate) got: Vec<RawFrame>,
    pub(crate) right: bool,
    pub(crate) differs: Vec<String>,
    pub(crate) confidence: f32,
    pub(crate) ms: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trouble: Option<String>,
}

/// The report as JSON.
#[must_use]
pub fn json(run: &Evaluation, comparison: Option<&Comparison>) -> String {
    let slices = |slices: &BTreeMap<String, Counts>| -> BTreeMap<String, Value> {
        slices.iter().map(|(name, counts)| (name.clone(), slice(counts))).collect()
    };
    let metrics: BTreeMap<&str, Option<f64>> = METRICS.iter().map(|metric| (metric.name, metric.value(run))).collect();
    let stored = Stored { about: run.about().clone(), cases: run.judged().iter().map(stored_case).collect() };
    let report = object!({
        "schema": SCHEMA,
        "about": stored.about,
        "n": run.counts().cases,
        "matched": run.counts().matched,
        "metrics": metrics,
        "languages": slices(run.languages()),
        "tags": slices(run.tags()),
        "intents": run.confusion().scores(),
        "wrong_fields": run.wrong_fields(),
        "calibration": run.calibration(),
        "coverage": run.coverage(),
        "latency_ms": run.latency(),
        "baseline": comparison,
        "cases": stored.cases,
    });
    format!("{report:#}\n")
}

fn slice(counts: &Counts) -> Value {
    object!({
        "n": counts.cases,
        "matched": counts.matched,
        "frame_match": counts.frame_match(),
        "intent_accuracy": counts.intent_accuracy(),
        "item_f1": counts.item_f1(),
        "modifier_f1": counts.modifier_f1(),
        "oos_recall": counts.oos_recall(),
        "oos_precision": counts.oos_precision(),
    })
}

fn stored_case(one: &crate::Judged) -> StoredCase {
    let raw = |frames: &[oolong_intent::Frame]| frames.iter().cloned().map(RawFrame::from).collect();
    StoredCase {
        id: one.case.id.clone(),
        lang: one.case.lang.clone(),
        text: one.case.text.clone(),
        context: one.case.context.clone(),
        tags: one.case.tags.clone(),
        gold: raw(&one.case.frames),
        got: raw(&one.answer.frames),
        right: one.right,
        differs: if one.right { Vec::new() } else { one.differs() },
        confidence: one.answer.confidence,
        ms: one.answer.ms,
        trouble: one.answer.trouble.clone(),
    }
}
