//! The page without a network: registers the service worker that keeps the page's own files.
//!
//! The model is not its business; the worker keeps that, verified.

use wasm_bindgen_futures::JsFuture;

/// Registers `sw.js` beside the page, where the browser allows it.
///
/// Failure is fine: without TLS, in private windows and in some embeddings there is no service worker, and the page
/// then needs the network at every visit.
pub(super) fn register() {
    let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) else { return };
    let workers = js_sys::Reflect::get(&window.navigator(), &"serviceWorker".into()).unwrap_or_default();
    if workers.is_undefined() {
        return;
    }
    let registration = window.navigator().service_worker().register("sw.js");
    wasm_bindgen_futures::spawn_local(async move {
        let _ = JsFuture::from(registration).await;
    });
}
