//! CLINC150 and xSID: sentences that are no shopping. How many are taken for it all the same?

use oolong_catalog::Campaign;
use oolong_intent::{Context, Intent, Parse};
use serde::Deserialize;

use crate::benchmark::{Benchmark, Judged, Metric, Verdict};
use crate::error::BenchmarkError;
use crate::lines::{Line, read_lines};

/// CLINC intents that a shopping agent has an answer of its own to; they are left out.
const SHARED: [&str; 20] = [
    "calories",
    "cancel",
    "confirm_reservation",
    "goodbye",
    "greeting",
    "how_busy",
    "ingredients_list",
    "maybe",
    "meal_suggestion",
    "no",
    "nutrition_info",
    "order",
    "order_status",
    "repeat",
    "restaurant_reviews",
    "restaurant_suggestion",
    "thank_you",
    "what_can_i_ask_you",
    "redeem_rewards",
    "yes",
];

/// Sentences of which none is a wish that this agent can fulfil.
///
/// A sentence is *mistaken* when the parser is at least as sure as the threshold and what it says is an action:
/// anything but `other`, `chat`, `confirm` and `deny`. Two figures, over two disjoint parts of a set:
/// `oos_recall` is the share of sentences labelled out of scope (`oos`) that are not mistaken, and `false_acceptance` the
/// share of the sentences of foreign services (weather, banking, alarms) that are. xSID has only the second part. Intents
/// that a shop shares with CLINC (yes, thank you, order status, restaurants and food) are not scored.
#[derive(Debug)]
pub struct OutOfScope {
    name: String,
    threshold: f32,
    cases: Vec<Line<Gold>>,
}

#[derive(Debug, Deserialize)]
struct Gold {
    intent: String,
}

impl OutOfScope {
    /// Reads cases (`text` is the content of `file`). Any answer counts until [`Benchmark::believe_from`] says otherwise.
    ///
    /// # Errors
    /// [`BenchmarkError`] for a broken line or no line to score.
    pub fn new(name: &str, file: &str, text: &str) -> Result<Self, BenchmarkError> {
        let mut cases: Vec<Line<Gold>> = read_lines(file, text)?;
        cases.retain(|case| !SHARED.contains(&case.gold.intent.as_str()));
        if cases.is_empty() {
            return Err(BenchmarkError::Empty { file: file.to_owned() });
        }
        Ok(Self { name: name.to_owned(), threshold: 0.0, cases })
    }
}

impl Benchmark for OutOfScope {
    fn name(&self) -> &str {
        &self.name
    }

    fn campaign(&self) -> Option<&Campaign> {
        None
    }

    fn cases(&self) -> Vec<(&str, &str, Context)> {
        self.cases.iter().map(|case| (case.id.as_str(), case.text.as_str(), Context::default())).collect()
    }

    fn believe_from(&mut self, threshold: f32) {
        self.threshold = threshold;
    }

    fn judge(&self, case: usize, parse: Option<&Parse>) -> Judged {
        let gold = self.cases.get(case).map(|case| case.gold.intent.clone()).unwrap_or_default();
        let got = parse.map(|parse| parse.frames.iter().map(|frame| frame.intent.name()).collect::<Vec<_>>().join(" "));
        let mistaken = parse.is_some_and(|parse| {
            parse.confidence >= self.threshold && parse.frames.iter().any(|frame| is_action(frame.intent))
        });
        Judged { gold, got: got.unwrap_or_default(), right: !mistaken }
    }

    fn metrics(&self, verdicts: &[Verdict]) -> Vec<Metric> {
        let (oos, foreign): (Vec<_>, Vec<_>) = verdicts.iter().partition(|verdict| verdict.gold == "oos");
        let mistaken = Metric::share("false_acceptance", foreign.iter().filter(|v| !v.right).count(), foreign.len());
        let mut metrics = Vec::new();
        if !oos.is_empty() {
            metrics.push(Metric::share("oos_recall", oos.iter().filter(|v| v.right).count(), oos.len()));
        }
        metrics.push(mistaken);
        metrics
    }
}

fn is_action(intent: Intent) -> bool {
    !matches!(intent, Intent::Other | Intent::Chat | Intent::Confirm | Intent::Deny)
}
