//! What happens to the map from outside: another size, another theme.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{HtmlCanvasElement, ResizeObserver};

use super::finder::Finder;

/// Keeps the view as large as the canvas is.
pub(super) fn watch_size(canvas: NodeRef<html::Canvas>, finder: Finder) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn Fn(JsValue)>)>);
    Effect::new(move |_| {
        let Some(element) = canvas.get() else { return };
        let measured: HtmlCanvasElement = element.clone();
        let fit = move || {
            let (width, height) = (f64::from(measured.client_width()), f64::from(measured.client_height()));
            let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
            let other = finder.view.try_with_untracked(|view| (view.size(), view.ratio()) != ((width, height), ratio));
            if other == Some(true) && width > 0.0 && height > 0.0 {
                finder.view.update(|view| view.resize(width, height, ratio));
            }
        };
        fit();
        let heard = Closure::<dyn Fn(JsValue)>::new(move |_| fit());
        if let Ok(watching) = ResizeObserver::new(heard.as_ref().unchecked_ref()) {
            watching.observe(&element);
            observer.set_value(Some((watching, heard)));
        }
    });
    on_cleanup(move || {
        if let Some((watching, _)) = observer.try_update_value(Option::take).flatten() {
            watching.disconnect();
        }
    });
}

/// Calls `then` when the browser's theme changes.
pub(super) fn watch_theme(then: impl Fn() + Clone + 'static) {
    let queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"];
    let listening = queries.into_iter().filter_map(|query| {
        let media = web_sys::window()?.match_media(query).ok()??;
        let then = then.clone();
        let heard = Closure::<dyn Fn()>::new(then);
        media.add_event_listener_with_callback("change", heard.as_ref().unchecked_ref()).ok()?;
        Some((media, heard))
    });
    let listening = StoredValue::new_local(listening.collect::<Vec<_>>());
    on_cleanup(move || {
        for (media, heard) in listening.try_update_value(std::mem::take).unwrap_or_default() {
            let _ = media.remove_event_listener_with_callback("change", heard.as_ref().unchecked_ref());
        }
    });
}
