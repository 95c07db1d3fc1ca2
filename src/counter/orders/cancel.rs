//! Calling off the last order that can be called off, once per call; or why there is none.

use leptos::prelude::*;
use oolong_protocol::shop::{Order, OrderState, Problem, Reason};

use super::{
    book,
    flow::{Act, Event},
    kept,
    panel::{Trouble, part_of},
    part::problem_text,
    standing::{is_cancellable, state_at},
    wishes,
};
use crate::desk::{Desk, use_desk};

/// What a call for cancelling comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Aim {
    /// This order.
    Order(String),
    /// None; the last one stands like this, if there is one.
    None(Option<OrderState>),
}

#[component]
pub(crate) fn CancelCard(wish: String) -> impl IntoView {
    let desk = use_desk();
    book::refresh(desk);
    let aim = RwSignal::new(kept::cancelled(&wish).map(Aim::Order));
    Effect::new(move |_| {
        // Decided once, when the orders are known: an order that is placed later is not meant.
        let known = desk.orders.with(|orders| {
            let fresh = orders.value.is_some() && !orders.busy && orders.trouble.is_none() && orders.as_of > 0;
            fresh.then(|| orders.value.clone().unwrap_or_default())
        });
        let (Some(orders), None) = (known, aim.get_untracked()) else { return };
        let found = choose(&orders, desk.server_now());
        if let Aim::Order(id) = &found {
            kept::keep_cancel(&wish, id);
            call_off(desk, &orders, id);
        }
        aim.set(Some(found));
    });
    view! {
        <div class="orders" data-testid="cancel">
            {move || match aim.get() {
                None => view! {
                    <p class="wait" role="status">{desk.words().orders.moment}</p>
                    <Trouble desk/>
                }
                .into_any(),
                Some(Aim::Order(id)) => part_of(desk, &id).into_any(),
                Some(Aim::None(state)) => view! { <WhyNot desk state/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn WhyNot(desk: Desk, state: Option<OrderState>) -> impl IntoView {
    let text = move || {
        let (words, language) = (&desk.words().orders, desk.language.get());
        match state {
            None => (words.cancel_none.to_owned(), String::new()),
            Some(OrderState::Sent | OrderState::Ready) => {
                problem_text(&Problem::new(Reason::OrderNotCancellable, ""), language)
            }
            Some(_) => (words.cancel_over.to_owned(), String::new()),
        }
    };
    view! {
        <div class="order-trouble" role="status" data-testid="cancel-none">
            <p><b>{move || text().0}</b></p>
            <p>{move || text().1}</p>
        </div>
    }
}

fn call_off(desk: Desk, orders: &[Order], id: &str) {
    let order = orders.iter().find(|order| order.id == id);
    if let Some((wish, at)) = order.and_then(|order| wishes::of(desk, order)) {
        wish.hear(at, Event::Wants(Act::Cancel));
    }
}

/// The newest order that can be called off.
fn choose(orders: &[Order], now: oolong_protocol::shop::Millis) -> Aim {
    let found = orders.iter().find(|order| is_cancellable(state_at(order, now)));
    match found {
        Some(order) => Aim::Order(order.id.clone()),
        None => Aim::None(orders.first().map(|order| state_at(order, now))),
    }
}
