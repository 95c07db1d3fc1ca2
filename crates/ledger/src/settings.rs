//! What whoever runs the ledger decides.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use oolong_protocol::shop::Grant;

/// Where the ledger is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file; `-wal` and `-shm` lie beside it.
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// Makes the token of a grant for the shopper with this id. The same grant gives the same text; it is called in the task
/// of whoever claims or looks at a wallet, and now and then by a writer.
pub type Sign = Arc<dyn Fn(&Grant, &str) -> String + Send + Sync>;

/// What the operator can decide.
#[derive(Clone)]
pub struct Settings {
    /// How long a reservation waits for its confirmation.
    pub hold: Duration,
    /// How old a store's own word on its state may be before it is unknown.
    pub state_ttl: Duration,
    /// Signing is the shell's business.
    pub sign: Sign,
    /// Where orders for delivery are announced, if anywhere: written into the outbox.
    pub partner: Option<String>,
}
