//! The orders that the store has, oldest first.

use leptos::prelude::*;
use oolong_intent::Fulfilment;
use oolong_protocol::shop::{OrderState, TillOrder};
use wasm_bindgen_futures::spawn_local;

use super::post::use_till;
use crate::{desk::use_desk, orders::goods_text};

#[component]
pub(crate) fn Queue() -> impl IntoView {
    let (till, desk) = (use_till(), use_desk());
    let orders = Memo::new(move |_| till.queue.with(|queue| queue.value.as_ref().map(|queue| queue.orders.clone())));
    let part = move |done: bool| {
        let orders = orders.get().unwrap_or_default();
        orders.into_iter().filter(|order| is_done(order.state) == done).collect::<Vec<_>>()
    };
    // A row is made anew when its order changes, and otherwise left alone, so that nobody loses the focus to a poll.
    let key = |order: &TillOrder| (order.id.clone(), order.state);
    view! {
        <section class="till-card till-queue" aria-labelledby="till-queue-title">
            <h2 id="till-queue-title">{move || desk.words().till.queue}</h2>
            {move || match orders.with(|orders| orders.as_ref().map(|_| part(false).is_empty())) {
                None => Some(view! { <p class="wait" role="status">{desk.words().till.opening}</p> }.into_any()),
                Some(true) => {
                    Some(view! { <p class="till-empty" data-testid="queue-empty">{desk.words().till.queue_empty}</p> }.into_any())
                }
                Some(false) => None,
            }}
            <ul class="till-orders" data-testid="queue">
                <For each=move || part(false) key=key let:order><Row order/></For>
            </ul>
            <Show when=move || !part(true).is_empty()>
                <details class="till-done">
                    <summary>{move || (desk.words().till.done)(part(true).len())}</summary>
                    <ul class="till-orders">
                        <For each=move || part(true) key=key let:order><Row order/></For>
                    </ul>
                </details>
            </Show>
        </section>
    }
}

#[component]
fn Row(order: TillOrder) -> impl IntoView {
    let (till, desk) = (use_till(), use_desk());
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<(String, String)>);
    let verb = match order.state {
        OrderState::Sent => Some(("ready", "order-ready")),
        OrderState::Ready => Some(("collected", "order-collected")),
        OrderState::Reserved
        | OrderState::Confirmed
        | OrderState::Collected
        | OrderState::Cancelled
        | OrderState::Lapsed
        | OrderState::Failed => None,
    };
    let id = order.id.clone();
    let press = move |verb: &'static str| {
        let id = id.clone();
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let outcome = till.say(&id, verb).await;
            // The row may have been made anew meanwhile.
            let _ = busy.try_set(false);
            if let Err(failure) = outcome {
                let _ = failed.try_set(Some(failure.advice(desk.language.get_untracked())));
            }
        });
    };
    let button = verb.map(|(verb, tag)| {
        let text = move || {
            let words = &desk.words().till;
            if verb == "ready" { words.ready } else { words.collected }
        };
        let class = if verb == "ready" { "main" } else { "quiet" };
        view! {
            <button type="button" class=class data-testid=tag disabled=move || busy.get() on:click=move |_| press(verb)>
                {text}
            </button>
        }
    });
    let goods = order.goods.clone();
    let lines = move || {
        let language = desk.language.get();
        goods.iter().map(|goods| view! { <li>{goods_text(desk, goods, language)}</li> }).collect_view()
    };
    let (ready_at, state) = (order.ready_at, order.state);
    let due = move || {
        let words = &desk.words().till;
        match state {
            OrderState::Sent => {
                (words.promised)(&desk.clock_time(ready_at), (ready_at - desk.now.get()).div_euclid(60_000))
            }
            OrderState::Ready => words.made.to_owned(),
            OrderState::Reserved
            | OrderState::Confirmed
            | OrderState::Collected
            | OrderState::Cancelled
            | OrderState::Lapsed
            | OrderState::Failed => words.collected.to_owned(),
        }
    };
    let way = order.fulfilment;
    let way = move || if way == Fulfilment::Delivery { desk.words().till.delivery } else { desk.words().till.pickup };
    let name = serde_json::to_value(order.state).ok().and_then(|name| name.as_str().map(str::to_owned));
    view! {
        <li class="till-order" data-testid="queue-order" data-order=order.id data-state=name.unwrap_or_default()>
            <b class="till-number" data-testid="queue-number">{order.number}</b>
            <div class="till-what">
                <ul>{lines}</ul>
                <p class="small">{due} " · " {way} " · " {desk.money(order.total)}</p>
                {move || failed.get().map(|(what, next)| view! { <p class="till-refused" role="alert">{what} " " {next}</p> })}
            </div>
            {button}
        </li>
    }
}

fn is_done(state: OrderState) -> bool {
    !matches!(state, OrderState::Sent | OrderState::Ready)
}
