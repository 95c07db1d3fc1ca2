//! What every set is, and the one loop that measures a parser on it.

use oolong_catalog::Campaign;
use oolong_intent::{Context, IntentParser, Parse, Utterance};

/// A set of cases with its own campaign, gold and metric.
pub trait Benchmark {
    /// The set's name on the command line.
    fn name(&self) -> &str;
    /// The campaign that the parser is to serve; `None` for the one at hand.
    fn campaign(&self) -> Option<&Campaign>;
    /// Id, words and context of each case that is scored, in file order.
    fn cases(&self) -> Vec<(&str, &str, Context)>;
    /// Sets from which confidence on an answer counts as acted upon; most sets do not ask.
    fn believe_from(&mut self, _threshold: f32) {}
    /// Judges the answer to a case, by position; `None` is no answer at all.
    fn judge(&self, case: usize, parse: Option<&Parse>) -> Judged;
    /// The set's metrics, the headline first; `verdicts` are in the order of the cases.
    fn metrics(&self, verdicts: &[Verdict]) -> Vec<Metric>;
    /// Ids of the cases that no parser can get right with what campaign and gazetteer find, each with what is missing;
    /// `None` where a set has no such notion.
    fn out_of_reach(&self) -> Option<Vec<(String, String)>> {
        None
    }
}

/// An answer beside its gold, both in the set's notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What was expected.
    pub gold: String,
    /// What was found.
    pub got: String,
    /// Whether they agree by the headline metric.
    pub right: bool,
}

/// A case with the answer to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Id of the case.
    pub id: String,
    /// What was said.
    pub text: String,
    /// What was expected.
    pub gold: String,
    /// What was found.
    pub got: String,
    /// Whether they agree by the headline metric.
    pub right: bool,
    /// The parser's own confidence; 0 without an answer.
    pub confidence: f32,
}

/// A figure with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// `unordered_em`.
    pub name: &'static str,
    /// In percent.
    pub percent: f64,
}

impl Metric {
    /// A share in percent; of nothing, it is 0.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
    pub fn share(name: &'static str, part: usize, whole: usize) -> Self {
        Self { name, percent: if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 } }
    }
}

/// Has `parser` answer every case and judges it; `seen` is told of each verdict as it falls.
///
/// A parser that fails on a case has given no answer to it: the error stands as what was found.
pub fn run(benchmark: &dyn Benchmark, parser: &mut dyn IntentParser, seen: &mut dyn FnMut(&Verdict)) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (case, (id, text, context)) in benchmark.cases().into_iter().enumerate() {
        let parse = Utterance::new(text)
            .map_err(|error| error.to_string())
            .and_then(|utterance| parser.parse(&utterance, &context, &|| false).map_err(|error| error.to_string()));
        let judged = benchmark.judge(case, parse.as_ref().ok());
        let (got, confidence) = match parse {
            Ok(parse) => (judged.got, parse.confidence),
            Err(error) => (format!("no answer: {error}"), 0.0),
        };
        let (id, text) = (id.to_owned(), text.to_owned());
        let verdict = Verdict { id, text, gold: judged.gold, got, right: judged.right, confidence };
        seen(&verdict);
        verdicts.push(verdict);
    }
    verdicts
}
