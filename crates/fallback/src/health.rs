//! The breaker, shared by all tabs of the site through the browser's storage; in memory where that is forbidden.

use std::cell::RefCell;

use oolong_cascade::{Breaker, Permit};

/// Where it lies in the browser's storage.
const KEY: &str = "oolong:remote";

thread_local! {
    /// What is known when nothing can be stored.
    static MEMORY: RefCell<Breaker> = RefCell::default();
}

/// Whether the agent is left alone for now.
pub(crate) fn is_resting() -> bool {
    matches!(load().look(now()), Permit::Rest { .. })
}

/// Asks whether the agent may be called, and notes that it is.
pub(crate) fn take() -> Permit {
    change(|breaker| breaker.take(now()))
}

/// Notes what came of a call.
pub(crate) fn change<T>(note: impl FnOnce(&mut Breaker) -> T) -> T {
    // Read and written in one go: other tabs may have changed it since.
    let mut breaker = load();
    let result = note(&mut breaker);
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&breaker)) {
        let _ = storage.set_item(KEY, &text);
    }
    MEMORY.replace(breaker);
    result
}

/// Milliseconds since 1970: the only clock that tabs share.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

fn load() -> Breaker {
    let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    let read = stored.and_then(|text| serde_json::from_str(&text).ok());
    read.unwrap_or_else(|| MEMORY.with_borrow(Breaker::clone))
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
