//! Whether rows and history agree: every balance and every state is made again from the events and compared with what the
//! rows say. One pass over sorted rows; nothing of the size of the ledger is kept in memory.

use std::collections::BTreeMap;

use oolong_protocol::shop::{GrantState, Millis, OrderState};

use crate::backend::AuditRow;
use crate::rows::{EventKind, GrantRow, OrderRow, StoreRow, VoucherRow, grant_code, order_code};

/// How many breaches are told in words.
const TOLD: usize = 1_000;
/// What "orders per minute" means.
const MINUTE: Millis = 60_000;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many vouchers, grants, orders, events, replies and stores were looked at, by name.
    pub checked: BTreeMap<&'static str, u64>,
    /// What does not fit: a sentence each, the first thousand.
    pub breaches: Vec<String>,
    /// How many breaches there are in all.
    pub breached: u64,
}

/// Looks at one row after another, in the order of [`AuditRow`].
#[derive(Debug, Default)]
pub(crate) struct Auditor {
    audit: Audit,
    vouchers: BTreeMap<String, Tally>,
    grant: Option<GrantTrace>,
    order: Option<OrderTrace>,
    /// Start times of orders that hold a slot, by store.
    booked: BTreeMap<String, Vec<Millis>>,
    /// The last sends of the store that is looked at.
    sent: (String, Vec<Millis>),
}

#[derive(Debug, Default)]
struct Tally {
    row: VoucherRow,
    issued: i64,
    claims: i64,
    by_history: BTreeMap<&'static str, i64>,
    by_rows: BTreeMap<&'static str, i64>,
}

/// One grant as the history tells it.
#[derive(Debug, Default)]
struct GrantTrace {
    id: String,
    state: Option<GrantState>,
    order: Option<String>,
    replies: u32,
    row: bool,
}

#[derive(Debug, Default)]
struct OrderTrace {
    id: String,
    state: Option<OrderState>,
    row: bool,
}

impl Auditor {
    /// Looks at the next row.
    pub(crate) fn see(&mut self, row: AuditRow) {
        match row {
            AuditRow::Voucher(row) => {
                self.count("vouchers");
                self.vouchers.insert(row.id.clone(), Tally { row, ..Tally::default() });
            }
            AuditRow::Issued(voucher, count) => {
                self.count("events");
                match self.vouchers.get_mut(&voucher) {
                    Some(tally) => tally.issued += count,
                    None => self.breach(format!("voucher {voucher:?} was issued and has no row")),
                }
            }
            AuditRow::GrantEvent { grant, seq, kind, order } => self.grant_event(&grant, seq, kind, order),
            AuditRow::GrantReply(grant) => {
                self.count("replies");
                self.trace(&grant).replies += 1;
            }
            AuditRow::Grant(row, order) => self.grant_row(&row, order),
            AuditRow::OrderEvent { order, seq, kind } => self.order_event(&order, seq, kind),
            AuditRow::Order(row) => self.order_row(&row),
            AuditRow::Sent { store, at, cap } => self.sent(&store, at, cap),
            AuditRow::Store(row) => self.store(&row),
        }
    }

    /// What was found.
    pub(crate) fn finish(mut self) -> Audit {
        self.end_grant();
        self.end_order();
        for (id, tally) in std::mem::take(&mut self.vouchers) {
            self.balance(&id, &tally);
        }
        let booked = std::mem::take(&mut self.booked);
        for (store, times) in booked {
            self.breach(format!("store {store:?} has no row, but {} orders hold a slot there", times.len()));
        }
        self.audit
    }

    fn count(&mut self, what: &'static str) {
        *self.audit.checked.entry(what).or_default() += 1;
    }

    fn breach(&mut self, what: String) {
        self.audit.breached += 1;
        if self.audit.breaches.len() < TOLD {
            self.audit.breaches.push(what);
        }
    }

    /// The trace of this grant; that of another one is ended.
    fn trace(&mut self, id: &str) -> &mut GrantTrace {
        if self.grant.as_ref().is_none_or(|trace| trace.id != id) {
            self.end_grant();
            self.grant = Some(GrantTrace { id: id.to_owned(), ..GrantTrace::default() });
        }
        self.grant.get_or_insert_default()
    }

    fn grant_event(&mut self, id: &str, seq: i64, kind: EventKind, order: Option<String>) {
        use GrantState::{Claimed, Expired, Redeemed, Reserved, Revoked};
        self.count("events");
        let trace = self.trace(id);
        let from = trace.state;
        let to = match (kind, from) {
            (EventKind::Claimed, None)
            | (EventKind::Released, Some(Reserved))
            | (EventKind::Restored, Some(Expired)) => Some(Claimed),
            (EventKind::Reserved, Some(Claimed)) => Some(Reserved),
            (EventKind::Redeemed, Some(Claimed | Reserved)) => Some(Redeemed),
            (EventKind::Expired, Some(Claimed)) => Some(Expired),
            (EventKind::Revoked, Some(Claimed | Expired)) => Some(Revoked),
            _ => None,
        };
        match to {
            Some(to) => {
                trace.state = Some(to);
                trace.order = if to == Claimed { None } else { order };
            }
            None => {
                let from = from.map_or("nothing", grant_code);
                self.breach(format!("event {seq}: grant {id:?} cannot be {} from {from}", kind.code()));
            }
        }
        if kind == EventKind::Claimed
            && let Some(tally) = crate::rows::grant_key(id).and_then(|key| self.vouchers.get_mut(key.1))
        {
            tally.claims += 1;
        }
    }

    fn grant_row(&mut self, row: &GrantRow, order: Option<OrderState>) {
        self.count("grants");
        let id = row.id();
        let trace = self.trace(&id);
        trace.row = true;
        let (state, named) = (trace.state, trace.order.clone());
        if state != Some(row.state) {
            let told = state.map_or("nothing", grant_code);
            self.breach(format!("grant {id:?} is {}, its history says {told}", grant_code(row.state)));
        }
        if row.state == GrantState::Reserved {
            if named != row.order {
                self.breach(format!("grant {id:?} is held by {:?}, its history says {named:?}", row.order));
            }
            if !order.is_some_and(holds) {
                let found = order.map_or("missing", order_code);
                self.breach(format!("grant {id:?} is reserved, but its order is {found}"));
            }
        }
        let Some(tally) = self.vouchers.get_mut(&row.voucher) else {
            return self.breach(format!("grant {id:?} is of a voucher that has no row"));
        };
        *tally.by_rows.entry(grant_code(row.state)).or_default() += 1;
        let most = tally.row.per_shopper;
        if row.n > most || row.n < 1 {
            self.breach(format!("grant {id:?}: a shopper may have {most} of its voucher"));
        }
    }

    fn end_grant(&mut self) {
        let Some(trace) = self.grant.take() else { return };
        if !trace.row {
            let by = if trace.replies > 0 { "a reply" } else { "the history" };
            self.breach(format!("grant {:?} is named by {by} and has no row", trace.id));
        }
        let tally = crate::rows::grant_key(&trace.id).and_then(|key| self.vouchers.get_mut(key.1));
        match (tally, trace.state) {
            (Some(tally), Some(state)) => *tally.by_history.entry(grant_code(state)).or_default() += 1,
            (None, Some(_)) => self.breach(format!("grant {:?} is of no voucher that has a row", trace.id)),
            (_, None) => {}
        }
    }

    fn balance(&mut self, id: &str, tally: &Tally) {
        let row = &tally.row;
        let parts = [
            ("claimed", row.claimed),
            ("reserved", row.reserved),
            ("redeemed", row.redeemed),
            ("expired", row.expired),
            ("revoked", row.revoked),
        ];
        for (name, balance) in parts {
            let told = tally.by_history.get(name).copied().unwrap_or(0);
            let counted = tally.by_rows.get(name).copied().unwrap_or(0);
            if balance != told || balance != counted {
                self.breach(format!(
                    "voucher {id:?}: {balance} {name} by its balance, {told} by the history, {counted} by the grants"
                ));
            }
            if balance < 0 {
                self.breach(format!("voucher {id:?}: {balance} {name}"));
            }
        }
        if row.issued != tally.issued {
            self.breach(format!(
                "voucher {id:?}: {} issued by its balance, {} by the history",
                row.issued, tally.issued
            ));
        }
        let left = tally.issued - tally.claims;
        if row.available != left || left < 0 {
            self.breach(format!("voucher {id:?}: {} available by its balance, {left} by the history", row.available));
        }
        let sum = row.available + parts.iter().map(|(_, balance)| balance).sum::<i64>();
        if row.issued != sum {
            self.breach(format!("voucher {id:?}: {} issued, but the parts add up to {sum}", row.issued));
        }
    }

    fn order_trace(&mut self, id: &str) -> &mut OrderTrace {
        if self.order.as_ref().is_none_or(|trace| trace.id != id) {
            self.end_order();
            self.order = Some(OrderTrace { id: id.to_owned(), ..OrderTrace::default() });
        }
        self.order.get_or_insert_default()
    }

    fn order_event(&mut self, id: &str, seq: i64, kind: EventKind) {
        use OrderState::{Cancelled, Collected, Confirmed, Failed, Lapsed, Ready, Reserved, Sent};
        self.count("events");
        let trace = self.order_trace(id);
        let to = match (kind, trace.state) {
            (EventKind::OrderPlaced, None) => Some(Reserved),
            (EventKind::OrderConfirmed, Some(Reserved)) => Some(Confirmed),
            (EventKind::OrderCancelled, Some(Reserved | Confirmed)) => Some(Cancelled),
            (EventKind::OrderLapsed, Some(Reserved)) => Some(Lapsed),
            (EventKind::OrderSent, Some(Confirmed)) => Some(Sent),
            (EventKind::OrderReady, Some(Sent)) => Some(Ready),
            (EventKind::OrderCollected, Some(Sent | Ready)) => Some(Collected),
            (EventKind::OrderFailed, Some(Sent | Ready)) => Some(Failed),
            _ => None,
        };
        match (to, trace.state) {
            (Some(to), _) => trace.state = Some(to),
            (None, from) => {
                let from = from.map_or("nothing", order_code);
                self.breach(format!("event {seq}: order {id:?} cannot come to {} from {from}", kind.code()));
            }
        }
    }

    fn order_row(&mut self, row: &OrderRow) {
        self.count("orders");
        let order = &row.order;
        let trace = self.order_trace(&order.id);
        trace.row = true;
        if trace.state != Some(order.state) {
            let told = trace.state.map_or("nothing", order_code);
            self.breach(format!("order {:?} is {}, its history says {told}", order.id, order_code(order.state)));
        }
        if matches!(order.state, OrderState::Reserved | OrderState::Confirmed) {
            self.booked.entry(order.store.clone()).or_default().push(row.starts_at);
        }
    }

    fn end_order(&mut self) {
        if let Some(trace) = self.order.take().filter(|trace| !trace.row) {
            self.breach(format!("order {:?} is named by the history and has no row", trace.id));
        }
    }

    fn sent(&mut self, store: &str, at: Millis, cap: i64) {
        if self.sent.0 != store {
            self.sent = (store.to_owned(), Vec::new());
        }
        self.sent.1.retain(|before| at - before < MINUTE);
        self.sent.1.push(at);
        let count = self.sent.1.len();
        if i64::try_from(count).unwrap_or(i64::MAX) > cap {
            self.breach(format!("store {store:?} was sent {count} orders in the minute before {at}, at most {cap}"));
        }
    }

    fn store(&mut self, row: &StoreRow) {
        self.count("stores");
        let mut held = self.booked.remove(&row.id).unwrap_or_default();
        held.sort_unstable();
        if held != row.booked {
            self.breach(format!(
                "store {:?} has {} slots booked, its orders hold {}, or other times",
                row.id,
                row.booked.len(),
                held.len()
            ));
        }
    }
}

/// Whether an order in this state can hold vouchers.
fn holds(state: OrderState) -> bool {
    matches!(state, OrderState::Reserved | OrderState::Confirmed | OrderState::Sent | OrderState::Ready)
}
