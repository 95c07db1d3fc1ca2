//! The stores in view as a list: everything that the map can, without the map.

use std::sync::Arc;

use leptos::prelude::*;
use oolong_stores::Names;

use super::{
    finder::{Finder, use_finder},
    say::{self, StateIcon},
    search::Row,
    standing::Standing,
    stock::Shelved,
};
use crate::words::Language;

/// Rows that are shown at first, and with each press of the button.
const PAGE: usize = 40;

#[component]
pub(super) fn StoreList() -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let most = RwSignal::new(PAGE);
    let rows = move || finder.list.with(|list| list.rows.iter().take(most.get()).cloned().collect::<Vec<_>>());
    let left = move || finder.list.with(|list| list.rows.len().saturating_sub(most.get()));
    view! {
        <section class="finder-list" data-testid="store-list" aria-labelledby=finder.id("count")>
            <h3 id=finder.id("count") role="status" data-testid="store-count">
                {move || (desk.words().stores.in_view)(finder.list.with(|list| list.count))}
            </h3>
            <ul class="store-rows">
                <For each=rows key=|row| (row.shelved.number, row.metres as u64) let:row>
                    <StoreRow row/>
                </For>
            </ul>
            <Show when=move || left() != 0>
                <button type="button" class="quiet" data-testid="store-more" on:click=move |_| most.update(|most| *most += PAGE)>
                    {move || (desk.words().stores.more)(left().min(PAGE))}
                </button>
            </Show>
            <Empty/>
        </section>
    }
}

#[component]
fn StoreRow(row: Row) -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let Row { shelved, metres } = row;
    let (id, for_press, for_mark) = (shelved.store.id.clone(), shelved.store.id.clone(), shelved.store.id.clone());
    let brand = shelved.store.brand.clone();
    let name = {
        let shelved = shelved.clone();
        move || shelved.store.names.shown(desk.language.get() == Language::Chinese).to_owned()
    };
    let more = {
        let shelved = shelved.clone();
        move || format!("{} · {}", address(finder, &shelved), ways(finder, &shelved))
    };
    let standing = follow(finder, shelved.clone());
    view! {
        <li>
            <button
                type="button"
                class="store-row"
                data-testid="store-row"
                data-store=id
                aria-expanded=move || (finder.selected.read().as_deref() == Some(for_mark.as_str())).to_string()
                on:click=move |_| finder.selected.set(Some(for_press.clone()))
            >
                <State standing/>
                <b class="store-name">{name}</b>
                <span class="store-far" data-testid="store-distance">{move || (desk.words().stores.metres)(metres)}</span>
                <span class="store-more">{move || finder.brand(&brand)}" · "{more}</span>
            </button>
        </li>
    }
}

/// Icon, words, and who says so when.
#[component]
pub(super) fn State(standing: Memo<Standing>) -> impl IntoView {
    let desk = use_finder().desk;
    let tag = Signal::derive(move || standing.get().tag());
    view! {
        <span class="store-state" data-testid="store-state" data-state=tag>
            <StateIcon state=tag/>
            <span>{move || say::state(desk, &standing.get())}</span>
            <small data-testid="store-as-of">{move || say::source(desk, &standing.get())}</small>
        </span>
    }
}

/// Says what to do where nothing is in view.
#[component]
fn Empty() -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let empty = Memo::new(move |_| {
        let busy = finder.stock().progress.with(|progress| progress.is_busy() || progress.trouble.is_some());
        finder.list.with(|list| list.count == 0) && !busy && finder.placed.get()
    });
    move || {
        empty.get().then(|| {
            let words = &desk.words().stores;
            let hidden: u32 = finder.hidden();
            let sieved = finder.sieve.with(super::sieve::Sieve::is_any);
            let title = if sieved { words.none_fits } else { words.none_here };
            let nearest = finder.nearest().filter(|_| hidden == 0);
            let next = if hidden > 0 {
                (words.come_nearer)(hidden)
            } else {
                nearest.as_ref().map(|nearest| match &nearest.what {
                    Ok(name) => (words.nearest_store)(name, &(words.metres)(nearest.metres)),
                    Err(count) => (words.nearest_stores)(*count, &(words.metres)(nearest.metres)),
                }).unwrap_or_default()
            };
            view! {
                <div class="finder-empty" data-testid="store-none">
                    {(hidden == 0 || sieved).then(|| view! { <p>{title}</p> })}
                    <p>{next}</p>
                    <div class="buttons">
                        {(hidden > 0).then(|| view! {
                            <button type="button" class="quiet" on:click=move |_| finder.nearer()>{words.zoom_in}</button>
                        })}
                        {nearest.map(|nearest| view! {
                            <button
                                type="button"
                                class="quiet"
                                data-testid="go-there"
                                on:click=move |_| finder.go_to((nearest.at.lon, nearest.at.lat), 13.0)
                            >
                                {words.go_there}
                            </button>
                        })}
                        {sieved.then(|| view! {
                            <button type="button" class="quiet" data-testid="filter-clear" on:click=move |_| finder.sieve.set(Default::default())>
                                {words.clear}
                            </button>
                        })}
                    </div>
                </div>
            }
        })
    }
}

/// How one store stands, following news and time.
pub(super) fn follow(finder: Finder, shelved: Arc<Shelved>) -> Memo<Standing> {
    Memo::new(move |_| finder.standings().of(&shelved))
}

/// District, street.
pub(super) fn address(finder: Finder, shelved: &Shelved) -> String {
    let chinese = finder.desk.language.get() == Language::Chinese;
    let store = &shelved.store;
    let street = store.address.as_str();
    // Many owners write the city or district once more before the street.
    let said = |names: &Names| {
        [&names.en, &names.zh].into_iter().any(|name| !name.is_empty() && street.contains(name.as_str()))
    };
    let known = [&store.city, &store.district].into_iter().filter(|names| !said(names));
    let parts = known.map(|names| names.shown(chinese)).chain([street]);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(if chinese { "" } else { ", " })
}

/// "Pickup, delivery".
pub(super) fn ways(finder: Finder, shelved: &Shelved) -> String {
    let words = &finder.desk.words().stores;
    match (shelved.store.pickup, shelved.store.delivery) {
        (true, true) => words.any_way.to_owned(),
        (false, true) => words.delivery.to_owned(),
        (true | false, false) => words.pickup.to_owned(),
    }
}
