//! The whole page: what it is, what to test, and what came of it. Files may be dropped anywhere.

#![expect(unreachable_pub, reason = "the component macro writes `pub` where it is told `pub(crate)`")]

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element};

use crate::{
    files::Place,
    form::Form,
    mark::Mark,
    session::{Session, use_session},
    stand::Stand,
};

/// The lab.
#[component]
pub(crate) fn Lab() -> impl IntoView {
    let session = Session::start();
    provide_context(session);
    Effect::new(move |_| {
        session.language.get().declare();
        document().set_title(session.words().title);
    });
    let dragging = RwSignal::new(false);
    let over = window_event_listener(ev::dragover, move |event| {
        // Otherwise the browser would leave this page and open the file.
        event.prevent_default();
        dragging.set(true);
    });
    let away = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            dragging.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        dragging.set(false);
        take(&event, session);
    });
    on_cleanup(move || [over, away, dropped].into_iter().for_each(WindowListenerHandle::remove));
    view! {
        <a class="skip" href="#test">{move || session.words().skip}</a>
        <div class="lab" class:dragging=move || dragging.get()>
            <Top/>
            <main id="test">
                <div class="intro">
                    <h1>{move || session.words().ask}</h1>
                    <p>{move || session.words().lead}</p>
                    <p class="private">{move || session.words().private}</p>
                </div>
                <Form/>
                <Stand/>
            </main>
        </div>
    }
}

#[component]
fn Top() -> impl IntoView {
    let session = use_session();
    view! {
        <header class="top">
            <div class="brand">
                <Mark/>
                <span class="brand-name">"Oolong"</span>
                <span class="campaign-name">{move || session.words().lab}</span>
            </div>
            <a class="to-shop" href="./">{move || session.words().shop}</a>
            <button
                type="button"
                class="lang"
                data-testid="lang-switch"
                lang=move || session.language.get().other().tag()
                aria-label=move || session.words().switch_label
                on:click=move |_| session.set_language(session.language.get_untracked().other())
            >
                {move || session.words().switch_to}
            </button>
        </header>
    }
}

/// Takes the files of a drop, each to its place.
fn take(event: &DragEvent, session: Session) {
    let on = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on = on.and_then(|element| element.closest("[data-slot]").ok().flatten());
    let on = on.and_then(|element| element.get_attribute("data-slot"));
    let on = Place::ALL.into_iter().find(|place| on.as_deref() == Some(place.code()));
    let Some(files) = event.data_transfer().and_then(|carried| carried.files()) else { return };
    for file in (0..files.length()).filter_map(|index| files.get(index)) {
        session.give(Place::of_dropped(on, &file.name()), Some(file));
    }
}
