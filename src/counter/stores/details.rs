//! One store in full: hours, address, what it lacks, and the button that makes it the next order's store.

use std::sync::Arc;

use leptos::{html, prelude::*};

use super::{
    finder::{Finder, use_finder},
    list::{State, address, follow, ways},
    nearby,
    stock::Shelved,
    week::{self, Day},
};
use crate::{show, words::Language};

#[component]
pub(super) fn Details() -> impl IntoView {
    let finder = use_finder();
    let found = Memo::new(move |_| {
        let id = finder.selected.get()?;
        finder.stock().shelves.with(|shelves| shelves.by_id(&id)).map(Same)
    });
    move || found.get().map(|Same(shelved)| view! { <Store shelved/> })
}

/// A store that is the same if it is the very same.
#[derive(Clone)]
struct Same(Arc<Shelved>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        self.0.store.id == other.0.store.id
    }
}

#[component]
fn Store(shelved: Arc<Shelved>) -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let heading = NodeRef::<html::H3>::new();
    // Whoever chose it by keyboard goes on from here.
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            let _ = heading.focus();
        }
    });
    let standing = follow(finder, shelved.clone());
    let ordered = RwSignal::new(nearby::chosen().is_some_and(|(store, _)| store == shelved.store.id));
    let name = {
        let shelved = shelved.clone();
        move || shelved.store.names.shown(desk.language.get() == Language::Chinese).to_owned()
    };
    let order = {
        let (store, brand) = (shelved.store.id.clone(), shelved.store.brand.clone());
        move |_| {
            ordered.set(true);
            nearby::choose(&desk, &store, &brand);
        }
    };
    let brand = {
        let brand = shelved.store.brand.clone();
        move || finder.brand(&brand)
    };
    let facts = {
        let shelved = shelved.clone();
        move || facts(finder, &shelved)
    };
    let hours = {
        let shelved = shelved.clone();
        move || hours(finder, &shelved)
    };
    let label = name.clone();
    let said = name.clone();
    let id = shelved.store.id.clone();
    let gone = shelved.store.permanently_closed;
    view! {
        <article class="finder-details" data-testid="store-details" data-store=id aria-label=label>
            <header>
                <h3 node_ref=heading tabindex="-1">{name}</h3>
                <button
                    type="button"
                    class="text"
                    data-testid="details-close"
                    on:click=move |_| finder.selected.set(None)
                >
                    {move || desk.words().close}
                </button>
            </header>
            <p class="small">{brand}</p>
            <State standing/>
            <dl class="facts">{facts}</dl>
            {hours}
            <Show when=move || !gone>
                <button type="button" class="main" data-testid="order-here" on:click=order.clone()>
                    {move || desk.words().stores.order_here}
                </button>
            </Show>
            <p role="status" data-testid="ordered-here">
                {move || ordered.get().then(|| (desk.words().stores.ordered_here)(&said()))}
            </p>
        </article>
    }
}

fn facts(finder: Finder, shelved: &Shelved) -> impl IntoView + use<> {
    let desk = finder.desk;
    let words = &desk.words().stores;
    let (campaign, language) = (desk.campaign(), desk.language.get());
    let store = &shelved.store;
    // Ids that the campaign does not know mean nothing to a shopper.
    let lacks: Vec<String> = store
        .unavailable
        .iter()
        .filter(|id| campaign.item(id).is_some())
        .map(|id| show::item_name(&campaign, id, language))
        .collect();
    let some = |text: String| (!text.is_empty()).then_some(text);
    let rows = [
        (words.address, some(address(finder, shelved))),
        (words.way, some(ways(finder, shelved))),
        (words.telephone, some(store.telephone.clone())),
        (words.lacks, some(lacks.join(if language == Language::Chinese { "、" } else { ", " }))),
    ];
    let rows = rows.into_iter().filter_map(|(term, value)| Some((term, value?)));
    rows.map(|(term, value)| view! { <div><dt>{term}</dt><dd>{value}</dd></div> }).collect_view()
}

/// Today, and the week behind a fold.
fn hours(finder: Finder, shelved: &Shelved) -> impl IntoView + use<> {
    let desk = finder.desk;
    let words = &desk.words().stores;
    let (number, offset) = (shelved.number, shelved.store.utc_offset_minutes);
    let now = desk.server_now().div_euclid(1000);
    let days = finder.stock().shelves.with(|shelves| {
        shelves.index.schedule(number).map(|schedule| week::week(schedule, now, offset)).unwrap_or_default()
    });
    let text = |day: &Day| match day.open.as_deref() {
        None => words.hours_unknown.to_owned(),
        Some([]) => words.closed_that_day.to_owned(),
        Some([(0, 1440)]) => words.all_day.to_owned(),
        Some(stretches) => {
            let stretch = |(from, to): &(u16, u16)| format!("{}–{}", week::minute(*from), week::minute(*to));
            stretches.iter().map(stretch).collect::<Vec<_>>().join(", ")
        }
    };
    let today = days.first().map(&text).unwrap_or_else(|| words.hours_unknown.to_owned());
    let rows = days.iter().map(|day| {
        let name = words.weekdays.get(day.weekday).copied().unwrap_or_default();
        view! { <div><dt>{name}</dt><dd>{text(day)}</dd></div> }
    });
    let source = (days.iter().all(|day| day.open.is_none()) && !shelved.store.hours.is_empty())
        .then(|| view! { <p class="small"><code>{shelved.store.hours.clone()}</code></p> });
    view! {
        <details class="finder-week" data-testid="store-hours">
            <summary>
                <span>{words.hours}</span>
                " "
                <span data-testid="hours-today">{words.today}" "{today}</span>
            </summary>
            <dl class="facts">{rows.collect_view()}</dl>
            {source}
        </details>
    }
}
