//! What the server was spared.

use serde::{Deserialize, Serialize};

/// How many utterances were answered, and with how many calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Utterances that were answered.
    pub answered: u64,
    /// Those of them for which the remote agent was called.
    pub remote: u64,
    /// Calls, second attempts included.
    pub calls: u64,
}

impl Tally {
    /// Counts an utterance that took this many calls.
    pub fn count(&mut self, calls: u32) {
        self.answered = self.answered.saturating_add(1);
        self.remote = self.remote.saturating_add(u64::from(calls > 0));
        self.calls = self.calls.saturating_add(calls.into());
    }

    /// Utterances that the server never heard of.
    #[must_use]
    pub fn spared(&self) -> u64 {
        self.answered.saturating_sub(self.remote)
    }
}
