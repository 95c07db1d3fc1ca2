//! The handle that shells hold.

use std::sync::Arc;
use std::time::Duration;

use oolong_catalog::Campaign;
use oolong_protocol::shop::{
    Grant, GrantState, Live, Millis, Order, OrderState, StateChange, TillOrder, TillQueue, VoucherList, Wallet,
};

use crate::audit::{Audit, Auditor};
use crate::backend::{Backend, Tuning};
use crate::rows::{OutboxRow, VoucherRow};
use crate::rules::{self, Book};
use crate::writer::Desk;
use crate::{Act, Actor, Command, LedgerError, Place, Reply, Settings, StoreFacts, postgres, sqlite};

/// The most orders of a wallet or a till that are listed.
const LISTED: usize = 200;

/// The ledger. Clones are the same ledger; it ends when the last one is dropped, after all that waits is written down.
///
/// It has no clockwork of its own: whoever runs it submits [`Act::SendDue`] every second and [`Act::Sweep`] every few
/// seconds, as [`Actor::Clockwork`]; again at once while a sweep's reply says `"more":true`. Several processes may do so.
#[derive(Clone)]
pub struct Ledger {
    desk: Arc<Desk>,
    backend: Arc<dyn Backend>,
    book: Arc<Book>,
}

impl Ledger {
    /// Opens or begins the ledger of a campaign. Vouchers that the ledger does not know yet are issued with the stock,
    /// the number per shopper and the times of the campaign file; of those that it knows, only the operator changes these.
    ///
    /// # Errors
    /// [`LedgerError::Mismatch`] for the ledger of another campaign or a newer schema, else `Unavailable` or `Full`.
    pub async fn open(place: Place, campaign: Arc<Campaign>, settings: Settings) -> Result<Self, LedgerError> {
        Self::open_tuned(place, campaign, settings, Tuning::default()).await
    }

    /// The same for tests and measurements.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    #[doc(hidden)]
    pub async fn open_tuned(
        place: Place,
        campaign: Arc<Campaign>,
        settings: Settings,
        tuning: Tuning,
    ) -> Result<Self, LedgerError> {
        let backend: Arc<dyn Backend> = match place {
            Place::Sqlite(path) => sqlite::open(path, campaign.id.clone(), tuning.clone()).await?,
            Place::Postgres(url) => postgres::open(url, campaign.id.clone(), tuning.clone()).await?,
        };
        let book = Arc::new(Book::new(campaign, settings));
        let writers = {
            let backend = Arc::clone(&backend);
            tokio::task::spawn_blocking(move || backend.writers()).await.map_err(stopped)??
        };
        let desk = Arc::new(Desk::open(writers, Arc::clone(&book), &tuning)?);
        let ledger = Self { desk, backend, book };
        ledger.submit(Command { actor: Actor::Clockwork, idempotency: None, act: Act::Issue }).await?;
        Ok(ledger)
    }

    /// Has a command decided and written down; the reply comes after the commit. The command is carried out even if
    /// nobody waits for the reply any more.
    ///
    /// # Errors
    /// [`LedgerError`]: nothing was written (after `Unavailable`: possibly; the same key tells).
    pub async fn submit(&self, command: Command) -> Result<Reply, LedgerError> {
        self.desk.submit(command).await
    }

    /// How many commands wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.desk.waiting()
    }

    /// The ledger's time.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn now(&self) -> Result<Millis, LedgerError> {
        self.backend.now().await
    }

    /// How the campaign's vouchers stand.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn vouchers(&self) -> Result<VoucherList, LedgerError> {
        let now = self.backend.now().await?;
        let rows = self.backend.vouchers().await?;
        let listed = self.book.campaign.vouchers.iter();
        let vouchers = listed
            .filter_map(|voucher| rows.iter().find(|row| row.id == voucher.id))
            .map(|row| rules::status(row, now))
            .collect();
        Ok(VoucherList { campaign: self.book.campaign.id.clone(), as_of: now, vouchers })
    }

    /// All that the ledger has of each voucher, with its balance; for operators.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn balances(&self) -> Result<Vec<VoucherRow>, LedgerError> {
        self.backend.vouchers().await
    }

    /// What a shopper holds, with freshly signed tokens.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn wallet(&self, shopper: &str) -> Result<Wallet, LedgerError> {
        let now = self.backend.now().await?;
        let rows = self.backend.wallet(shopper.to_owned()).await?;
        let vouchers = if rows.is_empty() { Vec::new() } else { self.backend.vouchers().await? };
        let mut grants: Vec<Grant> = rows
            .iter()
            .filter_map(|row| {
                let voucher = vouchers.iter().find(|voucher| voucher.id == row.voucher)?;
                Some(rules::grant(row, voucher, rules::effective(row, voucher, now)))
            })
            .collect();
        grants.sort_by(|one, other| (one.claimed_at, &one.id).cmp(&(other.claimed_at, &other.id)));
        for grant in &mut grants {
            if matches!(grant.state, GrantState::Claimed | GrantState::Reserved) {
                grant.token = Some((self.book.settings.sign)(grant, shopper));
            }
        }
        Ok(Wallet { as_of: now, grants })
    }

    /// An order of a shopper, if it is this shopper's.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn order(&self, shopper: &str, id: &str) -> Result<Option<Order>, LedgerError> {
        let row = self.backend.order(id.to_owned()).await?;
        Ok(row.filter(|row| row.shopper == shopper).map(|row| row.order))
    }

    /// A shopper's orders, newest first, and the time.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn orders(&self, shopper: &str) -> Result<(Millis, Vec<Order>), LedgerError> {
        let now = self.backend.now().await?;
        let rows = self.backend.orders(shopper.to_owned(), LISTED).await?;
        Ok((now, rows.into_iter().map(|row| row.order).collect()))
    }

    /// What a store's till shows.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn queue(&self, store: &str) -> Result<TillQueue, LedgerError> {
        let now = self.backend.now().await?;
        let rows = self.backend.queue(store.to_owned(), LISTED).await?;
        let stores = self.backend.stores(vec![store.to_owned()]).await?;
        let live = rules::live(stores.first(), None, now, self.book.state_ttl());
        let orders = rows.into_iter().map(|row| rules::till_order(&row)).collect::<Vec<TillOrder>>();
        Ok(TillQueue { as_of: now, live, orders })
    }

    /// How these stores stand by their own word and their bookings; only those that have a fresh word.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn live(&self, stores: &[String]) -> Result<Vec<StateChange>, LedgerError> {
        let now = self.backend.now().await?;
        let ttl = self.book.state_ttl();
        let rows = self.backend.stores(stores.to_vec()).await?;
        let fresh = rows.iter().filter(|row| rules::has_word(row, now, ttl));
        Ok(fresh
            .map(|row| StateChange { store: row.id.clone(), live: rules::live(Some(row), None, now, ttl) })
            .collect())
    }

    /// How these stores stand, in their order: by their own word while it is fresh, else by their hours; and how long an
    /// order placed now would take.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn standing(&self, stores: &[StoreFacts]) -> Result<Vec<Live>, LedgerError> {
        let now = self.backend.now().await?;
        let rows = self.backend.stores(stores.iter().map(|facts| facts.id.clone()).collect()).await?;
        let row = |facts: &StoreFacts| rows.iter().find(|row| row.id == facts.id);
        Ok(stores.iter().map(|facts| rules::live(row(facts), Some(facts), now, self.book.state_ttl())).collect())
    }

    /// Changes of stores' states after the event `after`, oldest first, each with its sequence: the same for all
    /// processes.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn changes(&self, after: i64, limit: usize) -> Result<Vec<(i64, StateChange)>, LedgerError> {
        let rows = self.backend.changes(after, limit).await?;
        let read = |(seq, store, detail): (i64, String, String)| match serde_json::from_str(&detail) {
            Ok(live) => Ok((seq, StateChange { store, live })),
            Err(error) => Err(LedgerError::Mismatch(format!("event {seq}: expected a store's state, found {error}"))),
        };
        rows.into_iter().map(read).collect()
    }

    /// The sequence from which on somebody who has just looked follows the changes.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn last_change(&self) -> Result<i64, LedgerError> {
        self.backend.last_event().await
    }

    /// Announcements to be made now: of each order the next one. Each is taken on with [`Ledger::outbox_take`] first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn outbox_due(&self, limit: usize) -> Result<Vec<OutboxRow>, LedgerError> {
        let now = self.backend.now().await?;
        self.backend.outbox_due(now, limit).await
    }

    /// What is still to be announced, due or not: of each order the next one, earliest first; for operators.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn outbox_pending(&self, limit: usize) -> Result<Vec<OutboxRow>, LedgerError> {
        self.backend.outbox_due(Millis::MAX, limit).await
    }

    /// How an order stands, whoever's it is; for operators.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn order_state(&self, id: &str) -> Result<Option<OrderState>, LedgerError> {
        Ok(self.backend.order(id.to_owned()).await?.map(|row| row.order.state))
    }

    /// Announcements that were given up, latest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn outbox_dead(&self, limit: usize) -> Result<Vec<OutboxRow>, LedgerError> {
        self.backend.outbox_dead(limit).await
    }

    /// Takes an announcement on: the number of the try, and some seconds in which no other process is given it; `None`
    /// where it is not due or another process was first. Say [`Ledger::outbox_done`] or [`Ledger::outbox_failed`] then.
    ///
    /// # Errors
    /// As [`Ledger::submit`].
    pub async fn outbox_take(&self, order: &str, seq: i64) -> Result<Option<i64>, LedgerError> {
        let act = Act::Announcing { order: order.to_owned(), seq };
        let reply = self.submit(Command { actor: Actor::Clockwork, idempotency: None, act }).await?;
        let taken: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        Ok(taken["attempt"].as_i64())
    }

    /// The partner has taken the announcement `seq` of the order.
    ///
    /// # Errors
    /// As [`Ledger::submit`].
    pub async fn outbox_done(&self, order: &str, seq: i64) -> Result<Reply, LedgerError> {
        let act = Act::Announced { order: order.to_owned(), seq };
        self.submit(Command { actor: Actor::Clockwork, idempotency: None, act }).await
    }

    /// The partner has not taken it at this try: to be tried again after `wait`, or given up, whereupon the order has
    /// failed and its vouchers are back in the wallet. Of a try that is not the latest, nothing.
    ///
    /// # Errors
    /// As [`Ledger::submit`].
    pub async fn outbox_failed(
        &self,
        order: &str,
        seq: i64,
        attempt: i64,
        error: &str,
        wait: Option<Duration>,
    ) -> Result<Reply, LedgerError> {
        let wait = wait.map(|wait| Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX));
        let act = Act::NotAnnounced { order: order.to_owned(), seq, attempt, error: error.to_owned(), wait };
        self.submit(Command { actor: Actor::Clockwork, idempotency: None, act }).await
    }

    /// Compares all rows with the history.
    ///
    /// # Errors
    /// When the database cannot be used. Breaches are no error.
    pub async fn audit(&self) -> Result<Audit, LedgerError> {
        Ok(self.backend.audit(Auditor::default()).await?.finish())
    }

    /// Writes down all that waits, takes nothing more and closes.
    pub async fn close(self) {
        let desk = Arc::clone(&self.desk);
        drop(self);
        if tokio::task::spawn_blocking(move || desk.close()).await.is_err() {
            tracing::error!("the ledger's writer could not be awaited");
        }
    }
}

fn stopped(_: tokio::task::JoinError) -> LedgerError {
    LedgerError::Unavailable("the server is stopping".to_owned())
}
