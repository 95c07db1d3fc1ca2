//! The rows of one unit of work while the rules decide on them, and what has become of them.

use std::collections::{BTreeMap, HashMap};

use oolong_protocol::shop::Millis;

use crate::backend::{Changes, Rows, Walk};
use crate::rows::{EventRow, GrantRow, OrderRow, OutboxRow, ReplyRow, StoreRow, VoucherRow};

/// A row and whether it is to be stored.
#[derive(Clone, Debug)]
struct Leaf<T> {
    row: T,
    dirty: bool,
    new: bool,
}

impl<T> Leaf<T> {
    fn loaded(row: T) -> Self {
        Self { row, dirty: false, new: false }
    }

    fn new(row: T) -> Self {
        Self { row, dirty: true, new: true }
    }

    fn change(&mut self) -> &mut T {
        self.dirty = true;
        &mut self.row
    }
}

/// The rows of a unit of work. Looking at a row leaves it alone; asking for it mutably marks it as changed.
#[derive(Debug)]
pub(crate) struct Page {
    /// The time of the unit.
    pub(crate) now: Millis,
    /// Orders that are due.
    pub(crate) due: Vec<String>,
    /// Reservations that are too old.
    pub(crate) lapsed: Vec<String>,
    /// Orders that nobody has handed over.
    pub(crate) forgotten: Vec<String>,
    /// A stretch of grants to go through.
    pub(crate) walk: Option<Walk>,
    vouchers: BTreeMap<String, Leaf<VoucherRow>>,
    wallets: HashMap<String, BTreeMap<(String, i64), Leaf<GrantRow>>>,
    orders: BTreeMap<String, Leaf<OrderRow>>,
    stores: BTreeMap<String, Leaf<StoreRow>>,
    outbox: BTreeMap<(String, i64), Leaf<OutboxRow>>,
    replies: HashMap<[u8; 16], ReplyRow>,
    new_replies: Vec<ReplyRow>,
    events: Vec<EventRow>,
}

impl Page {
    pub(crate) fn new(rows: Rows, now: Millis) -> Self {
        let mut wallets: HashMap<String, BTreeMap<(String, i64), Leaf<GrantRow>>> = HashMap::new();
        for row in rows.grants {
            let wallet = wallets.entry(row.shopper.clone()).or_default();
            wallet.insert((row.voucher.clone(), row.n), Leaf::loaded(row));
        }
        let outbox = rows.outbox.into_iter().map(|row| ((row.order.clone(), row.seq), Leaf::loaded(row)));
        Self {
            now,
            due: rows.due,
            lapsed: rows.lapsed,
            forgotten: rows.forgotten,
            walk: rows.walk,
            vouchers: rows.vouchers.into_iter().map(|row| (row.id.clone(), Leaf::loaded(row))).collect(),
            wallets,
            orders: rows.orders.into_iter().map(|row| (row.order.id.clone(), Leaf::loaded(row))).collect(),
            stores: rows.stores.into_iter().map(|row| (row.id.clone(), Leaf::loaded(row))).collect(),
            outbox: outbox.collect(),
            replies: rows.replies.into_iter().map(|row| (row.digest, row)).collect(),
            new_replies: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(crate) fn voucher(&self, id: &str) -> Option<&VoucherRow> {
        self.vouchers.get(id).map(|leaf| &leaf.row)
    }

    pub(crate) fn voucher_mut(&mut self, id: &str) -> Option<&mut VoucherRow> {
        self.vouchers.get_mut(id).map(Leaf::change)
    }

    pub(crate) fn vouchers(&self) -> impl Iterator<Item = &VoucherRow> {
        self.vouchers.values().map(|leaf| &leaf.row)
    }

    pub(crate) fn add_voucher(&mut self, row: VoucherRow) {
        self.vouchers.insert(row.id.clone(), Leaf::new(row));
    }

    pub(crate) fn wallet(&self, shopper: &str) -> impl Iterator<Item = &GrantRow> {
        self.wallets.get(shopper).into_iter().flat_map(|wallet| wallet.values().map(|leaf| &leaf.row))
    }

    pub(crate) fn grant(&self, key: (&str, &str, i64)) -> Option<&GrantRow> {
        Some(&self.wallets.get(key.0)?.get(&(key.1.to_owned(), key.2))?.row)
    }

    pub(crate) fn grant_mut(&mut self, key: (&str, &str, i64)) -> Option<&mut GrantRow> {
        Some(self.wallets.get_mut(key.0)?.get_mut(&(key.1.to_owned(), key.2))?.change())
    }

    pub(crate) fn add_grant(&mut self, row: GrantRow) {
        let wallet = self.wallets.entry(row.shopper.clone()).or_default();
        wallet.insert((row.voucher.clone(), row.n), Leaf::new(row));
    }

    pub(crate) fn order(&self, id: &str) -> Option<&OrderRow> {
        self.orders.get(id).map(|leaf| &leaf.row)
    }

    pub(crate) fn order_mut(&mut self, id: &str) -> Option<&mut OrderRow> {
        self.orders.get_mut(id).map(Leaf::change)
    }

    pub(crate) fn add_order(&mut self, row: OrderRow) {
        self.orders.insert(row.order.id.clone(), Leaf::new(row));
    }

    pub(crate) fn store(&self, id: &str) -> Option<&StoreRow> {
        self.stores.get(id).map(|leaf| &leaf.row)
    }

    /// The store's row, made if there was none.
    pub(crate) fn store_mut(&mut self, id: &str) -> &mut StoreRow {
        let new = || Leaf::new(StoreRow { id: id.to_owned(), ..StoreRow::default() });
        self.stores.entry(id.to_owned()).or_insert_with(new).change()
    }

    pub(crate) fn outbox_mut(&mut self, order: &str, seq: i64) -> Option<&mut OutboxRow> {
        self.outbox.get_mut(&(order.to_owned(), seq)).map(Leaf::change)
    }

    /// Numbers of the announcements of an order that are known here, ascending.
    pub(crate) fn outbox_of(&self, order: &str) -> Vec<i64> {
        self.outbox.range((order.to_owned(), 0)..=(order.to_owned(), i64::MAX)).map(|((_, seq), _)| *seq).collect()
    }

    pub(crate) fn add_outbox(&mut self, row: OutboxRow) {
        self.outbox.insert((row.order.clone(), row.seq), Leaf::new(row));
    }

    pub(crate) fn reply(&self, digest: &[u8; 16]) -> Option<&ReplyRow> {
        self.replies.get(digest)
    }

    pub(crate) fn add_reply(&mut self, row: ReplyRow) {
        self.replies.insert(row.digest, row.clone());
        self.new_replies.push(row);
    }

    pub(crate) fn add_event(&mut self, event: EventRow) {
        self.events.push(event);
    }

    /// What is to be stored.
    pub(crate) fn changes(self) -> Changes {
        Changes {
            vouchers: dirty(self.vouchers.into_values()).map(|(row, _)| row).collect(),
            grants: dirty(self.wallets.into_values().flat_map(BTreeMap::into_values)).collect(),
            orders: dirty(self.orders.into_values()).collect(),
            stores: dirty(self.stores.into_values()).map(|(row, _)| row).collect(),
            outbox: dirty(self.outbox.into_values()).map(|(row, _)| row).collect(),
            replies: self.new_replies,
            events: self.events,
        }
    }
}

fn dirty<T>(leaves: impl Iterator<Item = Leaf<T>>) -> impl Iterator<Item = (T, bool)> {
    leaves.filter(|leaf| leaf.dirty).map(|leaf| (leaf.row, leaf.new))
}
