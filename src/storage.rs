//! What outlives a reload. A browser that forbids storage costs the shopper that, and nothing else.

use serde::{Serialize, de::DeserializeOwned};

/// Reads a value; `None` when there is none, when it cannot be read, or when storage is forbidden.
pub(crate) fn load<T: DeserializeOwned>(key: &str) -> Option<T> {
    serde_json::from_str(&storage()?.get_item(key).ok()??).ok()
}

/// Stores a value; `false` when the browser forbids it or has no room left.
pub(crate) fn save<T: Serialize>(key: &str, value: &T) -> bool {
    let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) else { return false };
    storage.set_item(key, &text).is_ok()
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
