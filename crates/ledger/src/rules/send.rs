//! Orders whose time has come go to their stores, never faster than a store can begin them: what counts is when orders
//! were sent in fact, so that a backlog, after a night without the server, is paced like everything else.

use std::collections::BTreeSet;

use oolong_protocol::shop::{Millis, OrderState};

use super::capacity::{earliest, insert, merged, remove, trim};
use super::outbox::announce;
use super::state::announce_turn;
use super::{Ctx, Done};
use crate::page::Page;
use crate::rows::EventKind;

pub(crate) fn send_due(page: &mut Page, ctx: &Ctx<'_>) -> Done {
    let now = page.now;
    let due = std::mem::take(&mut page.due);
    let (mut sent, mut stores) = (0_u32, BTreeSet::new());
    for id in &due {
        let Some(row) = page.order(id).filter(|row| row.order.state == OrderState::Confirmed) else { continue };
        let (store, begin) = (row.order.store.clone(), row.starts_at);
        let row = page.store_mut(&store);
        let pace = row.pace.unwrap_or(row.cap);
        trim(&mut row.sent, now);
        remove(&mut row.booked, begin);
        let cap = usize::try_from(pace).unwrap_or(0);
        if row.sent.len() < cap {
            row.sent.push(now);
            hand_over(page, ctx, id, pace);
            stores.insert(store);
            sent += 1;
            continue;
        }
        // All that waits behind it gets later too, each its own time, so that nothing is looked at twice for nothing.
        let next = earliest(&merged(&row.sent, &row.booked, now), cap, now).unwrap_or(now + 60_000).max(now + 1);
        insert(&mut row.booked, next);
        postpone(page, id, next);
    }
    for store in &stores {
        announce_turn(page, ctx, store, None);
    }
    Done::json(200, &serde_json::json!({ "sent": sent, "looked_at": due.len() }))
}

fn hand_over(page: &mut Page, ctx: &Ctx<'_>, id: &str, pace: i64) {
    let now = page.now;
    let Some(row) = page.order_mut(id) else { return };
    row.order.state = OrderState::Sent;
    row.order.changed_at = now;
    row.sent_at = Some(now);
    let store = row.order.store.clone();
    let mut event = ctx.event(page, EventKind::OrderSent);
    (event.order, event.store) = (Some(id.to_owned()), Some(store));
    event.count = pace;
    page.add_event(event);
    announce(page, ctx, id, EventKind::OrderSent);
}

fn postpone(page: &mut Page, id: &str, next: Millis) {
    if let Some(row) = page.order_mut(id) {
        row.order.ready_at += (next - row.starts_at).max(0);
        row.starts_at = next;
    }
}
