//! The browser's own speech input, where it has one. Audio is the browser's business; only its text comes here.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Whether this browser can listen.
pub(crate) fn available() -> bool {
    constructor().is_some()
}

/// Listens for one utterance. `heard` gets its text if there is any; `done` is called at the end in any case.
pub(crate) fn listen(language: &str, heard: impl FnOnce(String) + 'static, done: impl FnOnce() + 'static) {
    let started = constructor().and_then(|make| {
        let recognition = Reflect::construct(&make, &js_sys::Array::new()).ok()?;
        let set = |name: &str, value: &JsValue| Reflect::set(&recognition, &name.into(), value).ok();
        set("lang", &language.into())?;
        set("interimResults", &false.into())?;
        set(
            "onresult",
            &Closure::once_into_js(move |event: JsValue| transcript(&event).map(heard).unwrap_or_default()),
        )?;
        let start: Function = Reflect::get(&recognition, &"start".into()).ok()?.dyn_into().ok()?;
        Some((recognition, start))
    });
    let Some((recognition, start)) = started else { return done() };
    let end = Closure::once_into_js(done);
    if Reflect::set(&recognition, &"onend".into(), &end).is_err() || start.call0(&recognition).is_err() {
        // `onend` will never come, so the shopper is told now.
        let _ = end.unchecked_ref::<Function>().call0(&JsValue::NULL);
    }
}

fn constructor() -> Option<Function> {
    let window = web_sys::window()?;
    ["SpeechRecognition", "webkitSpeechRecognition"]
        .into_iter()
        .find_map(|name| Reflect::get(&window, &name.into()).ok()?.dyn_into().ok())
}

/// `event.results[0][0].transcript`
fn transcript(event: &JsValue) -> Option<String> {
    let results = Reflect::get(event, &"results".into()).ok()?;
    let first = Reflect::get_u32(&Reflect::get_u32(&results, 0).ok()?, 0).ok()?;
    Reflect::get(&first, &"transcript".into()).ok()?.as_string()
}
