//! `oolong`: the engine of the page on the command line.

mod cases;
mod eval;
mod load;
mod parse;

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
    /// Measures frame match over a file of test cases (JSON Lines).
    Eval(eval::Arguments),
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
