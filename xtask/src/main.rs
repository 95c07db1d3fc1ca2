//! `cargo xtask demo | test | bench | model`.

mod demo;
mod steps;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};
use xtask::{chromium, model, modules, process, site, workspace};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// What `bench` measures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// The page in Chromium, with the map of 300,000 stores.
    Page,
    /// Of that the map alone.
    Map,
    /// The server at five times the load that it can infer.
    Agent,
    /// The shop server: claims, replays, forgeries, caps with four processes, event streams; on SQLite and PostgreSQL.
    Server,
    /// The shop server killed a hundred times and its power cut fifty times, under load.
    Crash,
}

#[derive(Subcommand)]
enum Command {
    /// Build the release site and serve it on this machine.
    Demo {
        /// Port on 127.0.0.1.
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Serve what was built before.
        #[arg(long)]
        no_build: bool,
    },
    /// Check everything that must hold before a change is taken in.
    Test {
        /// Leave out the steps that need the site or a browser.
        #[arg(long)]
        fast: bool,
        /// Run only this step (may be given several times; `list` shows them).
        #[arg(long, value_name = "STEP")]
        only: Vec<String>,
    },
    /// Measure a release build: the site in Chromium, or the remote agent's server under a flood. Tables are also written
    /// to target/bench.json and target/bench-agent.json.
    Bench {
        /// What is measured.
        #[arg(value_enum, default_value_t = Subject::Page)]
        subject: Subject,
        /// How often each figure is taken; the median counts.
        #[arg(long, default_value_t = 3)]
        rounds: u32,
        /// Measure what was built before.
        #[arg(long)]
        no_build: bool,
    },
    /// Build the modules beside the page; trunk calls this.
    #[command(hide = true)]
    Modules {
        /// Folder that trunk builds the site in.
        #[arg(long, env = "TRUNK_STAGING_DIR")]
        site: std::path::PathBuf,
    },
    /// Check the committed model against its manifest, and say how it was made.
    Model,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Demo { port, no_build } => demo::run(port, no_build),
        Command::Test { fast, only } => steps::run(fast, &only),
        Command::Bench { subject: Subject::Agent, no_build, .. } => {
            if !no_build {
                site::build()?;
                process::run(&mut process::cargo(["build", "--locked", "--release", "--package", "oolong-server"]))?;
            }
            process::run(&mut process::cargo([
                "run",
                "--quiet",
                "--locked",
                "--release",
                "--package",
                "oolong-tests",
                "--bin",
                "bench_agent",
            ]))
        }
        Command::Bench { subject: subject @ (Subject::Server | Subject::Crash), no_build, .. } => {
            if !no_build {
                process::run(&mut process::cargo(["build", "--locked", "--release", "--package", "oolong-server"]))?;
            }
            let mut bench = match subject {
                Subject::Server => {
                    process::cargo(["run", "--quiet", "--locked", "--release", "--package", "oolong-tests"])
                }
                _ => process::cargo(["test", "--quiet", "--locked", "--release", "--package", "oolong-tests"]),
            };
            let server = workspace::target().join("release/oolong-server");
            bench.env("OOLONG_SERVER", server.with_extension(std::env::consts::EXE_EXTENSION));
            if subject == Subject::Server {
                return process::run(bench.args(["--bin", "bench_server"]));
            }
            bench.env("OOLONG_KILLS", "100").env("OOLONG_POWER_CUTS", "50");
            process::run(bench.args(["--test", "crash", "--", "--test-threads", "1", "--nocapture"]))
        }
        Command::Bench { subject: subject @ (Subject::Page | Subject::Map), rounds, no_build } => {
            let found = chromium::ensure()?;
            if !no_build {
                site::build()?;
                process::run(&mut process::cargo(["build", "--locked", "--release", "--package", "oolong-server"]))?;
            }
            let rounds = rounds.to_string();
            let part = if subject == Subject::Map { "map" } else { "all" };
            let mut bench = process::cargo([
                "run",
                "--quiet",
                "--locked",
                "--package",
                "oolong-tests",
                "--bin",
                "bench",
                "--",
                &rounds,
                part,
            ]);
            process::run(bench.env("CHROMIUM", found.browser).env("CHROMEDRIVER", found.driver))
        }
        Command::Modules { site } => modules::build(&site),
        Command::Model => {
            let manifest = model::verify(&workspace::root().join("public/model"))?;
            println!("{}: {} bytes, SHA-256 {}: as pinned.", manifest.file, manifest.bytes, manifest.sha256);
            println!("How it was trained, and how to train another: training/README.md");
            Ok(())
        }
    }
}
