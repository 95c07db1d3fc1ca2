//! How an order stands.

use oolong_protocol::shop::{Millis, Order, OrderState};

/// The state at `now`: what is held no longer has lapsed, whether or not the server could say so yet.
pub(crate) fn state_at(order: &Order, now: Millis) -> OrderState {
    let over = order.reserved_until.is_some_and(|until| until <= now);
    if order.state == OrderState::Reserved && over { OrderState::Lapsed } else { order.state }
}

/// Whether the shopper can still call it off.
pub(crate) fn is_cancellable(state: OrderState) -> bool {
    matches!(state, OrderState::Reserved | OrderState::Confirmed)
}

/// Whether it is placed and not over.
pub(crate) fn is_under_way(state: OrderState) -> bool {
    matches!(state, OrderState::Reserved | OrderState::Confirmed | OrderState::Sent | OrderState::Ready)
}

/// Whether `news` is later than `known`: a repeated answer is as old as the first one was.
pub(crate) fn is_newer(known: &Order, news: &Order) -> bool {
    (news.changed_at, rank(news.state)) >= (known.changed_at, rank(known.state))
}

fn rank(state: OrderState) -> u8 {
    match state {
        OrderState::Reserved => 0,
        OrderState::Confirmed => 1,
        OrderState::Sent => 2,
        OrderState::Ready => 3,
        OrderState::Collected | OrderState::Cancelled | OrderState::Lapsed | OrderState::Failed => 4,
    }
}
