//! Logs for people at a terminal, JSON for everything else, and never a word of a shopper.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Logs to standard error from now on. Only this crate's own lines: what libraries log is not known to be free of words.
pub fn start(level: LevelFilter) {
    if stderr().is_terminal() {
        let layer = fmt::layer().with_writer(stderr).with_target(false);
        // Only the first call in a process counts.
        let _ = tracing_subscriber::registry().with(layer).with(own(level)).try_init();
    } else {
        start_json(level, stderr);
    }
    silence_panics();
}

/// Logs JSON lines to `writer`.
pub fn start_json<W>(level: LevelFilter, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer().json().flatten_event(true).with_writer(writer).with_target(false);
    let _ = tracing_subscriber::registry().with(layer).with(own(level)).try_init();
    silence_panics();
}

fn own(level: LevelFilter) -> Targets {
    Targets::new().with_target(env!("CARGO_CRATE_NAME"), level)
}

/// A panic says where it happened, not what it was about: messages of the standard library quote the text at hand.
fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}
