//! Where to look: a field that suggests places and stores while one types, and a button for where the shopper is.

use std::time::Duration;

use leptos::{html, prelude::*};
use oolong_stores::{Point, Query};
use web_sys::{Event, KeyboardEvent, SubmitEvent};

use super::{
    finder::{Finder, use_finder},
    nearby,
    whereabouts::{NoPosition, Spot},
};
use crate::{show, words::Language};

/// How long a text must stay the same before it is looked up.
const SETTLED: Duration = Duration::from_millis(150);
/// Suggestions of each kind.
const EACH: usize = 5;
/// With fewer of what is here, the server is asked.
const ENOUGH: usize = 3;

/// What a text may mean.
#[derive(Clone, Debug, PartialEq)]
struct Suggestion {
    /// English first, then Chinese.
    names: Vec<String>,
    point: (f64, f64),
    /// Id, for a store.
    store: Option<String>,
}

#[component]
pub(super) fn PlaceField() -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let input = NodeRef::<html::Input>::new();
    let text = RwSignal::new(String::new());
    let suggestions = RwSignal::new(Vec::<Suggestion>::new());
    let active = RwSignal::new(None::<usize>);
    // A later look-up makes the earlier ones void.
    let latest = StoredValue::new(0_u32);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // The text that the suggestions are for.
    let looked = StoredValue::new(String::new());
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let shut = move || {
        stop();
        latest.update_value(|latest| *latest += 1);
        suggestions.set(Vec::new());
        active.set(None);
    };
    let take = move |suggestion: Suggestion| {
        shut();
        text.set(shown(&suggestion.names, desk.language.get_untracked()).to_owned());
        match suggestion.store {
            Some(id) => finder.go_to_store(&id, suggestion.point),
            None => finder.go_to_spot(Spot { names: suggestion.names, point: suggestion.point }),
        }
    };
    let look_up = move || {
        let number = latest.try_update_value(|latest| {
            *latest += 1;
            *latest
        });
        let typed = text.get_untracked().trim().to_owned();
        looked.set_value(typed.clone());
        active.set(None);
        let here = here(finder, &typed);
        let few = here.len() < ENOUGH;
        suggestions.set(here.clone());
        if few && !typed.is_empty() {
            wasm_bindgen_futures::spawn_local(async move {
                let more = elsewhere(finder, &typed).await;
                if latest.try_get_value() == number {
                    let mut all = here;
                    all.extend(more.into_iter().filter(|new| !suggestions.read_untracked().contains(new)));
                    all.truncate(2 * EACH);
                    suggestions.set(all);
                }
            });
        }
    };
    let typed = move |event: Event| {
        text.set(event_target_value(&event));
        finder.unknown_place.set(None);
        stop();
        timer.set_value(set_timeout_with_handle(look_up, SETTLED).ok());
    };
    on_cleanup(stop);
    // Without a position, typing is what remains.
    Effect::new(move |_| {
        if finder.no_position.get().is_some()
            && let Some(input) = input.get_untracked()
        {
            // A field that takes no focus can still be tapped.
            let _ = input.focus();
        }
    });
    let keys = move |event: KeyboardEvent| {
        let count = suggestions.read_untracked().len();
        if count == 0 || event.is_composing() {
            return;
        }
        let at = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => active.set(Some(at.map_or(0, |at| (at + 1) % count))),
            "ArrowUp" => active.set(Some(at.map_or(count - 1, |at| (at + count - 1) % count))),
            "Escape" => {
                shut();
                event.stop_propagation();
            }
            _ => return,
        }
        event.prevent_default();
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let words = text.get_untracked().trim().to_owned();
        // Faster than the look-up: then what is shown belongs to another text.
        let first = looked.with_value(|looked| *looked == words).then_some(0);
        let at = active.get_untracked().or(first);
        let chosen = at.and_then(|at| suggestions.read_untracked().get(at).cloned());
        match chosen {
            Some(suggestion) => take(suggestion),
            None if words.is_empty() => {}
            None => {
                shut();
                wasm_bindgen_futures::spawn_local(async move { finder.go_to_words(&words).await });
            }
        }
    };
    let trouble = move || {
        let words = &desk.words().stores;
        let position = finder.no_position.get().map(|why| match why {
            NoPosition::Denied => words.denied.to_owned(),
            NoPosition::Unavailable => words.unavailable.to_owned(),
        });
        finder.unknown_place.get().map(|place| (words.unknown_place)(&place)).or(position)
    };
    let option = move |(at, suggestion): (usize, Suggestion)| {
        let name = shown(&suggestion.names, desk.language.get()).to_owned();
        let words = &desk.words().stores;
        let kind = if suggestion.store.is_some() { words.kind_store } else { words.kind_place };
        view! {
            <li
                id=finder.id(&format!("option-{at}"))
                role="option"
                data-testid="place-option"
                aria-selected=move || (active.get() == Some(at)).to_string()
                on:pointerdown=move |event| {
                    event.prevent_default();
                    take(suggestion.clone());
                }
            >
                <b>{name}</b>
                <small>{kind}</small>
            </li>
        }
    };
    view! {
        <form class="finder-place" role="search" on:submit=submit>
            <div class="finder-combo">
                <input
                    node_ref=input
                    type="text"
                    inputmode="search"
                    enterkeyhint="search"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="80"
                    role="combobox"
                    data-testid="place-input"
                    aria-label=move || desk.words().stores.place
                    placeholder=move || desk.words().stores.place_placeholder
                    aria-autocomplete="list"
                    aria-controls=finder.id("options")
                    aria-expanded=move || (!suggestions.read().is_empty()).to_string()
                    aria-activedescendant=move || active.get().map(|at| finder.id(&format!("option-{at}")))
                    prop:value=move || text.get()
                    on:input=typed
                    on:keydown=keys
                    on:blur=move |_| shut()
                />
                <ul id=finder.id("options") class="finder-options" role="listbox" aria-label=move || desk.words().stores.place>
                    {move || suggestions.get().into_iter().enumerate().map(option).collect_view()}
                </ul>
            </div>
            <button
                type="button"
                class="quiet"
                data-testid="near-me"
                disabled=move || finder.locating.get()
                on:click=move |_| finder.locate()
            >
                {move || if finder.locating.get() { desk.words().stores.locating } else { desk.words().stores.near_me }}
            </button>
            <p class="unseen" role="status">
                {move || {
                    let count = suggestions.read().len();
                    (count > 0).then(|| (desk.words().stores.suggestions)(count))
                }}
            </p>
            <p class="refused" role="alert" data-testid="place-trouble" hidden=move || trouble().is_none()>{trouble}</p>
        </form>
    }
}

/// Places of the directory and stores that are loaded.
fn here(finder: Finder, typed: &str) -> Vec<Suggestion> {
    if typed.is_empty() {
        return Vec::new();
    }
    let stock = finder.stock();
    let places = stock
        .directory
        .with_untracked(|directory| directory.as_ref().map(|directory| directory.place(typed)).unwrap_or_default());
    let mut found: Vec<Suggestion> = places
        .into_iter()
        .take(EACH)
        .map(|place| Suggestion {
            names: vec![place.name.en, place.name.zh],
            point: (place.point.lon, place.point.lat),
            store: None,
        })
        .collect();
    let centre = finder.view.get_untracked().centre();
    let query = Query {
        text: Some(typed.to_owned()),
        near: Some(Point { lon: centre.lon, lat: centre.lat }),
        limit: EACH,
        ..Query::default()
    };
    stock.shelves.with_untracked(|shelves| {
        let hits = shelves.index.find(&query, &|_| None);
        let stores = hits.into_iter().filter_map(|hit| shelves.by_number(hit.store));
        found.extend(stores.map(|shelved| {
            let store = &shelved.store;
            Suggestion {
                names: vec![store.names.en.clone(), store.names.zh.clone()],
                point: (store.lon, store.lat),
                store: Some(store.id.clone()),
            }
        }));
    });
    found
}

/// What the server knows beyond that; nothing without a network, where what is here must do.
async fn elsewhere(finder: Finder, typed: &str) -> Vec<Suggestion> {
    let desk = finder.desk;
    let (places, stores) = futures::future::join(nearby::places(&desk, typed), nearby::named(&desk, typed, EACH)).await;
    let places = places.unwrap_or_default().into_iter().take(EACH);
    let places = places.map(|place| Suggestion { names: place.names, point: (place.lon, place.lat), store: None });
    let stores = stores.unwrap_or_default().into_iter();
    let stores =
        stores.map(|store| Suggestion { names: store.names, point: (store.lon, store.lat), store: Some(store.id) });
    places.chain(stores).collect()
}

/// The name in the shopper's language, or the other where that one is missing.
fn shown(names: &[String], language: Language) -> &str {
    let name = show::name(names, language);
    if name.is_empty() { names.iter().find(|name| !name.is_empty()).map_or("", String::as_str) } else { name }
}
