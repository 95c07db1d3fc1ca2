//! The order slip: beside the conversation on a wide screen, a bar that opens on a phone.

use leptos::prelude::*;
use oolong_commerce::{Action, Dialogue, Line, LineId, MAX_QUANTITY, Totals};
use oolong_intent::Fulfilment;

use super::thumb::Thumb;
use crate::{
    session::{Session, use_session},
    show::{item_name, modifiers, notation, voucher_name, when},
};

#[component]
pub(crate) fn Cart() -> impl IntoView {
    let session = use_session();
    let open = RwSignal::new(false);
    let lines = Memo::new(move |_| session.dialogue.with(|dialogue| dialogue.state().order.cart.lines().to_vec()));
    let totals = Memo::new(move |_| session.dialogue.with(Dialogue::totals));
    let pieces = move || session.dialogue.with(|dialogue| dialogue.state().order.cart.pieces());
    let empty = move || lines.with(Vec::is_empty);
    view! {
        <aside class="slip" class:open=move || open.get() data-testid="cart" aria-labelledby="slip-title">
            <button
                type="button"
                class="slip-bar"
                aria-expanded=move || open.get().to_string()
                aria-controls="slip-body"
                aria-label=move || if open.get() { session.words().hide_cart } else { session.words().show_cart }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="slip-count">{move || (session.words().pieces)(pieces())}</span>
                <span class="slip-sum">{move || session.money(totals.with(|totals| totals.total))}</span>
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 15l6-6 6 6"/></svg>
            </button>
            <div class="slip-body" id="slip-body">
                <div class="slip-head">
                    <h2 id="slip-title">{move || session.words().cart}</h2>
                    <span>{move || (session.words().pieces)(pieces())}</span>
                    <button
                        type="button"
                        class="text"
                        data-testid="undo"
                        disabled=move || !session.dialogue.with(Dialogue::can_undo)
                        on:click=move |_| session.act(Action::Undo)
                    >
                        {move || session.words().undo}
                    </button>
                </div>
                <Show when=empty>
                    <p class="slip-empty">{move || session.words().cart_empty}</p>
                </Show>
                <ul class="lines">
                    <For each=move || lines.get() key=|line| line.id let:line>
                        <LineView id=line.id lines totals/>
                    </For>
                </ul>
                <OrderDetails/>
                <div class="slip-foot">
                    <Show when=move || totals.with(|totals| totals.delivery_fee != 0)>
                        <p class="slip-fee" data-testid="cart-fee">
                            <span>{move || session.words().delivery}</span>
                            <span>{move || session.money(totals.with(|totals| totals.delivery_fee))}</span>
                        </p>
                    </Show>
                    <Vouchers totals/>
                    <p class="total" aria-live="polite">
                        <span>{move || session.words().total}</span>
                        <b
                            data-testid="cart-total"
                            data-minor=move || totals.with(|totals| totals.total).to_string()
                        >
                            {move || session.money(totals.with(|totals| totals.total))}
                        </b>
                    </p>
                    <button
                        type="button"
                        class="main wide"
                        data-testid="checkout"
                        disabled=empty
                        on:click=move |_| {
                            open.set(false);
                            session.act(Action::Checkout);
                        }
                    >
                        {move || session.words().checkout}
                    </button>
                    <p class="slip-note">{move || session.order_note()}</p>
                </div>
            </div>
        </aside>
    }
}

/// One line. It stays the same element while its quantity and modifiers change, so that focus is never lost.
#[component]
fn LineView(id: LineId, lines: Memo<Vec<Line>>, totals: Memo<Totals>) -> impl IntoView {
    let session = use_session();
    let line = Memo::new(move |_| lines.with(|lines| lines.iter().find(|line| line.id == id).cloned()));
    let item = move || line.get().map(|line| line.item).unwrap_or_default();
    let quantity = move || line.with(|line| line.as_ref().map_or(0, |line| line.quantity));
    let title = move || item_name(&session.campaign(), &item(), session.language.get());
    let made = move || line.get().map(|line| modifiers(&session.campaign(), &line, session.language.get()).join(" · "));
    let price = move || session.money(totals.with(|totals| totals.line(id)));
    let set = move |quantity: u16| session.act(Action::SetQuantity(id, quantity));
    view! {
        <li
            class="slip-line"
            data-testid="cart-line"
            data-item=item
            data-quantity=move || quantity().to_string()
            data-modifiers=move || line.get().map(|line| notation(&line.modifiers)).unwrap_or_default()
        >
            {move || line.get().map(|line| view! { <Thumb item=line.item modifiers=line.modifiers/> })}
            <div class="slip-what">
                <b>{title}</b>
                <span>{made}</span>
            </div>
            <span class="slip-price">{price}</span>
            <div class="stepper">
                <button
                    type="button"
                    data-testid="stepper-minus"
                    aria-label=move || (session.words().fewer)(&title())
                    on:click=move |_| set(quantity().saturating_sub(1))
                >
                    "−"
                </button>
                <span aria-live="polite">{quantity}</span>
                <button
                    type="button"
                    data-testid="stepper-plus"
                    aria-label=move || (session.words().more)(&title())
                    disabled=move || { quantity() >= MAX_QUANTITY }
                    on:click=move |_| set(quantity().saturating_add(1))
                >
                    "+"
                </button>
            </div>
            <button
                type="button"
                class="text"
                data-testid="remove-line"
                aria-label=move || (session.words().remove)(&title())
                on:click=move |_| set(0)
            >
                {move || session.words().remove_short}
            </button>
        </li>
    }
}

/// Pickup or delivery, and whatever else was said about the order as a whole.
#[component]
fn OrderDetails() -> impl IntoView {
    let session = use_session();
    let order = Memo::new(move |_| {
        session.dialogue.with(|dialogue| {
            let order = &dialogue.state().order;
            (order.fulfilment, order.place.clone(), order.when)
        })
    });
    let way = move |way: Fulfilment, label: fn(Session) -> &'static str| {
        view! {
            <button
                type="button"
                class:on=move || order.get().0 == Some(way)
                aria-pressed=move || (order.get().0 == Some(way)).to_string()
                on:click=move |_| session.act(Action::SetFulfilment(way))
            >
                {move || label(session)}
            </button>
        }
    };
    view! {
        <div class="ways" role="group" aria-label=move || session.words().way>
            {way(Fulfilment::Pickup, |session| session.words().pickup)}
            {way(Fulfilment::Delivery, |session| session.words().delivery)}
        </div>
        <dl class="facts slip-facts">
            {move || order.get().1.map(|place| view! {
                <div><dt>{move || session.words().place}</dt><dd>{place}</dd></div>
            })}
            {move || order.get().2.map(|time| view! {
                <div>
                    <dt>{move || session.words().time}</dt>
                    <dd>{move || when(time, session.language.get())}</dd>
                </div>
            })}
        </dl>
    }
}

/// The vouchers in use with what they save, and the way to more.
#[component]
fn Vouchers(totals: Memo<Totals>) -> impl IntoView {
    let session = use_session();
    let savings = Memo::new(move |_| totals.with(|totals| totals.savings.clone()));
    let any = !session.campaign().vouchers.is_empty();
    view! {
        <ul class="savings">
            <For each=move || savings.get() key=|saving| saving.clone() let:saving>
                {
                    let (id, off) = saving;
                    let dropped = id.clone();
                    let title = move || voucher_name(&session.campaign(), &id, session.language.get());
                    let label = title.clone();
                    view! {
                        <li data-testid="cart-voucher">
                            <span>{title}</span>
                            <button
                                type="button"
                                class="text"
                                aria-label=move || (session.words().drop_voucher)(&label())
                                on:click=move |_| session.act(Action::DropVoucher(dropped.clone()))
                            >
                                "×"
                            </button>
                            <span class="off">{session.money(-off)}</span>
                        </li>
                    }
                }
            </For>
        </ul>
        {any.then(|| view! {
            <button type="button" class="text vouchers-link" on:click=move |_| session.act(Action::ShowVouchers)>
                {move || session.words().vouchers}
            </button>
        })}
    }
}
