//! The handle that shells hold.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use oolong_catalog::Campaign;
use oolong_protocol::shop::{Grant, Live, Millis, Order, StateChange, TillOrder, VoucherStatus};

use crate::{Command, LedgerError, Reply};

/// Where the ledger is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file; `-wal` and `-shm` lie beside it.
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// What the operator can decide.
#[derive(Clone)]
pub struct Settings {
    /// How long a reservation waits for its confirmation.
    pub hold: Duration,
    /// How old a store's own word on its state may be before it is unknown.
    pub state_ttl: Duration,
    /// Makes the token of a grant (id, voucher, shopper, issued at, expires at): signing is the shell's business.
    pub sign: Arc<dyn Fn(&Grant, &str) -> String + Send + Sync>,
    /// Where orders for delivery are announced, if anywhere: written into the outbox.
    pub partner: Option<String>,
}
