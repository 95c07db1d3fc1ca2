//! Taskmaster-4 coffee: ordering turns, by items and quantities.

use std::collections::{BTreeMap, BTreeSet};

use oolong_catalog::Campaign;
use oolong_intent::{Context, Goods, Intent, Item, Parse};
use serde::Deserialize;

use crate::benchmark::{Benchmark, Judged, Metric, Verdict};
use crate::coffee_menu::{CoffeeMenu, Derived};
use crate::error::BenchmarkError;
use crate::lines::read_lines;

/// The ordering turns of a file of Taskmaster-4 coffee.
///
/// Scored are the turns whose derived act is `order` and whose API calls add at least one item. `item_quantity` asks that
/// the items of all `order` frames be those of the API calls, with the same number of each: "two lattes, one decaf" is two
/// lattes, however many calls that took. `with_attributes` asks besides that each item have the attributes of its call
/// (milk, shots, iced, decaf); add-ons and notes are free text there and are not compared.
#[derive(Debug)]
pub struct CoffeeTurns {
    menu: CoffeeMenu,
    cases: Vec<Turn>,
}

#[derive(Debug, Deserialize)]
struct Turn {
    id: String,
    text: String,
    derived: Derived,
}

impl CoffeeTurns {
    /// Reads cases (`text` is the content of `file`). The menu is what the calls in `menu`, a file of the same shape, name;
    /// without it, what the cases' own do.
    ///
    /// # Errors
    /// [`BenchmarkError`] for a broken line, no turn to score, or no menu.
    pub fn new(file: &str, text: &str, menu: Option<(&str, &str)>) -> Result<Self, BenchmarkError> {
        let mut cases: Vec<Turn> = read_lines(file, text)?;
        let others: Vec<Turn> = match menu {
            Some((file, text)) => read_lines(file, text)?,
            None => Vec::new(),
        };
        let source = if menu.is_some() { &others } else { &cases };
        let menu = CoffeeMenu::new(&source.iter().map(|turn| &turn.derived).collect::<Vec<_>>())?;
        cases.retain(|turn| turn.derived.act == "order" && turn.derived.items.iter().any(|item| item.item.is_some()));
        if cases.is_empty() {
            return Err(BenchmarkError::Empty { file: file.to_owned() });
        }
        Ok(Self { menu, cases })
    }

    /// Items with their attributes, each as often as it was ordered.
    fn gold(&self, case: usize) -> Vec<Portion> {
        let items = self.cases.get(case).map(|turn| turn.derived.items.as_slice()).unwrap_or_default();
        let mut portions = Vec::new();
        for item in items {
            let Some(name) = &item.item else { continue };
            let attributes =
                item.attributes.iter().map(|(group, option)| CoffeeMenu::attribute(group, option)).collect();
            portions.push((self.menu.id(name), item.quantity.unwrap_or(1), attributes));
        }
        portions
    }

    fn found(&self, parse: &Parse) -> Vec<Portion> {
        let ordered = parse.frames.iter().filter(|frame| frame.intent == Intent::Order).flat_map(|frame| &frame.items);
        ordered.map(portion).collect()
    }
}

/// Item, how many, attributes.
type Portion = (String, u32, BTreeSet<String>);

impl Benchmark for CoffeeTurns {
    fn name(&self) -> &str {
        "tm4"
    }

    fn campaign(&self) -> Option<&Campaign> {
        Some(&self.menu.campaign)
    }

    fn cases(&self) -> Vec<(&str, &str, Context)> {
        // Ordering turns open their dialogue; what was said before is greetings, which the contract's context has no field for.
        self.cases.iter().map(|turn| (turn.id.as_str(), turn.text.as_str(), Context::default())).collect()
    }

    fn judge(&self, case: usize, parse: Option<&Parse>) -> Judged {
        let gold = self.gold(case);
        let found = parse.map(|parse| self.found(parse)).unwrap_or_default();
        Judged { right: totals(&gold) == totals(&found), gold: write(&gold), got: write(&found) }
    }

    fn metrics(&self, verdicts: &[Verdict]) -> Vec<Metric> {
        let right = verdicts.iter().filter(|verdict| verdict.right).count();
        let exact = verdicts.iter().filter(|verdict| verdict.gold == verdict.got).count();
        vec![
            Metric::share("item_quantity", right, verdicts.len()),
            Metric::share("with_attributes", exact, verdicts.len()),
        ]
    }

    fn out_of_reach(&self) -> Option<Vec<(String, String)>> {
        let missing = self.cases.iter().enumerate().filter_map(|(case, turn)| {
            let named = self.menu.items_in(&turn.text);
            self.gold(case).into_iter().find(|(id, ..)| !named.contains(id)).map(|(id, ..)| (turn.id.clone(), id))
        });
        Some(missing.collect())
    }
}

fn portion(item: &Item) -> Portion {
    let id = match &item.goods {
        Some(Goods::Item(id)) => id.clone(),
        _ => "?".to_owned(),
    };
    let number = item.quantity.map_or(1, |quantity| quantity.get().into());
    let attributes =
        item.modifiers.iter().filter(|choice| choice.group != "add ons").map(ToString::to_string).collect();
    (id, number, attributes)
}

fn totals(portions: &[Portion]) -> BTreeMap<&str, u32> {
    let mut totals = BTreeMap::new();
    for (id, number, _) in portions {
        *totals.entry(id.as_str()).or_default() += number;
    }
    totals
}

/// In an order that does not depend on the sentence's, equal portions counted together.
fn write(portions: &[Portion]) -> String {
    let mut counted: BTreeMap<(&str, &BTreeSet<String>), u32> = BTreeMap::new();
    for (id, number, attributes) in portions {
        *counted.entry((id, attributes)).or_default() += number;
    }
    let words = counted.into_iter().map(|((id, attributes), number)| {
        let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
        format!("{number} {id} [{}]", attributes.join(", "))
    });
    words.collect::<Vec<_>>().join("; ")
}
