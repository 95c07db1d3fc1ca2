//! A server on a free port, a model that does as it is told, and a client.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use clap::Parser as _;
use oolong_protocol::chat::{ErrorBody, ErrorReply};
use oolong_server::{Answer, Build, Config, Model, Refusal, Running, Server, Task};
use reqwest::{Client, Response};

/// What the fake model answers.
pub(crate) const FRAMES: &str = r#"{"frames":[{"intent":"chat"}]}"#;

/// What happened to the fake model.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Times that it was asked.
    pub(crate) asked: AtomicUsize,
    /// Times that it was stopped.
    pub(crate) stopped: AtomicUsize,
    /// Times that it was built.
    pub(crate) built: AtomicUsize,
}

struct Fake(Arc<Seen>);

impl Model for Fake {
    fn name(&self) -> &str {
        "fake"
    }

    /// "wait 300" takes so many milliseconds, "panic" panics; everything else is answered at once.
    fn answer(&mut self, task: &Task, stopped: &dyn Fn() -> bool) -> Result<Answer, Refusal> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        let text = task.utterance.as_str();
        assert!(!text.starts_with("panic"), "the model broke on {text}");
        let wait: u64 = text.strip_prefix("wait ").and_then(|ms| ms.parse().ok()).unwrap_or_default();
        for _ in 0..wait / 5 {
            if stopped() {
                self.0.stopped.fetch_add(1, Ordering::SeqCst);
                return Err(Refusal::Late);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(Answer { content: FRAMES.to_owned(), confidence: Some(0.5), ..Answer::default() })
    }
}

/// The configuration that these flags make, on a free port.
pub(crate) fn config(flags: &str) -> Config {
    let flags = ["oolong-server", "--listen", "127.0.0.1:0", "--no-shop"].into_iter().chain(flags.split_whitespace());
    Config::try_parse_from(flags).expect("sound flags")
}

/// A server with one fake model.
pub(crate) async fn fake(flags: &str) -> (Running, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let build: Build = {
        let seen = Arc::clone(&seen);
        Arc::new(move || {
            seen.built.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Fake(Arc::clone(&seen))) as Box<dyn Model>)
        })
    };
    let running = Server::with_model(config(flags), 1, build).await.expect("starts");
    // The first sentence at the start does not count.
    seen.asked.store(0, Ordering::SeqCst);
    (running, seen)
}

/// The address of a server with the model of this build, shared by all tests because loading takes long.
pub(crate) fn real() -> &'static str {
    static REAL: OnceLock<String> = OnceLock::new();
    REAL.get_or_init(|| {
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let flags = "--workers 1 --queue-ms 60000 --deadline-ms 120000 --rate-per-minute 0";
                let running = Server::start(config(flags)).await.expect("starts");
                send.send(running.url()).expect("somebody waits");
                std::future::pending::<()>().await;
            });
        });
        receive.recv().expect("a server")
    })
}

/// The body of a request that says `words`.
pub(crate) fn says(words: &str) -> String {
    serde_json::json!({"model": "oolong", "messages": [{"role": "user", "content": words}]}).to_string()
}

/// A client that is made once, because reading the machine's certificates takes long, and keeps no connection, because
/// each test has a runtime of its own.
pub(crate) fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| Client::builder().pool_max_idle_per_host(0).build().expect("a client"))
}

/// Posts a body as JSON.
pub(crate) async fn post(base: &str, body: impl Into<String>) -> Response {
    let request = client().post(format!("{base}v1/chat/completions")).header("content-type", "application/json");
    request.body(body.into()).send().await.expect("an answer")
}

/// Gets a path.
pub(crate) async fn get(base: &str, path: &str) -> Response {
    client().get(format!("{base}{path}")).send().await.expect("an answer")
}

/// A header as text.
pub(crate) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Checks an error: status, code, OpenAI's shape, and a wait where one belongs.
#[track_caller]
pub(crate) fn check(status: u16, retry_after: &str, body: &str, expected: (u16, &str)) -> ErrorBody {
    let reply: ErrorReply = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {status} {body}"));
    assert_eq!((status, reply.error.code.as_deref().unwrap_or_default()), expected, "{body}");
    assert!(!reply.error.message.is_empty() && !reply.error.kind.is_empty(), "{body}");
    let waits = [429, 503].contains(&status);
    assert_eq!(retry_after.parse::<u64>().is_ok_and(|seconds| seconds >= 1), waits, "Retry-After: {retry_after}");
    reply.error
}

/// [`check`] for a response.
pub(crate) async fn refused(response: Response, expected: (u16, &str)) -> ErrorBody {
    let (status, wait) = (response.status().as_u16(), header(&response, "retry-after"));
    assert_eq!(header(&response, "content-type"), "application/json");
    let body = response.text().await.expect("a body");
    check(status, &wait, &body, expected)
}

/// Waits until something is so.
pub(crate) async fn until(what: impl Fn() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
