//! Listening to the window and the document, for as long as the page lives.

use wasm_bindgen::{JsCast, closure::Closure};

/// Calls `then` at every `event` of the window. Never ends: what listens here lives as long as the page.
pub(crate) fn window(event: &str, then: impl Fn(web_sys::Event) + 'static) {
    if let Some(window) = web_sys::window() {
        listen(&window, event, then);
    }
}

/// Calls `then` whenever the page is shown again.
pub(crate) fn shown(then: impl Fn() + 'static) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        listen(&document, "visibilitychange", move |_| {
            if is_shown() {
                then();
            }
        });
    }
}

/// Whether the page is in front of somebody.
pub(crate) fn is_shown() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_none_or(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}

/// What the browser says about its network; it may be online and still reach nothing.
pub(crate) fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

fn listen(target: &web_sys::EventTarget, event: &str, then: impl Fn(web_sys::Event) + 'static) {
    let heard = Closure::<dyn Fn(web_sys::Event)>::new(then);
    // A target that takes no listener only means that the next timer does the work.
    let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    heard.forget();
}
