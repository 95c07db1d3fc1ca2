//! The counter beside the page: wallet, stores, map and orders. A module of its own, loaded only where the site has a shop
//! server, so that the page itself stays small.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use oolong_protocol::counter::{Card, FromCounter, ToCounter};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CustomEvent, Element};

use crate::{address, language::Language};

const LOADER: &str = "oolongLoad";
const MODULE: &str = "oolong-counter";
const MOUNT: &str = "oolongCounter";
const DROP: &str = "oolongCounterDrop";
const TELL: &str = "oolongCounterTell";
const EVENT: &str = "oolong-counter";

/// A handle to the counter; clones speak to the same one.
#[derive(Clone)]
pub(crate) struct Counter {
    inner: Rc<Inner>,
}

struct Inner {
    /// Where the shop server is.
    shop: String,
    campaign: String,
    language: Cell<Language>,
    opened: Cell<bool>,
    /// Set while the module is on its way, so that two cards load it once.
    loading: RefCell<Option<Promise>>,
}

impl Counter {
    /// The counter, if the site has a shop server and the build has a counter.
    pub(crate) fn find(campaign: &str, language: Language) -> Option<Self> {
        let shop = address::named("oolong-shop")?;
        address::named(MODULE)?;
        let inner = Inner {
            shop: address::resolve(&shop),
            campaign: campaign.to_owned(),
            language: Cell::new(language),
            opened: Cell::new(false),
            loading: RefCell::default(),
        };
        Some(Self { inner: Rc::new(inner) })
    }

    /// Hears of everything that happens at the counter, for as long as the page lives.
    pub(crate) fn listen(&self, hear: impl Fn(FromCounter) + 'static) {
        let heard = Closure::<dyn Fn(CustomEvent)>::new(move |event: CustomEvent| {
            let detail = event.detail().as_string().unwrap_or_default();
            if let Ok(news) = serde_json::from_str(&detail) {
                hear(news);
            }
        });
        if let Some(window) = web_sys::window() {
            // A window that takes no listener shows the cards all the same.
            let _ = window.add_event_listener_with_callback(EVENT, heard.as_ref().unchecked_ref());
        }
        heard.forget();
    }

    /// Has the counter fill `element`; `false` when it cannot be loaded, or when the element has gone meanwhile: nobody would
    /// ever take a card out of it again.
    pub(crate) async fn mount(&self, element: &Element, card: &Card) -> bool {
        if !self.open().await || !element.is_connected() {
            return false;
        }
        let (Some(mount), Ok(card)) = (global(MOUNT), serde_json::to_string(card)) else { return false };
        mount.call2(&JsValue::UNDEFINED, element, &card.into()).is_ok()
    }

    /// The element is about to go.
    pub(crate) fn drop(&self, element: &Element) {
        if let Some(drop) = global(DROP) {
            let _ = drop.call1(&JsValue::UNDEFINED, element);
        }
    }

    /// The page speaks another language now.
    pub(crate) fn speak(&self, language: Language) {
        self.inner.language.set(language);
        if self.inner.opened.get() {
            self.tell(&language_told(language));
        }
    }

    /// Loads the module, if it is not there yet, and tells it what it serves.
    pub(crate) async fn open(&self) -> bool {
        if global(MOUNT).is_none() {
            let Some(loading) = self.loading() else { return false };
            if JsFuture::from(loading).await.is_err() {
                // The next card tries again: the network may be back by then.
                self.inner.loading.replace(None);
                return false;
            }
        }
        if !self.inner.opened.replace(true) {
            let (campaign, shop) = (self.inner.campaign.clone(), self.inner.shop.clone());
            self.tell(&ToCounter::Open { campaign, shop });
            self.tell(&language_told(self.inner.language.get()));
        }
        true
    }

    fn loading(&self) -> Option<Promise> {
        let mut loading = self.inner.loading.borrow_mut();
        if loading.is_none() {
            *loading = global(LOADER)?.call1(&JsValue::UNDEFINED, &MODULE.into()).ok()?.dyn_into().ok();
        }
        loading.clone()
    }

    fn tell(&self, message: &ToCounter) {
        if let (Some(tell), Ok(message)) = (global(TELL), serde_json::to_string(message)) {
            let _ = tell.call1(&JsValue::UNDEFINED, &message.into());
        }
    }
}

fn language_told(language: Language) -> ToCounter {
    let language = if language == Language::English { "en" } else { "zh" };
    ToCounter::Language { language: language.to_owned() }
}

fn global(name: &str) -> Option<Function> {
    Reflect::get(&js_sys::global(), &name.into()).ok()?.dyn_into().ok()
}
