//! Which intents are taken for which.

use std::collections::BTreeMap;

use oolong_intent::{Frame, Intent};
use serde::Serialize;

/// Frames that gold has at one place of an answer, and what was got there.
pub(crate) type Pair = (Option<usize>, Option<usize>);

/// How often each intent was taken for each; `None` is a frame that only one side has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    counts: BTreeMap<(Option<Intent>, Option<Intent>), usize>,
}

/// One intent's share of the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntentScore {
    /// Which.
    pub intent: Intent,
    /// Frames that have it.
    pub gold: usize,
    /// Frames that were given it.
    pub got: usize,
    /// Frames of which both are true.
    pub both: usize,
    /// Share of `got` that is right; absent when it was never given.
    pub precision: Option<f64>,
    /// Share of `gold` that was found; absent when no case has it.
    pub recall: Option<f64>,
    /// Their harmonic mean.
    pub f1: Option<f64>,
    /// What it was taken for, most often first; absent names are missing frames.
    pub taken_for: Vec<(Option<Intent>, usize)>,
}

impl Confusion {
    pub(crate) fn add(&mut self, gold: &[Frame], got: &[Frame]) {
        for (left, right) in pairs(gold, got) {
            let key = (left.map(|at| gold[at].intent), right.map(|at| got[at].intent));
            *self.counts.entry(key).or_default() += 1;
        }
    }

    /// How often a frame of intent `gold` was answered with `got`.
    #[must_use]
    pub fn count(&self, gold: Option<Intent>, got: Option<Intent>) -> usize {
        self.counts.get(&(gold, got)).copied().unwrap_or_default()
    }

    /// Every intent that either side has, in the contract's order.
    #[must_use]
    pub fn scores(&self) -> Vec<IntentScore> {
        let sum = |keep: &dyn Fn(Option<Intent>, Option<Intent>) -> bool| -> usize {
            self.counts.iter().filter(|((gold, got), _)| keep(*gold, *got)).map(|(_, count)| count).sum()
        };
        let mut scores = Vec::new();
        for intent in Intent::ALL {
            let (gold, got) = (sum(&|gold, _| gold == Some(intent)), sum(&|_, got| got == Some(intent)));
            let both = self.count(Some(intent), Some(intent));
            if gold + got == 0 {
                continue;
            }
            let mut taken_for: Vec<(Option<Intent>, usize)> = self
                .counts
                .iter()
                .filter(|((gold, got), _)| *gold == Some(intent) && *got != Some(intent))
                .map(|((_, got), count)| (*got, *count))
                .collect();
            taken_for.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let share = |whole: usize| (whole > 0).then(|| ratio(both, whole));
            let f1 = Some(ratio(2 * both, gold + got));
            scores.push(IntentScore {
                intent,
                gold,
                got,
                both,
                precision: share(got),
                recall: share(gold),
                f1,
                taken_for,
            });
        }
        scores
    }
}

/// Puts the frames of two answers beside each other with as few differences of intent as can be, keeping their order.
pub(crate) fn pairs(gold: &[Frame], got: &[Frame]) -> Vec<Pair> {
    // Edit distance; answers have one to three frames.
    let (rows, columns) = (gold.len(), got.len());
    let mut cost = vec![vec![0usize; columns + 1]; rows + 1];
    for row in (0..=rows).rev() {
        for column in (0..=columns).rev() {
            cost[row][column] = match (row < rows, column < columns) {
                (false, _) => columns - column,
                (true, false) => rows - row,
                (true, true) => {
                    let differ = usize::from(gold[row].intent != got[column].intent);
                    let step = cost[row + 1][column + 1] + differ;
                    step.min(cost[row + 1][column] + 1).min(cost[row][column + 1] + 1)
                }
            };
        }
    }
    let (mut row, mut column, mut pairs) = (0, 0, Vec::new());
    while row < rows || column < columns {
        let here = cost[row][column];
        let both = row < rows && column < columns;
        if both && here == cost[row + 1][column + 1] + usize::from(gold[row].intent != got[column].intent) {
            pairs.push((Some(row), Some(column)));
            (row, column) = (row + 1, column + 1);
        } else if row < rows && here == cost[row + 1][column] + 1 {
            pairs.push((Some(row), None));
            row += 1;
        } else {
            pairs.push((None, Some(column)));
            column += 1;
        }
    }
    pairs
}

/// A share; 0 of 0 is 0.
#[expect(clippy::cast_precision_loss, reason = "counts of test cases are far below 2^52")]
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
