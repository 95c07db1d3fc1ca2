//! `oolong parse`: one utterance, or one a line from standard input.

use std::io::BufRead as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use oolong_intent::{Context, IntentParser as _, Parse, RawFrame, RawFrames, Utterance};
use oolong_nlu::Engine;

use crate::load::Sources;

/// What to parse and how to print it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What a shopper says; `-` reads one utterance a line from standard input.
    utterance: String,
    /// What the agent knows, as JSON: `{"asked":"size","cart":[{"item":"latte","quantity":1}]}`.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    context: String,
    /// Prints confidence, spans, prompt, answer and timings as well.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    sources: Sources,
}

/// Parses and prints.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let context: Context =
        serde_json::from_str(&arguments.context).context("--context: expected the contract's context as JSON")?;
    let mut engine = arguments.sources.engine()?;
    if arguments.utterance == "-" {
        for line in std::io::stdin().lock().lines() {
            print(&mut engine, &line.context("standard input")?, &context, arguments.explain)?;
        }
    } else {
        print(&mut engine, &arguments.utterance, &context, arguments.explain)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(engine: &mut Engine, text: &str, context: &Context, explain: bool) -> Result<()> {
    let utterance = Utterance::new(text)?;
    let parse: Parse = engine.parse(&utterance, context, &|| false)?;
    if explain {
        println!("{}", serde_json::to_string_pretty(&parse)?);
    } else {
        let frames: Vec<RawFrame> = parse.frames.into_iter().map(RawFrame::from).collect();
        println!("{}", serde_json::to_string(&RawFrames { frames })?);
    }
    Ok(())
}
