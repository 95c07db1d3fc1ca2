//! Conditions, and what comes first.

use leptos::prelude::*;
use oolong_stores::Fulfilment;

use super::{finder::use_finder, sieve::Wanted};
use crate::show;

#[component]
pub(super) fn Filters() -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let brands = move || {
        let campaign = desk.campaign();
        let chosen = finder.sieve.with(|sieve| sieve.brand.clone());
        let brands = campaign.brands.iter().map(|brand| {
            let (id, on) = (brand.id.clone(), chosen.as_deref() == Some(&brand.id));
            view! { <option value=id selected=on>{show::name(&brand.names, desk.language.get()).to_owned()}</option> }
        });
        brands.collect_view()
    };
    let items = move || {
        let campaign = desk.campaign();
        let (brand, chosen) = finder.sieve.with(|sieve| (sieve.brand.clone(), sieve.goods.clone()));
        let fits = |id: &String| brand.as_ref().is_none_or(|brand| brand == id);
        let items = campaign.items().filter(|(of, _)| fits(&of.id)).map(|(_, item)| {
            let (id, on) = (item.id.clone(), chosen.iter().any(|wanted| wanted.item == item.id));
            view! { <option value=id selected=on>{show::name(&item.names, desk.language.get()).to_owned()}</option> }
        });
        items.collect_view()
    };
    let some = |value: String| (!value.is_empty()).then_some(value);
    view! {
        <fieldset class="finder-filters" aria-label=move || desk.words().stores.filters>
            <label>
                <span class="unseen">{move || desk.words().stores.brand}</span>
                <select
                    data-testid="filter-brand"
                    on:change=move |event| finder.sieve.update(|sieve| sieve.brand = some(event_target_value(&event)))
                >
                    <option value="">{move || desk.words().stores.any_brand}</option>
                    {brands}
                </select>
            </label>
            <button
                type="button"
                class="pick"
                class:on=move || finder.sieve.with(|sieve| sieve.open_now)
                data-testid="filter-open"
                aria-pressed=move || finder.sieve.with(|sieve| sieve.open_now).to_string()
                on:click=move |_| finder.sieve.update(|sieve| sieve.open_now = !sieve.open_now)
            >
                {move || desk.words().stores.open_now}
            </button>
            <label>
                <span class="unseen">{move || desk.words().stores.way}</span>
                <select
                    data-testid="filter-way"
                    on:change=move |event| {
                        let way = match event_target_value(&event).as_str() {
                            "pickup" => Some(Fulfilment::Pickup),
                            "delivery" => Some(Fulfilment::Delivery),
                            _ => None,
                        };
                        finder.sieve.update(|sieve| sieve.fulfilment = way);
                    }
                    prop:value=move || match finder.sieve.with(|sieve| sieve.fulfilment) {
                        Some(Fulfilment::Pickup) => "pickup",
                        Some(Fulfilment::Delivery) => "delivery",
                        None => "",
                    }
                >
                    <option value="">{move || desk.words().stores.any_way}</option>
                    <option value="pickup">{move || desk.words().stores.pickup}</option>
                    <option value="delivery">{move || desk.words().stores.delivery}</option>
                </select>
            </label>
            <label>
                <span class="unseen">{move || desk.words().stores.item}</span>
                <select
                    data-testid="filter-item"
                    on:change=move |event| {
                        let wanted = Wanted::of(&desk.campaign(), &event_target_value(&event));
                        finder.sieve.update(|sieve| sieve.goods = wanted.into_iter().collect());
                    }
                >
                    <option value="">{move || desk.words().stores.any_item}</option>
                    {items}
                </select>
            </label>
            <label>
                <span class="unseen">{move || desk.words().stores.order}</span>
                <select
                    data-testid="filter-order"
                    on:change=move |event| finder.by_wait.set(event_target_value(&event) == "wait")
                    prop:value=move || if finder.by_wait.get() { "wait" } else { "distance" }
                >
                    <option value="distance">{move || desk.words().stores.by_distance}</option>
                    <option value="wait">{move || desk.words().stores.by_wait}</option>
                </select>
            </label>
        </fieldset>
    }
}
