//! Whether sentences may be sent to the remote agent: asked once, remembered, revocable.

use serde::{Deserialize, Serialize};

use crate::storage;

/// Where it is remembered.
const KEY: &str = "oolong:consent";

/// What the shopper said about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Consent {
    /// Nothing yet.
    #[default]
    Unasked,
    /// Yes.
    Given,
    /// No, or not any more.
    Refused,
}

impl Consent {
    /// What was said at an earlier visit.
    pub(crate) fn load() -> Self {
        storage::load(KEY).unwrap_or_default()
    }

    /// Remembers it, where the browser allows that.
    pub(crate) fn keep(self) {
        storage::save(KEY, &self);
    }
}
