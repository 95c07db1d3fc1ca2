//! How long answers took.

use serde::Serialize;

use crate::answer::Judged;

/// Milliseconds per answer, by nearest rank; cases without an answer are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// Half of the answers took at most this.
    pub p50: f64,
    /// 90 of 100.
    pub p90: f64,
    /// 95 of 100.
    pub p95: f64,
    /// 99 of 100.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
    /// All of them, fastest first.
    #[serde(skip)]
    pub sorted: Vec<f64>,
}

impl Latency {
    pub(crate) fn new(judged: &[Judged]) -> Self {
        let answered = judged.iter().filter(|one| one.answer.trouble.is_none());
        let mut sorted: Vec<f64> = answered.map(|one| one.answer.ms).collect();
        sorted.sort_by(f64::total_cmp);
        let rank = |percent: usize| {
            let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(index).copied().unwrap_or_default()
        };
        Self { p50: rank(50), p90: rank(90), p95: rank(95), p99: rank(99), max: rank(100), sorted }
    }
}
