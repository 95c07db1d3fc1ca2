//! `oolong benchmark`: a parser against published test sets, in their own notation and by their own metric.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use oolong_benchmark::{
    Benchmark, BenchmarkError, CoffeeTurns, FoodOrdering, OutOfScope, Skill, StoreSearch, predictions, run as measure,
    table,
};

use crate::load::Sources;
use crate::outputs::{Output, print};
use crate::parsers::ParserChoice;

/// What to measure. The sets are not part of this program: their files are named here.
///
/// Exit status: 0 measured; 2 bad input, with nothing written.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Which set.
    #[arg(value_enum)]
    set: Set,
    /// The set's cases, JSON Lines.
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
    /// Folder with one catalog (schema.json and alias files) per skill; ../catalogs beside the cases if not given.
    #[arg(long, value_name = "DIR")]
    catalogs: Option<PathBuf>,
    /// Catalog that the cases are about: burrito, sub, burger, coffee, pizza or any other folder; `any` takes the cases'
    /// own word for it.
    #[arg(long, value_name = "SKILL", default_value = "any")]
    skill: String,
    /// tm4: file of the same shape whose API calls name the menu; the cases themselves if not given.
    #[arg(long, value_name = "FILE")]
    menu: Option<PathBuf>,
    /// Which parser: local (the model, as on the page), keyword, or remote=URL.
    #[arg(long, value_name = "PARSER", default_value = "local")]
    parser: ParserChoice,
    /// Writes every case with gold, answer, verdict and confidence.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Writes the answers as {"id": …, "exr": …} lines, for the sets' own scorers.
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Asks no parser: lists the cases that none could get right, because a name in the gold is not found in the text.
    #[arg(long)]
    ceiling: bool,
    #[command(flatten)]
    sources: Sources,
}

/// Published sets; see the crate oolong-benchmark for sources and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Set {
    /// FoodOrdering: orders as EXR trees, unordered exact match.
    Foodordering,
    /// PIZZA: the same, with the catalog `pizza`.
    Pizza,
    /// Taskmaster-4 coffee: items and quantities of ordering turns.
    Tm4,
    /// CLINC150: out-of-scope recall and false acceptance.
    Clinc,
    /// xSID Chinese: false acceptance.
    Xsid,
    /// CrossWOZ: intents of Chinese restaurant searches.
    Crosswoz,
}

/// Measures and prints; the last line on standard output is the summary.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut set = arguments.read()?;
    if arguments.ceiling {
        return ceiling(set.as_ref());
    }
    let mut inputs: Vec<&Path> = arguments.sources.paths().chain([arguments.cases.as_path()]).collect();
    inputs.extend(arguments.menu.as_deref());
    let open = |path: &Option<PathBuf>| path.as_deref().map(|path| Output::open(path, &inputs)).transpose();
    let (csv, answers) = (open(&arguments.csv)?, open(&arguments.predictions)?);
    let campaign = match set.campaign() {
        Some(campaign) => campaign.clone(),
        None => arguments.sources.campaign()?.0,
    };
    let mut ready = arguments.parser.start(&arguments.sources, campaign)?;
    set.believe_from(ready.threshold);
    let verdicts = measure(set.as_ref(), ready.parser.as_mut(), &mut |_| ());
    if let Some(output) = csv {
        output.finish(&String::from_utf8(table(&verdicts)?)?)?;
    }
    if let Some(output) = answers {
        output.finish(&predictions(&verdicts))?;
    }
    let metrics: Vec<String> =
        set.metrics(&verdicts).iter().map(|metric| format!("{}={:.1}", metric.name, metric.percent)).collect();
    let (name, parser) = (set.name(), arguments.parser.name());
    print(&format!("benchmark={name} parser={parser} {} n={}\n", metrics.join(" "), verdicts.len()))?;
    Ok(ExitCode::SUCCESS)
}

fn ceiling(set: &dyn Benchmark) -> Result<ExitCode> {
    let Some(missing) = set.out_of_reach() else {
        bail!("{} has no names to find: --ceiling is for foodordering, pizza and tm4", set.name());
    };
    let mut text: String = missing.iter().map(|(id, why)| format!("{id}: {why}\n")).collect();
    let count = set.cases().len();
    let reached = oolong_benchmark::Metric::share("ceiling", count - missing.len(), count);
    text.push_str(&format!("benchmark={} {}={:.1} n={count}\n", set.name(), reached.name, reached.percent));
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn read(&self) -> Result<Box<dyn Benchmark>> {
        let text =
            std::fs::read_to_string(&self.cases).with_context(|| format!("cannot read {}", self.cases.display()))?;
        let file = self.cases.display().to_string();
        Ok(match self.set {
            Set::Foodordering | Set::Pizza => {
                let skill = match self.skill.as_str() {
                    "any" if self.set == Set::Pizza => "pizza".to_owned(),
                    "any" => FoodOrdering::skill_of(&file, &text)?,
                    named => named.to_owned(),
                };
                let name = if self.set == Set::Pizza { "pizza" } else { "foodordering" };
                Box::new(FoodOrdering::new(name, &self.skill_from_catalogs(&skill)?, &file, &text)?)
            }
            Set::Tm4 => {
                let read = |path: &PathBuf| {
                    std::fs::read_to_string(path)
                        .map(|text| (path.display().to_string(), text))
                        .with_context(|| format!("cannot read {}", path.display()))
                };
                let menu = self.menu.as_ref().map(read).transpose()?;
                let menu = menu.as_ref().map(|(file, text)| (file.as_str(), text.as_str()));
                Box::new(CoffeeTurns::new(&file, &text, menu)?)
            }
            Set::Clinc => Box::new(OutOfScope::new("clinc", &file, &text)?),
            Set::Xsid => Box::new(OutOfScope::new("xsid", &file, &text)?),
            Set::Crosswoz => Box::new(StoreSearch::new(&file, &text)?),
        })
    }

    fn skill_from_catalogs(&self, skill: &str) -> Result<Skill> {
        let beside = || self.cases.parent().and_then(Path::parent).map(|folder| folder.join("catalogs"));
        let catalogs = self.catalogs.clone().or_else(|| beside().filter(|folder| folder.is_dir()));
        let catalogs = catalogs.context("--catalogs: expected the folder with a catalog for each skill")?;
        let mut known: Vec<String> = std::fs::read_dir(&catalogs)
            .with_context(|| format!("cannot read {}", catalogs.display()))?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| catalogs.join(name).join("schema.json").is_file())
            .collect();
        known.sort();
        if !known.iter().any(|name| name == skill) {
            let known = format!("{} has {}", catalogs.display(), known.join(", "));
            return Err(BenchmarkError::Skill { skill: skill.to_owned(), known }.into());
        }
        let folder = catalogs.join(skill);
        let read = |path: &str| {
            let file = folder.join(path);
            std::fs::read_to_string(&file)
                .map_err(|error| BenchmarkError::Read { file: file.display().to_string(), reason: error.to_string() })
        };
        Ok(Skill::read(skill, &read)?)
    }
}
