//! One card for each kind of answer; the bigger ones have modules of their own.

use leptos::prelude::*;
use oolong_commerce::{Action, Answer, MenuScope};
use oolong_intent::{Frame, Goods};

use super::{
    counter::answer_at_counter,
    goods::{CartCard, ChoiceCard, UnknownCard},
    item_card::{ItemsCard, MenuCard, ModifiersCard},
    order::{PlacedCard, StatusCard, SummaryCard},
    questions::{QuestionCard, WhichLineCard},
    vouchers::{StoresCard, VoucherNews, VouchersCard},
};
use crate::{
    examples::examples,
    session::{Session, use_session},
    show::{brand_name, category_name, item_name, modifier_name, voucher_name, when},
    words::Words,
};

#[component]
pub(crate) fn AnswerCard(answer: Answer, wish: String) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let answer = match session.at_counter(answer, &wish) {
        Ok((kind, card)) => return answer_at_counter(kind, card),
        Err(answer) => answer,
    };
    match answer {
        Answer::Cart(change) => view! { <CartCard change/> }.into_any(),
        Answer::Choice(choice) => view! { <ChoiceCard choice/> }.into_any(),
        Answer::WhichLine { lines, wish, remove } => view! { <WhichLineCard lines wish remove/> }.into_any(),
        Answer::Ask(question) => view! { <QuestionCard question/> }.into_any(),
        Answer::Unknown { said, quantity, nearest, exact } => {
            view! { <UnknownCard said quantity nearest exact/> }.into_any()
        }
        Answer::Menu { scope, items, more } => view! { <MenuCard scope items more/> }.into_any(),
        Answer::Items { items, stock } => view! { <ItemsCard items stock/> }.into_any(),
        Answer::Modifiers(choices) => view! { <ModifiersCard choices/> }.into_any(),
        Answer::Stores(wish) => view! { <StoresCard wish/> }.into_any(),
        Answer::Vouchers { ids, brand } => view! { <VouchersCard ids brand/> }.into_any(),
        Answer::Summary(summary) => view! { <SummaryCard summary/> }.into_any(),
        Answer::Placed(placed) => view! { <PlacedCard placed/> }.into_any(),
        Answer::Status(placed) => view! { <StatusCard placed/> }.into_any(),
        Answer::Unsure(frames) => view! { <UnsureCard frames/> }.into_any(),
        Answer::NotUnderstood => {
            view! { <TalkCard kind="not-understood" words=|words| words.not_understood/> }.into_any()
        }
        Answer::OutOfScope => view! { <TalkCard kind="other" words=|words| words.out_of_scope/> }.into_any(),
        Answer::Chat => view! { <TalkCard kind="chat" words=|words| words.chat/> }.into_any(),
        news @ (Answer::Claimed { .. }
        | Answer::VoucherUsed { .. }
        | Answer::VoucherMisfit { .. }
        | Answer::NoVoucher) => view! { <VoucherNews news/> }.into_any(),
        Answer::Cancelled { placed } => line("cancelled", session, move |words| {
            if placed { words.cancelled_placed } else { words.cancelled }.into()
        }),
        Answer::NothingThere => line("nothing", session, |words| words.nothing_there.into()),
        Answer::NotInCart { item } => line("nothing", session, move |words| {
            (words.not_in_cart)(&item_name(&campaign, &item, session.language.get()))
        }),
        Answer::NoSuchPosition { position, lines } => {
            line("nothing", session, move |words| (words.no_position)(position, lines))
        }
        Answer::Declined => line("declined", session, |words| words.declined.into()),
        Answer::Undone => line("undone", session, |words| words.undone.into()),
    }
}

/// An answer of one sentence.
fn line(
    kind: &'static str,
    session: Session,
    text: impl Fn(&'static Words) -> String + Send + Sync + 'static,
) -> AnyView {
    view! {
        <article class="card line" data-testid="answer-card" data-kind=kind><p>{move || text(session.words())}</p></article>
    }
    .into_any()
}

/// A sentence with examples of what can be said instead.
#[component]
fn TalkCard(kind: &'static str, words: fn(&'static Words) -> &'static str) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let sentences = move || {
        let lines = session.dialogue.with_untracked(|dialogue| dialogue.state().order.cart.lines().to_vec());
        let sentences = examples(&campaign, &lines, session.language.get()).into_iter();
        sentences
            .map(|sentence| {
                let said = sentence.clone();
                let say = move |_| {
                    session.say(&said);
                };
                view! { <li><button type="button" class="chip" on:click=say>{sentence}</button></li> }
            })
            .collect_view()
    };
    view! {
        <article class="card" data-testid="answer-card" data-kind=kind>
            <p>{move || words(session.words())}</p>
            <ul class="chips wrap" aria-label=move || session.words().try_saying>{sentences}</ul>
            <div class="buttons">
                <button type="button" class="quiet" on:click=move |_| session.act(Action::ShowMenu(MenuScope::default()))>
                    {move || session.words().menu_button}
                </button>
            </div>
        </article>
    }
}

/// What was understood with doubt, in words, with yes and no.
#[component]
fn UnsureCard(frames: Vec<Frame>) -> impl IntoView {
    let session = use_session();
    let done = RwSignal::new(false);
    let press = move |action: Action| {
        done.set(true);
        session.act(action);
    };
    let lines = move || {
        let lines = frames.iter().map(|frame| describe(session, frame));
        lines.map(|line| view! { <li>{line}</li> }).collect_view()
    };
    view! {
        <article class="card" data-testid="answer-card" data-kind="unsure">
            <h2>{move || session.words().unsure}</h2>
            <ul class="guess">{lines}</ul>
            <div class="buttons">
                <button type="button" class="main" data-testid="choice" disabled=move || done.get() on:click=move |_| press(Action::Yes)>
                    {move || session.words().yes}
                </button>
                <button type="button" class="quiet" data-testid="choice" disabled=move || done.get() on:click=move |_| press(Action::No)>
                    {move || session.words().no}
                </button>
            </div>
        </article>
    }
}

/// A frame in the shopper's words: "Order: 2 × Latte, large".
fn describe(session: Session, frame: &Frame) -> String {
    let (campaign, language, words) = (session.campaign(), session.language.get(), session.words());
    let mut parts: Vec<String> = Vec::new();
    for item in &frame.items {
        let mut text = match &item.goods {
            Some(Goods::Item(id)) => item_name(&campaign, id, language),
            Some(Goods::Category(id)) => category_name(&campaign, id, language),
            Some(Goods::Unknown) => item.said.clone().unwrap_or_default(),
            None => String::new(),
        };
        if let Some(quantity) = item.quantity {
            text = format!("{} × {text}", quantity.get());
        }
        for choice in &item.modifiers {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&modifier_name(&campaign, choice, language));
        }
        parts.push(text);
    }
    parts.extend(frame.brand.as_ref().map(|id| brand_name(&campaign, id, language)));
    parts.extend(frame.voucher.as_ref().map(|id| voucher_name(&campaign, id, language)));
    parts.extend(frame.place.clone());
    parts.extend(frame.when.map(|time| when(time, language)));
    parts.retain(|part| !part.is_empty());
    let intent = (words.intent)(frame.intent);
    if parts.is_empty() { intent.to_owned() } else { format!("{intent}: {}", parts.join("; ")) }
}
