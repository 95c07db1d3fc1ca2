//! The page's clock and its timer.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// Milliseconds since the page was opened; never goes back.
pub(crate) fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Waits for so many milliseconds.
pub(crate) async fn sleep(ms: f64) {
    let promise = Promise::new(&mut |done, _| {
        let ring = Closure::once_into_js(move || done.call0(&JsValue::UNDEFINED).is_ok());
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(ring.unchecked_ref(), ms as i32);
        }
    });
    let _ = JsFuture::from(promise).await;
}
