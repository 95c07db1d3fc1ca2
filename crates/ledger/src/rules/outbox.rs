//! What is announced to the partner that brings orders, and what becomes of it.

use oolong_intent::Fulfilment;
use oolong_protocol::shop::{Goods, Millis, OrderState, Reason};
use serde::Serialize;

use super::progress::drop_order;
use super::{Ctx, Done, Refusal, refuse};
use crate::page::Page;
use crate::rows::{EventKind, OutboxRow, OutboxState};

/// How long whoever takes an announcement on has for it before somebody else may: more than the partner gets for its
/// answer.
const TURN: Millis = 20_000;

/// The body of an announcement.
#[derive(Serialize)]
struct Announcement<'a> {
    event: &'static str,
    /// 1, 2, … within the order.
    sequence: i64,
    at: Millis,
    order: &'a str,
    number: &'a str,
    state: OrderState,
    store: &'a str,
    store_names: &'a [String],
    goods: &'a [Goods],
    place: Option<&'a str>,
    currency: &'a str,
    total: i64,
    ready_at: Millis,
}

/// Announces an order for delivery, if there is a partner.
pub(crate) fn announce(page: &mut Page, ctx: &Ctx<'_>, id: &str, kind: EventKind) {
    let now = page.now;
    let Some(url) = &ctx.book.settings.partner else { return };
    let Some(row) = page.order(id).filter(|row| row.order.fulfilment == Fulfilment::Delivery) else { return };
    let (order, seq) = (&row.order, row.announced + 1);
    let body = Announcement {
        event: kind.code(),
        sequence: seq,
        at: now,
        order: &order.id,
        number: &order.number,
        state: order.state,
        store: &order.store,
        store_names: &order.store_names,
        goods: &order.goods,
        place: order.place.as_deref(),
        currency: &order.price.currency,
        total: order.price.total,
        ready_at: order.ready_at,
    };
    let payload = serde_json::to_string(&body).unwrap_or_default();
    if let Some(row) = page.order_mut(id) {
        row.announced = seq;
    }
    page.add_outbox(OutboxRow {
        order: id.to_owned(),
        seq,
        url: url.clone(),
        payload,
        due_at: now,
        attempts: 0,
        state: OutboxState::Pending,
        created_at: now,
        error: String::new(),
    });
}

/// A process takes it on: the number of its try, or nothing where it is not due or another came first.
pub(crate) fn announcing(page: &mut Page, order: &str, seq: i64) -> Done {
    let now = page.now;
    // Whoever has read the list a while ago may not know that an earlier one is to be announced again.
    let next = page.outbox_of(order).into_iter().find(|known| pending(page, order, *known).is_some());
    let due = pending(page, order, seq).filter(|row| next == Some(seq) && row.due_at <= now);
    let attempt = due.map(|row| {
        row.attempts += 1;
        row.due_at = now + TURN;
        row.attempts
    });
    Done::json(200, &serde_json::json!({ "attempt": attempt }))
}

/// The partner has taken it.
pub(crate) fn announced(page: &mut Page, order: &str, seq: i64) -> Done {
    let found = pending(page, order, seq).map(|row| {
        row.state = OutboxState::Delivered;
        row.error = String::new();
    });
    Done::json(200, &serde_json::json!({ "found": found.is_some() }))
}

/// The partner has not taken it. Given up means that the order has failed, and all that would have followed with it.
pub(crate) fn not_announced(
    page: &mut Page,
    ctx: &Ctx<'_>,
    (order, seq, attempt): (&str, i64, i64),
    error: &str,
    wait: Option<Millis>,
) -> Done {
    let now = page.now;
    // Somebody else's turn meanwhile, or all tries anew: what became of the old one does not count.
    let found = pending(page, order, seq).filter(|row| row.attempts == attempt).map(|row| {
        row.error = error.chars().take(500).collect();
        match wait {
            Some(wait) => row.due_at = now.saturating_add(wait),
            None => row.state = OutboxState::Dead,
        }
    });
    if found.is_some() && wait.is_none() {
        for later in page.outbox_of(order) {
            if let Some(row) = pending(page, order, later) {
                row.state = OutboxState::Dead;
                "an earlier announcement of this order was given up".clone_into(&mut row.error);
            }
        }
        if page.order(order).is_some_and(|row| matches!(row.order.state, OrderState::Sent | OrderState::Ready)) {
            drop_order(page, ctx, order, OrderState::Failed, EventKind::OrderFailed);
        }
    }
    Done::json(200, &serde_json::json!({ "found": found.is_some() }))
}

/// The operator has the partner told again, perhaps at another address. What was given up while the order was still under
/// way has failed it: that order is closed.
pub(crate) fn announce_again(page: &mut Page, ctx: &Ctx<'_>, order: &str) -> Result<Done, Refusal> {
    let now = page.now;
    let Some(row) = page.order(order) else {
        return refuse(Reason::OrderUnknown, format!("{order:?}"));
    };
    let (state, store) = (row.order.state, row.order.store.clone());
    if state == OrderState::Failed {
        let closed = "it has failed, because the partner did not take it in time, and its vouchers are back in the \
            wallet: tell the partner yourself if it took earlier announcements of it; the shopper can order anew";
        return refuse(Reason::OrderStateConflict, closed);
    }
    let untaken = page.outbox_of(order);
    if untaken.is_empty() {
        return refuse(Reason::OrderStateConflict, "there is nothing of it that the partner has not taken");
    }
    for seq in &untaken {
        if let Some(row) = page.outbox_mut(order, *seq) {
            row.state = OutboxState::Pending;
            row.attempts = 0;
            row.due_at = now;
            if let Some(url) = &ctx.book.settings.partner {
                row.url.clone_from(url);
            }
        }
    }
    let mut event = ctx.event(page, EventKind::OrderAnnounced);
    (event.order, event.store) = (Some(order.to_owned()), Some(store));
    event.detail = serde_json::json!({ "announcements": untaken }).to_string();
    page.add_event(event);
    Ok(Done::json(200, &serde_json::json!({ "order": order, "state": state, "announcements": untaken })))
}

fn pending<'a>(page: &'a mut Page, order: &str, seq: i64) -> Option<&'a mut OutboxRow> {
    page.outbox_mut(order, seq).filter(|row| row.state == OutboxState::Pending)
}
