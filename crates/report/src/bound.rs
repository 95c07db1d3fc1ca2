//! `--min frame_match=0.9`: figures that a run must reach.

use thiserror::Error;

use crate::Counts;
use crate::evaluation::Evaluation;

/// A figure that can be bounded.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name on the command line and in reports.
    pub name: &'static str,
    /// Whether more is better; where less is, the bound is a maximum.
    pub more_is_better: bool,
    /// Whether it exists per language as well: `zh.frame_match`.
    pub per_language: bool,
    read: Read,
}

/// All of them, in the order of the report.
pub const METRICS: &[Metric] = &[
    counted("frame_match", |_, counts| counts.map(Counts::frame_match)),
    counted("intent_accuracy", |_, counts| counts.map(Counts::intent_accuracy)),
    counted("item_f1", |_, counts| counts.map(Counts::item_f1)),
    counted("modifier_f1", |_, counts| counts.map(Counts::modifier_f1)),
    counted("oos_recall", |_, counts| counts.map(Counts::oos_recall)),
    counted("oos_precision", |_, counts| counts.map(Counts::oos_precision)),
    whole("oos_held_back", true, |run, _| run.held_back()),
    whole("coverage", true, |run, _| run.coverage().at_threshold.map(|point| point.coverage)),
    whole("precision_at_threshold", true, |run, _| run.coverage().at_threshold.and_then(|point| point.precision)),
    whole("calibration_error", false, |run, _| Some(run.calibration().expected_error)),
    whole("brier", false, |run, _| Some(run.calibration().brier)),
    whole("p50_ms", false, |run, _| Some(run.latency().p50)),
    whole("p90_ms", false, |run, _| Some(run.latency().p90)),
    whole("p95_ms", false, |run, _| Some(run.latency().p95)),
    whole("p99_ms", false, |run, _| Some(run.latency().p99)),
];

type Read = fn(&Evaluation, Option<&Counts>) -> Option<f64>;

const fn counted(name: &'static str, read: Read) -> Metric {
    Metric { name, more_is_better: true, per_language: true, read }
}

const fn whole(name: &'static str, more_is_better: bool, read: Read) -> Metric {
    Metric { name, more_is_better, per_language: false, read }
}

impl Metric {
    /// What it is in a whole run; absent when no case counts towards it.
    #[must_use]
    pub fn value(&self, run: &Evaluation) -> Option<f64> {
        (self.read)(run, (run.counts().cases > 0).then(|| run.counts()))
    }
}

/// A metric and how good it must be.
#[derive(Clone, Debug)]
pub struct Bound {
    metric: Metric,
    language: Option<String>,
    limit: f64,
}

/// A bound that does not hold.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{name} is {value:.4}, expected at {} {limit}", if *.at_least { "least" } else { "most" })]
pub struct Miss {
    /// The metric, with its language.
    pub name: String,
    /// What it is.
    pub value: f64,
    /// What was asked for.
    pub limit: f64,
    /// Whether the limit is a minimum.
    pub at_least: bool,
}

/// Why a bound cannot be checked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BoundError {
    /// Not of the form `METRIC=VALUE`.
    #[error("expected METRIC=VALUE like frame_match=0.9, found {0:?}")]
    Form(String),
    /// No such metric.
    #[error("expected a metric, found {found:?}; there are {}, and en.frame_match, zh.item_f1 and so on", known())]
    Unknown {
        /// What was asked for.
        found: String,
    },
    /// A share outside 0 to 1, or no number at all.
    #[error("expected {expected} for {metric}, found {found:?}")]
    Value {
        /// Of which metric.
        metric: String,
        /// What kind of number.
        expected: &'static str,
        /// What was given.
        found: String,
    },
    /// A minimum of what should be small, or a maximum of what should be large.
    #[error("for {metric} {} is better: use {}", if *.less { "less" } else { "more" }, if *.less { "--max" } else { "--min" })]
    Direction {
        /// Of which metric.
        metric: String,
        /// Whether less is better.
        less: bool,
    },
    /// No case tells.
    #[error("{metric} is not defined here: no case of this file counts towards it")]
    Undefined {
        /// Which metric.
        metric: String,
    },
}

impl Bound {
    /// Reads `frame_match=0.9` or `zh.frame_match=0.9`.
    ///
    /// # Errors
    /// [`BoundError`] for another form, an unknown metric, a value out of range, and metrics that should be small.
    pub fn min(text: &str) -> Result<Self, BoundError> {
        Self::read(text, true)
    }

    /// Reads `p95_ms=50`.
    ///
    /// # Errors
    /// [`BoundError`] as for [`Self::min`], and for metrics that should be large.
    pub fn max(text: &str) -> Result<Self, BoundError> {
        Self::read(text, false)
    }

    /// Whether `run` is good enough; what it misses otherwise.
    ///
    /// # Errors
    /// [`BoundError::Undefined`] if no case of the run counts towards the metric.
    pub fn check(&self, run: &Evaluation) -> Result<Option<Miss>, BoundError> {
        let name = self.name();
        let counts = match &self.language {
            Some(language) => run.languages().get(language),
            None => (run.counts().cases > 0).then(|| run.counts()),
        };
        let value = (self.metric.read)(run, counts).ok_or_else(|| BoundError::Undefined { metric: name.clone() })?;
        let at_least = self.metric.more_is_better;
        // 0.3 is not 3/10 in binary; a bound that was met exactly must not fail for that.
        let holds = if at_least { value >= self.limit - 1e-9 } else { value <= self.limit + 1e-9 };
        Ok((!holds).then_some(Miss { name, value, limit: self.limit, at_least }))
    }

    /// The metric, with its language.
    #[must_use]
    pub fn name(&self) -> String {
        self.language.iter().map(String::as_str).chain([self.metric.name]).collect::<Vec<_>>().join(".")
    }

    fn read(text: &str, minimum: bool) -> Result<Self, BoundError> {
        let (name, value) = text.split_once('=').ok_or_else(|| BoundError::Form(text.to_owned()))?;
        let (name, value) = (name.trim(), value.trim());
        let (language, bare) = match name.split_once('.') {
            Some((language @ ("en" | "zh" | "mixed"), bare)) => (Some(language.to_owned()), bare),
            _ => (None, name),
        };
        let metric = METRICS.iter().find(|metric| metric.name == bare && (metric.per_language || language.is_none()));
        let metric = *metric.ok_or_else(|| BoundError::Unknown { found: name.to_owned() })?;
        if metric.more_is_better != minimum {
            return Err(BoundError::Direction { metric: name.to_owned(), less: minimum });
        }
        let time = bare.ends_with("_ms");
        let expected = if time { "milliseconds" } else { "a share from 0 to 1" };
        let sound = |limit: &f64| limit.is_finite() && *limit >= 0.0 && (time || *limit <= 1.0);
        let limit = value.parse().ok().filter(sound);
        let wrong = || BoundError::Value { metric: name.to_owned(), expected, found: value.to_owned() };
        Ok(Self { metric, language, limit: limit.ok_or_else(wrong)? })
    }
}

fn known() -> String {
    METRICS.iter().map(|metric| metric.name).collect::<Vec<_>>().join(", ")
}
