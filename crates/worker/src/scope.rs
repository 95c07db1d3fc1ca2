//! The worker's global scope: speaking to the page, the clock, the size of memory.

use js_sys::{Array, ArrayBuffer, Reflect};
use oolong_protocol::{Trouble, TroubleKind};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

/// The scope that this code runs in.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends one message to the page.
pub(crate) fn say(message: &impl Serialize) {
    // Neither step fails for our own types; if one did, the page's watchdog would notice the silence.
    if let Ok(text) = serde_json::to_string(message) {
        let _ = scope().post_message(&JsValue::from_str(&text));
    }
}

/// Sends one message to the page, with a file.
pub(crate) fn hand_over(message: &impl Serialize, file: &JsValue) {
    if let Ok(text) = serde_json::to_string(message) {
        let _ = scope().post_message(&Array::of2(&JsValue::from_str(&text), file));
    }
}

/// Milliseconds since the worker began.
pub(crate) fn now() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}

/// WebAssembly memory in use, in bytes; it never shrinks.
pub(crate) fn memory() -> u64 {
    Reflect::get(&wasm_bindgen::memory(), &JsValue::from_str("buffer"))
        .ok()
        .and_then(|buffer| buffer.dyn_into::<ArrayBuffer>().ok())
        .map_or(0, |buffer| u64::from(buffer.byte_length()))
}

/// A trouble with its details.
pub(crate) fn trouble(kind: TroubleKind, detail: impl Into<String>) -> Trouble {
    Trouble { kind, detail: detail.into() }
}

/// What a thrown value says for itself.
pub(crate) fn reason(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.to_string()),
        None => thrown.as_string().unwrap_or_else(|| "an unnamed error".to_owned()),
    }
}
