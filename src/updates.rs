//! A new version of the page: announced by the start script, switched to when the shopper says so.
//!
//! The service worker behind it (`public/sw.js`) keeps whole builds, so a page never mixes two of them.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The event of the window, and the functions of the global object, that `src/boot.js` gives.
const ANNOUNCED: &str = "oolong-update";
const WAITING: &str = "oolongUpdate";
const SWITCH: &str = "oolongSwitch";

/// Whether a new version waits; follows announcements from now on.
pub(crate) fn watch() -> RwSignal<bool> {
    let waits = || js_sys::Reflect::get(&js_sys::global(), &WAITING.into()).is_ok_and(|value| value.is_truthy());
    let ready = RwSignal::new(waits());
    let told = Closure::<dyn Fn()>::new(move || ready.set(waits()));
    if let Some(window) = web_sys::window() {
        // A window that takes no listener hears of the new version at the next visit.
        let _ = window.add_event_listener_with_callback(ANNOUNCED, told.as_ref().unchecked_ref());
    }
    told.forget();
    ready
}

/// Goes over to the new version: the page is loaded again, with the cart as it is.
pub(crate) fn switch() {
    let switch = js_sys::Reflect::get(&js_sys::global(), &SWITCH.into()).unwrap_or_default();
    if let Some(switch) = switch.dyn_ref::<js_sys::Function>() {
        let _ = switch.call0(&JsValue::UNDEFINED);
    }
}
