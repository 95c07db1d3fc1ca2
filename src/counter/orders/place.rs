//! Where an order is picked up or brought to: typed, from the device, or chosen on the map. An address that is typed says
//! where to bring it; device and map then only say which store makes it.

use leptos::{html, prelude::*};
use oolong_protocol::counter::StoreSearch;
use wasm_bindgen_futures::spawn_local;

use super::{flow::Event, part::Hand};
use crate::stores::{
    self,
    nearby::HERE,
    whereabouts::{self, NoPosition},
};

/// How far the device is with saying where it is.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    Unasked,
    Asked,
    Not(NoPosition),
}

#[component]
pub(crate) fn PlaceForm(
    hand: Hand,
    unknown: Option<String>,
    delivers: bool,
    /// Where to bring it, once that was said.
    address: Option<String>,
) -> impl IntoView {
    let words = &hand.desk.language.get_untracked().words().orders;
    let field = NodeRef::<html::Input>::new();
    let position = RwSignal::new(Position::Unasked);
    let finds_store = !delivers || address.is_some();
    let said = unknown.map(|place| match place.as_str() {
        HERE if whereabouts::known().is_none() => words.position_needed.to_owned(),
        HERE => (words.none_near)(words.here),
        place => (words.none_near)(place),
    });
    let typed = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let place = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let place: String = place.trim().chars().take(200).collect();
        if !place.is_empty() {
            hand.tell(Event::Near(place));
        }
    };
    let locate = move |_| {
        position.set(Position::Asked);
        spawn_local(async move {
            match whereabouts::locate().await {
                Ok(_) => hand.tell(Event::Near(HERE.to_owned())),
                // The card may have gone while the browser asked.
                Err(why) => {
                    let _ = position.try_set(Position::Not(why));
                }
            }
        });
    };
    let told = move || match position.get() {
        Position::Unasked => None,
        Position::Asked => Some(words.locating),
        Position::Not(NoPosition::Denied) => Some(words.position_denied),
        Position::Not(NoPosition::Unavailable) => Some(words.position_unavailable),
    };
    view! {
        {said.map(|said| view! { <p class="order-waiting" role="status">{said}</p> })}
        {address.map(|address| view! { <p class="order-waiting" data-testid="brought-to">{(words.brought_to)(&address)}</p> })}
        <form class="order-place" on:submit=typed data-testid="order-place">
            <h3 class="order-state" data-testid="order-state">{if delivers { words.ask_delivery } else { words.ask_pickup }}</h3>
            <label class="order-field">
                <span>{words.place_label}</span>
                <input node_ref=field name="place" maxlength="200" autocomplete="off" data-testid="place-input"/>
            </label>
            <div class="buttons">
                <button class="main" data-testid="place-go">{words.place_go}</button>
                {finds_store.then(|| view! {
                    <button
                        type="button"
                        class="quiet"
                        data-testid="near-me"
                        disabled=move || position.get() == Position::Asked
                        on:click=locate
                    >
                        {words.near_me}
                    </button>
                })}
            </div>
            <p class="order-waiting" role="status">{told}</p>
        </form>
        {finds_store.then(|| view! { <OnMap hand/> })}
    }
}

/// The map, folded in until it is asked for; what is chosen there reaches the order by itself.
#[component]
pub(crate) fn OnMap(hand: Hand) -> impl IntoView {
    let words = &hand.desk.language.get_untracked().words().orders;
    let shown = RwSignal::new(false);
    let search = move || {
        let flow = untrack(|| hand.wish.flow(hand.at));
        let search = flow.map(|flow| StoreSearch {
            brand: Some(flow.brand).filter(|brand| !brand.is_empty()),
            place: flow.wanted.place,
            items: flow.wanted.goods.into_iter().map(|line| line.item).collect(),
            ..StoreSearch::default()
        });
        search.unwrap_or_default()
    };
    view! {
        <div class="buttons">
            <button
                type="button"
                class="quiet"
                data-testid="offer-map"
                aria-expanded=move || shown.get().to_string()
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {move || if shown.get() { words.close_map } else { words.on_map }}
            </button>
        </div>
        {move || shown.get().then(|| view! { <div class="order-map"><stores::StoresPanel search=search()/></div> })}
    }
}
