//! Many alike as one line of a log: a crowd that is turned away must not fill the disk.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Instant, now};

/// The least time between two lines.
const PAUSE: Duration = Duration::from_secs(10);

/// A count since the last line.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<(Option<Instant>, u64)>);

impl Tally {
    /// Counts one more; gives the count when it is time for a line.
    pub(crate) fn add(&self) -> Option<u64> {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.1 += 1;
        if tally.0.is_some_and(|last| last.elapsed() < PAUSE) {
            return None;
        }
        let count = tally.1;
        *tally = (Some(now()), 0);
        Some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_is_told_at_once_and_the_rest_together() {
        let tally = Tally::default();
        assert_eq!(tally.add(), Some(1));
        assert!((0..100).all(|_| tally.add().is_none()));
        tokio::time::advance(PAUSE).await;
        assert_eq!(tally.add(), Some(101));
    }
}
