//! The page's worker, asked directly: a second one, made the way the page made its own.

use oolong_intent::{Context, Parse};
use oolong_protocol::{FromWorker, ModelInfo, Trouble};
use serde_json::{Value, json};

use crate::{browser::Browser, scripts};

/// A worker of the tests' own in the page of a browser.
pub struct Worker<'a> {
    browser: &'a Browser,
    /// What it has loaded.
    pub model: ModelInfo,
    /// From its start to ready, in milliseconds.
    pub ready_ms: f64,
}

impl<'a> Worker<'a> {
    /// Starts the worker in a page that has started its own, and loads what that one loaded.
    ///
    /// # Panics
    /// When the page has not started a worker, or ours does not come up.
    #[must_use]
    pub fn start(browser: &'a Browser) -> Self {
        let load = browser.wait("window.__probe.sent.find(text => text.includes('\"type\":\"load\"'))");
        let call = browser.run("return window.__probe.calls[0]", &[]);
        let mut reply = browser.run_async(scripts::WORKER, &[call, load]);
        let time = |name: &str| reply[name].as_f64().unwrap_or_default();
        let ready_ms = time("ready") - time("started");
        match serde_json::from_value(reply.take()) {
            Ok(FromWorker::Ready { model, .. }) => Self { browser, model, ready_ms },
            other => panic!("expected a ready worker, got {other:?}"),
        }
    }

    /// Parses one sentence; returns the parse, the milliseconds from question to answer, and the memory in use.
    ///
    /// # Errors
    /// The worker's own trouble.
    ///
    /// # Panics
    /// When the worker breaks the protocol.
    pub fn parse(&self, text: &str, context: &Context) -> Result<(Parse, f64, u64), Trouble> {
        self.parse_all(&[question(text, context)]).remove(0)
    }

    /// Parses many, one after the other, in one call of the driver.
    ///
    /// # Panics
    /// When the worker breaks the protocol.
    pub fn parse_all(&self, messages: &[Value]) -> Vec<Result<(Parse, f64, u64), Trouble>> {
        let script = "
            const [messages, done] = arguments;
            (async () => {
                const replies = [];
                for (const message of messages) {
                    const start = performance.now();
                    const reply = await window.__ask(message);
                    replies.push([reply, performance.now() - start]);
                }
                done(replies);
            })();";
        let replies = self.browser.run_async(script, &[messages.into()]);
        let replies: Vec<(FromWorker, f64)> = serde_json::from_value(replies).expect("the worker speaks the protocol");
        let read = |(reply, ms)| match reply {
            FromWorker::Parsed { parse, memory, .. } => Ok((*parse, ms, memory)),
            FromWorker::Failed { trouble, .. } => Err(trouble),
            other => panic!("expected an answer to a parse, got {other:?}"),
        };
        replies.into_iter().map(read).collect()
    }
}

/// The message for one parse.
#[must_use]
pub fn question(text: &str, context: &Context) -> Value {
    json!({"type": "parse", "text": text, "context": context, "deadline_ms": 10_000})
}
