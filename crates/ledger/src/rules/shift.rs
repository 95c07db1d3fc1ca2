//! Grants from state to state: the only place where balances of vouchers move, so that nothing is made or lost.

use oolong_protocol::shop::{GrantState, Millis};

use super::Ctx;
use crate::page::Page;
use crate::rows::{EventKind, GrantRow, VoucherRow, grant_code, grant_id};

/// The key of a grant: shopper, voucher, number.
pub(crate) type GrantKey = (String, String, i64);

pub(crate) fn key_of(row: &GrantRow) -> GrantKey {
    (row.shopper.clone(), row.voucher.clone(), row.n)
}

/// The state that a grant is in at `now`, whether or not that was written down already: times and the operator's word on
/// the voucher hold at once, the clockwork writes them down later.
pub(crate) fn effective(row: &GrantRow, voucher: &VoucherRow, now: Millis) -> GrantState {
    match row.state {
        GrantState::Claimed | GrantState::Expired => {
            if voucher.revoked_at.is_some_and(|revoked| row.claimed_at <= revoked) {
                GrantState::Revoked
            } else if voucher.valid_until.is_some_and(|until| now > until) {
                GrantState::Expired
            } else {
                GrantState::Claimed
            }
        }
        state @ (GrantState::Reserved | GrantState::Redeemed | GrantState::Revoked) => state,
    }
}

/// Moves a grant into another state, its voucher's balance with it, and writes it into the history.
pub(crate) fn shift(
    page: &mut Page,
    ctx: &Ctx<'_>,
    key: &GrantKey,
    to: GrantState,
    kind: EventKind,
    place: Option<(&str, &str)>,
) {
    let now = page.now;
    let id = grant_id(&key.0, &key.1, key.2);
    let Some(row) = page.grant_mut((&key.0, &key.1, key.2)) else { return };
    let from = std::mem::replace(&mut row.state, to);
    row.changed_at = now;
    if let Some((order, store)) = place {
        row.order = (!order.is_empty()).then(|| order.to_owned());
        row.store = (!store.is_empty()).then(|| store.to_owned());
    }
    let (order, store) = (row.order.clone(), row.store.clone());
    if kind == EventKind::Released {
        (row.order, row.store) = (None, None);
    }
    if let Some(voucher) = page.voucher_mut(&key.1) {
        *part(voucher, from) -= 1;
        *part(voucher, to) += 1;
    }
    let mut event = ctx.event(page, kind);
    event.voucher = Some(key.1.clone());
    event.grant = Some(id);
    (event.order, event.store) = (order, store);
    event.detail = format!(r#"{{"from":"{}"}}"#, grant_code(from));
    page.add_event(event);
}

/// Writes down what time or operator have done to a grant. Whether there was anything.
pub(crate) fn settle(page: &mut Page, ctx: &Ctx<'_>, key: &GrantKey) -> bool {
    let Some(row) = page.grant((&key.0, &key.1, key.2)) else { return false };
    let Some(voucher) = page.voucher(&key.1) else { return false };
    let (from, to) = (row.state, effective(row, voucher, page.now));
    if from == to {
        return false;
    }
    let kind = match to {
        GrantState::Revoked => EventKind::Revoked,
        GrantState::Expired => EventKind::Expired,
        GrantState::Claimed | GrantState::Reserved | GrantState::Redeemed => EventKind::Restored,
    };
    shift(page, ctx, key, to, kind, None);
    true
}

/// Gives back what an order still holds. How many that were.
pub(crate) fn release(page: &mut Page, ctx: &Ctx<'_>, order: &str) {
    for key in held(page, order) {
        shift(page, ctx, &key, GrantState::Claimed, EventKind::Released, None);
        settle(page, ctx, &key);
    }
}

/// The grants that an order holds at this moment.
pub(crate) fn held(page: &Page, order: &str) -> Vec<GrantKey> {
    let Some(row) = page.order(order) else { return Vec::new() };
    let mine = |grant: &&GrantRow| grant.state == GrantState::Reserved && grant.order.as_deref() == Some(order);
    page.wallet(&row.shopper).filter(mine).map(key_of).collect()
}

fn part(voucher: &mut VoucherRow, state: GrantState) -> &mut i64 {
    match state {
        GrantState::Claimed => &mut voucher.claimed,
        GrantState::Reserved => &mut voucher.reserved,
        GrantState::Redeemed => &mut voucher.redeemed,
        GrantState::Expired => &mut voucher.expired,
        GrantState::Revoked => &mut voucher.revoked,
    }
}
