//! What time does by itself: reservations lapse, grants end; and what the operator did to a whole voucher reaches its
//! grants, a stretch at a time.

use oolong_protocol::shop::OrderState;

use super::progress::{drop_order, turn};
use super::shift::{held, settle};
use super::{Ctx, Done};
use crate::backend::FORGOTTEN;
use crate::keys::LAPSED;
use crate::page::Page;
use crate::rows::{EventKind, grant_key};

pub(crate) fn sweep(page: &mut Page, ctx: &Ctx<'_>) -> Done {
    let now = page.now;
    let lapsed = std::mem::take(&mut page.lapsed);
    for id in &lapsed {
        let old = page.order(id).is_some_and(|row| row.order.state == OrderState::Reserved && row.hold_until < now);
        if old {
            drop_order(page, ctx, id, OrderState::Lapsed, EventKind::OrderLapsed);
        }
    }
    let forgotten = std::mem::take(&mut page.forgotten);
    for id in &forgotten {
        let since = page.order(id).and_then(|row| row.sent_at);
        if since.is_some_and(|since| since < now - FORGOTTEN) {
            close(page, ctx, id);
        }
    }
    let ended: Vec<String> = page
        .vouchers()
        .filter(|row| row.valid_until.is_some_and(|until| now > until) && row.ended != row.valid_until)
        .map(|row| row.id.clone())
        .collect();
    let mut settled = 0_u32;
    let mut more = !ended.is_empty() || lapsed.len() >= LAPSED || forgotten.len() >= LAPSED;
    if let Some(walk) = page.walk.take() {
        for id in &walk.grants {
            if let Some((shopper, voucher, n)) = grant_key(id) {
                settled += u32::from(settle(page, ctx, &(shopper.to_owned(), voucher.to_owned(), n)));
            }
        }
        if let Some(voucher) = page.voucher_mut(&walk.voucher) {
            voucher.walk = walk.next;
        }
    }
    for id in &ended {
        if let Some(voucher) = page.voucher_mut(id) {
            voucher.ended = voucher.valid_until;
            voucher.walk = Some(String::new());
        }
    }
    more |= page.vouchers().any(|row| row.walk.is_some());
    let counts = serde_json::json!({
        "lapsed": lapsed.len(), "forgotten": forgotten.len(), "settled": settled, "more": more,
    });
    Done::json(200, &counts)
}

/// Ends an order that nobody has handed over for a day. Vouchers that it still holds were never shown at a till: they go
/// back into the wallet. Without such vouchers nothing says that it was not fetched.
fn close(page: &mut Page, ctx: &Ctx<'_>, id: &str) {
    if !page.order(id).is_some_and(|row| matches!(row.order.state, OrderState::Sent | OrderState::Ready)) {
        return;
    }
    if held(page, id).is_empty() {
        turn(page, ctx, id, OrderState::Collected, EventKind::OrderCollected);
    } else {
        drop_order(page, ctx, id, OrderState::Failed, EventKind::OrderFailed);
    }
}
