//! The rows of the ledger, the same on every database: what is loaded before the rules decide and stored afterwards.

use std::sync::Arc;

use oolong_protocol::shop::{Availability, GrantState, Millis, Order};
use serde::{Deserialize, Serialize};

pub(crate) use crate::codes::*;

/// A voucher of the campaign and its balance: `issued = available + claimed + reserved + redeemed + expired + revoked`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoucherRow {
    /// Id in the campaign; the key.
    pub id: String,
    /// How many there are in all.
    pub issued: i64,
    /// How many can still be claimed.
    pub available: i64,
    /// How many grants are in each state.
    pub claimed: i64,
    /// Held by orders.
    pub reserved: i64,
    /// Used.
    pub redeemed: i64,
    /// Over before they were used.
    pub expired: i64,
    /// Taken back.
    pub revoked: i64,
    /// How many a shopper may have.
    pub per_shopper: i64,
    /// From when it can be claimed and used.
    pub valid_from: Option<Millis>,
    /// Until when.
    pub valid_until: Option<Millis>,
    /// Whether the operator stopped it.
    pub suspended: bool,
    /// Grants claimed until then are taken back, as soon as nothing holds them.
    pub revoked_at: Option<Millis>,
    /// The end for which its grants were already gone through.
    pub ended: Option<Millis>,
    /// Where the clockwork goes on going through its grants (see [`Walk`]); `Some("")` from the beginning.
    pub walk: Option<String>,
}

/// One voucher in one wallet. The key is `(shopper, voucher, n)`: so the database itself knows no more than the numbers
/// 1, 2, … of one voucher for one shopper, and a wallet is one range of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrantRow {
    /// Whose.
    pub shopper: String,
    /// Of which voucher.
    pub voucher: String,
    /// The shopper's first, second …
    pub n: i64,
    /// How far it is, as written down last.
    pub state: GrantState,
    /// When it was claimed.
    pub claimed_at: Millis,
    /// The order that holds it or that it was redeemed with.
    pub order: Option<String>,
    /// The store of that order, or the one that redeemed it.
    pub store: Option<String>,
    /// When it came into its state.
    pub changed_at: Millis,
}

impl GrantRow {
    /// Its id: the key as text, so that no second index is needed to find it.
    #[must_use]
    pub(crate) fn id(&self) -> String {
        grant_id(&self.shopper, &self.voucher, self.n)
    }
}

/// The id of a grant. Ids of vouchers have no `:` in them.
#[must_use]
pub fn grant_id(shopper: &str, voucher: &str, n: i64) -> String {
    format!("{shopper}:{voucher}:{n}")
}

/// Shopper, voucher and number of a grant's id, or `None` if it is no such id.
#[must_use]
pub(crate) fn grant_key(id: &str) -> Option<(&str, &str, i64)> {
    let mut parts = id.rsplitn(3, ':');
    let (n, voucher, shopper) = (parts.next()?, parts.next()?, parts.next()?);
    let number = n.parse().ok().filter(|number: &i64| *number > 0 && number.to_string() == n)?;
    (!shopper.is_empty()).then_some((shopper, voucher, number))
}

/// An order. `order` is stored as JSON; the other fields are columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderRow {
    /// What the shopper sees: id (the key), state, goods, price and times.
    pub order: Order,
    /// Whose.
    pub shopper: String,
    /// The brand that it is of.
    pub brand: String,
    /// The grants that it holds or held.
    pub grants: Vec<String>,
    /// When the store begins it; when it could not be sent at its time, the next time to try.
    pub starts_at: Millis,
    /// Until when an unconfirmed order holds slot and vouchers.
    pub hold_until: Millis,
    /// When it went to the store.
    pub sent_at: Option<Millis>,
    /// How many outbox rows it has.
    pub announced: i64,
}

/// What the ledger knows of a store beside the pack of stores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoreRow {
    /// Id; the key.
    pub id: String,
    /// What the store said last.
    pub said: Option<Availability>,
    /// With `busy`: minutes of wait.
    pub minutes: Option<i64>,
    /// With `paused` and `closed`: until when.
    pub until: Option<Millis>,
    /// When it said so.
    pub said_at: Millis,
    /// Orders per minute as the store said; otherwise the pack's hold.
    pub pace: Option<i64>,
    /// Orders per minute as it was known last, for showing.
    pub cap: i64,
    /// Minutes to make an order as it was known last, for showing.
    pub prep: i64,
    /// Start times of all orders that hold a slot and were not sent yet, ascending.
    pub booked: Vec<Millis>,
    /// When orders were sent in the last minute, ascending.
    pub sent: Vec<Millis>,
    /// The day (since 1970, UTC) of the counter for numbers.
    pub day: i64,
    /// The last number of that day.
    pub number: i64,
    /// The state that was announced last.
    pub shown: Option<Availability>,
}

/// A stored answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReplyRow {
    /// The first half of SHA-256 over actor and idempotency key; unique.
    pub digest: [u8; 16],
    /// SHA-256 over method, path and body.
    pub fingerprint: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// The bytes.
    pub body: Arc<[u8]>,
    /// The grant that it speaks of, for the audit.
    pub grant: Option<String>,
    /// When it was given.
    pub at: Millis,
}

/// An announcement to the partner that brings orders. The key is `(order, seq)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Id of the order.
    pub order: String,
    /// 1, 2, … within the order; the next goes out only after the one before was delivered.
    pub seq: i64,
    /// Where to.
    pub url: String,
    /// JSON.
    pub payload: String,
    /// When to try next.
    pub due_at: Millis,
    /// How often it was tried.
    pub attempts: i64,
    /// How it stands.
    pub state: OutboxState,
    /// When it was written.
    pub created_at: Millis,
    /// What the last attempt met; empty before.
    pub error: String,
}

/// How an announcement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// To be sent.
    Pending,
    /// Taken.
    Delivered,
    /// Given up.
    Dead,
}

/// One line of the history. Nothing alters or deletes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventRow {
    /// When.
    pub at: Millis,
    /// What.
    pub kind: EventKind,
    /// `shopper`, `store`, `operator`, `clockwork`.
    pub actor_kind: &'static str,
    /// Id of shopper or store; empty for the others.
    pub actor: String,
    /// The voucher.
    pub voucher: Option<String>,
    /// The grant.
    pub grant: Option<String>,
    /// The order.
    pub order: Option<String>,
    /// The store.
    pub store: Option<String>,
    /// Pieces for `issued`, orders per minute for `order_sent`, else 1.
    pub count: i64,
    /// JSON object; `{}` if there is nothing more to say.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_ids_of_grants() {
        assert_eq!(grant_key(&grant_id("a:b", "free milk tea", 12)), Some(("a:b", "free milk tea", 12)));
        for wrong in ["", "a", "a:b", ":v:1", "s:v:0", "s:v:-1", "s:v:01", "s:v:x", "s:v:"] {
            assert_eq!(grant_key(wrong), None, "{wrong}");
        }
    }
}
