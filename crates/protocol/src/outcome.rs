//! What came of a run over test cases, as much of it as the lab's page shows. The reports have the rest.

use serde::{Deserialize, Serialize};

/// Figures and mistakes of a run. Shares are 0 to 1 and absent where there is nothing to take a share of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The line that `oolong eval` ends with.
    pub summary: String,
    /// What was tested with what.
    pub subject: Subject,
    /// Cases that were asked.
    pub cases: usize,
    /// Those of them that were understood exactly.
    pub matched: usize,
    /// Cases that got no answer at all; they count as wrong.
    pub unanswered: usize,
    /// Headline figures.
    pub figures: Figures,
    /// Languages first, then tags, the worst first.
    pub slices: Vec<Slice>,
    /// Every intent that is or was found, in the contract's order.
    pub intents: Vec<IntentFigures>,
    /// Wrong cases, the surest first; not more than a page can show.
    pub wrong: Vec<Wrong>,
    /// Against an earlier run, if there was one.
    pub comparison: Option<Compared>,
}

/// What was tested with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Name of the file of cases.
    pub cases: String,
    /// Id of the campaign.
    pub campaign: String,
    /// The parser's name.
    pub parser: String,
    /// The model's own name, if there is one.
    pub model: Option<String>,
    /// Confidence from which on an answer is acted upon.
    pub threshold: f32,
    /// Lines that were left out because they are no cases.
    pub skipped: u64,
}

/// Figures over all cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Share of cases that are understood exactly.
    pub frame_match: f64,
    /// Share of cases whose intents are right, in order.
    pub intent_accuracy: f64,
    /// Of items, on whatever case.
    pub item_f1: f64,
    /// Of modifiers, on whatever item.
    pub modifier_f1: f64,
    /// Share of what is out of scope that is answered so.
    pub oos_recall: Option<f64>,
    /// Share of what is answered as out of scope that is.
    pub oos_precision: Option<f64>,
    /// Share of what is out of scope that nothing is done about.
    pub held_back: Option<f64>,
    /// Share of cases that are acted upon.
    pub coverage: Option<f64>,
    /// Share of those that are right.
    pub precision: Option<f64>,
    /// Mean gap between confidence and truth.
    pub calibration_error: f64,
    /// Milliseconds that half of the answers took at most.
    pub p50_ms: f64,
    /// Milliseconds that 95 of 100 answers took at most.
    pub p95_ms: f64,
}

/// Cases of one language or tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// The language or tag.
    pub name: String,
    /// Cases.
    pub cases: usize,
    /// Those of them that are right.
    pub matched: usize,
    /// Of items.
    pub item_f1: f64,
    /// Of modifiers.
    pub modifier_f1: f64,
}

/// One intent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntentFigures {
    /// Its name in the contract.
    pub intent: String,
    /// Frames that have it.
    pub gold: usize,
    /// Share of the frames that were given it which is right.
    pub precision: Option<f64>,
    /// Share of `gold` that was found.
    pub recall: Option<f64>,
    /// Their harmonic mean.
    pub f1: Option<f64>,
    /// What it was taken for and how often; without a name it was missed altogether.
    pub taken_for: Vec<(Option<String>, usize)>,
}

/// A case that went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wrong {
    /// Its id.
    pub id: String,
    /// Its language.
    pub lang: String,
    /// What the shopper said.
    pub text: String,
    /// What the agent knew, as JSON; absent if nothing.
    pub context: Option<String>,
    /// How sure the parser was.
    pub confidence: f32,
    /// Whether it would have been acted upon.
    pub sure: bool,
    /// Why there is no answer.
    pub trouble: Option<String>,
    /// Expected and found, field by field.
    pub rows: Vec<Side>,
}

/// One field, expected and found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// `items[0].quantity`.
    pub path: String,
    /// What it should be.
    pub expected: Option<String>,
    /// What it is.
    pub found: Option<String>,
    /// Whether that makes the answer wrong.
    pub differs: bool,
}

/// This run against an earlier one, over the cases that both have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Cases that both have.
    pub shared: usize,
    /// Those of them that were right.
    pub before: usize,
    /// Those of them that are right.
    pub now: usize,
    /// Wrong before, right now: id and text of the first.
    pub better: Vec<(String, String)>,
    /// How many there are.
    pub better_count: usize,
    /// Right before, wrong now: id and text of the first.
    pub worse: Vec<(String, String)>,
    /// How many there are.
    pub worse_count: usize,
    /// What else is not as it was, in English.
    pub remarks: Vec<String>,
}
