//! FoodOrdering and PIZZA: what is ordered, as EXR trees, by unordered exact match.

use oolong_catalog::Campaign;
use oolong_intent::{Context, Parse};
use serde::Deserialize;

use crate::benchmark::{Benchmark, Judged, Metric, Verdict};
use crate::ceiling::reach;
use crate::error::BenchmarkError;
use crate::exr::{self, Tree};
use crate::lines::{Line, read_lines};
use crate::menu::Menu;
use crate::schema::Skill;
use crate::writing;

/// How trees are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Several top-level trees, `COMPLEX`, values as in the catalog.
    FoodOrdering,
    /// One `ORDER`, `COMPLEX_TOPPING`, values in upper case.
    Pizza,
}

/// A file of FoodOrdering or PIZZA with the catalog that it is about.
#[derive(Debug)]
pub struct FoodOrdering {
    name: String,
    menu: Menu,
    notation: Notation,
    cases: Vec<Line<Gold>>,
}

#[derive(Debug, Deserialize)]
struct Gold {
    exr: String,
}

impl FoodOrdering {
    /// Reads cases (`text` is the content of `file`) about the goods of `skill`.
    ///
    /// The notation is that of the gold: PIZZA's trees have a root `ORDER`, FoodOrdering's have none.
    ///
    /// # Errors
    /// [`BenchmarkError`] for a broken line, no line, or a catalog that cannot be a campaign.
    pub fn new(name: &str, skill: &Skill, file: &str, text: &str) -> Result<Self, BenchmarkError> {
        let cases: Vec<Line<Gold>> = read_lines(file, text)?;
        let rooted = cases.iter().filter(|case| case.gold.exr.trim_start().starts_with("(ORDER ")).count();
        let notation = if 2 * rooted > cases.len() { Notation::Pizza } else { Notation::FoodOrdering };
        Ok(Self { name: name.to_owned(), menu: Menu::new(skill)?, notation, cases })
    }

    /// The skill that the first case says it is about, in `meta.skill`.
    ///
    /// # Errors
    /// [`BenchmarkError`] for a broken line, no line, or a first case that does not say.
    pub fn skill_of(file: &str, text: &str) -> Result<String, BenchmarkError> {
        let lines: Vec<serde_json::Value> = read_lines(file, text)?;
        let said = lines.first().and_then(|line| line.pointer("/meta/skill")).and_then(serde_json::Value::as_str);
        said.map(str::to_owned).ok_or_else(|| BenchmarkError::line(file, 1, "a case with meta.skill", "none"))
    }

    fn gold(&self, case: usize) -> Option<Vec<Tree>> {
        self.cases.get(case).and_then(|case| exr::parse(&case.gold.exr))
    }
}

impl Benchmark for FoodOrdering {
    fn name(&self) -> &str {
        &self.name
    }

    fn campaign(&self) -> Option<&Campaign> {
        Some(self.menu.campaign())
    }

    fn cases(&self) -> Vec<(&str, &str, Context)> {
        self.cases.iter().map(|case| (case.id.as_str(), case.text.as_str(), Context::default())).collect()
    }

    fn judge(&self, case: usize, parse: Option<&Parse>) -> Judged {
        let text = self.cases.get(case).map_or("", |case| case.text.as_str());
        let gold = self.cases.get(case).map(|case| case.gold.exr.trim().to_owned()).unwrap_or_default();
        let found =
            parse.map(|parse| writing::write(&parse.frames, text, &self.menu, self.notation)).unwrap_or_default();
        let got = exr::write(&found);
        // Compared as text, so that what is listed is what was scored.
        let right = parse.is_some() && exr::unordered_match(&got, &gold);
        Judged { gold, got, right }
    }

    fn metrics(&self, verdicts: &[Verdict]) -> Vec<Metric> {
        let right = verdicts.iter().filter(|verdict| verdict.right).count();
        vec![Metric::share("unordered_em", right, verdicts.len())]
    }

    fn out_of_reach(&self) -> Option<Vec<(String, String)>> {
        let cases = self.cases.iter().enumerate();
        let missing = cases.filter_map(|(index, case)| {
            let gold = self.gold(index).ok_or_else(|| "gold that is not a tree".to_owned());
            let reached = gold.and_then(|gold| reach(&gold, &case.text, &self.menu, self.notation));
            reached.err().map(|why| (case.id.clone(), why))
        });
        Some(missing.collect())
    }
}
