//! Where things lie: beside the page, whichever sub-path it lives under.

use web_sys::{Document, Url, Window};

/// A path beside the page as an absolute URL.
pub(crate) fn resolve(path: &str) -> String {
    let base = document().and_then(|document| document.base_uri().ok()).flatten().unwrap_or_default();
    Url::new_with_base(path, &base).map_or_else(|_| path.to_owned(), |url| url.href())
}

/// The path that the page's head gives a name to; a finished build says there where its files lie.
pub(crate) fn named(name: &str) -> Option<String> {
    let meta = document()?.query_selector(&format!("meta[name={name}]")).ok()??;
    meta.get_attribute("content").filter(|path| !path.is_empty())
}

/// The folder of the model that this build was made with.
pub(crate) fn model() -> String {
    resolve(&named("oolong-model").unwrap_or_else(|| "model/".to_owned()))
}

fn document() -> Option<Document> {
    web_sys::window().as_ref().and_then(Window::document)
}
