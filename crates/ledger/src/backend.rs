//! What a database does for the ledger: load rows, store rows, read. No rule is here.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use oolong_protocol::shop::{Millis, OrderState};

use crate::rows::{EventKind, EventRow, GrantRow, OrderRow, OutboxRow, ReplyRow, StoreRow, VoucherRow};
use crate::{LedgerError, audit::Auditor};

/// An answer to come.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'a>>;

/// An order that was sent so long ago and was not handed over since is not waited for any more.
pub(crate) const FORGOTTEN: Millis = 24 * 3_600_000;

/// A clock in milliseconds since 1970, for tests.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// Names of the rows that a unit of work may touch, before any of them is known. Whatever is loaded draws other rows in:
///
/// 1. the orders named, up to `due` confirmed orders with `starts_at <= now` (by `starts_at`, then id), up to `lapsed`
///    reserved orders with `hold_until < now` and up to `forgotten` orders that were sent [`FORGOTTEN`] before `now`;
/// 2. the stores named, and those of the orders;
/// 3. the wallets (all grants of a shopper) named, and those of the shoppers of the orders;
/// 4. with `walk`: of the first voucher (by id) whose `walk` is set, see [`Walk`];
/// 5. the vouchers named, and those of all grants loaded; all of them with `every_voucher`;
/// 6. the outbox rows that the partner has not taken, of the orders named in `outbox`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Digests of stored replies.
    pub replies: Vec<[u8; 16]>,
    /// Shoppers, with all their grants.
    pub wallets: BTreeSet<String>,
    /// Vouchers.
    pub vouchers: BTreeSet<String>,
    /// All vouchers.
    pub every_voucher: bool,
    /// Orders.
    pub orders: BTreeSet<String>,
    /// Stores.
    pub stores: BTreeSet<String>,
    /// Orders whose outbox rows are wanted, as far as the partner has not taken them.
    pub outbox: BTreeSet<String>,
    /// How many orders that are due.
    pub due: usize,
    /// How many reservations that are too old.
    pub lapsed: usize,
    /// How many orders that nobody has handed over.
    pub forgotten: usize,
    /// How many grants (of any voucher) to go through for a voucher that has `walk` set.
    pub walk: usize,
}

/// The rows that were found. Those not found are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Replies.
    pub replies: Vec<ReplyRow>,
    /// Grants.
    pub grants: Vec<GrantRow>,
    /// Vouchers.
    pub vouchers: Vec<VoucherRow>,
    /// Orders.
    pub orders: Vec<OrderRow>,
    /// Ids of those among them that are due, in the order of their times.
    pub due: Vec<String>,
    /// Ids of those among them that are too old.
    pub lapsed: Vec<String>,
    /// Ids of those among them that nobody has handed over.
    pub forgotten: Vec<String>,
    /// Stores.
    pub stores: Vec<StoreRow>,
    /// Outbox rows that are pending or were given up.
    pub outbox: Vec<OutboxRow>,
    /// A stretch of grants to go through.
    pub walk: Option<Walk>,
}

/// A stretch of all grants in the order of their keys, from a voucher's `walk` on. Only those of the voucher in the
/// states `claimed` and `expired` are loaded (into [`Rows::grants`] too, if not there already).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Walk {
    /// The voucher.
    pub voucher: String,
    /// Ids of its grants in this stretch.
    pub grants: Vec<String>,
    /// Where the next stretch begins: the id of the last grant looked at (of whatever voucher); `None` at the end.
    pub next: Option<String>,
}

/// What a unit of work changed: all of it is stored, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// New and changed, whole rows.
    pub vouchers: Vec<VoucherRow>,
    /// New and changed; `true`: new, so that a key that is taken is a [`Setback::Conflict`].
    pub grants: Vec<(GrantRow, bool)>,
    /// New and changed; `true`: new.
    pub orders: Vec<(OrderRow, bool)>,
    /// New and changed.
    pub stores: Vec<StoreRow>,
    /// New and changed.
    pub outbox: Vec<OutboxRow>,
    /// New; a digest that is taken is a [`Setback::Conflict`].
    pub replies: Vec<ReplyRow>,
    /// To be appended in this order.
    pub events: Vec<EventRow>,
}

impl Changes {
    /// Whether there is nothing to store.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a unit of work was not stored; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setback {
    /// Somebody else changed one of the rows meanwhile: load and decide again.
    Conflict,
    /// For all commands of the unit.
    Failed(LedgerError),
}

impl From<LedgerError> for Setback {
    fn from(error: LedgerError) -> Self {
        Self::Failed(error)
    }
}

/// One connection that writes, on a thread of its own: it may block.
pub(crate) trait Writer: Send {
    /// One unit of work in one transaction: loads the rows of `keys`, has `decide` make changes of them (with the time of
    /// the unit, which never is before that of an earlier unit), stores and commits durably. Nothing is committed if
    /// there are no changes. Rows that were loaded and then changed must not have changed meanwhile.
    ///
    /// # Errors
    /// [`Setback`]; the transaction is rolled back.
    fn unit(&mut self, keys: &Keys, decide: &mut dyn FnMut(Rows, Millis) -> Changes) -> Result<(), Setback>;
}

/// A database. Migrated, and bound to its campaign, when it is opened.
pub(crate) trait Backend: Send + Sync {
    /// The connections that write: one for SQLite, some for PostgreSQL. Asked for once.
    ///
    /// # Errors
    /// When one cannot be opened.
    fn writers(&self) -> Result<Vec<Box<dyn Writer>>, LedgerError>;

    /// The ledger's time.
    fn now(&self) -> Work<'_, Millis>;

    /// All vouchers.
    fn vouchers(&self) -> Work<'_, Vec<VoucherRow>>;

    /// A shopper's grants, in the order of their keys.
    fn wallet(&self, shopper: String) -> Work<'_, Vec<GrantRow>>;

    /// One order.
    fn order(&self, id: String) -> Work<'_, Option<OrderRow>>;

    /// A shopper's orders, newest first.
    fn orders(&self, shopper: String, limit: usize) -> Work<'_, Vec<OrderRow>>;

    /// Orders of a store: those that are sent, oldest first, then those that are ready, latest first; `limit` of each.
    fn queue(&self, store: String, limit: usize) -> Work<'_, Vec<OrderRow>>;

    /// The stores' rows that exist.
    fn stores(&self, ids: Vec<String>) -> Work<'_, Vec<StoreRow>>;

    /// Events `store_state` after `after`, ascending: sequence, store, detail. A sequence is visible only when all
    /// smaller ones are.
    fn changes(&self, after: i64, limit: usize) -> Work<'_, Vec<(i64, String, String)>>;

    /// The sequence of the last event; 0 if there is none.
    fn last_event(&self) -> Work<'_, i64>;

    /// The first pending announcement of each order, if it is due, earliest first.
    fn outbox_due(&self, now: Millis, limit: usize) -> Work<'_, Vec<OutboxRow>>;

    /// Announcements that were given up, latest first.
    fn outbox_dead(&self, limit: usize) -> Work<'_, Vec<OutboxRow>>;

    /// Shows all rows and events of one moment to the auditor, in the order that [`AuditRow`] says, and gives it back.
    fn audit(&self, auditor: Auditor) -> Work<'_, Auditor>;
}

/// What the auditor looks at, in this order of variants. Texts are compared bytewise (`COLLATE "C"`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub(crate) enum AuditRow {
    /// Every voucher, by id.
    Voucher(VoucherRow),
    /// Every event `issued`, by sequence: voucher and count.
    Issued(String, i64),
    /// By grant: first the events that name it, by sequence …
    GrantEvent {
        /// Its id.
        grant: String,
        /// The event's sequence.
        seq: i64,
        /// What happened.
        kind: EventKind,
        /// The order that is named.
        order: Option<String>,
    },
    /// … then each stored reply that names it …
    GrantReply(String),
    /// … then its row, with the state of the order that it names, if there is such an order.
    Grant(GrantRow, Option<OrderState>),
    /// By order: first its events of kinds `order_…`, by sequence …
    OrderEvent {
        /// Its id.
        order: String,
        /// The event's sequence.
        seq: i64,
        /// What happened.
        kind: EventKind,
    },
    /// … then its row, with how many announcements of it there are.
    Order(OrderRow, i64),
    /// Every event `order_sent`, by store and time.
    Sent {
        /// The store.
        store: String,
        /// When.
        at: Millis,
        /// Orders per minute that it could take at that moment.
        cap: i64,
    },
    /// Every store, by id.
    Store(StoreRow),
}

/// What tests and measurements may set.
#[derive(Clone, Default)]
pub struct Tuning {
    /// Another clock than the system's (SQLite) or the database's (PostgreSQL).
    pub clock: Option<Clock>,
    /// SQLite's `synchronous`; `FULL` unless told.
    pub synchronous: Option<&'static str>,
    /// How many pages SQLite's log may have, more or less.
    pub log: Option<i64>,
    /// SQLite's `max_page_count`, as if the disk were full then.
    pub pages: Option<u32>,
    /// The most commands of one unit of work.
    pub unit: Option<usize>,
    /// How many commands may wait.
    pub queue: Option<usize>,
}
