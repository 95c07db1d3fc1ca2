//! Another OpenAI-compatible server that does the understanding, and is believed no more than any model.
//!
//! What it says when it fails is neither passed on nor logged: it may quote the shopper, or the key.

use std::time::Duration;

use oolong_protocol::chat::ChatCompletion;
use oolong_remote::{Question, completion, read};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url, redirect};

use crate::clock::Instant;
use crate::config::Key;
use crate::{Answer, Refusal};

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 1 << 20;
/// The longest wait that is passed on, in seconds.
const MAX_WAIT: u64 = 3600;

/// The other server.
#[derive(Debug)]
pub(crate) struct Upstream {
    client: Client,
    url: Url,
    key: Option<Key>,
    /// What it calls its model.
    pub(crate) model: String,
}

impl Upstream {
    /// Will ask the API at `base` (with or without `/chat/completions`) for `model`.
    ///
    /// # Errors
    /// What is wrong with the URL, or with this machine's certificates.
    pub(crate) fn new(base: &str, model: String, key: Option<Key>) -> anyhow::Result<Self> {
        let base = base.trim_end_matches('/');
        let path = if base.ends_with("/chat/completions") { "" } else { "/chat/completions" };
        let url = Url::parse(&format!("{base}{path}"))?;
        anyhow::ensure!(matches!(url.scheme(), "http" | "https"), "expected http or https, found {}", url.scheme());
        // The key goes to the server that was named, and to no other that it points at.
        let client =
            Client::builder().redirect(redirect::Policy::none()).connect_timeout(Duration::from_secs(5)).build()?;
        Ok(Self { client, url, key, model })
    }

    /// Asks, and checks the answer.
    ///
    /// # Errors
    /// One of the refusals about a server upstream, or [`Refusal::InvalidAnswer`].
    pub(crate) async fn answer(&self, question: &Question, deadline: Instant) -> Result<Answer, Refusal> {
        let body = tokio::time::timeout_at(deadline, self.ask(question)).await.map_err(|_| Refusal::UpstreamLate)??;
        let usage = serde_json::from_str::<ChatCompletion>(&body).ok().and_then(|reply| reply.usage);
        let (content, confidence) = completion(&body).map_err(|_| Refusal::InvalidAnswer)?;
        let parse = read(&content, question, confidence).map_err(|_| Refusal::InvalidAnswer)?;
        Answer::new(parse, confidence, usage.unwrap_or_default())
    }

    async fn ask(&self, question: &Question) -> Result<String, Refusal> {
        let failed = |error: reqwest::Error| if error.is_timeout() { Refusal::UpstreamLate } else { Refusal::Upstream };
        let body = serde_json::to_vec(&question.request(&self.model, false)).map_err(|_| Refusal::Defect)?;
        let mut request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(key) = &self.key {
            let mut value = HeaderValue::try_from(format!("Bearer {}", key.reveal())).map_err(|_| Refusal::Upstream)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let mut response = request.send().await.map_err(failed)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                return Err(Refusal::UpstreamBusy(patience(response.headers())));
            }
            StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => return Err(Refusal::UpstreamLate),
            status => {
                tracing::warn!(status = status.as_u16(), "the server upstream refused");
                return Err(Refusal::Upstream);
            }
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > MAX_ANSWER {
                return Err(Refusal::InvalidAnswer);
            }
        }
        String::from_utf8(bytes).map_err(|_| Refusal::InvalidAnswer)
    }
}

/// What the answer is called in metrics.
pub(crate) fn outcome(answer: &Result<Answer, Refusal>) -> &'static str {
    match answer {
        Ok(_) => "answered",
        Err(Refusal::InvalidAnswer) => "invalid",
        Err(Refusal::UpstreamBusy(_)) => "busy",
        Err(Refusal::UpstreamLate) => "late",
        Err(_) => "failed",
    }
}

/// Seconds until it may be asked again; dates are not understood, and then it is our own guess that counts.
fn patience(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(seconds.min(MAX_WAIT))
}
