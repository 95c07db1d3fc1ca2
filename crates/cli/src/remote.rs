//! The remote agent as a parser, for testing a server's intents offline from any page.

use std::time::Duration;

use anyhow::{Context as _, Result};
use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Cancelled, Context, IntentParser, Parse, ParseError, Utterance};
use oolong_remote::{Format, Question, completion};

/// The key for servers that want one; not a flag, because everybody on a machine can read flags.
const KEY: &str = "OOLONG_REMOTE_KEY";
/// How long one answer may take. Longer than the page waits: here the question is what a server understands.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest reply that is read, in bytes, as on the page.
const MAX_BYTES: u64 = 256 << 10;

/// Asks an OpenAI-compatible server, with the questions and the distrust of the page.
pub(crate) struct RemoteParser {
    http: ureq::Agent,
    url: String,
    model: String,
    key: Option<String>,
    format: Format,
    campaign: Campaign,
    gazetteer: Gazetteer,
}

impl RemoteParser {
    /// A parser that asks the server at `address`: the full address of its chat completions, or of its root or `/v1`;
    /// `#name` at the end names the model.
    pub(crate) fn new(address: &str, campaign: Campaign) -> Result<Self> {
        let (address, model) = address.split_once('#').unwrap_or((address, "oolong"));
        let address = address.trim_end_matches('/');
        let url = if address.ends_with("/chat/completions") {
            address.to_owned()
        } else if address.ends_with("/v1") {
            format!("{address}/chat/completions")
        } else {
            format!("{address}/v1/chat/completions")
        };
        url.parse::<ureq::http::Uri>().with_context(|| format!("--parser remote={address}: expected an address"))?;
        let http = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        let gazetteer = Gazetteer::new(&campaign);
        let key = std::env::var(KEY).ok().filter(|key| !key.is_empty());
        Ok(Self {
            http: http.into(),
            url,
            model: model.to_owned(),
            key,
            format: Format::default(),
            campaign,
            gazetteer,
        })
    }
}

impl IntentParser for RemoteParser {
    fn parse(&mut self, utterance: &Utterance, context: &Context, _: Cancelled<'_>) -> Result<Parse, ParseError> {
        let url = self.url.clone();
        let engine = |error: &dyn std::fmt::Display| ParseError::Engine(format!("{url}: {error}"));
        let question = Question::new(utterance, context, &self.campaign, &self.gazetteer);
        let (status, text) = loop {
            let mut request = self.http.post(&self.url);
            if let Some(key) = &self.key {
                request = request.header("authorization", format!("Bearer {key}"));
            }
            let asked = question.request_in(self.format, &self.model, false);
            let reply = request.send_json(asked).map_err(|error| engine(&error))?;
            let (status, mut body) = (reply.status(), reply.into_body());
            let text = body.with_config().limit(MAX_BYTES).read_to_string().map_err(|error| engine(&error))?;
            match self.format.after(status.as_u16(), &text) {
                Some(other) => self.format = other,
                None => break (status, text),
            }
        };
        if !status.is_success() {
            return Err(engine(&format!("{status}: {}", text.chars().take(200).collect::<String>())));
        }
        let (content, confidence) = completion(&text).map_err(|error| engine(&error))?;
        oolong_remote::read(&content, &question, confidence).map_err(|error| engine(&error))
    }
}
