//! Test cases and frame match, as the contract defines them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    frame::{Frame, Goods, Intent, Item},
    raw::{RawFrame, RawItem},
};

/// One line of a test file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique in its file.
    pub id: String,
    /// `en`, `zh` or `mixed`.
    pub lang: String,
    /// What the shopper said.
    pub text: String,
    /// What the agent knew.
    #[serde(default)]
    pub context: Context,
    /// What it means.
    pub frames: Vec<Frame>,
    /// Kinds of difficulty.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Exact match of two lists of frames: same number and order, items as a multiset, modifiers as a set, `said` ignored.
#[must_use]
pub fn frames_match(gold: &[Frame], got: &[Frame]) -> bool {
    gold.len() == got.len() && gold.iter().zip(got).all(|(gold, got)| comparable(gold) == comparable(got))
}

/// Counts over a test file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Cases seen.
    pub cases: usize,
    /// Cases whose frames match exactly.
    pub matched: usize,
    /// Cases whose intents are right, in order.
    pub intents: usize,
    /// Exact matches and cases per language.
    pub languages: BTreeMap<String, (usize, usize)>,
    item: Overlap,
    modifier: Overlap,
    other: Overlap,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Overlap {
    both: usize,
    gold: usize,
    got: usize,
}

impl Report {
    /// Counts one case.
    pub fn add(&mut self, case: &Case, got: &[Frame]) -> bool {
        let matched = frames_match(&case.frames, got);
        self.cases += 1;
        self.matched += usize::from(matched);
        self.intents += usize::from(intents(&case.frames) == intents(got));
        let language = self.languages.entry(case.lang.clone()).or_default();
        language.0 += usize::from(matched);
        language.1 += 1;
        self.item.add(&goods(&case.frames), &goods(got));
        self.modifier.add(&modifiers(&case.frames), &modifiers(got));
        let out = |frames: &[Frame]| -> Vec<bool> {
            frames.iter().any(|frame| frame.intent == Intent::Other).then_some(true).into_iter().collect()
        };
        self.other.add(&out(&case.frames), &out(got));
        matched
    }

    /// Share of cases whose frames match.
    #[must_use]
    pub fn frame_match(&self) -> f64 {
        ratio(self.matched, self.cases)
    }

    /// Share of cases whose intents are right.
    #[must_use]
    pub fn intent_accuracy(&self) -> f64 {
        ratio(self.intents, self.cases)
    }

    /// F1 over items, categories and unknown goods, whatever frame they are in.
    #[must_use]
    pub fn item_f1(&self) -> f64 {
        self.item.f1()
    }

    /// F1 over modifiers, whatever item they are on.
    #[must_use]
    pub fn modifier_f1(&self) -> f64 {
        self.modifier.f1()
    }

    /// Share of the out-of-scope cases that were answered as such; 1 when there is none.
    #[must_use]
    pub fn oos_recall(&self) -> f64 {
        ratio(self.other.both, self.other.gold)
    }

    /// Share of the out-of-scope answers that were right; 1 when there is none.
    #[must_use]
    pub fn oos_precision(&self) -> f64 {
        ratio(self.other.both, self.other.got)
    }

    /// The closing line of `oolong eval`.
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "frame_match={:.3} intent_accuracy={:.3} item_f1={:.3} modifier_f1={:.3} oos_recall={:.3} oos_precision={:.3} n={}",
            self.frame_match(),
            self.intent_accuracy(),
            self.item_f1(),
            self.modifier_f1(),
            self.oos_recall(),
            self.oos_precision(),
            self.cases
        )
    }
}

impl Overlap {
    fn add<T: PartialEq>(&mut self, gold: &[T], got: &[T]) {
        let mut left: Vec<&T> = got.iter().collect();
        for wanted in gold {
            if let Some(index) = left.iter().position(|found| *found == wanted) {
                left.swap_remove(index);
                self.both += 1;
            }
        }
        self.gold += gold.len();
        self.got += got.len();
    }

    fn f1(&self) -> f64 {
        ratio(2 * self.both, self.gold + self.got)
    }
}

fn intents(frames: &[Frame]) -> Vec<Intent> {
    frames.iter().map(|frame| frame.intent).collect()
}

fn goods(frames: &[Frame]) -> Vec<Goods> {
    frames.iter().flat_map(|frame| &frame.items).filter_map(|item| item.goods.clone()).collect()
}

fn modifiers(frames: &[Frame]) -> Vec<String> {
    frames.iter().flat_map(|frame| &frame.items).flat_map(|item| &item.modifiers).map(ToString::to_string).collect()
}

/// A frame in the shape in which equality is what the contract asks for.
fn comparable(frame: &Frame) -> (RawFrame, Vec<String>) {
    let mut items: Vec<String> = frame.items.iter().map(comparable_item).collect();
    items.sort();
    let mut rest = frame.clone();
    rest.items.clear();
    rest.place = rest.place.as_deref().map(comparable_place);
    (rest.into(), items)
}

fn comparable_item(item: &Item) -> String {
    let modifiers: BTreeSet<String> = item.modifiers.iter().map(ToString::to_string).collect();
    let raw = RawItem::from(Item { said: None, ..item.clone() });
    format!("{:?} {:?} {:?} {:?} {modifiers:?}", raw.item, raw.category, raw.quantity, raw.target)
}

fn comparable_place(place: &str) -> String {
    let place = place.trim().to_lowercase();
    let bare = place.strip_prefix("the ").or_else(|| place.strip_prefix("my "));
    bare.unwrap_or(&place).to_owned()
}

#[expect(clippy::cast_precision_loss, reason = "counts of test cases are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(gold: &str, got: &str, expected: bool) {
        let read = |text| serde_json::from_str::<Vec<Frame>>(text).expect("the line is a list of frames");
        assert_eq!(frames_match(&read(gold), &read(got)), expected, "{gold} against {got}");
    }

    #[test]
    fn frames_match_as_the_contract_says() {
        let order = |items: &str| format!(r#"[{{"intent":"order","items":[{items}]}}]"#);
        let latte = r#"{"item":"latte","quantity":1,"modifiers":["size:large","milk:oat"]}"#;
        let turned = r#"{"item":"latte","quantity":1,"modifiers":["milk:oat*1","size:large"],"said":"latte"}"#;
        let mocha = r#"{"item":"mocha","quantity":1}"#;
        check(&order(latte), &order(turned), true);
        check(&order(&format!("{latte},{mocha}")), &order(&format!("{mocha},{latte}")), true);
        check(&order(&format!("{mocha},{mocha}")), &order(mocha), false);
        check(r#"[{"intent":"chat"}]"#, r#"[{"intent":"chat","items":[]}]"#, true);
        check(r#"[{"intent":"change","place":"The Office "}]"#, r#"[{"intent":"change","place":"office"}]"#, true);
        check(r#"[{"intent":"confirm"}]"#, r#"[{"intent":"deny"}]"#, false);
    }

    #[test]
    fn unsound_frames_name_the_field() {
        let wrong = |text| serde_json::from_str::<Vec<Frame>>(text).expect_err("unsound").to_string();
        for (text, part) in [
            (r#"[{"intent":"order","items":[{"item":"latte"}]}]"#, "items[0].quantity"),
            (r#"[{"intent":"order","items":[{"item":"unknown","quantity":1}]}]"#, "items[0].said"),
            (r#"[{"intent":"order","items":[{"item":"latte","quantity":0}]}]"#, "1 to 999"),
            (r#"[{"intent":"chat","when":"25:00"}]"#, "HH:MM"),
            (r#"[{"intent":"other","brand":"x"}]"#, "other"),
            (r#"[{"intent":"chat","colour":"red"}]"#, "colour"),
            (r#"[{"intent":"ask_menu","items":[{"item":"latte","modifiers":["size-large"]}]}]"#, "group:modifier"),
        ] {
            assert!(wrong(text).contains(part), "{text}: {}", wrong(text));
        }
    }
}
