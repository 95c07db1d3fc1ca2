//! From an HTTP request to what is wanted: headers and bodies, every check that needs neither rules nor stores.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use oolong_ledger::Idempotency;
use oolong_protocol::shop::{ChangeState, Claim, OrderRequest, Reason, RedemptionRequest};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::problem::Refused;
use crate::clock::now;
use crate::request::{body, discard};

/// The largest body, in bytes.
pub(crate) const MAX_BODY: usize = 64 << 10;
/// How long a body may take to arrive.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A change that is wanted.
#[derive(Debug)]
pub(crate) struct Wanted<T> {
    /// What the body says.
    pub(crate) body: T,
    /// How a repetition is recognised.
    pub(crate) idempotency: Idempotency,
}

/// What a body can be.
pub(crate) trait Content: DeserializeOwned {
    /// What a value is that no such thing can have.
    const WRONG: Reason = Reason::RequestInvalid;
}

impl Content for Claim {}
impl Content for ChangeState {}
impl Content for RedemptionRequest {}
impl Content for OrderRequest {
    const WRONG: Reason = Reason::OrderInvalid;
}

impl<T: Content> Wanted<T> {
    /// Reads a POST or PUT.
    ///
    /// # Errors
    /// A missing key, or a body of another kind, size or form.
    pub(crate) async fn read(request: Request) -> Result<Self, Refused> {
        let deadline = now() + PATIENCE;
        let (head, mut content) = request.into_parts();
        let key = match key(&head.headers) {
            Ok(key) => key,
            Err(refused) => {
                discard(&mut content, deadline).await;
                return Err(refused);
            }
        };
        let mut hash = Sha256::new();
        for part in [head.method.as_str(), " ", head.uri.path(), "\n"] {
            hash.update(part);
        }
        let bytes = body(&head.headers, content, MAX_BODY, deadline).await?;
        hash.update(&bytes);
        let body = read(&bytes)?;
        Ok(Self { body, idempotency: Idempotency { key, fingerprint: hash.finalize().into() } })
    }
}

/// The words after `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, words) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| words.trim())
}

/// The value of `Idempotency-Key`, bare or as a quoted string.
fn key(headers: &HeaderMap) -> Result<String, Refused> {
    let missing = |found: &str| {
        let detail =
            format!("expected the header Idempotency-Key with 8 to 128 visible ASCII characters, found {found}");
        Refused::new(Reason::IdempotencyKeyMissing, detail)
    };
    let mut values = headers.get_all("idempotency-key").iter();
    let value = values.next().ok_or_else(|| missing("none"))?;
    if values.next().is_some() {
        return Err(missing("several"));
    }
    let text = value.to_str().map_err(|_| missing("others"))?.trim();
    let text = match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.to_owned(),
    };
    match text.len() {
        8..=128 if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(text),
        8..=128 => Err(missing("others")),
        length => Err(missing(&format!("{length}"))),
    }
}

/// Values that no order can have are a wrong order; everything else that does not fit is no request at all.
fn read<T: Content>(bytes: &[u8]) -> Result<T, Refused> {
    // What has no names could be taken for something by the order of its values alone.
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(Refused::new(Reason::RequestInvalid, "expected a JSON object"));
    }
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let path = error.path().to_string();
        let why = error.into_inner().to_string();
        let reason = if why.starts_with("invalid value") { T::WRONG } else { Reason::RequestInvalid };
        Refused::new(reason, if path == "." { why } else { format!("`{path}`: {why}") })
    })?;
    source.end().map_err(|error| Refused::new(Reason::RequestInvalid, error.to_string()))?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_bare_or_quoted() {
        let check = |value: &str, expected: Option<&str>| {
            let headers = HeaderMap::from_iter([(
                header::HeaderName::from_static("idempotency-key"),
                header::HeaderValue::from_bytes(value.as_bytes()).expect("a header"),
            )]);
            assert_eq!(key(&headers).ok().as_deref(), expected, "{value}");
        };
        check("8e03978e-40d5-43dd", Some("8e03978e-40d5-43dd"));
        check("\"8e03978e\"", Some("8e03978e"));
        check("\"with\\\"quote\"", Some("with\"quote"));
        check(&"k".repeat(128), Some(&"k".repeat(128)));
        check(&"k".repeat(129), None);
        check("seven77", None);
        check("has a space", None);
        check("钥匙钥匙", None);
        check("", None);
        assert!(key(&HeaderMap::new()).is_err());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |body: &str, status: u16, words: &str| {
            let refused = read::<OrderRequest>(body.as_bytes()).expect_err("wrong");
            assert!(format!("{refused:?}").contains(words), "{refused:?}");
            assert_eq!(refused.into_response().status().as_u16(), status, "{body}");
        };
        let with = |goods: &str| format!(r#"{{"store":"s","goods":[{goods}],"fulfilment":"pickup"}}"#);
        check(&with(r#"{"item":"latte","quantity":-1}"#), 422, "goods[0].quantity");
        check(&with(r#"{"item":"latte","quantity":70000}"#), 422, "goods[0].quantity");
        check(&with(r#"{"item":"latte","quantity":"2"}"#), 400, "goods[0].quantity");
        check("", 400, "EOF");
        check("{} {}", 400, "missing");
        check(&"[".repeat(60_000), 400, "");
        assert!(read::<Claim>(b"{}").is_ok());
        assert!(read::<Claim>(b"{} x").is_err());
        assert!(read::<Claim>(br#"{"price":1}"#).is_err());
        assert!(read::<Claim>(b"[]").is_err());
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,80}") {
            let _ = read::<OrderRequest>(&bytes);
            if let Ok(value) = header::HeaderValue::from_str(&text) {
                let name = header::HeaderName::from_static("idempotency-key");
                let _ = key(&HeaderMap::from_iter([(name, value.clone())]));
                let _ = bearer(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]));
            }
        }
    }
}
