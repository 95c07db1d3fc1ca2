//! `oolong`: the engine of the page on the command line.

mod benchmark;
mod calibrate;
mod cases;
mod eval;
mod lint;
mod load;
mod outputs;
mod parse;
mod parsers;
mod remote;
mod stores;
mod stores_bench;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Understands shopping utterances offline, with the same engine and model as the page.
#[derive(Parser)]
#[command(version, about)]
struct Command {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Prints the frames of one utterance as JSON.
    Parse(parse::Arguments),
    /// Measures a parser over a file of test cases and reports.
    Eval(Box<eval::Arguments>),
    /// Checks a file of test cases against a campaign, without running any.
    Lint(lint::Arguments),
    /// Fits the confidence of a model to held-out sentences.
    Calibrate(calibrate::Arguments),
    /// Measures a parser on a published test set, by the set's own metric.
    Benchmark(Box<benchmark::Arguments>),
    /// Packs, generates, finds and checks stores.
    Stores(Box<stores::Arguments>),
    /// Prints the JSON Schema of frames, contexts or campaigns.
    Schema {
        /// Which shape.
        #[arg(value_enum)]
        of: Shape,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Shape {
    /// The result of a parse: `{"frames": […]}`.
    Frames,
    /// The context of an utterance.
    Context,
    /// A campaign file.
    Campaign,
}

fn main() -> ExitCode {
    let outcome = match Command::parse().task {
        Task::Parse(arguments) => parse::run(&arguments),
        Task::Eval(arguments) => eval::run(&arguments),
        Task::Lint(arguments) => lint::run(&arguments),
        Task::Calibrate(arguments) => calibrate::run(&arguments),
        Task::Benchmark(arguments) => benchmark::run(&arguments),
        Task::Stores(arguments) => stores::run(&arguments),
        Task::Schema { of } => print_schema(of),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("oolong: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn print_schema(of: Shape) -> anyhow::Result<ExitCode> {
    let schema = match of {
        Shape::Frames => schemars::schema_for!(oolong_intent::RawFrames),
        Shape::Context => schemars::schema_for!(oolong_intent::Context),
        Shape::Campaign => schemars::schema_for!(oolong_catalog::Campaign),
    };
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(ExitCode::SUCCESS)
}
