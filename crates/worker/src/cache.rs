//! The model in the browser's Cache storage: the only place that knows how it is named there.
//!
//! Everything here is best effort.
//! Storage may be missing (no TLS), forbidden (private windows, blocked cookies) or full; then the model is fetched
//! anew at the next visit.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, CacheStorage, Request, Response};

use crate::scope::scope;

/// Raised when the way of storing changes, so that old entries are not read wrongly.
const NAME: &str = "oolong-model-v1";

/// Where one version of one model file is kept.
pub(crate) struct Shelf {
    url: String,
    sha256: String,
}

impl Shelf {
    /// The place for the file at `url` with this hash.
    pub(crate) fn new(url: &str, sha256: &str) -> Self {
        Self { url: url.to_owned(), sha256: sha256.to_owned() }
    }

    /// The stored bytes, if there are any. They are not verified.
    pub(crate) async fn take(&self) -> Option<Uint8Array> {
        let cache = open().await?;
        let found = JsFuture::from(cache.match_with_str(&self.key())).await.ok()?;
        let response: Response = found.dyn_into().ok()?;
        let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
        Some(Uint8Array::new(&buffer))
    }

    /// Stores the bytes; `false` if the browser did not let us.
    pub(crate) async fn put(&self, bytes: &Uint8Array) -> bool {
        self.try_put(bytes).await.is_some()
    }

    /// Forgets the stored bytes.
    pub(crate) async fn clear(&self) {
        if let Some(cache) = open().await {
            let _ = JsFuture::from(cache.delete_with_str(&self.key())).await;
        }
    }

    async fn try_put(&self, bytes: &Uint8Array) -> Option<()> {
        let cache = open().await?;
        self.drop_older(&cache).await;
        let response = Response::new_with_opt_js_u8_array(Some(bytes)).ok()?;
        JsFuture::from(cache.put_with_str(&self.key(), &response)).await.ok()?;
        Some(())
    }

    /// Makes room: of other versions of this file only the newest stays, for pages of the build before this one. Other pages
    /// of the origin keep theirs.
    async fn drop_older(&self, cache: &Cache) {
        let Ok(keys) = JsFuture::from(cache.keys()).await else { return };
        let Ok(keys) = keys.dyn_into::<Array>() else { return };
        let requests = keys.iter().filter_map(|key| key.dyn_into::<Request>().ok());
        let mut older: Vec<Request> = requests
            .filter(|request| request.url() != self.key() && versionless(&request.url()) == versionless(&self.url))
            .collect();
        // Keys come in the order in which they were stored.
        older.pop();
        for request in older {
            let _ = JsFuture::from(cache.delete_with_request(&request)).await;
        }
    }

    fn key(&self) -> String {
        format!("{}?sha256={}", self.url, self.sha256)
    }
}

/// The address without the hash of its folder: `…/model-0123456789abcdef/a.gguf?…` → `…/model`, `a.gguf`.
fn versionless(url: &str) -> (&str, &str) {
    let url = url.split('?').next().unwrap_or(url);
    let (folder, file) = url.rsplit_once('/').unwrap_or(("", url));
    let hash = folder.rsplit_once('-').filter(|(_, hash)| hash.len() == 16 && !hash.contains('/'));
    (hash.map_or(folder, |(stem, _)| stem), file)
}

async fn open() -> Option<Cache> {
    let storage: CacheStorage = scope().caches().ok()?;
    if AsRef::<JsValue>::as_ref(&storage).is_undefined() {
        return None;
    }
    JsFuture::from(storage.open(NAME)).await.ok()?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::versionless;

    #[test]
    fn versions_of_a_file_are_known_by_its_place() {
        let here = ("https://a.example/shop/model", "m.gguf");
        assert_eq!(versionless("https://a.example/shop/model-0123456789abcdef/m.gguf?sha256=01"), here);
        assert_eq!(versionless("https://a.example/shop/model/m.gguf"), here);
        assert_ne!(versionless("https://a.example/other/model-0123456789abcdef/m.gguf"), here);
    }
}
