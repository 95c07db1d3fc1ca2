//! The ledger on PostgreSQL 14 or later; several servers can share one database.
//!
//! - Rows are locked when they are loaded, always in the same order (orders, stores, grants, vouchers, announcements; by
//!   key within each), so that units of different processes wait for each other instead of failing.
//! - New rows have keys that only one process can insert; the other loads and decides again.
//! - The time of a unit is the database's, read while its rows are locked: all processes share one clock.
//! - Connections are not encrypted: use a socket, a trusted network, or a proxy that encrypts.

mod audit;
mod load;
mod migrate;
mod read;
mod row;
mod session;
mod store;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use oolong_protocol::shop::Millis;
use tokio_postgres::Config;

use crate::LedgerError;
use crate::audit::Auditor;
use crate::backend::{Backend, Tuning, Work, Writer};
use crate::clock::{Timeline, instant};
use crate::rows::{GrantRow, OrderRow, OutboxRow, StoreRow, VoucherRow};

/// Milliseconds since 1970: a test's clock, or the database's at the moment of the call rather than of the transaction's
/// beginning. As a subquery it is looked at once for each query.
const NOW: &str = "(SELECT COALESCE($1::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))";

/// The ledger's time: a clock that is set back does not take it back behind what has happened. Each process has it run on
/// meanwhile, see [`Timeline`].
const TIME: &str = "SELECT greatest(
     (SELECT COALESCE($1::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)),
     (SELECT at FROM events ORDER BY seq DESC LIMIT 1))";

/// Migrates the database, binds it to the campaign, or refuses one that is bound to another.
pub(crate) async fn open(url: String, campaign: String, tuning: Tuning) -> Result<Arc<dyn Backend>, LedgerError> {
    let config = session::config(&url)?;
    migrate::migrate(&config, &campaign).await?;
    let readers = read::Readers::new(config.clone());
    let timeline = Arc::new(Timeline::new(Millis::MIN));
    Ok(Arc::new(Postgres { config, readers, tuning, timeline }))
}

struct Postgres {
    config: Config,
    readers: read::Readers,
    tuning: Tuning,
    timeline: Arc<Timeline>,
}

impl Backend for Postgres {
    /// One: units that need the same voucher could not run side by side anyway, and fuller units need fewer commits.
    fn writers(&self) -> Result<Vec<Box<dyn Writer>>, LedgerError> {
        let (config, clock) = (self.config.clone(), self.tuning.clock.clone());
        Ok(vec![Box::new(writer::PostgresWriter::new(config, clock, Arc::clone(&self.timeline)))])
    }

    fn now(&self) -> Work<'_, Millis> {
        let clock = self.tuning.clock.as_ref().map(|clock| clock());
        Box::pin(async move {
            let asked = instant();
            let told = self.readers.now(clock).await?;
            // A test's clock is taken at its word.
            Ok(if clock.is_some() { told } else { self.timeline.see(told, asked, instant()) })
        })
    }

    fn vouchers(&self) -> Work<'_, Vec<VoucherRow>> {
        Box::pin(self.readers.vouchers())
    }

    fn wallet(&self, shopper: String) -> Work<'_, Vec<GrantRow>> {
        Box::pin(self.readers.wallet(shopper))
    }

    fn order(&self, id: String) -> Work<'_, Option<OrderRow>> {
        Box::pin(self.readers.order(id))
    }

    fn orders(&self, shopper: String, limit: usize) -> Work<'_, Vec<OrderRow>> {
        Box::pin(self.readers.orders(shopper, limit))
    }

    fn queue(&self, store: String, limit: usize) -> Work<'_, Vec<OrderRow>> {
        Box::pin(self.readers.queue(store, limit))
    }

    fn stores(&self, ids: Vec<String>) -> Work<'_, Vec<StoreRow>> {
        Box::pin(self.readers.stores(ids))
    }

    fn changes(&self, after: i64, limit: usize) -> Work<'_, Vec<(i64, String, String)>> {
        Box::pin(self.readers.changes(after, limit))
    }

    fn last_event(&self) -> Work<'_, i64> {
        Box::pin(self.readers.last_event())
    }

    fn outbox_due(&self, now: Millis, limit: usize) -> Work<'_, Vec<OutboxRow>> {
        Box::pin(self.readers.outbox_due(now, limit))
    }

    fn outbox_dead(&self, limit: usize) -> Work<'_, Vec<OutboxRow>> {
        Box::pin(self.readers.outbox_dead(limit))
    }

    fn audit(&self, auditor: Auditor) -> Work<'_, Auditor> {
        Box::pin(audit::audit(&self.config, auditor))
    }
}
