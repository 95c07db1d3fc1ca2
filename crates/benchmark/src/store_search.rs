//! CrossWOZ, restaurant domain: Chinese searches for a shop, and questions about one.

use oolong_catalog::Campaign;
use oolong_intent::{Context, Intent, Parse};
use serde::Deserialize;

use crate::benchmark::{Benchmark, Judged, Metric, Verdict};
use crate::error::BenchmarkError;
use crate::lines::{Line, read_lines};

/// The domain that is about shops.
const RESTAURANT: &str = "餐馆";

/// Turns with the intents that fit their dialogue acts. Metric: `intent_accuracy`, the first frame's intent being one.
///
/// | acts of the turn | intents that fit |
/// | --- | --- |
/// | asks for a restaurant (名称, 周边餐馆, `Select` 餐馆), its address or opening hours | `find_store` |
/// | asks for dishes or prices (推荐菜, 人均消费) | `ask_menu` |
/// | asks for hotels or sights nearby | `other` |
/// | only states wishes about a restaurant (dish, price, rating, name) | `find_store`, `ask_menu` |
/// | only greets or thanks | `chat` |
///
/// A turn with several acts fits with either intent. Turns that ask for nothing but a telephone number or a rating, or
/// that choose a hotel or a sight, have no counterpart here and are not scored.
#[derive(Debug)]
pub struct StoreSearch {
    cases: Vec<(Line<Gold>, Vec<Intent>)>,
}

#[derive(Debug, Deserialize)]
struct Gold {
    /// Act, domain, slot, value.
    dialog_act: Vec<[String; 4]>,
}

impl StoreSearch {
    /// Reads cases (`text` is the content of `file`).
    ///
    /// # Errors
    /// [`BenchmarkError`] for a broken line or no line to score.
    pub fn new(file: &str, text: &str) -> Result<Self, BenchmarkError> {
        let lines: Vec<Line<Gold>> = read_lines(file, text)?;
        let cases: Vec<_> = lines
            .into_iter()
            .map(|line| {
                let fitting = fitting(&line.gold.dialog_act);
                (line, fitting)
            })
            .filter(|(_, fitting)| !fitting.is_empty())
            .collect();
        if cases.is_empty() {
            return Err(BenchmarkError::Empty { file: file.to_owned() });
        }
        Ok(Self { cases })
    }
}

impl Benchmark for StoreSearch {
    fn name(&self) -> &str {
        "crosswoz"
    }

    fn campaign(&self) -> Option<&Campaign> {
        None
    }

    fn cases(&self) -> Vec<(&str, &str, Context)> {
        self.cases.iter().map(|(case, _)| (case.id.as_str(), case.text.as_str(), Context::default())).collect()
    }

    fn judge(&self, case: usize, parse: Option<&Parse>) -> Judged {
        let fitting = self.cases.get(case).map(|(_, fitting)| fitting.as_slice()).unwrap_or_default();
        let gold = fitting.iter().map(|intent| intent.name()).collect::<Vec<_>>().join(" ");
        let found = parse.and_then(|parse| parse.frames.first()).map(|frame| frame.intent);
        let right = found.is_some_and(|intent| fitting.contains(&intent));
        Judged { gold, got: found.map(Intent::name).unwrap_or_default().to_owned(), right }
    }

    fn metrics(&self, verdicts: &[Verdict]) -> Vec<Metric> {
        let right = verdicts.iter().filter(|verdict| verdict.right).count();
        vec![Metric::share("intent_accuracy", right, verdicts.len())]
    }
}

/// The intents that fit; none when the turn is not scored.
fn fitting(acts: &[[String; 4]]) -> Vec<Intent> {
    let mut fitting = Vec::new();
    let mut asks = false;
    for [act, domain, slot, _] in acts {
        let found = match (act.as_str(), domain.as_str(), slot.as_str()) {
            ("Request", RESTAURANT, "名称" | "周边餐馆" | "地址" | "营业时间") | ("Select", RESTAURANT, _) => {
                Some(Intent::FindStore)
            }
            ("Request", RESTAURANT, "推荐菜" | "人均消费") => Some(Intent::AskMenu),
            ("Request", RESTAURANT, "周边酒店" | "周边景点") => Some(Intent::Other),
            _ => None,
        };
        asks |= act == "Request" || act == "Select";
        fitting.extend(found);
    }
    let states = acts.iter().any(|[act, domain, ..]| act == "Inform" && domain == RESTAURANT);
    if !asks && states {
        fitting.extend([Intent::FindStore, Intent::AskMenu]);
    } else if !acts.is_empty() && acts.iter().all(|[act, ..]| act == "General") {
        fitting.push(Intent::Chat);
    }
    fitting.sort();
    fitting.dedup();
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(acts: &[[&str; 4]], expected: &[Intent]) {
        let acts: Vec<[String; 4]> = acts.iter().map(|act| act.map(str::to_owned)).collect();
        assert_eq!(fitting(&acts), expected);
    }

    #[test]
    fn acts_have_intents() {
        check(&[["Inform", "餐馆", "评分", "4分以上"], ["Request", "餐馆", "名称", ""]], &[Intent::FindStore]);
        check(
            &[["Request", "餐馆", "地址", ""], ["Request", "餐馆", "推荐菜", ""]],
            &[Intent::FindStore, Intent::AskMenu],
        );
        check(&[["Request", "餐馆", "电话", ""]], &[]);
        check(&[["Inform", "餐馆", "推荐菜", "烤鸭"]], &[Intent::FindStore, Intent::AskMenu]);
        check(&[["General", "thank", "none", "none"]], &[Intent::Chat]);
    }
}
