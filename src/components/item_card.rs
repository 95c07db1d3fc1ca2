//! The menu, and items to be put together by hand: the way to order when no model is there.

use leptos::prelude::*;
use oolong_catalog::ModifierGroup;
use oolong_commerce::{Action, MenuScope, included, unit_price};
use oolong_intent::ModifierChoice;

use super::thumb::Thumb;
use crate::{
    session::use_session,
    show::{brand_name, category_name, is_on, item_name, modifier_name, name, toggled},
};

/// Part of the menu, each item with its price and a way to look closer.
#[component]
pub(crate) fn MenuCard(scope: MenuScope, items: Vec<String>, more: usize) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let none = items.is_empty();
    let title = {
        let campaign = campaign.clone();
        let scope = scope.clone();
        move || {
            let (words, language) = (session.words(), session.language.get());
            let base = match &scope.brand {
                Some(id) => (words.menu_of)(&brand_name(&campaign, id, language)),
                None => words.menu.to_owned(),
            };
            let category = scope.category.as_ref().map(|id| category_name(&campaign, id, language));
            let price = scope.max_price.map(|most| (words.up_to)(&session.money(most.into())));
            [Some(base), category, price].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
    };
    let brands = (scope.brand.is_none() && campaign.brands.len() > 1).then(|| {
        let buttons = campaign.brands.iter().map(|brand| {
            let (names, narrower) = (brand.names.clone(), MenuScope { brand: Some(brand.id.clone()), ..scope.clone() });
            let press = move |_| session.act(Action::ShowMenu(narrower.clone()));
            view! {
                <button type="button" class="chip" on:click=press>
                    {move || name(&names, session.language.get()).to_owned()}
                </button>
            }
        });
        view! { <div class="buttons">{buttons.collect_view()}</div> }
    });
    let rows = items
        .into_iter()
        .map(|id| {
            let campaign = session.campaign();
            let price = campaign.item(&id).map_or(0, |(_, item)| item.price);
            let (shown, pressed, data) = (id.clone(), id.clone(), id.clone());
            view! {
                <li>
                    <button
                        type="button"
                        class="option"
                        data-testid="menu-item"
                        data-item=data
                        on:click=move |_| session.act(Action::ShowItem(pressed.clone()))
                    >
                        <Thumb item=id modifiers=Vec::new()/>
                        <span class="option-name">{move || item_name(&campaign, &shown, session.language.get())}</span>
                        <span class="option-price">{session.money(price)}</span>
                    </button>
                </li>
            }
        })
        .collect_view();
    view! {
        <article class="card" data-testid="answer-card" data-kind="menu">
            <h2>{title}</h2>
            {brands}
            {none.then(|| view! { <p>{move || session.words().menu_empty}</p> })}
            <ul class="options">{rows}</ul>
            {(more > 0).then(|| view! { <p class="aside">{move || (session.words().more_items)(more)}</p> })}
        </article>
    }
}

/// Particular items, with everything that can be chosen about them.
#[component]
pub(crate) fn ItemsCard(items: Vec<String>, stock: bool) -> impl IntoView {
    let session = use_session();
    view! {
        <article class="card" data-testid="answer-card" data-kind="items">
            {stock.then(|| view! { <h2>{move || session.words().on_menu}</h2> })}
            {items.into_iter().map(|id| view! { <Builder id/> }).collect_view()}
            {stock.then(|| view! { <p class="aside">{move || session.words().stock_note}</p> })}
        </article>
    }
}

#[component]
fn Builder(id: String) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let chosen = RwSignal::new(Vec::<ModifierChoice>::new());
    let Some((brand, item)) = campaign.item(&id).map(|(brand, item)| (brand.clone(), item.clone())) else {
        return ().into_any();
    };
    let groups: Vec<ModifierGroup> =
        item.modifier_groups.iter().filter_map(|group| campaign.group(group)).cloned().collect();
    let names = item.names.clone();
    let price = {
        let (campaign, id) = (campaign.clone(), id.clone());
        move || session.money(chosen.with(|chosen| unit_price(&campaign, &id, chosen)))
    };
    let add = {
        let id = id.clone();
        move |_| {
            let modifiers = chosen.get_untracked();
            session.act(Action::Add { item: id.clone(), quantity: 1, modifiers, replace: None });
        }
    };
    let groups = groups
        .into_iter()
        .map(|group| {
            let label = group.names.clone();
            let buttons = group.modifiers.into_iter().map(|modifier| {
                let (campaign, item) = (session.campaign(), item.clone());
                let (group, id) = (group.id.clone(), modifier.id.clone());
                let on = {
                    let (campaign, item, group, id) = (campaign.clone(), item.clone(), group.clone(), id.clone());
                    move || chosen.with(|chosen| is_on(&campaign, &item, chosen, &group, &id))
                };
                let pressed = on.clone();
                let extra = (modifier.price != 0).then(|| {
                    let sign = if modifier.price > 0 { "+" } else { "" };
                    view! { <small>{format!("{sign}{}", session.money(modifier.price))}</small> }
                });
                let press = move |_| chosen.update(|chosen| *chosen = toggled(&campaign, &item, chosen, &group, &id));
                view! {
                    <button type="button" class="pick" class:on=on aria-pressed=move || pressed().to_string() on:click=press>
                        {move || name(&modifier.names, session.language.get()).to_owned()} {extra}
                    </button>
                }
            });
            view! {
                <fieldset>
                    <legend>{move || name(&label, session.language.get()).to_owned()}</legend>
                    {buttons.collect_view()}
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <section class="builder">
            <div class="builder-head">
                {move || view! { <Thumb item=id.clone() modifiers=chosen.get()/> }}
                <div class="entry-what">
                    <b>{move || name(&names, session.language.get()).to_owned()}</b>
                    <span>{move || name(&brand.names, session.language.get()).to_owned()}</span>
                </div>
                <span class="entry-price">{price}</span>
                <button type="button" class="main" data-testid="add" on:click=add>{move || session.words().add}</button>
            </div>
            {groups}
        </section>
    }
    .into_any()
}

/// What particular modifiers cost.
#[component]
pub(crate) fn ModifiersCard(choices: Vec<ModifierChoice>) -> impl IntoView {
    let session = use_session();
    let rows = choices
        .into_iter()
        .map(|choice| {
            let campaign = session.campaign();
            let found = campaign.group(&choice.group).and_then(|group| group.modifier(&choice.modifier));
            let price = found.map_or(0, |modifier| modifier.price);
            let free = campaign.items().any(|(_, item)| included(item, &choice));
            let title = move || modifier_name(&campaign, &choice, session.language.get());
            let cost = move || {
                let words = session.words();
                let cost = if price == 0 { words.free.to_owned() } else { session.money(price) };
                if free { format!("{cost} ({})", words.included) } else { cost }
            };
            view! { <li class="entry"><b class="entry-what">{title}</b><span class="entry-price">{cost}</span></li> }
        })
        .collect_view();
    view! {
        <article class="card" data-testid="answer-card" data-kind="modifiers">
            <h2>{move || session.words().extras_cost}</h2>
            <ul class="entries">{rows}</ul>
        </article>
    }
}
