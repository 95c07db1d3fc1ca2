//! Orders: placing, following and calling off.
//!
//! [`flow`] decides what happens to one order, [`wishes`] carries it out, [`book`] knows what the ledger has; the rest
//! shows.

mod book;
mod cancel;
mod flow;
#[cfg(test)]
mod flow_tests;
mod hints;
mod kept;
mod offer;
mod panel;
mod part;
mod place;
mod price;
mod progress;
mod split;
mod standing;
pub(crate) mod time;
mod wishes;

use leptos::prelude::*;
use oolong_protocol::counter::Wanted;

pub(crate) use self::{
    cancel::CancelCard,
    panel::{OrdersPanel, StatusCard},
    part::problem_text,
    price::goods_text,
};
use self::{part::PartCard, wishes::Wish};
use crate::desk::{Desk, use_desk};

/// Called once, when the desk is opened, under its owner: for timers and listeners that live as long as the page.
pub(crate) fn open(desk: Desk) {
    wishes::open(desk);
    book::open(desk);
}

/// An order that the shopper has said yes to: one negotiation for each brand in it.
#[component]
pub(crate) fn OrderCard(order: Wanted, wish: String) -> impl IntoView {
    let desk = use_desk();
    let begun = RwSignal::new(None::<Wish>);
    Effect::new(move |_| {
        // Vouchers that were asked for by name are found in the wallet, so that has to be known, or be unreachable.
        let asked =
            order.vouchers.is_empty() || desk.wallet.with(|wallet| wallet.value.is_some() || wallet.trouble.is_some());
        if asked && begun.get_untracked().is_none() {
            begun.set(wishes::begin(desk, &wish, &order));
        }
    });
    let parts = move |wish: Wish| {
        let count = wish.flows.with_untracked(Vec::len);
        (0..count).map(|at| view! { <PartCard wish at/> }).collect_view()
    };
    view! {
        <div class="orders" data-testid="order">
            {move || match begun.get() {
                Some(wish) => parts(wish).into_any(),
                None => view! { <p class="wait" role="status">{move || desk.words().orders.doing}</p> }.into_any(),
            }}
        </div>
    }
}
