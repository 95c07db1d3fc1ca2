//! All orders, newest first, and how the last one stands.

use leptos::prelude::*;
use oolong_protocol::shop::Order;

use super::{
    book,
    part::PartCard,
    wishes::{self, Wish},
};
use crate::desk::{Desk, use_desk};

/// The panel with what is still to be decided and every order.
#[component]
pub(crate) fn OrdersPanel() -> impl IntoView {
    let desk = use_desk();
    book::refresh(desk);
    let open = Memo::new(move |_| {
        let wishes = wishes::all().into_iter().rev().filter(wishes::is_open);
        wishes.flat_map(open_parts).map(|(wish, at)| Part { wish, at }).collect::<Vec<_>>()
    });
    let ids = Memo::new(move |_| {
        desk.orders.with(|orders| {
            orders.value.as_ref().map(|orders| orders.iter().map(|order| order.id.clone()).collect::<Vec<_>>())
        })
    });
    let empty = move || open.with(Vec::is_empty) && ids.with(|ids| ids.as_ref().is_some_and(Vec::is_empty));
    view! {
        <div class="orders-panel" data-testid="orders">
            <Show when=move || { !open.with(Vec::is_empty) }>
                <h3>{move || desk.words().orders.open}</h3>
            </Show>
            <For each=move || open.get() key=|part| part.key() let:part>
                <PartCard wish=part.wish at=part.at/>
            </For>
            <Trouble desk/>
            <For each=move || ids.get().unwrap_or_default() key=Clone::clone let:id>
                {part_of(desk, &id)}
            </For>
            <Show when=empty>
                <div class="orders-empty" data-testid="orders-empty">
                    <p>{move || desk.words().orders.empty}</p>
                    <p>{move || desk.words().orders.empty_next}</p>
                </div>
            </Show>
        </div>
    }
}

/// How the last order stands.
#[component]
pub(crate) fn StatusCard() -> impl IntoView {
    let desk = use_desk();
    book::refresh(desk);
    let last = Memo::new(move |_| {
        desk.orders.with(|orders| orders.value.as_ref().map(|orders| orders.first().map(|order| order.id.clone())))
    });
    view! {
        <div class="orders" data-testid="order-status">
            <Trouble desk/>
            {move || match last.get() {
                Some(Some(id)) => part_of(desk, &id).into_any(),
                Some(None) => view! { <p data-testid="orders-empty">{move || desk.words().orders.empty}</p> }.into_any(),
                None => view! { <p class="wait" role="status">{move || desk.words().orders.moment}</p> }.into_any(),
            }}
        </div>
    }
}

/// A part of a wish as a row.
#[derive(Clone, Copy)]
struct Part {
    wish: Wish,
    at: usize,
}

impl Part {
    fn key(self) -> (String, usize) {
        (self.wish.name(), self.at)
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

fn open_parts(wish: Wish) -> Vec<(Wish, usize)> {
    wish.flows
        .with(|flows| flows.iter().enumerate().filter(|(_, flow)| flow.is_open()).map(|(at, _)| (wish, at)).collect())
}

/// The card of an order of the book.
pub(crate) fn part_of(desk: Desk, id: &str) -> Option<AnyView> {
    let order: Option<Order> =
        desk.orders.with_untracked(|orders| orders.value.iter().flatten().find(|order| order.id == id).cloned());
    let (wish, at) = wishes::of(desk, &order?)?;
    Some(view! { <PartCard wish at/> }.into_any())
}

/// Why there is nothing newer than what is shown.
#[component]
pub(crate) fn Trouble(desk: Desk) -> impl IntoView {
    move || {
        let language = desk.language.get();
        let (failure, as_of) = desk.orders.with(|orders| (orders.trouble.clone(), orders.as_of));
        failure.map(|failure| {
            let (what, next) = failure.advice(language);
            let as_of = (as_of > 0).then(|| (language.words().as_of)(&desk.clock_time(as_of)));
            view! {
                <div class="order-trouble" role="status" data-testid="orders-trouble">
                    <p><b>{what}</b> " " {next}</p>
                    {as_of.map(|as_of| view! { <p>{as_of}</p> })}
                    <button type="button" class="quiet" data-testid="orders-retry" on:click=move |_| book::refresh(desk)>
                        {desk.words().retry}
                    </button>
                </div>
            }
        })
    }
}
