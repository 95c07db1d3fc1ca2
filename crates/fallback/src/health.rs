//! What is known about the remote agent, its health (the breaker) and its dialect: shared by all tabs of the site through
//! the browser's storage, in memory where that is forbidden.

use std::cell::RefCell;

use oolong_cascade::{Breaker, Permit};
use oolong_remote::Format;
use serde::{Serialize, de::DeserializeOwned};

/// Where the breaker lies in the browser's storage.
const KEY: &str = "oolong:remote";
/// Where the dialect lies.
const FORMAT: &str = "oolong:remote-format";

thread_local! {
    /// What is known when nothing can be stored.
    static MEMORY: RefCell<(Breaker, Format)> = RefCell::default();
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
    store(KEY, &breaker);
    MEMORY.with_borrow_mut(|memory| memory.0 = breaker);
    result
}

/// Milliseconds since 1970: the only clock that tabs share.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// How the agent was last told what an answer must look like.
pub(crate) fn format() -> Format {
    stored(FORMAT).unwrap_or_else(|| MEMORY.with_borrow(|memory| memory.1))
}

/// Remembers how it wants to be told.
pub(crate) fn set_format(format: Format) {
    store(FORMAT, &format);
    MEMORY.with_borrow_mut(|memory| memory.1 = format);
}

fn load() -> Breaker {
    stored(KEY).unwrap_or_else(|| MEMORY.with_borrow(|memory| memory.0.clone()))
}

fn stored<T: DeserializeOwned>(key: &str) -> Option<T> {
    serde_json::from_str(&storage()?.get_item(key).ok()??).ok()
}

/// Where storage is forbidden or full, memory has to do.
fn store<T: Serialize>(key: &str, value: &T) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) {
        let _ = storage.set_item(key, &text);
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
