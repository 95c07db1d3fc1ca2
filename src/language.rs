//! Which language the visitor reads.

use serde::{Deserialize, Serialize};

use crate::storage;

const KEY: &str = "oolong:language";

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Language {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// What the visitor chose before, or else what the browser prefers.
    pub(crate) fn at_first() -> Self {
        let browser = || web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default();
        storage::load(KEY)
            .unwrap_or_else(|| if browser().to_lowercase().starts_with("zh") { Self::Chinese } else { Self::English })
    }

    /// Keeps the choice for the next visit, where the browser allows that.
    pub(crate) fn keep(self) {
        storage::save(KEY, &self);
    }

    /// Tells the browser, and so screen readers, what the page is written in.
    pub(crate) fn declare(self) {
        let root = web_sys::window().and_then(|window| window.document()?.document_element());
        if let Some(root) = root {
            // A page that cannot name its language is still readable, so a refusal is of no consequence.
            let _ = root.set_attribute("lang", self.tag());
        }
    }

    /// The BCP 47 tag, for the document and for speech input.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }
}
