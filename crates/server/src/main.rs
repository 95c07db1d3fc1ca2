//! `oolong-server`: the remote agent and the shop as a program.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::Parser as _;
use oolong_server::{Config, Key, Operation, Server, logs, one_thread_each, operate};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;

/// A claim makes and drops some hundred small things on several threads: a sixth of the time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many threads candle computes with; it can be told only so, and only before it starts.
const THREADS: &str = "RAYON_NUM_THREADS";

fn main() -> ExitCode {
    let mut config = Config::parse();
    let done = match config.operation.take() {
        Some(operation) => command(&config, operation),
        None => run(config).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("oolong-server: {error:#}");
        ExitCode::FAILURE
    })
}

/// One of the operator's commands.
fn command(config: &Config, operation: Operation) -> Result<ExitCode> {
    logs::start(LevelFilter::WARN);
    let runtime = Runtime::new().context("starting threads")?;
    Ok(runtime.block_on(operate(config, operation)))
}

fn run(mut config: Config) -> Result<()> {
    logs::start(LevelFilter::INFO);
    allow_many_files();
    if one_thread_each(&config) && std::env::var_os(THREADS).is_none() {
        let error = restart_with_threads(1);
        tracing::warn!(%error, "engines share threads: set {THREADS}=1 where this program cannot do it itself");
    }
    let secret = |name: &str| std::env::var(name).ok().filter(|key| !key.is_empty()).map(Key::new);
    config.upstream_key = secret("OOLONG_UPSTREAM_KEY");
    config.shop.partner_secret = secret("OOLONG_PARTNER_SECRET");
    let runtime = Runtime::new().context("starting threads")?;
    let served = runtime.block_on(serve(config));
    // Files that are still being compressed are not waited for.
    runtime.shutdown_background();
    served
}

async fn serve(config: Config) -> Result<()> {
    let demo = config.shop.demo;
    let running = Server::start(config).await?;
    println!("{}", running.url());
    if demo && let Some((store, name, key)) = running.example_store() {
        println!("Till: {}till", running.url());
        println!("Its store, for example: {store} ({name}), with the key {key}");
    }
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C")?,
    }
    running.stop().await;
    Ok(())
}

/// Connections need file descriptors, and the usual soft limit is for programs that know no more than 1,024.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
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
