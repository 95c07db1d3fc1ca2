//! `oolong eval`: frame match over a test file, by the contract's rules.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use oolong_intent::{Frame, IntentParser as _, RawFrame, Report, Utterance};

use crate::cases::read_cases;
use crate::load::Sources;

/// What to measure.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Test cases, JSON Lines in the contract's format.
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
    /// Fails (exit 1) when the share of matching cases is lower.
    #[arg(long, value_name = "SHARE")]
    min_frame_match: Option<f64>,
    /// Prints every case that went wrong, with what was expected and found.
    #[arg(long)]
    errors: bool,
    #[command(flatten)]
    sources: Sources,
}

/// Measures and prints; the last line on standard output is the summary.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let cases = read_cases(&arguments.cases)?;
    let mut engine = arguments.sources.engine()?;
    let mut report = Report::default();
    let mut latencies = Vec::new();
    for case in &cases {
        let parse = Utterance::new(&case.text)
            .map_err(anyhow::Error::from)
            .and_then(|utterance| Ok(engine.parse(&utterance, &case.context, &|| false)?));
        let (frames, confidence) = match parse {
            Ok(parse) => {
                latencies.push(parse.evidence.timings.total_ms());
                (parse.frames, parse.confidence)
            }
            Err(error) => {
                eprintln!("{}: {error:#}", case.id);
                (Vec::new(), 0.0)
            }
        };
        if !report.add(case, &frames) && arguments.errors {
            println!("{} ({confidence:.2}) {}", case.id, case.text);
            println!("  expected {}\n  found    {}", json(&case.frames)?, json(&frames)?);
        }
    }
    for (language, (matched, cases)) in &report.languages {
        println!("{language}: {matched} of {cases}");
    }
    latencies.sort_by(f64::total_cmp);
    let percentile =
        |share: usize| latencies.get(latencies.len().saturating_sub(1) * share / 100).copied().unwrap_or_default();
    println!("parse: p50 {:.1} ms, p95 {:.1} ms", percentile(50), percentile(95));
    println!("{}", report.summary());
    let passed = arguments.min_frame_match.is_none_or(|least| report.frame_match() >= least);
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn json(frames: &[Frame]) -> Result<String> {
    let raw: Vec<RawFrame> = frames.iter().cloned().map(RawFrame::from).collect();
    Ok(serde_json::to_string(&raw)?)
}
