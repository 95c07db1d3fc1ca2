//! Why there is no answer: nothing was written in any of these cases.

use std::time::Duration;

use thiserror::Error;

/// Why the ledger could not do or find out something. Refusals by the rules are no errors, but replies.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LedgerError {
    /// The same key is being worked on at this moment.
    #[error("a command with this idempotency key is being worked on: try again in a moment")]
    InFlight,
    /// The key was used for another request.
    #[error("this idempotency key was used for another request: expected the same method, path and body")]
    KeyReused,
    /// Too many commands wait.
    #[error("more commands wait than can be written down in time: try again in {} s", .0.as_secs().max(1))]
    Busy(Duration),
    /// No room on the disk.
    #[error("the disk is full: nothing new can be written down; free some space")]
    Full,
    /// The database cannot be reached or used.
    #[error("the database cannot be used: {0}")]
    Unavailable(String),
    /// The database belongs to something else.
    #[error("the ledger does not fit: {0}")]
    Mismatch(String),
}
