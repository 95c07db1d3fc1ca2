//! Busy is no error: other times and other stores, as buttons.

use leptos::prelude::*;
use oolong_protocol::shop::{Offer, Problem, Slot, StoreOffer};

use super::{
    flow::Event,
    part::{Hand, problem_text},
    place::OnMap,
    time,
};
use crate::{show::name, words::orders::OrdersWords};

/// What stands before the offers, or in their place.
pub(super) fn lead(words: &OrdersWords, offer: &Offer) -> &'static str {
    let none = offer.later.is_none() && offer.alternatives.is_empty();
    if none { words.no_offers } else { words.offers }
}

#[component]
pub(crate) fn OfferView(hand: Hand, offer: Offer) -> impl IntoView {
    let (desk, words) = (hand.desk, &hand.desk.language.get_untracked().words().orders);
    let (what, _) = problem_text(&Problem::new(offer.reason, ""), desk.language.get_untracked());
    let lead = lead(words, &offer);
    let when = move |slot: Slot| {
        (words.ready_at)(&desk.clock_time(slot.ready_at), time::minutes_until(slot.ready_at, desk.now.get()))
    };
    let later = offer.later.map(|slot| {
        let press = move |_| hand.tell(Event::Took { store: None, slot });
        view! {
            <li>
                <button type="button" class="offer" data-testid="offer-later" on:click=press>
                    <b>{words.later_here}</b>
                    <span>{move || when(slot)}</span>
                </button>
            </li>
        }
    });
    let others = offer.alternatives.into_iter().map(|other| {
        let StoreOffer { store, names, metres, slot } = other;
        let title = name(&names, desk.language.get_untracked()).to_owned();
        let id = store.clone();
        let press = move |_| hand.tell(Event::Took { store: Some(store.clone()), slot });
        view! {
            <li>
                <button type="button" class="offer" data-testid="offer-store" data-store=id on:click=press>
                    <b>{title}</b>
                    <span>{(words.metres)(metres)} " · " {move || when(slot)}</span>
                </button>
            </li>
        }
    });
    view! {
        <div class="order-offer" data-testid="offer">
            <h3 class="order-state" data-testid="order-state">{what}</h3>
            <p>{lead}</p>
            <ul class="offers">{later} {others.collect_view()}</ul>
        </div>
        <OnMap hand/>
    }
}

#[cfg(test)]
mod tests {
    use oolong_protocol::shop::Reason;

    use super::*;
    use crate::words::Language;

    #[test]
    fn nothing_is_announced_where_there_is_nothing() {
        let slot = Slot { ready_at: 0, minutes: 5 };
        for language in [Language::English, Language::Chinese] {
            let words = &language.words().orders;
            for (later, expected) in [(None, words.no_offers), (Some(slot), words.offers)] {
                let offer = Offer { reason: Reason::StoreBusy, later, alternatives: Vec::new() };
                assert_eq!(lead(words, &offer), expected);
            }
        }
    }
}
