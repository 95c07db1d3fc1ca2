//! One order of a wish, from looking for a store to handing over.

use leptos::{html, prelude::*};
use oolong_protocol::shop::{Order, OrderState, Problem};
use wasm_bindgen::JsCast;

use super::{
    flow::{Act, Event, Flow, Remedy, Stage, Trouble},
    offer::{OfferView, lead},
    place::PlaceForm,
    price::Price,
    progress::{Codes, Hinted, Number, Steps},
    standing::{is_cancellable, state_at},
    time,
    wishes::Wish,
};
use crate::{
    desk::{Desk, use_desk},
    show::{brand_name, name},
    words::Language,
};

/// How a card's buttons act on its flow.
#[derive(Clone, Copy)]
pub(crate) struct Hand {
    pub(crate) desk: Desk,
    pub(crate) wish: Wish,
    pub(crate) at: usize,
    card: NodeRef<html::Section>,
}

impl Hand {
    /// Tells the flow, and keeps the focus on the card when the button that had it goes.
    pub(crate) fn tell(&self, event: Event) {
        self.wish.hear(self.at, event);
        let card = self.card;
        request_animation_frame(move || {
            let active = web_sys::window().and_then(|window| window.document()?.active_element());
            if active.is_none_or(|element| element.tag_name() == "BODY")
                && let Some(card) = card.try_get_untracked().flatten()
            {
                // A card that cannot take the focus leaves it where the browser puts it.
                let _ = card.unchecked_ref::<web_sys::HtmlElement>().focus();
            }
        });
    }
}

#[component]
pub(crate) fn PartCard(wish: Wish, at: usize) -> impl IntoView {
    let desk = use_desk();
    let hand = Hand { desk, wish, at, card: NodeRef::new() };
    let flow = Memo::new(move |_| wish.flow(at));
    let state = Memo::new(move |_| {
        flow.with(|flow| flow.as_ref().and_then(Flow::order).map(|order| state_at(order, desk.now.get())))
    });
    let brand = move || {
        let id = flow.with(|flow| flow.as_ref().map(|flow| flow.brand.clone())).unwrap_or_default();
        let brand = brand_name(&desk.campaign(), &id, desk.language.get());
        (!brand.is_empty()).then(|| (desk.words().orders.from)(&brand))
    };
    let tag = move || {
        // The flow is read first: reactive_graph misses a change of a source that comes after one that hangs on it.
        let stage = flow.with(|flow| flow.as_ref().map_or("gone", |flow| stage_tag(&flow.stage)));
        state.get().map_or(stage, state_tag)
    };
    let body = move || {
        // Words are looked up anew when the language changes.
        desk.language.track();
        flow.get().map(|flow| stage(hand, flow, state.get()))
    };
    // One live region for as long as the card is there: what comes and goes with its words is not read reliably.
    let said = Memo::new(move |_| {
        flow.with(|flow| flow.as_ref().map(|flow| said(desk, flow, state.get()))).unwrap_or_default()
    });
    view! {
        <section class="order" data-testid="order-card" data-state=tag tabindex="-1" node_ref=hand.card>
            <p class="order-brand">{brand}</p>
            <p class="unseen" role="status">{said}</p>
            {body}
        </section>
    }
}

fn stage(hand: Hand, flow: Flow, state: Option<OrderState>) -> AnyView {
    let words = &hand.desk.words().orders;
    let (trouble, waiting) = (trouble_view(hand.desk, &flow), flow.waiting);
    let (remedies, delivers) = (remedy_buttons(hand, &flow), flow.delivers());
    match flow.stage {
        Stage::New => working(words.doing, waiting, words.waiting, remedies),
        Stage::Place { unknown } => view! {
            {trouble}
            <PlaceForm hand unknown delivers address=flow.wanted.place.filter(|_| delivers)/>
            {remedies}
        }
        .into_any(),
        Stage::Finding { place } => {
            let place = if place == crate::stores::nearby::HERE { words.here.to_owned() } else { place };
            working((words.finding)(&place), waiting, words.waiting, remedies)
        }
        Stage::Asking { .. } => working(words.asking, waiting, words.waiting, remedies),
        Stage::Offered { offer, .. } => view! { <OfferView hand offer/> {remedies} }.into_any(),
        Stage::Refused { .. } => view! { {trouble} {remedies} }.into_any(),
        Stage::Placed { order, doing } => {
            let state = state.unwrap_or(order.state);
            view! { {placed(hand, order, state, doing, waiting)} {trouble} {remedies} }.into_any()
        }
        Stage::Returned => view! { <p class="order-state" data-testid="order-state">{words.returned}</p> }.into_any(),
    }
}

/// How it stands, for those who listen.
fn said(desk: Desk, flow: &Flow, state: Option<OrderState>) -> String {
    let words = &desk.words().orders;
    if flow.waiting {
        return words.waiting.to_owned();
    }
    match (&flow.stage, state) {
        (Stage::Placed { .. }, Some(OrderState::Reserved)) => words.reserved.to_owned(),
        (Stage::Placed { order, .. }, Some(OrderState::Ready)) => {
            format!("{} {} {}", (words.state)(OrderState::Ready), words.number, order.number)
        }
        (Stage::Placed { .. }, Some(state)) => (words.state)(state).to_owned(),
        (Stage::Asking { .. } | Stage::Finding { .. }, _) => words.asking.to_owned(),
        (Stage::Offered { offer, .. }, _) => {
            let (what, _) = problem_text(&Problem::new(offer.reason, ""), desk.language.get());
            format!("{what} {}", lead(words, offer))
        }
        (Stage::Returned, _) => words.returned.to_owned(),
        (Stage::Place { .. }, _) if flow.delivers() => {
            flow.wanted.place.as_deref().map_or(words.ask_delivery.to_owned(), words.brought_to)
        }
        (Stage::Place { .. }, _) => words.ask_pickup.to_owned(),
        // Refusals are alerts of their own.
        (Stage::Refused { .. } | Stage::New | Stage::Placed { .. }, _) => String::new(),
    }
}

/// Somebody is being asked.
fn working(what: impl Into<String>, waiting: bool, patience: &'static str, remedies: AnyView) -> AnyView {
    let what: String = what.into();
    view! {
        <p class="wait" data-testid="order-state">
            {what} <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
        </p>
        {waiting.then(|| view! { <p class="order-waiting" data-testid="order-waiting">{patience}</p> })}
        {remedies}
    }
    .into_any()
}

fn placed(hand: Hand, order: Order, state: OrderState, doing: Option<Act>, waiting: bool) -> AnyView {
    let (desk, words) = (hand.desk, &hand.desk.words().orders);
    let busy = doing.is_some();
    let note = busy.then(|| {
        let text = if waiting { words.waiting } else { words.doing };
        view! { <p class="order-waiting" data-testid="order-waiting">{text}</p> }
    });
    let press = move |act: Act| move |_| hand.tell(Event::Wants(act));
    let head = if state == OrderState::Reserved { words.reserved } else { (words.state)(state) };
    let head = view! { <h3 class="order-state" data-testid="order-state">{head}</h3> };
    let next = (words.next)(state);
    let next = (!next.is_empty()).then(|| view! { <p class="order-next">{next}</p> });
    match state {
        OrderState::Reserved => {
            let until = order.reserved_until;
            view! {
                {head}
                {facts(desk, &order)}
                <Price order=order.clone()/>
                <Hinted hand order doing=busy/>
                {until.map(|until| view! {
                    <p class="order-held">
                        {words.held} " "
                        <b role="timer" data-testid="order-held">{move || time::countdown(until, desk.now.get())}</b>
                    </p>
                })}
                <div class="buttons">
                    <button type="button" class="main" data-testid="confirm-order" disabled=busy on:click=press(Act::Confirm)>
                        {words.confirm}
                    </button>
                    <button type="button" class="quiet" data-testid="not-now" disabled=busy on:click=press(Act::Cancel)>
                        {words.not_now}
                    </button>
                </div>
                {note}
            }
            .into_any()
        }
        OrderState::Confirmed | OrderState::Sent | OrderState::Ready => view! {
            {head}
            <Number order=order.clone()/>
            <Steps state/>
            {next}
            {facts(desk, &order)}
            <Codes order=order.clone()/>
            <details class="order-details">
                <summary>{words.details} " · " {desk.money(order.price.total)}</summary>
                <Price order=order.clone()/>
            </details>
            {is_cancellable(state).then(|| view! {
                <div class="buttons">
                    <button type="button" class="quiet" data-testid="cancel-order" disabled=busy on:click=press(Act::Cancel)>
                        {words.cancel}
                    </button>
                </div>
            })}
            {note}
        }
        .into_any(),
        OrderState::Collected | OrderState::Cancelled | OrderState::Lapsed | OrderState::Failed => view! {
            {head}
            {next}
            <details class="order-details">
                <summary>
                    {name(&order.store_names, desk.language.get_untracked()).to_owned()} " · "
                    {desk.clock_time(order.placed_at)} " · " {desk.money(order.price.total)}
                </summary>
                <Price order/>
            </details>
        }
        .into_any(),
    }
}

/// Store, way, place and time.
fn facts(desk: Desk, order: &Order) -> AnyView {
    let (words, language) = (&desk.words().orders, desk.language.get_untracked());
    let way = if order.fulfilment == oolong_intent::Fulfilment::Delivery { words.delivery } else { words.pickup };
    let store = name(&order.store_names, language).to_owned();
    let ready_at = order.ready_at;
    let when = move || (words.ready_at)(&desk.clock_time(ready_at), time::minutes_until(ready_at, desk.now.get()));
    view! {
        <dl class="facts">
            <div><dt>{words.store}</dt><dd data-testid="order-store">{store}</dd></div>
            <div><dt>{words.way}</dt><dd>{way}</dd></div>
            {order.place.clone().map(|place| view! { <div><dt>{words.place}</dt><dd>{place}</dd></div> })}
            {(order.state != OrderState::Ready).then(|| view! {
                <div><dt>{words.time}</dt><dd data-testid="ready-at">{when}</dd></div>
            })}
        </dl>
    }
    .into_any()
}

fn trouble_view(desk: Desk, flow: &Flow) -> Option<AnyView> {
    let (what, next, code) = match flow.trouble.as_ref()? {
        Trouble::Refused(problem) => {
            let (what, next) = problem_text(problem, desk.language.get_untracked());
            (what, next, serde_json::to_value(problem.code).ok().and_then(|code| code.as_str().map(str::to_owned)))
        }
        Trouble::Garbled => {
            let (what, next) = desk.words().garbled;
            (what.to_owned(), next.to_owned(), None)
        }
    };
    let shown = view! {
        <div class="order-trouble" role="alert" data-testid="order-problem" data-code=code.unwrap_or_default()>
            <p><b>{what}</b></p>
            <p>{next}</p>
        </div>
    };
    Some(shown.into_any())
}

/// A refusal in the page's language: what, and what next.
pub(crate) fn problem_text(problem: &Problem, language: Language) -> (String, String) {
    match language {
        Language::English => (problem.text.en.clone(), problem.next.en.clone()),
        Language::Chinese => (problem.text.zh.clone(), problem.next.zh.clone()),
    }
}

fn remedy_buttons(hand: Hand, flow: &Flow) -> AnyView {
    let words = &hand.desk.words().orders;
    let remedies = flow.remedies(hand.desk.server_now());
    let button = |remedy: Remedy| {
        let (text, tag) = match remedy {
            Remedy::Again => (words.again, "order-again"),
            Remedy::OtherStore => (words.other_store, "other-store"),
            Remedy::Pickup => (words.pickup_instead, "pickup-instead"),
            Remedy::Delivery => (words.deliver_instead, "deliver-instead"),
            Remedy::BestVouchers => (words.best_vouchers, "best-vouchers"),
            Remedy::Back => (words.back, "back-to-cart"),
        };
        let press = move |_| hand.tell(Event::Pressed(remedy));
        view! { <button type="button" class="quiet" data-testid=tag on:click=press>{text}</button> }
    };
    if remedies.is_empty() {
        return ().into_any();
    }
    view! { <div class="buttons">{remedies.into_iter().map(button).collect_view()}</div> }.into_any()
}

/// A stage's name for tests and styles.
fn stage_tag(stage: &Stage) -> &'static str {
    match stage {
        Stage::New => "new",
        Stage::Place { .. } => "place",
        Stage::Finding { .. } => "finding",
        Stage::Asking { .. } => "asking",
        Stage::Offered { .. } => "offered",
        Stage::Refused { .. } => "refused",
        Stage::Placed { .. } => "placed",
        Stage::Returned => "returned",
    }
}

fn state_tag(state: OrderState) -> &'static str {
    match state {
        OrderState::Reserved => "reserved",
        OrderState::Confirmed => "confirmed",
        OrderState::Sent => "sent",
        OrderState::Ready => "ready",
        OrderState::Collected => "collected",
        OrderState::Cancelled => "cancelled",
        OrderState::Lapsed => "lapsed",
        OrderState::Failed => "failed",
    }
}
