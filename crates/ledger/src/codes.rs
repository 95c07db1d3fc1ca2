//! Values of rows as databases keep them: states as texts, lists of times packed.

use oolong_protocol::shop::{Availability, GrantState, Millis, OrderState};

use crate::rows::OutboxState;

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
        /// The operator had the partner told again what it had not taken of an order.
        OrderAnnounced = "order_announced",
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
    fn times_survive_packing() {
        for times in [vec![], vec![0], vec![5, 5, 6], vec![1_790_000_000_000, 1_790_000_000_000, 1_790_000_061_000]] {
            assert_eq!(unpack_times(&pack_times(&times)), Some(times));
        }
        assert_eq!(unpack_times(&[0x80]), None);
        assert_eq!(unpack_times(&[0xff; 20]), None);
    }
}
