//! Places of the page that the counter fills: cards in the conversation, and panels behind the header's buttons.

use leptos::{html, prelude::*};
use oolong_protocol::counter::Card;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlDialogElement, ResizeObserver, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::session::{Panel, use_session};

/// A card of the counter. What is shown before it is there, or when it cannot be loaded, is the page's.
#[component]
pub(crate) fn AtCounter(card: Card) -> impl IntoView {
    let session = use_session();
    let place = NodeRef::<html::Div>::new();
    let missing = RwSignal::new(None::<bool>);
    let card = StoredValue::new(card);
    let mount = move || {
        missing.set(None);
        let Some(counter) = session.counter() else { return missing.set(Some(true)) };
        request_animation_frame(move || {
            wasm_bindgen_futures::spawn_local(async move {
                let Some(element) = place.try_get_untracked().flatten() else { return };
                let card = card.try_get_value();
                let Some(card) = card else { return };
                let there = counter.mount(element.unchecked_ref(), &card).await;
                // The card may have gone while the module was loading.
                let _ = missing.try_set(Some(!there));
            });
        });
    };
    Effect::new(move |first: Option<()>| {
        if first.is_none() {
            mount();
        }
    });
    // A card grows while the counter works on it; the newest one stays in view.
    Effect::new(move |_| place.get().map(|element| follow(element.unchecked_ref())));
    on_cleanup(move || {
        if let (Some(counter), Some(element)) = (session.counter(), place.try_get_untracked().flatten()) {
            counter.drop(element.unchecked_ref());
        }
    });
    view! {
        <div class="at-counter" data-state=move || match missing.get() {
            None => "loading",
            Some(true) => "missing",
            Some(false) => "there",
        }>
            <Show when=move || missing.get().is_none()>
                <p class="wait">{move || session.words().shop.opening}</p>
            </Show>
            <Show when=move || missing.get() == Some(true)>
                <p role="alert">{move || session.words().shop.closed}</p>
                <button type="button" class="quiet" data-testid="counter-retry" on:click=move |_| mount()>
                    {move || session.words().retry}
                </button>
            </Show>
            <div node_ref=place></div>
        </div>
    }
}

/// Brings a card of the newest turn into view whenever its size changes.
fn follow(element: &Element) {
    let watched = element.clone();
    let look = Closure::<dyn Fn()>::new(move || {
        let newest = watched.closest(".turn:last-child").ok().flatten();
        let Some(turn) = newest else { return };
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        turn.scroll_into_view_with_scroll_into_view_options(&nearest);
    });
    // Where sizes cannot be watched, the shopper scrolls.
    if let Ok(observer) = ResizeObserver::new(look.as_ref().unchecked_ref()) {
        observer.observe(element);
        let watching = StoredValue::new_local((observer, look));
        on_cleanup(move || {
            // Gone already where the whole page goes.
            let _ = watching.try_with_value(|(observer, _)| observer.disconnect());
        });
    }
}

/// A card of the counter among the answers.
pub(crate) fn answer_at_counter(kind: &'static str, card: Card) -> AnyView {
    view! {
        <article class="card" data-testid="answer-card" data-kind=kind><AtCounter card/></article>
    }
    .into_any()
}

/// The buttons of the header that open a panel, with how many things are in it.
#[component]
pub(crate) fn PanelButtons() -> impl IntoView {
    let session = use_session();
    session.counter().map(|_| {
        view! {
            <nav class="panels" aria-label=move || session.words().shop.panels>
                {Panel::ALL.map(|panel| {
                    let count = move || session.count(panel);
                    view! {
                        <button
                            type="button"
                            class="panel-button"
                            data-testid=panel.tag()
                            aria-haspopup="dialog"
                            title=move || session.waiting_claims(panel)
                            on:click=move |_| session.panel.set(Some(panel))
                        >
                            <svg viewBox="0 0 24 24" aria-hidden="true"><path d=panel.icon()/></svg>
                            <span>{move || panel.name(session.words())}</span>
                            <Show when=move || { count() > 0 }>
                                <b>{count}</b>
                            </Show>
                        </button>
                    }
                })}
            </nav>
        }
    })
}

/// The open panel, over the page.
#[component]
pub(crate) fn OpenPanel() -> impl IntoView {
    let session = use_session();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        let dialog: &HtmlDialogElement = dialog.unchecked_ref();
        match session.panel.with(Option::is_some) {
            // A dialog that is open already refuses to open, and stays open.
            true => drop(dialog.show_modal()),
            false => dialog.close(),
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="panel"
            data-testid="panel"
            aria-label=move || session.panel.get().map(|panel| panel.name(session.words()))
            on:close=move |_| session.panel.set(None)
        >
            <form method="dialog" class="panel-head">
                <h2>{move || session.panel.get().map(|panel| panel.name(session.words()))}</h2>
                <button class="text" data-testid="panel-close">{move || session.words().shop.close}</button>
            </form>
            {move || session.panel.get().map(|panel| view! { <AtCounter card=panel.card()/> })}
        </dialog>
    }
}
