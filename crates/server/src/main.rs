//! `oolong-server`: the remote agent as a program.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::Parser as _;
use oolong_server::{Config, Key, Server, logs, one_thread_each};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;

/// How many threads candle computes with; it can be told only so, and only before it starts.
const THREADS: &str = "RAYON_NUM_THREADS";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("oolong-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut config = Config::parse();
    logs::start(LevelFilter::INFO);
    if one_thread_each(&config) && std::env::var_os(THREADS).is_none() {
        let error = restart_with_threads(1);
        tracing::warn!(%error, "engines share threads: set {THREADS}=1 where this program cannot do it itself");
    }
    config.upstream_key = std::env::var("OOLONG_UPSTREAM_KEY").ok().filter(|key| !key.is_empty()).map(Key::new);
    let runtime = Runtime::new().context("starting threads")?;
    let served = runtime.block_on(serve(config));
    // Files that are still being compressed are not waited for.
    runtime.shutdown_background();
    served
}

async fn serve(config: Config) -> Result<()> {
    let running = Server::start(config).await?;
    println!("{}", running.url());
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C")?,
    }
    running.stop().await;
    Ok(())
}

/// Becomes this program once more, with the variable set: the same process, arguments and files. Returns only to say why
/// it could not.
fn restart_with_threads(count: usize) -> std::io::Error {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return error,
    };
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| program.clone().into());
    Command::new(program).arg0(name).args(arguments).env(THREADS, count.to_string()).exec()
}
