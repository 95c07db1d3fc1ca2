//! This run against an earlier one, case by case.

use std::collections::HashMap;

use oolong_intent::{Case, Frame, RawFrame, frames_match};
use serde::Serialize;
use thiserror::Error;

use crate::answer::Judged;
use crate::evaluation::{About, Evaluation};
use crate::json::{SCHEMA, Stored, StoredCase};

/// An earlier run, as [`crate::json`] wrote it.
#[derive(Debug)]
pub struct Baseline {
    stored: Stored,
}

/// What an earlier run and this one have in common, and where they part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What the earlier run tested with what.
    pub about: About,
    /// Cases that both runs have: same id, text, context and gold frames.
    pub shared: usize,
    /// Those of them that were right.
    pub right_before: usize,
    /// Those of them that are right.
    pub right_now: usize,
    /// Wrong before, right now.
    pub better: Vec<Change>,
    /// Right before, wrong now.
    pub worse: Vec<Change>,
    /// Ids of cases whose text, context or gold frames are not what they were: not compared.
    pub altered: Vec<String>,
    /// Cases that the earlier run did not have.
    pub added: usize,
    /// Cases that this run does not have.
    pub gone: usize,
}

/// A case whose verdict changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which case.
    pub id: String,
    /// What the shopper said.
    pub text: String,
    /// The answer before.
    pub before: Vec<Frame>,
    /// The answer now.
    pub now: Vec<Frame>,
}

/// Why there is nothing to compare with.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// Not a report of this program.
    #[error("expected a report of `oolong eval --json`, found {0}")]
    Shape(String),
    /// A report in another version of the shape.
    #[error("expected the shape {SCHEMA}, found {0:?}: make the baseline again with this version")]
    Schema(String),
    /// No case is in both.
    #[error(
        "expected a baseline with these cases, found none of the {now} in it (it has {before} others, from {file})"
    )]
    OtherCases {
        /// Cases of this run.
        now: usize,
        /// Cases of the baseline.
        before: usize,
        /// The baseline's file of cases.
        file: String,
    },
}

impl Baseline {
    /// Reads what [`crate::json`] wrote.
    ///
    /// # Errors
    /// [`BaselineError`] for anything else, and for another version of it.
    pub fn from_json(text: &str) -> Result<Self, BaselineError> {
        #[derive(serde::Deserialize)]
        struct Head {
            schema: Option<String>,
        }
        let shape = |error: serde_json::Error| BaselineError::Shape(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(shape)?;
        match head.schema {
            Some(schema) if schema == SCHEMA => {}
            Some(schema) => return Err(BaselineError::Schema(schema)),
            None => return Err(BaselineError::Shape("JSON without `schema`".to_owned())),
        }
        Ok(Self { stored: serde_json::from_str(text).map_err(shape)? })
    }

    /// Whether any of `cases` is in it, which can be asked before a long run.
    ///
    /// # Errors
    /// [`BaselineError::OtherCases`] if none is.
    pub fn check<'a>(&self, cases: impl IntoIterator<Item = &'a Case>) -> Result<(), BaselineError> {
        let before = self.by_id();
        let mut now = 0;
        for case in cases {
            now += 1;
            if before.get(case.id.as_str()).is_some_and(|old| same_case(old, case)) {
                return Ok(());
            }
        }
        Err(BaselineError::OtherCases { now, before: before.len(), file: self.stored.about.cases.clone() })
    }

    /// Compares `run` with it, over the cases that both have.
    ///
    /// # Errors
    /// [`BaselineError::OtherCases`] if there is none.
    pub fn compare(&self, run: &Evaluation) -> Result<Comparison, BaselineError> {
        self.check(run.judged().iter().map(|one| &one.case))?;
        let before = self.by_id();
        let mut found = Comparison {
            about: self.stored.about.clone(),
            shared: 0,
            right_before: 0,
            right_now: 0,
            better: Vec::new(),
            worse: Vec::new(),
            altered: Vec::new(),
            added: 0,
            gone: 0,
        };
        for one in run.judged() {
            match before.get(one.case.id.as_str()) {
                None => found.added += 1,
                Some(old) if !same_case(old, &one.case) => found.altered.push(one.case.id.clone()),
                Some(old) => found.add(old, one),
            }
        }
        found.gone = before.len() - found.shared - found.altered.len();
        Ok(found)
    }

    fn by_id(&self) -> HashMap<&str, &StoredCase> {
        self.stored.cases.iter().map(|case| (case.id.as_str(), case)).collect()
    }
}

impl Comparison {
    /// Whether fewer of the shared cases are right than before.
    #[must_use]
    pub fn fell(&self) -> bool {
        self.right_now < self.right_before
    }

    /// Whether both runs had exactly the same cases.
    #[must_use]
    pub fn same_cases(&self) -> bool {
        self.added == 0 && self.gone == 0 && self.altered.is_empty()
    }

    /// What else is not as it was, one sentence each: cases, campaign, parser, threshold.
    #[must_use]
    pub fn remarks(&self, now: &About) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.same_cases() {
            remarks.push(format!(
                "The baseline is of another set of cases: {} are the same, {} new, {} gone, {} altered; only the same \
                 ones are compared.",
                self.shared,
                self.added,
                self.gone,
                self.altered.len()
            ));
        }
        if self.about.campaign_sha256 != now.campaign_sha256 {
            remarks.push(format!("The baseline was made with another campaign file ({}).", self.about.campaign));
        }
        if self.about.parser != now.parser {
            remarks.push(format!("The baseline was made with the {} parser.", self.about.parser));
        }
        if self.about.threshold.to_bits() != now.threshold.to_bits() {
            remarks.push(format!("The baseline was made with the threshold {:.2}.", self.about.threshold));
        }
        remarks
    }

    fn add(&mut self, old: &StoredCase, one: &Judged) {
        self.shared += 1;
        self.right_before += usize::from(old.right);
        self.right_now += usize::from(one.right);
        let list = match (old.right, one.right) {
            (false, true) => &mut self.better,
            (true, false) => &mut self.worse,
            _ => return,
        };
        list.push(Change {
            id: one.case.id.clone(),
            text: one.case.text.clone(),
            before: frames(&old.got),
            now: one.answer.frames.clone(),
        });
    }
}

fn same_case(old: &StoredCase, case: &Case) -> bool {
    old.text == case.text && old.context == case.context && frames_match(&frames(&old.gold), &case.frames)
}

/// What is not sound any more by this version's rules is left out, and so equals nothing.
fn frames(raw: &[RawFrame]) -> Vec<Frame> {
    raw.iter().cloned().filter_map(|raw| Frame::try_from(raw).ok()).collect()
}
