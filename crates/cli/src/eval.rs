//! `oolong eval`: a parser against a file of test cases, by the contract's rules.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use oolong_intent::{Case, IntentParser, Utterance};
use oolong_report::{About, Answer, Baseline, Bound, BoundError, Comparison, Evaluation, Format, Miss};

use crate::cases::{CaseFile, bar};
use crate::load::{Sources, milliseconds};
use crate::outputs::{Output, print};
use crate::parsers::ParserChoice;

/// What to measure, what to write, and what must hold.
///
/// Exit status: 0 all well; 1 a --min or --max does not hold, or fewer cases are right than in the baseline; 2 bad
/// input, with nothing written unless --keep-going.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Test cases: JSON Lines, or CSV with the columns id,lang,text,frames,context,tags if the name ends in .csv.
    #[arg(long, value_name = "FILE", required_unless_present = "write_template")]
    cases: Option<PathBuf>,
    /// Which parser: local (the model, as on the page), keyword, or remote=URL.
    #[arg(long, value_name = "PARSER", default_value = "local")]
    parser: ParserChoice,
    /// Confidence (0 to 1) from which on an answer counts as acted upon; the model's own if not given.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    threshold: Option<f32>,
    /// Writes all figures and cases as JSON; a later run can take it as its --baseline.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes JUnit XML: a suite per language, a test per case.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Writes a page with figures, plots and errors, whole in one file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Writes one row per case for a spreadsheet.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// The --json of an earlier run: shows case by case what got better and worse; exit 1 if fewer are right.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Fails (exit 1) below this: frame_match=0.9, zh.frame_match, intent_accuracy, item_f1, modifier_f1, oos_recall,
    /// oos_precision (each also with en., zh. or mixed. before it), oos_held_back, coverage, precision_at_threshold.
    #[arg(long, value_name = "METRIC=VALUE", value_parser = Bound::min)]
    min: Vec<Bound>,
    /// Fails (exit 1) above this, for what should be small: p95_ms=50, p50_ms, p90_ms, p99_ms, calibration_error, brier.
    #[arg(long, value_name = "METRIC=VALUE", value_parser = Bound::max)]
    max: Vec<Bound>,
    /// Runs the sound cases although other lines are bad, reports, and still ends with exit 2.
    #[arg(long)]
    keep_going: bool,
    /// Prints every case that went wrong, with what was expected and found and which fields differ.
    #[arg(long)]
    errors: bool,
    /// Writes a file of sample cases for the campaign (CSV if the name ends in .csv) and does nothing else.
    #[arg(long, value_name = "FILE", conflicts_with = "cases")]
    write_template: Option<PathBuf>,
    #[command(flatten)]
    sources: Sources,
}

/// Measures, prints, writes; the last line on standard output is the summary.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (campaign, campaign_sha256) = arguments.sources.campaign()?;
    if let Some(path) = &arguments.write_template {
        let cases = oolong_report::template(&campaign);
        let format = Format::of(&path.to_string_lossy());
        Output::open(path, &[])?.finish(&oolong_report::write_cases(&cases, format)?)?;
        print(&format!("{}: {} sample cases\n", path.display(), cases.len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = arguments.cases.as_deref().context("--cases: expected a file")?;
    let baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
    let file = CaseFile::read(path, &campaign)?;
    let bad = file.problems.count;
    if bad > 0 {
        eprintln!("{}", file.problems.listing(&path.display().to_string()));
        if !arguments.keep_going {
            bail!("{bad} bad lines in {}; nothing was run (--keep-going runs the others)", path.display());
        }
    }
    if let Some(baseline) = &baseline {
        baseline.check(&file.cases).context("--baseline")?;
    }
    let outputs = arguments.outputs(path)?;
    let campaign_id = campaign.id.clone();
    let mut ready = arguments.parser.start(&arguments.sources, campaign)?;
    let mut run = Evaluation::new(About {
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        parser: arguments.parser.name().to_owned(),
        model: ready.model,
        campaign: campaign_id,
        campaign_sha256,
        cases: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        cases_sha256: file.sha256,
        threshold: arguments.threshold.unwrap_or(ready.threshold),
        made: now(),
        skipped: bad,
    });
    ask(ready.parser.as_mut(), file.cases, &mut run)?;

    let comparison = baseline.map(|baseline| baseline.compare(&run)).transpose().context("--baseline")?;
    let (misses, undefined) = arguments.misses(&run);
    for (output, report) in outputs {
        output.finish(&report(&run, comparison.as_ref(), &misses)?)?;
    }
    let errors = if arguments.errors { oolong_report::errors(&run) + "\n" } else { String::new() };
    print(&(errors + &oolong_report::text(&run, comparison.as_ref(), &misses)))?;
    if bad > 0 {
        bail!("{bad} bad lines in {} were left out", path.display());
    }
    if let Some(error) = undefined {
        return Err(error.into());
    }
    let fell = comparison.is_some_and(|comparison| comparison.fell());
    Ok(if misses.is_empty() && !fell { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Makes the text of one report.
type Report = fn(&Evaluation, Option<&Comparison>, &[Miss]) -> Result<String>;

impl Arguments {
    /// Opens all files that will be written, before the long part.
    fn outputs(&self, cases: &Path) -> Result<Vec<(Output, Report)>> {
        let wanted: [(&Option<PathBuf>, Report); 4] = [
            (&self.json, |run, comparison, _| Ok(oolong_report::json(run, comparison))),
            (&self.junit, |run, _, _| Ok(oolong_report::junit(run))),
            (&self.html, |run, comparison, misses| Ok(oolong_report::html(run, comparison, misses))),
            (&self.csv, |run, _, _| Ok(oolong_report::csv(run)?)),
        ];
        // The baseline may be replaced by this run's JSON: it has been read by then.
        let inputs: Vec<&Path> = self.sources.paths().chain([cases]).collect();
        let wanted: Vec<(&Path, Report)> =
            wanted.into_iter().filter_map(|(path, report)| Some((path.as_deref()?, report))).collect();
        for (index, (path, _)) in wanted.iter().enumerate() {
            if wanted[..index].iter().any(|(other, _)| other == path) {
                bail!("two reports are to be written to {}: name two files", path.display());
            }
        }
        wanted.into_iter().map(|(path, report)| Ok((Output::open(path, &inputs)?, report))).collect()
    }

    /// The bounds that do not hold, and the first that cannot be checked with these cases.
    fn misses(&self, run: &Evaluation) -> (Vec<Miss>, Option<BoundError>) {
        let (mut misses, mut undefined) = (Vec::new(), None);
        for bound in self.min.iter().chain(&self.max) {
            match bound.check(run) {
                Ok(miss) => misses.extend(miss),
                Err(error) => undefined = undefined.or(Some(error)),
            }
        }
        (misses, undefined)
    }
}

fn ask(parser: &mut dyn IntentParser, cases: Vec<Case>, run: &mut Evaluation) -> Result<()> {
    let bar = bar(cases.len(), "cases")?;
    for case in cases {
        let start = milliseconds();
        let outcome = Utterance::new(&case.text)
            .map_err(anyhow::Error::from)
            .and_then(|utterance| Ok(parser.parse(&utterance, &case.context, &|| false)?));
        let answer = Answer::new(outcome, milliseconds() - start);
        run.add(case, answer);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

fn read_baseline(path: &Path) -> Result<Baseline> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Baseline::from_json(&text).with_context(|| path.display().to_string())
}

fn share(text: &str) -> Result<f32, String> {
    let value = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    value.ok_or_else(|| format!("expected a share from 0 to 1, found {text:?}"))
}

fn now() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the command line has a clock")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
