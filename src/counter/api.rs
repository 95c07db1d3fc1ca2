//! The shop server's API: typed calls with a deadline, refusals as [`Failure`], and retries under the same key.

use std::pin::pin;

use futures::future::{Either, select};
use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::*;
use oolong_protocol::shop::{Problem, Reason};
use serde::{Serialize, de::DeserializeOwned};
use web_sys::AbortController;

use crate::{
    address,
    clock::sleep,
    failure::{Failure, next_attempt},
    identity,
};

/// How long one attempt may take, milliseconds.
const DEADLINE: f64 = 10_000.0;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// Anybody.
    Anybody,
    /// The shopper of this browser.
    Shopper,
    /// Whoever holds this: another shopper code, or a store's key.
    Bearer(String),
}

/// A handle to the API; cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Api {
    /// Absolute, with a slash at its end.
    base: StoredValue<String>,
    /// How far the server's clock is ahead of this device's, milliseconds.
    ahead: RwSignal<i64>,
}

impl Api {
    /// The API at `shop`, a URL relative to the page. What its replies say about the time goes to `ahead`.
    pub(crate) fn new(shop: &str, ahead: RwSignal<i64>) -> Self {
        Self { base: StoredValue::new(address::resolve(shop)), ahead }
    }

    /// The absolute URL of a path such as `vouchers`; for event streams.
    pub(crate) fn url(&self, path: &str) -> String {
        self.base.with_value(|base| format!("{base}{path}"))
    }

    /// Asks; again a few times where that may help.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, who: &Who) -> Result<T, Failure> {
        read(&self.ask(Method::GET, path, None, "", who).await?)
    }

    /// Has something done. `key` is the idempotency key: made once per wish ([`identity::fresh_key`]), the same at every
    /// attempt, so that it happens once however often it is sent.
    pub(crate) async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        key: &str,
        who: &Who,
    ) -> Result<T, Failure> {
        read(&self.ask(Method::POST, path, Some(&written(body)?), key, who).await?)
    }

    /// Puts something; as [`Self::post`].
    pub(crate) async fn put<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        key: &str,
        who: &Who,
    ) -> Result<T, Failure> {
        read(&self.ask(Method::PUT, path, Some(&written(body)?), key, who).await?)
    }

    /// One attempt of a POST; whoever calls this sees to the next.
    pub(crate) async fn post_once<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        key: &str,
        who: &Who,
    ) -> Result<T, Failure> {
        read(&self.attempt(&Method::POST, path, Some(&written(body)?), key, who).await?)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&str>,
        key: &str,
        who: &Who,
    ) -> Result<String, Failure> {
        let mut attempt = 1;
        loop {
            match self.attempt(&method, path, body, key, who).await {
                Ok(text) => return Ok(text),
                Err(failure) => match next_attempt(attempt, &failure, js_sys::Math::random()) {
                    Some(wait) => sleep(wait).await,
                    None => return Err(failure),
                },
            }
            attempt += 1;
        }
    }

    /// The deadline holds for the whole reply, not only for its beginning.
    async fn attempt(
        &self,
        method: &Method,
        path: &str,
        body: Option<&str>,
        key: &str,
        who: &Who,
    ) -> Result<String, Failure> {
        let abort = AbortController::new().map_err(|_| Failure::Unreachable)?;
        let mut request =
            RequestBuilder::new(&self.url(path)).method(method.clone()).abort_signal(Some(&abort.signal()));
        let bearer = match who {
            Who::Anybody => None,
            Who::Shopper => Some((identity::code(), Reason::ShopperUnknown)),
            Who::Bearer(code) => Some((code.clone(), Reason::StoreKeyInvalid)),
        };
        if let Some((bearer, wrong)) = bearer {
            check_bearer(&bearer, wrong)?;
            request = request.header("Authorization", &format!("Bearer {bearer}"));
        }
        if !key.is_empty() {
            request = request.header("Idempotency-Key", &plain(key));
        }
        let request = match body {
            Some(body) => request.header("Content-Type", "application/json").body(body),
            None => request.build(),
        };
        let request = request.map_err(|_| Failure::Unreachable)?;
        let exchange = pin!(async {
            let asked = js_sys::Date::now();
            let response = request.send().await.map_err(|_| Failure::Unreachable)?;
            self.set_clock(&response, asked);
            let text = response.text().await.map_err(|_| Failure::Unreachable)?;
            if response.ok() { Ok(text) } else { Err(refusal(&response, &text)) }
        });
        match select(exchange, pin!(sleep(DEADLINE))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => {
                abort.abort();
                Err(Failure::Late)
            }
        }
    }

    /// Learns the server's time. `Date` has whole seconds, so smaller differences are only noise.
    fn set_clock(&self, response: &Response, asked: f64) {
        let Some(date) = response.headers().get("Date") else { return };
        let (said, heard) = (js_sys::Date::parse(&date), js_sys::Date::now());
        if said.is_nan() {
            return;
        }
        let ahead = (said + 500.0 - (asked + heard) / 2.0) as i64;
        if (ahead - self.ahead.get_untracked()).abs() > 1500 {
            self.ahead.set(ahead);
        }
    }
}

/// A text as one part of a path or query.
pub(crate) fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Whether a header can carry a code or key: one with other letters would throw, and is nobody's.
fn check_bearer(bearer: &str, wrong: Reason) -> Result<(), Failure> {
    if bearer.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let problem = Problem::new(wrong, "expected visible ASCII characters only");
    Err(Failure::Refused { problem: Box::new(problem), retry_after: None })
}

/// An idempotency key in letters that a header can carry. Claims that were kept by earlier builds have a voucher's id in
/// theirs, in whichever language.
fn plain(key: &str) -> String {
    let mut plain = String::with_capacity(key.len());
    for letter in key.chars() {
        if letter.is_ascii_graphic() {
            plain.push(letter);
        } else {
            plain.push_str(&format!("%{:x}", u32::from(letter)));
        }
    }
    plain
}

fn written<B: Serialize>(body: &B) -> Result<String, Failure> {
    serde_json::to_string(body).map_err(|error| garbled(0, &error))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| garbled(200, &error))
}

fn garbled(status: u16, error: &serde_json::Error) -> Failure {
    Failure::Garbled { status, retry_after: None, detail: error.to_string() }
}

fn refusal(response: &Response, text: &str) -> Failure {
    let retry_after = response.headers().get("Retry-After").and_then(|seconds| seconds.trim().parse().ok());
    match serde_json::from_str::<Problem>(text) {
        Ok(problem) => Failure::Refused { problem: Box::new(problem), retry_after },
        Err(error) => Failure::Garbled { status: response.status(), retry_after, detail: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_carry_only_what_they_can() {
        for (bearer, wrong) in [
            ("k1.aB-_9", false),
            ("密钥：k1.aB-_9", true),
            ("ｋ１", true),
            ("k1 aB", true),
            ("k1\n", true),
            ("clé", true),
        ] {
            let reason = check_bearer(bearer, Reason::StoreKeyInvalid).err().and_then(|failure| failure.reason());
            assert_eq!(reason, wrong.then_some(Reason::StoreKeyInvalid), "{bearer}");
        }
        for (key, sent) in [
            ("0a1b.0", "0a1b.0"),
            ("0a1b.0.tea-for-2", "0a1b.0.tea-for-2"),
            ("0a1b.0.奶茶券", "0a1b.0.%5976%8336%5238"),
            ("0a1b.0.two teas", "0a1b.0.two%20teas"),
        ] {
            assert_eq!(plain(key), sent);
        }
    }
}
