//! Where the page's calls arrive and from where it is told what happens: see `oolong_protocol::counter`.

use std::cell::RefCell;

use js_sys::Reflect;
use leptos::{mount::UnmountHandle, prelude::*, tachys::view::any_view::AnyViewState};
use oolong_catalog::Campaign;
use oolong_protocol::counter::{Card, FromCounter, ToCounter};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

use crate::{address, campaign, card, desk::Desk, orders, till::Till, wallet, words::Language};

/// The page finds these functions under these names of the global object.
const SHOW: &str = "oolongCounter";
const DROP: &str = "oolongCounterDrop";
const TELL: &str = "oolongCounterTell";
const TILL: &str = "oolongCounterTill";
/// The event of the window by which the page is told.
const EVENT: &str = "oolong-counter";

#[derive(Default)]
struct Counter {
    desk: Option<Desk>,
    language: Option<Language>,
    shown: Vec<(HtmlElement, Shown)>,
}

enum Shown {
    /// Given before the desk was opened.
    Waiting(Card),
    Mounted(#[expect(dead_code, reason = "dropped to unmount")] UnmountHandle<AnyViewState>),
}

thread_local! {
    static COUNTER: RefCell<Counter> = RefCell::default();
}

/// Answers the page from now on.
pub(crate) fn open() {
    let show = Closure::<dyn Fn(HtmlElement, String)>::new(|element, text: String| {
        if let Ok(card) = serde_json::from_str(&text) {
            show(&element, card);
        }
    });
    let hide = Closure::<dyn Fn(HtmlElement)>::new(|element| hide(&element));
    let hear = Closure::<dyn Fn(String)>::new(|text: String| {
        if let Ok(message) = serde_json::from_str(&text) {
            hear(message);
        }
    });
    let till = Closure::<dyn Fn()>::new(|| wasm_bindgen_futures::spawn_local(open_till()));
    let functions = [
        (SHOW, show.into_js_value()),
        (DROP, hide.into_js_value()),
        (TELL, hear.into_js_value()),
        (TILL, till.into_js_value()),
    ];
    for (name, function) in functions {
        // A global object that takes no property does not exist.
        let _ = Reflect::set(&js_sys::global(), &name.into(), &function);
    }
}

/// Tells the page what happened.
pub(crate) fn tell(event: &FromCounter) {
    let (Some(window), Ok(text)) = (web_sys::window(), serde_json::to_string(event)) else { return };
    let detail = CustomEventInit::new();
    detail.set_detail(&JsValue::from_str(&text));
    if let Ok(event) = CustomEvent::new_with_event_init_dict(EVENT, &detail) {
        let _ = window.dispatch_event(&event);
    }
}

fn show(element: &HtmlElement, card: Card) {
    hide(element);
    let desk = COUNTER.with_borrow(|counter| counter.desk);
    let shown = match desk {
        Some(desk) => Shown::Mounted(mount(element, desk, card)),
        None => Shown::Waiting(card),
    };
    COUNTER.with_borrow_mut(|counter| counter.shown.push((element.clone(), shown)));
}

fn hide(element: &HtmlElement) {
    // Unmounting runs clean-ups, which may call back: the list is let go of first.
    let gone: Vec<_> =
        COUNTER.with_borrow_mut(|counter| counter.shown.extract_if(.., |(known, _)| known == element).collect());
    drop(gone);
}

fn hear(message: ToCounter) {
    match message {
        ToCounter::Open { campaign, shop } => {
            if COUNTER.with_borrow(|counter| counter.desk.is_some()) {
                return;
            }
            // The page has read this very text as a campaign before.
            let Ok(campaign) = Campaign::from_json(campaign.as_bytes()) else { return };
            open_desk(campaign, shop);
            let waiting = COUNTER.with_borrow_mut(|counter| std::mem::take(&mut counter.shown));
            for (element, shown) in waiting {
                if let Shown::Waiting(card) = shown {
                    show(&element, card);
                }
            }
        }
        ToCounter::Language { language } => {
            let language = if language.starts_with("zh") { Language::Chinese } else { Language::English };
            let desk = COUNTER.with_borrow_mut(|counter| {
                counter.language = Some(language);
                counter.desk
            });
            if let Some(desk) = desk {
                desk.language.set(language);
            }
        }
    }
}

fn open_desk(campaign: Campaign, shop: String) {
    let language = COUNTER.with_borrow(|counter| counter.language).unwrap_or_else(Language::at_first);
    let place = web_sys::window().and_then(|window| window.document()?.create_element("div").ok());
    let Some(place) = place.and_then(|place| place.dyn_into::<HtmlElement>().ok()) else { return };
    // Mounted where nobody sees it: that starts the executor, and keeps what lies on the desk.
    let handle = leptos::mount::mount_to(place, move || {
        let desk = Desk::open(campaign, &shop, RwSignal::new(language));
        COUNTER.with_borrow_mut(|counter| counter.desk = Some(desk));
        wallet::open(desk);
        orders::open(desk);
    });
    handle.forget();
}

fn mount(element: &HtmlElement, desk: Desk, card: Card) -> UnmountHandle<AnyViewState> {
    leptos::mount::mount_to(element.clone(), move || {
        provide_context(desk);
        card::view(card).into_any()
    })
}

/// Shows the shop's own page instead of the shopper's.
async fn open_till() {
    let Some(body) = web_sys::window().and_then(|window| window.document()?.body()) else { return };
    let shop = address::named("oolong-shop").unwrap_or_else(|| "v1/".to_owned());
    let loaded = campaign::load().await;
    let handle = leptos::mount::mount_to(body, move || {
        let language = RwSignal::new(Language::at_first());
        Effect::new(move |_| language.get().declare());
        match loaded {
            Ok(loaded) => {
                provide_context(Desk::open(Campaign::clone(&loaded.campaign), &shop, language));
                view! { <Till/> }.into_any()
            }
            Err(_) => {
                let said = move || language.get().words().till_failed;
                view! { <main class="opening" data-testid="till-failed"><h1 role="alert">{said}</h1></main> }.into_any()
            }
        }
    });
    handle.forget();
}
