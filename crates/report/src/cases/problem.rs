//! What is wrong with a line of a test file.

use serde::Serialize;
use thiserror::Error;

/// A line that is no test case: where, why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[error("{path}{colon}{reason}; {advice}", colon = if path.is_empty() { "" } else { ": " })]
pub struct Problem {
    /// The line on which the case begins, from 1.
    pub line: u64,
    /// The field: `frames[0].items[1].quantity`; empty when it is the whole line.
    pub path: String,
    /// What was expected and what was found.
    pub reason: String,
    /// What to do about it.
    pub advice: &'static str,
}

impl Problem {
    pub(super) fn new(line: u64, path: impl Into<String>, reason: impl Into<String>, advice: &'static str) -> Self {
        Self { line, path: path.into(), reason: reason.into(), advice }
    }
}

/// The first problems of a file, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// At most [`Self::SHOWN`].
    pub first: Vec<Problem>,
    /// All of them.
    pub count: u64,
}

impl Problems {
    /// How many are kept: enough to see the pattern, few enough for a file that is wrong throughout.
    pub const SHOWN: usize = 20;

    /// Counts a problem and keeps it while there is room.
    pub fn add(&mut self, problem: Problem) {
        self.count += 1;
        if self.first.len() < Self::SHOWN {
            self.first.push(problem);
        }
    }

    /// One line each, in the form `FILE:LINE: reason` that editors jump to, and a count of those left out.
    #[must_use]
    pub fn listing(&self, file: &str) -> String {
        let mut lines: Vec<String> =
            self.first.iter().map(|problem| format!("{file}:{}: {problem}", problem.line)).collect();
        let rest = self.count.saturating_sub(lines.len() as u64);
        if rest > 0 {
            lines.push(format!("{file}: and {rest} more"));
        }
        lines.join("\n")
    }
}
