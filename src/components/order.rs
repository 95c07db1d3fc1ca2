//! The end of an order: summary, placed, status.

use leptos::prelude::*;
use oolong_commerce::{Action, Details, Placed, Summary, Totals};
use oolong_intent::Fulfilment;

use crate::{
    session::use_session,
    show::{item_name, modifiers, voucher_name, when},
};

/// The order before it goes off, with yes and no.
#[component]
pub(crate) fn SummaryCard(summary: Summary) -> impl IntoView {
    let session = use_session();
    let done = RwSignal::new(false);
    let press = move |action: Action| {
        done.set(true);
        session.act(action);
    };
    view! {
        <article class="card receipt" data-testid="answer-card" data-kind="summary">
            <h2>{move || session.words().summary}</h2>
            <Receipt summary/>
            <div class="buttons">
                <button
                    type="button"
                    class="main"
                    data-testid="place-order"
                    disabled=move || done.get()
                    on:click=move |_| press(Action::Place)
                >
                    {move || session.words().place_order}
                </button>
                <button type="button" class="quiet" disabled=move || done.get() on:click=move |_| press(Action::No)>
                    {move || session.words().not_yet}
                </button>
            </div>
            <p class="aside">{move || session.order_note()}</p>
        </article>
    }
}

/// The order that was placed.
#[component]
pub(crate) fn PlacedCard(placed: Placed) -> impl IntoView {
    let session = use_session();
    let number = placed.number;
    view! {
        <article class="card receipt placed" data-testid="answer-card" data-kind="placed">
            <h2>{move || (session.words().placed)(number)}</h2>
            <Receipt summary=summary_of(&placed, &session.campaign())/>
            <p class="aside">{move || session.words().placed_note}</p>
            <div class="buttons">
                <button type="button" class="quiet" on:click=move |_| session.act(Action::Undo)>
                    {move || session.words().undo}
                </button>
            </div>
        </article>
    }
}

/// Where the last order is.
#[component]
pub(crate) fn StatusCard(placed: Option<Placed>) -> impl IntoView {
    let session = use_session();
    let body = match placed {
        None => view! { <p>{move || session.words().status_none}</p> }.into_any(),
        Some(placed) => {
            let (number, cancelled) = (placed.number, placed.cancelled);
            let title = move || {
                let words = session.words();
                if cancelled { (words.status_cancelled)(number) } else { (words.status)(number) }
            };
            view! {
                <h2>{title}</h2>
                <Receipt summary=summary_of(&placed, &session.campaign())/>
                <p class="aside">{move || session.words().placed_note}</p>
            }
            .into_any()
        }
    };
    view! { <article class="card receipt" data-testid="answer-card" data-kind="status">{body}</article> }
}

#[component]
fn Receipt(summary: Summary) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let lines = summary
        .lines
        .into_iter()
        .map(|(line, price)| {
            let campaign = campaign.clone();
            let text = move || {
                let language = session.language.get();
                let made = modifiers(&campaign, &line, language);
                let name = item_name(&campaign, &line.item, language);
                let made = if made.is_empty() { String::new() } else { format!(", {}", made.join(", ")) };
                format!("{} × {name}{made}", line.quantity)
            };
            view! { <li><span>{text}</span><span class="leader"></span><span>{session.money(price)}</span></li> }
        })
        .collect_view();
    let subtotal = (!summary.savings.is_empty()).then(|| {
        view! {
            <li>
                <span>{move || session.words().subtotal}</span>
                <span class="leader"></span>
                <span>{session.money(summary.subtotal)}</span>
            </li>
        }
    });
    let fee = (summary.delivery_fee != 0).then(|| {
        view! {
            <li>
                <span>{move || session.words().delivery}</span>
                <span class="leader"></span>
                <span>{session.money(summary.delivery_fee)}</span>
            </li>
        }
    });
    let savings = summary
        .savings
        .into_iter()
        .map(|(id, off)| {
            let campaign = campaign.clone();
            view! {
                <li class="saving">
                    <span>{move || voucher_name(&campaign, &id, session.language.get())}</span>
                    <span class="leader"></span>
                    <span>{session.money(-off)}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="leaders">{lines} {subtotal} {fee} {savings}</ul>
        {details_list(summary.details)}
        <p class="sum"><span>{move || session.words().total}</span><b>{session.money(summary.total)}</b></p>
    }
}

/// Way, place and time, as far as they are known.
pub(crate) fn details_list(details: Details) -> impl IntoView {
    let session = use_session();
    let Details { fulfilment, place, when: time } = details;
    let way = fulfilment.map(|way| {
        let value = move || match way {
            Fulfilment::Pickup => session.words().pickup,
            Fulfilment::Delivery => session.words().delivery,
        };
        view! { <div><dt>{move || session.words().way}</dt><dd>{value}</dd></div> }
    });
    let place = place.map(|place| view! { <div><dt>{move || session.words().place}</dt><dd>{place}</dd></div> });
    let time = time.map(|time| {
        let value = move || when(time, session.language.get());
        view! { <div><dt>{move || session.words().time}</dt><dd>{value}</dd></div> }
    });
    let some = way.is_some() || place.is_some() || time.is_some();
    some.then(|| view! { <dl class="facts">{way} {place} {time}</dl> })
}

fn summary_of(placed: &Placed, campaign: &oolong_catalog::Campaign) -> Summary {
    let totals = Totals::of(campaign, &placed.order, None);
    Summary {
        lines: placed.order.cart.lines().iter().map(|line| (line.clone(), totals.line(line.id))).collect(),
        details: Details {
            fulfilment: placed.order.fulfilment,
            place: placed.order.place.clone(),
            when: placed.order.when,
        },
        subtotal: totals.subtotal,
        delivery_fee: totals.delivery_fee,
        savings: totals.savings,
        total: placed.total,
    }
}
