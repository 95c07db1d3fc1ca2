//! What time does by itself: reservations lapse, grants end; and what the operator did to a whole voucher reaches its
//! grants, a stretch at a time.

use oolong_protocol::shop::OrderState;

use super::progress::drop_order;
use super::shift::settle;
use super::{Ctx, Done};
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
    let ended: Vec<String> = page
        .vouchers()
        .filter(|row| row.valid_until.is_some_and(|until| now > until) && row.ended != row.valid_until)
        .map(|row| row.id.clone())
        .collect();
    let mut settled = 0_u32;
    let mut more = !ended.is_empty();
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
    Done::json(200, &serde_json::json!({ "lapsed": lapsed.len(), "settled": settled, "more": more }))
}
