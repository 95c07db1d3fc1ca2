//! Ids in paths: whatever is no possible id is refused at the door, in the words of the shop.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use oolong_protocol::shop::Reason;
use serde::de::DeserializeOwned;

use super::problem::Refused;

/// The longest id, in bytes.
const LONGEST: usize = 200;

/// The ids of a path, decoded. A database may not be able to hold every text that a path can spell: PostgreSQL knows no
/// zero byte, and one command that it cannot read would fail all that wait with it.
pub(crate) struct Named<T>(pub(crate) T);

/// One id, or several.
pub(crate) trait Ids: DeserializeOwned + Send {
    /// Whether each of them can be an id.
    fn are_sound(&self) -> bool;
}

impl Ids for String {
    fn are_sound(&self) -> bool {
        (1..=LONGEST).contains(&self.len()) && !self.chars().any(char::is_control)
    }
}

impl Ids for (String, String) {
    fn are_sound(&self) -> bool {
        self.0.are_sound() && self.1.are_sound()
    }
}

impl<T: Ids, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(ids)) if ids.are_sound() => Ok(Self(ids)),
            Ok(_) | Err(_) => {
                let expected = format!("expected ids of 1 to {LONGEST} bytes of UTF-8 without control characters");
                Err(Refused::new(Reason::RequestInvalid, format!("the path: {expected}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_text_that_every_database_can_hold() {
        let check = |id: &str, sound: bool| assert_eq!(id.to_owned().are_sound(), sound, "{id:?}");
        check("free-milk-tea", true);
        check("bean only", true);
        check("珍珠", true);
        check(&"a".repeat(200), true);
        check(&"a".repeat(201), false);
        check("", false);
        check("\0", false);
        check("free\nmilk", false);
        assert!(!("s-1".to_owned(), "\u{7f}".to_owned()).are_sound());
    }
}
