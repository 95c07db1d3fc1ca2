//! An order under way: its number, how far it is, the codes of its vouchers; and what could make it cheaper before that.

use leptos::prelude::*;
use oolong_protocol::shop::{Order, OrderState};
use wasm_bindgen_futures::spawn_local;

use super::{
    flow::{Act, Event},
    hints::{Hint, hint},
    part::Hand,
};
use crate::{desk::use_desk, show::voucher_name, wallet::qr};

/// The number that is called out.
#[component]
pub(crate) fn Number(order: Order) -> impl IntoView {
    let desk = use_desk();
    view! {
        <p class="order-number">
            <span>{move || desk.words().orders.number}</span>
            <b data-testid="pickup-number">{order.number}</b>
        </p>
    }
}

/// Confirmed, at the store, ready, handed over.
#[component]
pub(crate) fn Steps(state: OrderState) -> impl IntoView {
    let desk = use_desk();
    let words = &desk.language.get_untracked().words().orders;
    let at = match state {
        OrderState::Sent => 1,
        OrderState::Ready => 2,
        OrderState::Collected => 3,
        OrderState::Reserved
        | OrderState::Confirmed
        | OrderState::Cancelled
        | OrderState::Lapsed
        | OrderState::Failed => 0,
    };
    let step = |(index, text): (usize, &'static str)| {
        view! {
            <li class:done={index < at} class:current={index == at} aria-current={(index == at).then_some("step")}>
                <i aria-hidden="true"></i>
                {text}
            </li>
        }
    };
    view! {
        <ol class="order-steps" data-testid="order-steps" aria-label=words.steps>
            {words.step.into_iter().enumerate().map(step).collect_view()}
        </ol>
    }
}

/// The codes of the vouchers that the order uses, as long as they can be redeemed.
#[component]
pub(crate) fn Codes(order: Order) -> impl IntoView {
    let desk = use_desk();
    let codes = Memo::new(move |_| {
        desk.wallet.with(|wallet| {
            let grants = wallet.value.iter().flat_map(|wallet| &wallet.grants);
            let mine = grants.filter(|grant| grant.order.as_deref() == Some(order.id.as_str()));
            mine.filter_map(|grant| Some((grant.voucher.clone(), grant.token.clone()?))).collect::<Vec<_>>()
        })
    });
    let code = move |(voucher, token): (String, String)| {
        let name = voucher_name(&desk.campaign(), &voucher, desk.language.get());
        let drawing = qr::draw(&token)?;
        let label = (desk.words().orders.code_of)(&name);
        Some(view! {
            <figure class="order-code" data-testid="voucher-qr" data-token=token>
                <svg viewBox=format!("0 0 {0} {0}", drawing.size) role="img" aria-label=label shape-rendering="crispEdges">
                    <path d=drawing.path/>
                </svg>
                <figcaption>{name}</figcaption>
            </figure>
        })
    };
    move || {
        let codes = codes.get();
        (!codes.is_empty()).then(|| {
            view! {
                <details class="order-codes" open>
                    <summary>{desk.words().orders.codes}</summary>
                    <div>{codes.into_iter().filter_map(code).collect_view()}</div>
                </details>
            }
        })
    }
}

/// A voucher that would make the reserved order cheaper. Nothing to press while something is being done with the order
/// already.
#[component]
pub(crate) fn Hinted(hand: Hand, order: Order, doing: bool) -> impl IntoView {
    let desk = hand.desk;
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<(String, String)>);
    let found = Memo::new(move |_| {
        let grants = desk.wallet.with(|wallet| wallet.value.as_ref().map(|wallet| wallet.grants.clone()))?;
        let vouchers = desk.vouchers.with(|vouchers| vouchers.value.clone()).unwrap_or_default();
        hint(&desk.campaign(), &order, &grants, &vouchers, desk.server_now())
    });
    let claim = move |voucher: String| {
        busy.set(true);
        spawn_local(async move {
            if let Err(failure) = hand.wish.claim(hand.at, voucher).await {
                // The card may have gone meanwhile.
                let _ = failed.try_set(Some(failure.advice(desk.language.get_untracked())));
                let _ = busy.try_set(false);
            }
        });
    };
    let give_back = move |_| hand.tell(Event::Wants(Act::Return));
    move || {
        let words = &desk.words().orders;
        let name = |voucher: &str| voucher_name(&desk.campaign(), voucher, desk.language.get());
        let shown = match found.get()? {
            Hint::Claim { voucher, saves } => view! {
                <p>{(words.hint_claim)(&name(&voucher), &desk.money(saves))}</p>
                <button
                    type="button"
                    class="quiet"
                    data-testid="hint-claim"
                    data-voucher=voucher.clone()
                    disabled=move || doing || busy.get()
                    on:click=move |_| claim(voucher.clone())
                >
                    {words.hint_claim_do}
                </button>
            }
            .into_any(),
            Hint::AddMore { voucher, missing } => view! {
                <p>{(words.hint_more)(&name(&voucher), &desk.money(missing))}</p>
                <button type="button" class="quiet" data-testid="hint-more" disabled=doing on:click=give_back>
                    {words.hint_more_do}
                </button>
            }
            .into_any(),
        };
        Some(view! {
            <aside class="order-hint" data-testid="voucher-hint">
                {shown}
                {move || failed.get().map(|(what, next)| view! { <p role="alert">{what} " " {next}</p> })}
            </aside>
        })
    }
}
