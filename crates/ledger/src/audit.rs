//! Whether rows and history agree: every balance and every state is made again from the events and compared with what the
//! rows say. One pass over sorted rows; nothing of the size of the ledger is kept in memory.

mod balances;
mod grants;
mod orders;

use std::collections::BTreeMap;

use oolong_protocol::shop::Millis;

use crate::backend::AuditRow;
use balances::Tally;
use grants::GrantTrace;
use orders::OrderTrace;

/// How many breaches are told in words.
const TOLD: usize = 1_000;

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
            AuditRow::Order(row, announcements) => self.order_row(&row, announcements),
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
}
