//! How much can be acted upon, and how often that is right.

use serde::Serialize;

use crate::answer::Judged;
use crate::confusion::ratio;

/// Precision over coverage, as the threshold goes down from sure to unsure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// One point for every confidence that occurs, the highest first.
    pub points: Vec<Point>,
    /// At the threshold in use; absent when there is no case.
    pub at_threshold: Option<Point>,
    /// The widest coverage at which precision is at least 0.9, 0.95, 0.97 and 0.99, where there is one.
    pub reachable: Vec<(f64, Option<Point>)>,
}

/// What happens when answers from this confidence on are acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Confidence (0 to 1) from which on.
    pub threshold: f32,
    /// Cases that are acted upon.
    pub cases: usize,
    /// Share of all cases.
    pub coverage: f64,
    /// Share of them that is right; absent when there is none.
    pub precision: Option<f64>,
}

impl Coverage {
    pub(crate) fn new(judged: &[Judged], threshold: f32) -> Self {
        let mut sorted: Vec<(f32, bool)> = judged.iter().map(|one| (one.answer.confidence, one.right)).collect();
        sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut points: Vec<Point> = Vec::new();
        let mut right = 0;
        for (index, (confidence, truth)) in sorted.iter().enumerate() {
            right += usize::from(*truth);
            // Equal confidences cannot be told apart by any threshold.
            if sorted.get(index + 1).is_none_or(|(next, _)| next != confidence) {
                points.push(point(*confidence, index + 1, right, judged.len()));
            }
        }
        let kept = || sorted.iter().take_while(|(confidence, _)| *confidence >= threshold);
        let right = kept().filter(|(_, right)| *right).count();
        let at_threshold = (!judged.is_empty()).then(|| point(threshold, kept().count(), right, judged.len()));
        let best = |target: f64| {
            points.iter().rev().find(|point| point.precision.is_some_and(|precision| precision >= target)).copied()
        };
        let reachable = [0.9, 0.95, 0.97, 0.99].map(|target| (target, best(target))).to_vec();
        Self { points, at_threshold, reachable }
    }
}

fn point(threshold: f32, cases: usize, right: usize, all: usize) -> Point {
    Point { threshold, cases, coverage: ratio(cases, all), precision: (cases > 0).then(|| ratio(right, cases)) }
}
