//! Why a set cannot be measured.

use thiserror::Error;

/// What is wrong with the files of a set.
#[derive(Debug, Error)]
pub enum BenchmarkError {
    /// A file that cannot be read.
    #[error("cannot read {file}: {reason}")]
    Read {
        /// Which file.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// A line that is not what the set's lines are.
    #[error("{file}:{line}: expected {expected}, found {found}")]
    Line {
        /// Which file.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What stands in such a line.
        expected: String,
        /// What stood there, shortened.
        found: String,
    },
    /// A set without a single case to score.
    #[error("{file}: expected at least one case to score, found none")]
    Empty {
        /// Which file.
        file: String,
    },
    /// A skill without a catalog.
    #[error("unknown skill `{skill}`: {known}")]
    Skill {
        /// What was asked for.
        skill: String,
        /// What there is, as a sentence.
        known: String,
    },
    /// A catalog whose campaign the product would refuse.
    #[error("catalog of {name} as a campaign: {reason}")]
    Campaign {
        /// Of which skill or set.
        name: String,
        /// The product's own words.
        reason: String,
    },
}

impl BenchmarkError {
    /// A broken line, with what stood there cut to a readable length.
    pub(crate) fn line(file: &str, line: usize, expected: impl Into<String>, found: &str) -> Self {
        let found = found.chars().take(80).collect();
        Self::Line { file: file.to_owned(), line, expected: expected.into(), found }
    }
}
