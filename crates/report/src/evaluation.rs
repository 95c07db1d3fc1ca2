//! All cases of a run with their answers, and the figures over them.

use std::collections::BTreeMap;

use oolong_intent::{Case, Intent};
use serde::{Deserialize, Serialize};

use crate::Counts;
use crate::answer::{Answer, Judged};
use crate::calibration::Calibration;
use crate::confusion::{Confusion, ratio};
use crate::coverage::Coverage;
use crate::latency::Latency;

/// What was tested with what. Nothing of it is found out here: the shell has the files and the clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Version of the program.
    pub tool: String,
    /// `local`, `remote` or `keyword`.
    pub parser: String,
    /// The model, if the parser has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelFile>,
    /// Id of the campaign.
    pub campaign: String,
    /// SHA-256 of the campaign file, hexadecimal.
    pub campaign_sha256: String,
    /// Name of the file of cases.
    pub cases: String,
    /// SHA-256 of the file of cases, hexadecimal.
    pub cases_sha256: String,
    /// Confidence (0 to 1) from which on an answer is acted upon.
    pub threshold: f32,
    /// When the run began, in seconds since 1970.
    pub made: u64,
    /// Lines of the file that are no case and were left out.
    #[serde(default)]
    pub skipped: u64,
}

/// A model file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    /// What it calls itself.
    pub name: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// A run over a file of cases.
#[derive(Clone, Debug)]
pub struct Evaluation {
    about: About,
    judged: Vec<Judged>,
    all: Counts,
    languages: BTreeMap<String, Counts>,
    tags: BTreeMap<String, Counts>,
    confusion: Confusion,
}

impl Evaluation {
    /// A run in which nothing has been asked yet.
    #[must_use]
    pub fn new(about: About) -> Self {
        Self {
            about,
            judged: Vec::new(),
            all: Counts::default(),
            languages: BTreeMap::new(),
            tags: BTreeMap::new(),
            confusion: Confusion::default(),
        }
    }

    /// Judges an answer and counts it; says whether it is right.
    pub fn add(&mut self, case: Case, answer: Answer) -> bool {
        let right = self.all.add(&case, &answer.frames);
        self.languages.entry(case.lang.clone()).or_default().add(&case, &answer.frames);
        for tag in &case.tags {
            self.tags.entry(tag.clone()).or_default().add(&case, &answer.frames);
        }
        self.confusion.add(&case.frames, &answer.frames);
        self.judged.push(Judged { case, answer, right });
        right
    }

    /// What was tested with what.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// All cases, in the order of the file.
    #[must_use]
    pub fn judged(&self) -> &[Judged] {
        &self.judged
    }

    /// Cases that went wrong, those of highest confidence first: what is acted upon though wrong does most harm.
    #[must_use]
    pub fn wrong(&self) -> Vec<&Judged> {
        let mut wrong: Vec<&Judged> = self.judged.iter().filter(|one| !one.right).collect();
        wrong.sort_by(|one, other| other.answer.confidence.total_cmp(&one.answer.confidence));
        wrong
    }

    /// Counts over all cases.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.all
    }

    /// Counts per language.
    #[must_use]
    pub fn languages(&self) -> &BTreeMap<String, Counts> {
        &self.languages
    }

    /// Counts per tag.
    #[must_use]
    pub fn tags(&self) -> &BTreeMap<String, Counts> {
        &self.tags
    }

    /// Which intents are taken for which.
    #[must_use]
    pub fn confusion(&self) -> &Confusion {
        &self.confusion
    }

    /// Confidence against truth.
    #[must_use]
    pub fn calibration(&self) -> Calibration {
        Calibration::new(&self.judged)
    }

    /// Coverage against precision.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage::new(&self.judged, self.about.threshold)
    }

    /// Milliseconds.
    #[must_use]
    pub fn latency(&self) -> Latency {
        Latency::new(&self.judged)
    }

    /// Share of the out-of-scope cases that nothing is done about: answered `other`, or below the threshold.
    /// Absent when there is no such case.
    #[must_use]
    pub fn held_back(&self) -> Option<f64> {
        let other = |frames: &[oolong_intent::Frame]| frames.iter().any(|frame| frame.intent == Intent::Other);
        let gold: Vec<&Judged> = self.judged.iter().filter(|one| other(&one.case.frames)).collect();
        let held = |one: &&&Judged| other(&one.answer.frames) || one.answer.confidence < self.about.threshold;
        (!gold.is_empty()).then(|| ratio(gold.iter().filter(held).count(), gold.len()))
    }

    /// How often each field was wrong (`quantity`, `brand`, …), most often first; a case counts once per field.
    #[must_use]
    pub fn wrong_fields(&self) -> Vec<(String, usize)> {
        let mut fields: BTreeMap<String, usize> = BTreeMap::new();
        for one in self.judged.iter().filter(|one| !one.right) {
            let mut names: Vec<String> =
                one.differs().iter().filter_map(|path| path.rsplit('.').next()).map(str::to_owned).collect();
            names.sort();
            names.dedup();
            for name in names {
                *fields.entry(name).or_default() += 1;
            }
        }
        let mut sorted: Vec<(String, usize)> = fields.into_iter().collect();
        sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        sorted
    }

    /// The closing line: `frame_match=… intent_accuracy=… … n=…`.
    #[must_use]
    pub fn summary(&self) -> String {
        self.all.summary()
    }
}
