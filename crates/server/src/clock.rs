//! What time it is: the only place of this crate that asks.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
pub(crate) fn unix_seconds() -> u64 {
    since_1970().as_secs()
}

/// Milliseconds since 1970, as the shop counts time.
pub(crate) fn unix_millis() -> i64 {
    i64::try_from(since_1970().as_millis()).unwrap_or(i64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a server has a calendar; the rule is for WebAssembly")]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
