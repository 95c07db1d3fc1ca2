//! An order's way after it was placed: confirmed or called off by the shopper, made and handed over by the store.

use oolong_protocol::shop::{GrantState, Millis, Order, OrderState, Reason};

use super::capacity::{earliest, insert, merged, remove};
use super::outbox::announce;
use super::shift::{held, release, shift};
use super::state::{announce_turn, minutes};
use super::{Ctx, Done, Refusal, refuse, view};
use crate::page::Page;
use crate::rows::{EventKind, OrderRow};

pub(crate) fn confirm(page: &mut Page, ctx: &Ctx<'_>, shopper: &str, id: &str) -> Result<Done, Refusal> {
    let row = own(page, shopper, id)?;
    match row.order.state {
        OrderState::Reserved if page.now > row.hold_until => return refuse(Reason::OrderLapsed, ""),
        OrderState::Reserved => {}
        OrderState::Confirmed => return Ok(Done::json(200, &row.order)),
        OrderState::Lapsed => return refuse(Reason::OrderLapsed, ""),
        state => return conflict(state),
    }
    catch_up(page, id);
    turn(page, ctx, id, OrderState::Confirmed, EventKind::OrderConfirmed);
    shown(page, id)
}

pub(crate) fn cancel(page: &mut Page, ctx: &Ctx<'_>, shopper: &str, id: &str) -> Result<Done, Refusal> {
    let row = own(page, shopper, id)?;
    match row.order.state {
        OrderState::Reserved | OrderState::Confirmed => {}
        OrderState::Cancelled => return Ok(Done::json(200, &row.order)),
        OrderState::Sent | OrderState::Ready => return refuse(Reason::OrderNotCancellable, ""),
        OrderState::Lapsed => return refuse(Reason::OrderLapsed, ""),
        state => return conflict(state),
    }
    if held(page, id).len() < row.grants.len() {
        return refuse(Reason::OrderNotCancellable, "a voucher of this order was redeemed already");
    }
    drop_order(page, ctx, id, OrderState::Cancelled, EventKind::OrderCancelled);
    shown(page, id)
}

pub(crate) fn ready(page: &mut Page, ctx: &Ctx<'_>, store: &str, id: &str) -> Result<Done, Refusal> {
    let row = of_store(page, store, id)?;
    match row.order.state {
        OrderState::Sent => {}
        OrderState::Ready => return Ok(Done::json(200, &view::till_order(row))),
        state => return conflict(state),
    }
    turn(page, ctx, id, OrderState::Ready, EventKind::OrderReady);
    announce(page, ctx, id, EventKind::OrderReady);
    till(page, id)
}

pub(crate) fn collected(page: &mut Page, ctx: &Ctx<'_>, store: &str, id: &str) -> Result<Done, Refusal> {
    let row = of_store(page, store, id)?;
    match row.order.state {
        OrderState::Sent | OrderState::Ready => {}
        OrderState::Collected => return Ok(Done::json(200, &view::till_order(row))),
        state => return conflict(state),
    }
    for key in held(page, id) {
        shift(page, ctx, &key, GrantState::Redeemed, EventKind::Redeemed, None);
    }
    turn(page, ctx, id, OrderState::Collected, EventKind::OrderCollected);
    announce(page, ctx, id, EventKind::OrderCollected);
    till(page, id)
}

/// Ends an order before its time: its slot and what it still holds are free again.
pub(crate) fn drop_order(page: &mut Page, ctx: &Ctx<'_>, id: &str, state: OrderState, kind: EventKind) {
    let Some(row) = page.order(id) else { return };
    let (store, time) = (row.order.store.clone(), row.starts_at);
    if matches!(row.order.state, OrderState::Reserved | OrderState::Confirmed) {
        remove(&mut page.store_mut(&store).booked, time);
        announce_turn(page, ctx, &store, None);
    }
    release(page, ctx, id);
    turn(page, ctx, id, state, kind);
}

/// Brings an order into a state and writes it into the history.
pub(crate) fn turn(page: &mut Page, ctx: &Ctx<'_>, id: &str, state: OrderState, kind: EventKind) -> Option<Order> {
    let now = page.now;
    let row = page.order_mut(id)?;
    row.order.state = state;
    row.order.changed_at = now;
    row.order.reserved_until = None;
    let order = row.order.clone();
    let mut event = ctx.event(page, kind);
    (event.order, event.store) = (Some(order.id.clone()), Some(order.store.clone()));
    page.add_event(event);
    Some(order)
}

/// An order that is confirmed after its slot has begun gets the next one; its time is promised anew.
fn catch_up(page: &mut Page, id: &str) {
    let now = page.now;
    let Some(row) = page.order(id) else { return };
    let (store, begin) = (row.order.store.clone(), row.starts_at);
    if begin >= now {
        return;
    }
    let row = page.store_mut(&store);
    remove(&mut row.booked, begin);
    let cap = usize::try_from(row.cap).unwrap_or(0);
    let time = earliest(&merged(&row.sent, &row.booked, now), cap, now).unwrap_or(now);
    insert(&mut row.booked, time);
    let ready_at: Millis = time + minutes(row.prep);
    if let Some(row) = page.order_mut(id) {
        row.starts_at = time;
        row.order.ready_at = row.order.ready_at.max(ready_at);
    }
}

fn own<'a>(page: &'a Page, shopper: &str, id: &str) -> Result<&'a OrderRow, Refusal> {
    let mine = page.order(id).filter(|row| row.shopper == shopper);
    mine.ok_or_else(|| Refusal { reason: Reason::OrderUnknown, detail: format!("{id:?}") })
}

fn of_store<'a>(page: &'a Page, store: &str, id: &str) -> Result<&'a OrderRow, Refusal> {
    let mine = page.order(id).filter(|row| row.order.store == store);
    mine.ok_or_else(|| Refusal { reason: Reason::OrderUnknown, detail: format!("{id:?}") })
}

fn conflict<T>(state: OrderState) -> Result<T, Refusal> {
    refuse(Reason::OrderStateConflict, format!("it is {}", crate::rows::order_code(state)))
}

fn shown(page: &Page, id: &str) -> Result<Done, Refusal> {
    match page.order(id) {
        Some(row) => Ok(Done::json(200, &row.order)),
        None => refuse(Reason::OrderUnknown, ""),
    }
}

fn till(page: &Page, id: &str) -> Result<Done, Refusal> {
    match page.order(id) {
        Some(row) => Ok(Done::json(200, &view::till_order(row))),
        None => refuse(Reason::OrderUnknown, ""),
    }
}
