//! Cards about goods on their way into the cart: what changed, and what has to be chosen first.

use leptos::prelude::*;
use oolong_commerce::{Action, CartChange, Choice, Entry, EntryKind, MenuScope, unit_price};
use oolong_intent::ModifierChoice;

use super::{order::details_list, thumb::Thumb};
use crate::{
    session::use_session,
    show::{category_name, item_name, modifier_name, modifiers, name},
};

/// What happened to the cart.
#[component]
pub(crate) fn CartCard(change: CartChange) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let CartChange { entries, refused, also, details, total } = change;
    let title = {
        let kinds: Vec<EntryKind> = entries.iter().map(|entry| entry.kind).collect();
        let (noted, failed) = (details.is_some(), !refused.is_empty());
        move || {
            let words = session.words();
            let all = |test: fn(&EntryKind) -> bool| kinds.iter().all(test);
            match kinds.len() {
                0 if noted => words.details_changed,
                0 if failed => words.nothing_changed,
                0 => words.updated,
                _ if all(|kind| matches!(kind, EntryKind::Added(_))) => words.added,
                _ if all(|kind| matches!(kind, EntryKind::Removed(_))) => words.removed,
                _ if all(|kind| matches!(kind, EntryKind::Changed)) => words.changed,
                _ => words.updated,
            }
        }
    };
    let counts = !entries.is_empty();
    let refused = refused
        .into_iter()
        .map(|refused| {
            let campaign = campaign.clone();
            let text = move || {
                let language = session.language.get();
                let what = match &refused.choice {
                    Some(choice) => modifier_name(&campaign, choice, language),
                    None => refused.said.clone(),
                };
                (session.words().refused)(&item_name(&campaign, &refused.item, language), &what)
            };
            view! { <p class="refused">{text}</p> }
        })
        .collect_view();
    let namesakes = !also.is_empty();
    let also = also
        .into_iter()
        .map(|also| {
            let action =
                Action::Add { item: also.item.clone(), quantity: 1, modifiers: Vec::new(), replace: Some(also.line) };
            view! { <GoodsButton item=also.item modifiers=Vec::new() action/> }
        })
        .collect_view();
    view! {
        <article class="card" data-testid="answer-card" data-kind="cart">
            <h2>{title}</h2>
            <ul class="entries">
                {entries.into_iter().map(|entry| view! { <EntryRow entry/> }).collect_view()}
            </ul>
            {details.map(details_list)}
            {refused}
            {namesakes.then(|| view! {
                <p class="aside">{move || session.words().also_called}</p>
                <ul class="options">{also}</ul>
            })}
            {counts.then(|| view! {
                <p class="sum"><span>{move || session.words().total}</span><b>{session.money(total)}</b></p>
            })}
        </article>
    }
}

#[component]
fn EntryRow(entry: Entry) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let Entry { kind, line, price } = entry;
    let mark = match kind {
        EntryKind::Added(count) => format!("+{count}"),
        EntryKind::Removed(count) => format!("−{count}"),
        EntryKind::Changed => format!("× {}", line.quantity),
    };
    let gone = matches!(kind, EntryKind::Removed(_));
    let (item, made) = (line.item.clone(), line.modifiers.clone());
    let title = {
        let (campaign, item) = (campaign.clone(), line.item.clone());
        move || item_name(&campaign, &item, session.language.get())
    };
    view! {
        <li class="entry" class:gone=gone>
            <Thumb item modifiers=made/>
            <div class="entry-what">
                <b>{title}</b>
                <span>{move || modifiers(&campaign, &line, session.language.get()).join(" · ")}</span>
            </div>
            <span class="entry-count">{mark}</span>
            <span class="entry-price">{session.money(price)}</span>
        </li>
    }
}

/// Several items fit.
#[component]
pub(crate) fn ChoiceCard(choice: Choice) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let Choice { category, options, quantity, modifiers, replace } = choice;
    let none = options.is_empty();
    let title = move || {
        let words = session.words();
        match &category {
            _ if none => words.none_of.to_owned(),
            Some(id) => (words.which_of)(&category_name(&campaign, id, session.language.get())),
            None => words.which_item.to_owned(),
        }
    };
    let options = options
        .into_iter()
        .map(|item| {
            let action = Action::Add { item: item.clone(), quantity, modifiers: modifiers.clone(), replace };
            view! { <GoodsButton item modifiers=modifiers.clone() action/> }
        })
        .collect_view();
    view! {
        <article class="card" data-testid="answer-card" data-kind="choice">
            <h2>{title}</h2>
            <ul class="options">{options}</ul>
        </article>
    }
}

/// No menu in scope has it.
#[component]
pub(crate) fn UnknownCard(said: String, quantity: u16, nearest: Vec<String>, exact: bool) -> impl IntoView {
    let session = use_session();
    let near = !nearest.is_empty();
    let title = move || {
        let words = session.words();
        if exact { (words.unknown_exact)(&said) } else { (words.unknown)(&said) }
    };
    let options = nearest
        .into_iter()
        .map(|item| {
            let action = Action::Add { item: item.clone(), quantity, modifiers: Vec::new(), replace: None };
            view! { <GoodsButton item modifiers=Vec::new() action/> }
        })
        .collect_view();
    view! {
        <article class="card" data-testid="answer-card" data-kind="unknown">
            <h2>{title}</h2>
            <p class="aside">
                {move || if near { session.words().unknown_near } else { session.words().unknown_none }}
            </p>
            <ul class="options">{options}</ul>
            <div class="buttons">
                <button type="button" class="quiet" on:click=move |_| session.act(Action::ShowMenu(MenuScope::default()))>
                    {move || session.words().menu_button}
                </button>
            </div>
        </article>
    }
}

/// An item as a button.
#[component]
fn GoodsButton(item: String, modifiers: Vec<ModifierChoice>, action: Action) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let price = unit_price(&campaign, &item, &modifiers);
    let (shown, data) = (item.clone(), item.clone());
    let title = {
        let campaign = campaign.clone();
        move || item_name(&campaign, &shown, session.language.get())
    };
    let seller = {
        let item = item.clone();
        move || campaign.item(&item).map(|(brand, _)| name(&brand.names, session.language.get()).to_owned())
    };
    view! {
        <li>
            <button
                type="button"
                class="option"
                data-testid="choice"
                data-item=data
                on:click=move |_| session.act(action.clone())
            >
                <Thumb item modifiers/>
                <span class="option-name">{title}</span>
                <span class="option-from">{seller}</span>
                <span class="option-price">{session.money(price)}</span>
            </button>
        </li>
    }
}
