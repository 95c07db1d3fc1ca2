//! In the conversation: the stores that fit what was asked, with how they stand, and a map on request.

use leptos::prelude::*;
use oolong_intent::Prefer;
use oolong_protocol::{
    counter::StoreSearch,
    shop::{Live, StoreView},
};

use super::{
    Panel,
    live::{self, Subscription},
    nearby::{self, HERE, NoStores},
    say::{self, StateIcon},
    standing::Standing,
    whereabouts::{self, NoPosition, Spot},
};
use crate::{desk::use_desk, failure::Failure, show, words::Language};

/// Stores of one answer.
const MOST: usize = 5;

#[derive(Clone, PartialEq)]
enum Answer {
    Searching,
    /// Near which place?
    AskPlace,
    Found(Vec<StoreView>, Spot),
    UnknownPlace(String),
    Failed(Failure),
}

#[component]
pub(crate) fn FoundStores(search: StoreSearch) -> impl IntoView {
    let desk = use_desk();
    let answer = RwSignal::new(Answer::Searching);
    let place = RwSignal::new(search.place.clone());
    let trouble = RwSignal::new(None::<NoPosition>);
    let on_map = RwSignal::new(None::<Option<String>>);
    let search = StoredValue::new(search);
    let subscription = Subscription::new(desk);
    let look = move || {
        answer.set(Answer::Searching);
        wasm_bindgen_futures::spawn_local(async move {
            // The card may be gone by any of these.
            let (Some(place), Some(search)) = (place.try_get_untracked(), search.try_get_value()) else { return };
            let outcome = match nearby::spot(&desk, place.as_deref()).await {
                Ok(spot) => nearby::found(&desk, &search, spot.point, None, MOST).await.map(|stores| (stores, spot)),
                Err(why) => Err(why),
            };
            if answer.is_disposed() {
                return;
            }
            if let Ok((stores, _)) = &outcome {
                subscription.watch(stores.iter().map(|store| store.id.clone()).collect());
            }
            let next = match outcome {
                Ok((stores, spot)) => Answer::Found(stores, spot),
                Err(NoStores::NoPlace) => Answer::AskPlace,
                Err(NoStores::UnknownPlace(place)) => Answer::UnknownPlace(place),
                Err(NoStores::Failed(failure)) => Answer::Failed(failure),
            };
            answer.set(next);
        });
    };
    look();
    let locate = move |_| {
        trouble.set(None);
        wasm_bindgen_futures::spawn_local(async move {
            match whereabouts::locate().await {
                Ok(_) if place.try_set(Some(HERE.to_owned())).is_none() => look(),
                Ok(_) => {}
                Err(why) => {
                    trouble.try_set(Some(why));
                }
            }
        });
    };
    let typed = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = typed_place(&event);
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            place.set(Some(text));
            look();
        }
    };
    let ask = move || {
        let words = &desk.words().stores;
        view! {
            <form class="finder-place" on:submit=typed>
                <div class="finder-combo">
                    <input type="text" name="place" maxlength="80" autocomplete="off" data-testid="found-place" aria-label=words.place placeholder=words.place_placeholder/>
                </div>
                <button type="button" class="quiet" data-testid="found-near-me" on:click=locate>{words.near_me}</button>
            </form>
            <p class="refused" role="alert" hidden=move || trouble.get().is_none()>
                {move || trouble.get().map(|why| match why {
                    NoPosition::Denied => desk.words().stores.denied,
                    NoPosition::Unavailable => desk.words().stores.unavailable,
                })}
            </p>
        }
    };
    let body = move || {
        let words = &desk.words().stores;
        match answer.get() {
            Answer::Searching => view! { <p role="status">{words.searching}</p> }.into_any(),
            Answer::AskPlace => {
                view! { <h2>{words.ask_place}</h2><p class="small">{words.ask_place_next}</p>{ask()} }.into_any()
            }
            Answer::UnknownPlace(place) => view! { <h2>{(words.unknown_place)(&place)}</h2>{ask()} }.into_any(),
            Answer::Failed(failure) => {
                let (what, next) = failure.advice(desk.language.get());
                view! {
                    <h2>{what}</h2>
                    <p>{next}</p>
                    <button type="button" class="quiet" data-testid="found-retry" on:click=move |_| look()>{desk.words().retry}</button>
                }
                .into_any()
            }
            Answer::Found(stores, _) if stores.is_empty() => {
                view! { <h2>{words.found_none}</h2><p>{words.found_none_next}</p> }.into_any()
            }
            Answer::Found(stores, spot) => {
                let near = show::name(&spot.names, desk.language.get()).to_owned();
                let title =
                    if near.is_empty() { (words.found)(stores.len()) } else { (words.found_near)(stores.len(), &near) };
                let cheapest = search.with_value(|search| search.prefer == Some(Prefer::Cheapest));
                let rows = stores.into_iter().map(|store| view! { <Found store on_map/> }).collect_view();
                view! {
                    <h2>{title}</h2>
                    {cheapest.then(|| view! { <p class="small">{words.cheapest}</p> })}
                    <ul class="store-rows">{rows}</ul>
                }
                .into_any()
            }
        }
    };
    let map = move || {
        let wanted = on_map.get()?;
        let search = StoreSearch { place: place.get_untracked(), ..search.get_value() };
        // A store that was pointed at is shown whatever the conditions are.
        let start = wanted.and_then(|id| {
            answer.with_untracked(|answer| match answer {
                Answer::Found(stores, _) => {
                    stores.iter().find(|store| store.id == id).map(|store| (id, (store.lon, store.lat)))
                }
                _ => None,
            })
        });
        Some(view! { <Panel search start/> })
    };
    view! {
        <article class="card finder-card" class:wide=move || on_map.get().is_some() data-testid="found-stores">
            {body}
            <button
                type="button"
                class="text"
                data-testid="found-map"
                aria-expanded=move || on_map.get().is_some().to_string()
                hidden=move || !matches!(*answer.read(), Answer::Found(..))
                on:click=move |_| on_map.update(|shown| *shown = if shown.is_some() { None } else { Some(None) })
            >
                {move || {
                    let words = &desk.words().stores;
                    if on_map.get().is_some() { words.hide_map } else { words.show_on_map }
                }}
            </button>
            {map}
        </article>
    }
}

/// One store of the answer: the last word counts, be it of the answer or of the stream.
#[component]
fn Found(store: StoreView, on_map: RwSignal<Option<Option<String>>>) -> impl IntoView {
    let desk = use_desk();
    let standing = Memo::new({
        let (id, first) = (store.id.clone(), store.live.clone());
        move |_| {
            desk.now.track();
            live::states().with(|states| Standing::from_live(desk.server_now(), newest(states.get(&id), &first)))
        }
    });
    let tag = Signal::derive(move || standing.get().tag());
    let (id, names, address, brand) =
        (store.id.clone(), store.names.clone(), store.address.clone(), store.brand.clone());
    let name = move || {
        let chinese = desk.language.get() == Language::Chinese;
        let name = names.get(usize::from(chinese)).filter(|name| !name.is_empty());
        name.or(names.iter().find(|name| !name.is_empty())).cloned().unwrap_or_default()
    };
    let far = move || store.metres.map(|metres| (desk.words().stores.metres)(f64::from(metres)));
    let brand_name = {
        let brand = brand.clone();
        move || show::brand_name(&desk.campaign(), &brand, desk.language.get())
    };
    let (for_map, for_order) = (store.id.clone(), store.id.clone());
    let ordered = RwSignal::new(false);
    let said = name.clone();
    view! {
        <li class="store-found" data-testid="store-row" data-store=id>
            <span class="store-state" data-testid="store-state" data-state=tag>
                <StateIcon state=tag/>
                <span>{move || say::state(desk, &standing.get())}</span>
                <small data-testid="store-as-of">{move || say::source(desk, &standing.get())}</small>
            </span>
            <b class="store-name">{name}</b>
            <span class="store-far" data-testid="store-distance">{far}</span>
            <span class="store-more">{brand_name}" · "{address}</span>
            <span class="buttons">
                <button
                    type="button"
                    class="text"
                    data-testid="order-here"
                    on:click=move |_| {
                        ordered.set(true);
                        nearby::choose(&desk, &for_order, &brand);
                    }
                >
                    {move || desk.words().stores.order_here}
                </button>
                <button type="button" class="text" data-testid="show-on-map" on:click=move |_| on_map.set(Some(Some(for_map.clone())))>
                    {move || desk.words().stores.show_on_map}
                </button>
            </span>
            <small role="status">{move || ordered.get().then(|| (desk.words().stores.ordered_here)(&said()))}</small>
        </li>
    }
}

fn newest<'a>(live: Option<&'a Live>, first: &'a Live) -> &'a Live {
    live.filter(|live| live.as_of >= first.as_of).unwrap_or(first)
}

fn typed_place(event: &web_sys::SubmitEvent) -> Option<String> {
    use wasm_bindgen::JsCast;
    let form: web_sys::Element = event.target()?.dyn_into().ok()?;
    let input: web_sys::HtmlInputElement = form.query_selector("input").ok()??.dyn_into().ok()?;
    Some(input.value().trim().to_owned())
}
