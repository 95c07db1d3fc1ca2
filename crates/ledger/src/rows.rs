//! The rows of the ledger, the same on every database: what is loaded before the rules decide and stored afterwards.

use std::sync::Arc;

use oolong_protocol::shop::{Availability, GrantState, Millis, Order, OrderState};
use serde::{Deserialize, Serialize};

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

macro_rules! codes {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $item:literal])* $variant:ident = $code:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($(#[doc = $item])* $variant,)* }

        impl $name {
            /// The text that the database keeps.
            #[must_use]
            pub(crate) fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The value of such a text.
            #[must_use]
            pub(crate) fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    /// What can happen.
    EventKind {
        /// Pieces of a voucher came into being.
        Issued = "issued",
        /// available → claimed.
        Claimed = "claimed",
        /// claimed → reserved.
        Reserved = "reserved",
        /// reserved → claimed.
        Released = "released",
        /// claimed or reserved → redeemed.
        Redeemed = "redeemed",
        /// claimed → expired.
        Expired = "expired",
        /// expired → claimed.
        Restored = "restored",
        /// claimed or expired → revoked.
        Revoked = "revoked",
        /// A voucher was stopped.
        Suspended = "suspended",
        /// A voucher goes on.
        Resumed = "resumed",
        /// A voucher ends later.
        Extended = "extended",
        /// An order holds its slot and vouchers.
        OrderPlaced = "order_placed",
        /// The shopper said yes.
        OrderConfirmed = "order_confirmed",
        /// The shopper called it off.
        OrderCancelled = "order_cancelled",
        /// Not confirmed in time.
        OrderLapsed = "order_lapsed",
        /// The store has it.
        OrderSent = "order_sent",
        /// It is made.
        OrderReady = "order_ready",
        /// It was handed over.
        OrderCollected = "order_collected",
        /// The partner could not be reached.
        OrderFailed = "order_failed",
        /// A store stands differently; `detail` is a `Live`.
        StoreState = "store_state",
    }
}

/// The text that the database keeps for a state of a grant.
#[must_use]
pub(crate) fn grant_code(state: GrantState) -> &'static str {
    match state {
        GrantState::Claimed => "claimed",
        GrantState::Reserved => "reserved",
        GrantState::Redeemed => "redeemed",
        GrantState::Expired => "expired",
        GrantState::Revoked => "revoked",
    }
}

/// The state of such a text.
#[must_use]
pub(crate) fn grant_from_code(code: &str) -> Option<GrantState> {
    use GrantState::{Claimed, Expired, Redeemed, Reserved, Revoked};
    [Claimed, Reserved, Redeemed, Expired, Revoked].into_iter().find(|state| grant_code(*state) == code)
}

/// The text that the database keeps for a state of an order.
#[must_use]
pub(crate) fn order_code(state: OrderState) -> &'static str {
    match state {
        OrderState::Reserved => "reserved",
        OrderState::Confirmed => "confirmed",
        OrderState::Sent => "sent",
        OrderState::Ready => "ready",
        OrderState::Collected => "collected",
        OrderState::Cancelled => "cancelled",
        OrderState::Lapsed => "lapsed",
        OrderState::Failed => "failed",
    }
}

/// The state of such a text.
#[must_use]
pub(crate) fn order_from_code(code: &str) -> Option<OrderState> {
    use OrderState::{Cancelled, Collected, Confirmed, Failed, Lapsed, Ready, Reserved, Sent};
    [Reserved, Confirmed, Sent, Ready, Collected, Cancelled, Lapsed, Failed]
        .into_iter()
        .find(|state| order_code(*state) == code)
}

/// The text that the database keeps for what a store said.
#[must_use]
pub(crate) fn availability_code(state: Availability) -> &'static str {
    match state {
        Availability::Open => "open",
        Availability::Busy => "busy",
        Availability::Paused => "paused",
        Availability::Closed => "closed",
        Availability::PermanentlyClosed => "permanently_closed",
        Availability::Unknown => "unknown",
    }
}

/// The value of such a text.
#[must_use]
pub(crate) fn availability_from_code(code: &str) -> Option<Availability> {
    use Availability::{Busy, Closed, Open, Paused, PermanentlyClosed, Unknown};
    [Open, Busy, Paused, Closed, PermanentlyClosed, Unknown].into_iter().find(|state| availability_code(*state) == code)
}

/// The text that the database keeps for a state of an announcement.
#[must_use]
pub(crate) fn outbox_code(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Pending => "pending",
        OutboxState::Delivered => "delivered",
        OutboxState::Dead => "dead",
    }
}

/// The state of such a text.
#[must_use]
pub(crate) fn outbox_from_code(code: &str) -> Option<OutboxState> {
    use OutboxState::{Dead, Delivered, Pending};
    [Pending, Delivered, Dead].into_iter().find(|state| outbox_code(*state) == code)
}

/// Ascending times, packed: the differences as LEB128. A busy store's day is some ten kilobytes.
#[must_use]
pub(crate) fn pack_times(times: &[Millis]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(times.len() * 3 + 6);
    let mut before = 0;
    for time in times {
        let mut rest = u64::try_from(time - before).unwrap_or(0);
        before = *time;
        while rest >= 0x80 {
            packed.push(u8::try_from(rest & 0x7f).unwrap_or(0) | 0x80);
            rest >>= 7;
        }
        packed.push(u8::try_from(rest).unwrap_or(0));
    }
    packed
}

/// The times again; `None` if these are no packed times.
#[must_use]
pub(crate) fn unpack_times(packed: &[u8]) -> Option<Vec<Millis>> {
    let mut times = Vec::with_capacity(packed.len() / 2);
    let (mut before, mut rest, mut shift) = (0_i64, 0_i64, 0_u32);
    for byte in packed {
        if shift > 56 {
            return None;
        }
        rest |= i64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            before = before.checked_add(rest)?;
            times.push(before);
            (rest, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(times)
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

    #[test]
    fn times_survive_packing() {
        for times in [vec![], vec![0], vec![5, 5, 6], vec![1_790_000_000_000, 1_790_000_000_000, 1_790_000_061_000]] {
            assert_eq!(unpack_times(&pack_times(&times)), Some(times));
        }
        assert_eq!(unpack_times(&[0x80]), None);
        assert_eq!(unpack_times(&[0xff; 20]), None);
    }
}
