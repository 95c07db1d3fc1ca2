//! Asking the remote agent: one call, at most one more, within a deadline.

use std::pin::pin;

use futures::future::{Either, select};
use gloo_net::http::Request;
use js_sys::Promise;
use oolong_cascade::{Failure, Kind, Permit, retry_after};
use oolong_intent::Parse;
use oolong_protocol::{FallbackTrouble, FromFallback};
use oolong_remote::Question;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use crate::{health, reply};

/// The model's name in requests; servers with one model take any, an operator's proxy may rewrite it.
const MODEL: &str = "oolong";
/// Which attempt a call is, so that a server can tell retries from visitors.
const ATTEMPT: &str = "x-oolong-attempt";

/// Asks, and says what came of it. Ends within `within_ms` milliseconds, or when `stop` is aborted.
pub(crate) async fn ask(question: &Question, url: &str, within_ms: f64, stop: &AbortSignal) -> FromFallback {
    if matches!(health::take(), Permit::Rest { .. }) {
        return failed(FallbackTrouble::Resting, 0, "the agent is left alone for now".to_owned());
    }
    let end = health::now() + within_ms;
    let mut attempt = 1;
    loop {
        let outcome = call(question, url, attempt, end - health::now(), stop).await;
        if stop.aborted() {
            health::change(|breaker| breaker.abandoned());
            return failed(FallbackTrouble::Abandoned, attempt, "something newer was said".to_owned());
        }
        let (failure, detail) = match outcome {
            Ok(parse) => {
                health::change(|breaker| breaker.answered());
                return FromFallback::Parsed { parse: Box::new(parse), calls: attempt };
            }
            Err(failed) => failed,
        };
        health::change(|breaker| breaker.failed(&failure, health::now(), js_sys::Math::random()));
        let left = end - health::now();
        match retry_after(&failure, attempt, left, &mut js_sys::Math::random) {
            // The breaker has the last word: other tabs may have failed as well.
            Some(delay) if !health::is_resting() => {
                sleep(delay).await;
                // Much can happen meanwhile: a newer sentence, or another tab that found the agent gone.
                if stop.aborted() {
                    health::change(|breaker| breaker.abandoned());
                    return failed(FallbackTrouble::Abandoned, attempt, "something newer was said".to_owned());
                }
                if health::is_resting() {
                    return failed(FallbackTrouble::Resting, attempt, detail);
                }
                attempt += 1;
            }
            _ => return failed(trouble(failure.kind), attempt, detail),
        }
    }
}

/// One call. The deadline holds for the whole reply, not only for its beginning.
async fn call(
    question: &Question,
    url: &str,
    attempt: u32,
    within_ms: f64,
    stop: &AbortSignal,
) -> Result<Parse, (Failure, String)> {
    let abort = AbortController::new().map_err(|_| (Kind::Connection.into(), "cannot be stopped".to_owned()))?;
    let exchange = pin!(exchange(question, url, attempt, abort.signal()));
    let deadline = pin!(async {
        // Looked at often enough: an abort must not wait for the deadline.
        let end = health::now() + within_ms;
        while health::now() < end && !stop.aborted() {
            sleep((end - health::now()).clamp(1.0, 50.0)).await;
        }
    });
    match select(exchange, deadline).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => {
            abort.abort();
            Err((Kind::Deadline.into(), format!("expected an answer within {within_ms:.0} ms, found none")))
        }
    }
}

async fn exchange(
    question: &Question,
    url: &str,
    attempt: u32,
    signal: AbortSignal,
) -> Result<Parse, (Failure, String)> {
    let connection = |error: gloo_net::Error| (Failure::from(Kind::Connection), error.to_string());
    let mut format = health::format();
    loop {
        let response = Request::post(url)
            .header(ATTEMPT, &attempt.to_string())
            .abort_signal(Some(&signal))
            .json(&question.request_in(format, MODEL, false))
            .map_err(connection)?
            .send()
            .await
            .map_err(connection)?;
        match reply::read(response, question, format).await? {
            Ok(parse) => return Ok(parse),
            // A server of another dialect: asked in it at once, and from now on. There is no third one.
            Err(other) => {
                format = other;
                health::set_format(other);
            }
        }
    }
}

/// Waits for so many milliseconds.
async fn sleep(ms: f64) {
    let promise = Promise::new(&mut |done, _| {
        let ring = Closure::once_into_js(move || done.call0(&wasm_bindgen::JsValue::UNDEFINED).is_ok());
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(ring.unchecked_ref(), ms as i32);
        }
    });
    let _ = JsFuture::from(promise).await;
}

fn trouble(kind: Kind) -> FallbackTrouble {
    match kind {
        Kind::Connection => FallbackTrouble::Connection,
        Kind::Deadline => FallbackTrouble::Deadline,
        Kind::Status(status) => FallbackTrouble::Status(status),
        Kind::Garbled => FallbackTrouble::Garbled,
        Kind::Useless => FallbackTrouble::Useless,
    }
}

fn failed(why: FallbackTrouble, calls: u32, detail: String) -> FromFallback {
    FromFallback::Failed { why, calls, detail }
}
