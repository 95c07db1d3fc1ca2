//! Reading beside the writers: nothing is locked, and nobody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use oolong_protocol::shop::Millis;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use tokio_postgres::{Config, Error, Row, Statement, types::ToSql};

use super::session::{Session, Trouble, statements, unavailable};
use super::{TIME, row};
use crate::LedgerError;
use crate::rows::{GrantRow, OrderRow, OutboxRow, StoreRow, VoucherRow};

/// Connections; queries of many requests travel on each of them at once.
const CONNECTIONS: usize = 3;

/// How often a query is tried when its connection is lost.
const ATTEMPTS: u32 = 4;

/// How long it is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

statements! {
    /// What reads.
    Reading {
        now = TIME,
        vouchers = format!("SELECT {} FROM vouchers ORDER BY id", row::VOUCHER),
        wallet = format!("SELECT {} FROM grants WHERE shopper = $1 ORDER BY shopper, voucher, n", row::GRANT),
        order = format!("SELECT {} FROM orders WHERE id = $1", row::ORDER),
        orders = format!(
            "SELECT {} FROM orders WHERE shopper = $1 ORDER BY placed_at DESC, id DESC LIMIT $2",
            row::ORDER
        ),
        queue = format!(
            "(SELECT {0} FROM orders WHERE store = $1 AND state = 'sent' ORDER BY sent_at, id LIMIT $2)
             UNION ALL
             (SELECT {0} FROM orders WHERE store = $1 AND state = 'ready' ORDER BY sent_at DESC, id DESC LIMIT $2)",
            row::ORDER
        ),
        stores = format!("SELECT {} FROM stores WHERE id = ANY($1)", row::STORE),
        changes = "SELECT seq, store, detail FROM events WHERE kind = 'store_state' AND seq > $1 ORDER BY seq LIMIT $2",
        // Of the changes of stores, which alone become visible in sequence; an event of another kind may overtake.
        last_event = "SELECT COALESCE(max(seq), 0) FROM events WHERE kind = 'store_state'",
        outbox_due = format!(
            "SELECT {} FROM outbox WHERE state = 'pending' AND due_at <= $1 AND NOT EXISTS
                 (SELECT 1 FROM outbox AS before
                  WHERE before.order_id = outbox.order_id AND before.seq < outbox.seq AND before.state = 'pending')
             ORDER BY due_at, written LIMIT $2",
            row::OUTBOX
        ),
        outbox_dead = format!(
            "SELECT {} FROM outbox WHERE state = 'dead' ORDER BY created_at DESC, order_id DESC, seq DESC LIMIT $1",
            row::OUTBOX
        ),
    }
}

type Connected = Arc<Session<Reading>>;
type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Some connections that read, each opened when it is needed first and again when it was lost.
pub(super) struct Readers {
    config: Config,
    sessions: [Mutex<Option<Connected>>; CONNECTIONS],
    turn: AtomicUsize,
}

impl Readers {
    /// Readers that have not connected yet.
    pub(super) fn new(config: Config) -> Self {
        Self { config, sessions: std::array::from_fn(|_| Mutex::new(None)), turn: AtomicUsize::new(0) }
    }

    pub(super) async fn now(&self, clock: Option<Millis>) -> Result<Millis, LedgerError> {
        row::get(one(&self.query(|with| &with.now, &[&clock]).await?)?, 0)
    }

    pub(super) async fn vouchers(&self) -> Result<Vec<VoucherRow>, LedgerError> {
        self.query(|with| &with.vouchers, &[]).await?.iter().map(row::voucher).collect()
    }

    pub(super) async fn wallet(&self, shopper: String) -> Result<Vec<GrantRow>, LedgerError> {
        self.query(|with| &with.wallet, &[&shopper]).await?.iter().map(row::grant).collect()
    }

    pub(super) async fn order(&self, id: String) -> Result<Option<OrderRow>, LedgerError> {
        self.query(|with| &with.order, &[&id]).await?.first().map(row::order).transpose()
    }

    pub(super) async fn orders(&self, shopper: String, limit: usize) -> Result<Vec<OrderRow>, LedgerError> {
        self.query(|with| &with.orders, &[&shopper, &number(limit)]).await?.iter().map(row::order).collect()
    }

    pub(super) async fn queue(&self, store: String, limit: usize) -> Result<Vec<OrderRow>, LedgerError> {
        self.query(|with| &with.queue, &[&store, &number(limit)]).await?.iter().map(row::order).collect()
    }

    pub(super) async fn stores(&self, ids: Vec<String>) -> Result<Vec<StoreRow>, LedgerError> {
        self.query(|with| &with.stores, &[&ids]).await?.iter().map(row::store).collect()
    }

    pub(super) async fn changes(&self, after: i64, limit: usize) -> Result<Vec<(i64, String, String)>, LedgerError> {
        let found = self.query(|with| &with.changes, &[&after, &number(limit)]).await?;
        found.iter().map(|found| Ok((row::get(found, 0)?, row::get(found, 1)?, row::get(found, 2)?))).collect()
    }

    pub(super) async fn last_event(&self) -> Result<i64, LedgerError> {
        row::get(one(&self.query(|with| &with.last_event, &[]).await?)?, 0)
    }

    pub(super) async fn outbox_due(&self, now: Millis, limit: usize) -> Result<Vec<OutboxRow>, LedgerError> {
        self.query(|with| &with.outbox_due, &[&now, &number(limit)]).await?.iter().map(row::outbox).collect()
    }

    pub(super) async fn outbox_dead(&self, limit: usize) -> Result<Vec<OutboxRow>, LedgerError> {
        self.query(|with| &with.outbox_dead, &[&number(limit)]).await?.iter().map(row::outbox).collect()
    }

    /// Reading twice does no harm, so a lost connection is nobody's concern as long as there is another.
    async fn query(
        &self,
        which: impl Fn(&Reading) -> &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, LedgerError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match timeout(PATIENCE, self.ask(&which, parameters)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) => error,
                Err(_) => return Err(LedgerError::Unavailable("PostgreSQL does not answer".to_owned())),
            };
            if Trouble::of(&error) != Trouble::Lost || attempt == ATTEMPTS {
                return Err(unavailable(&error));
            }
            sleep(Duration::from_millis(50 << attempt)).await;
        }
    }

    async fn ask(&self, which: impl Fn(&Reading) -> &Statement, parameters: Parameters<'_>) -> Result<Vec<Row>, Error> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % CONNECTIONS;
        let session = {
            let mut place = self.sessions[turn].lock().await;
            match place.as_ref().filter(|session| !session.is_closed()) {
                Some(session) => Arc::clone(session),
                None => Arc::clone(place.insert(Arc::new(Session::open(&self.config).await?))),
            }
        };
        session.client.query(which(&session.statements), parameters).await
    }
}

fn one(rows: &[Row]) -> Result<&Row, LedgerError> {
    rows.first().ok_or_else(|| LedgerError::Mismatch("expected one row, found none".to_owned()))
}

fn number(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
