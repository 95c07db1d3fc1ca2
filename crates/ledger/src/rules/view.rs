//! Rows as the protocol shows them.

use oolong_protocol::shop::{Grant, GrantState, Millis, TillOrder, VoucherState, VoucherStatus};

use crate::rows::{GrantRow, OrderRow, VoucherRow};

/// How a voucher stands at `now`.
pub(crate) fn status(row: &VoucherRow, now: Millis) -> VoucherStatus {
    let state = if row.valid_until.is_some_and(|until| now > until) {
        VoucherState::Expired
    } else if row.suspended {
        VoucherState::Suspended
    } else if row.valid_from.is_some_and(|from| now < from) {
        VoucherState::NotYet
    } else if row.available <= 0 {
        VoucherState::SoldOut
    } else {
        VoucherState::Available
    };
    VoucherStatus {
        id: row.id.clone(),
        state,
        available: u64::try_from(row.available).unwrap_or(0),
        per_shopper: u32::try_from(row.per_shopper).unwrap_or(u32::MAX),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    }
}

/// A grant without its token.
pub(crate) fn grant(row: &GrantRow, voucher: &VoucherRow, state: GrantState) -> Grant {
    Grant {
        id: row.id(),
        voucher: row.voucher.clone(),
        state,
        claimed_at: row.claimed_at,
        valid_until: voucher.valid_until,
        order: row.order.clone(),
        token: None,
    }
}

/// An order as its store sees it.
pub(crate) fn till_order(row: &OrderRow) -> TillOrder {
    let order = &row.order;
    TillOrder {
        id: order.id.clone(),
        number: order.number.clone(),
        state: order.state,
        goods: order.goods.clone(),
        total: order.price.total,
        fulfilment: order.fulfilment,
        sent_at: row.sent_at.unwrap_or(order.placed_at),
        ready_at: order.ready_at,
    }
}
