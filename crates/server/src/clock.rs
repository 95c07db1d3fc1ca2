//! What time it is: the only place of this crate that asks.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) use tokio::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(now);

/// The present moment, for deadlines and durations.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Milliseconds since the first call, as the engine wants them.
pub(crate) fn milliseconds() -> f64 {
    START.elapsed().as_secs_f64() * 1e3
}

/// Seconds since 1970, as answers carry them.
#[expect(clippy::disallowed_methods, reason = "a server has a calendar; the rule is for WebAssembly")]
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
