//! `oolong calibrate`: what the model's certainty is worth, measured on sentences that were held out.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use oolong_catalog::Campaign;
use oolong_intent::{IntentParser, Utterance, frames_match};
use oolong_nlu::{Calibration, Certainty};
use serde_json::json;

use crate::cases::{CaseFile, bar};
use crate::load::Sources;
use crate::outputs::{Output, print};

/// Fits the probability that a parse is right, and the threshold from which on the device keeps it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Folder of folders with a campaign.json and a cases.jsonl each, as `oolong-corpus --held-out --worlds` writes them.
    #[arg(long, value_name = "DIR")]
    worlds: PathBuf,
    /// How many of the answers that are kept should be right.
    #[arg(long, value_name = "SHARE", default_value_t = 0.96)]
    precision: f64,
    /// Where to write the result as JSON, for training/export.py and model.json.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    sources: Sources,
}

/// Runs all cases, fits, writes; the last line on standard output is the summary.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let output = Output::open(&arguments.out, &[])?;
    let answers = answers(arguments)?;
    let right = answers.iter().filter(|(_, right)| *right).count();
    let Some(calibration) = Calibration::fit(&answers) else {
        bail!("expected cases of which some are right and some wrong, found {right} right of {}", answers.len());
    };
    let mut sorted: Vec<(f32, bool)> =
        answers.iter().map(|&(certainty, right)| (calibration.probability(certainty), right)).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let Some((threshold, kept)) = threshold(&sorted, arguments.precision) else {
        bail!("expected answers of which {} are right, found none so sure: lower --precision", arguments.precision);
    };
    let Calibration { intercept, total, least, unused } = calibration;
    let result = json!({
        "calibration": [intercept, total, least, unused], "threshold": threshold, "cases": answers.len(),
        "frame_match": share(right, answers.len()), "precision": arguments.precision, "coverage": share(kept, answers.len()),
    });
    output.finish(&format!("{result:#}\n"))?;
    print(&format!(
        "threshold={threshold:.3} coverage={:.3} precision={} frame_match={:.3} n={}\n",
        share(kept, answers.len()),
        arguments.precision,
        share(right, answers.len()),
        answers.len(),
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The lowest confidence above which enough are right, and how many that keeps; `sorted` from sure to unsure.
fn threshold(sorted: &[(f32, bool)], precision: f64) -> Option<(f32, usize)> {
    let mut right = 0;
    let enough = sorted.iter().enumerate().filter_map(|(index, &(confidence, good))| {
        right += usize::from(good);
        // Equal confidences cannot be told apart.
        let last = sorted.get(index + 1).is_none_or(|next| next.0 < confidence);
        (last && share(right, index + 1) >= precision).then_some((confidence, index + 1))
    });
    enough.last()
}

fn answers(arguments: &Arguments) -> Result<Vec<(Certainty, bool)>> {
    let worlds = worlds(&arguments.worlds)?;
    let mut engine = None;
    let mut answers = Vec::new();
    let bar = bar(worlds.len(), "campaigns")?;
    for world in worlds {
        let path = world.join("campaign.json");
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let campaign = Campaign::from_json(&bytes).with_context(|| path.display().to_string())?;
        let path = world.join("cases.jsonl");
        let file = CaseFile::read(&path, &campaign)?;
        if file.problems.count > 0 {
            bail!("{}", file.problems.listing(&path.display().to_string()));
        }
        let engine = match &mut engine {
            None => engine.insert(arguments.sources.model()?.engine(campaign)?),
            Some(engine) => {
                engine.set_campaign(campaign);
                engine
            }
        };
        for case in file.cases {
            let utterance = Utterance::new(&case.text)?;
            // A parse that failed was no answer, so that there is nothing to be sure of.
            let Ok(parse) = engine.parse(&utterance, &case.context, &|| false) else { continue };
            let Some((total, least, unused)) = parse.evidence.certainty else { continue };
            answers.push((Certainty { total, least, unused }, frames_match(&case.frames, &parse.frames)));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(answers)
}

fn worlds(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|it| it.is_dir()).collect();
    if found.is_empty() {
        bail!("{}: expected folders with campaign.json and cases.jsonl, found none", folder.display());
    }
    found.sort();
    Ok(found)
}

fn share(part: usize, all: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of cases")]
    let share = part as f64 / all.max(1) as f64;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_the_lowest_that_is_right_often_enough() {
        let sorted = [(0.9, true), (0.8, true), (0.7, false), (0.6, true), (0.6, true), (0.5, false)];
        assert_eq!(threshold(&sorted, 0.8), Some((0.6, 5)));
        assert_eq!(threshold(&sorted, 0.9), Some((0.8, 2)));
        assert_eq!(threshold(&sorted[2..3], 0.9), None);
    }
}
