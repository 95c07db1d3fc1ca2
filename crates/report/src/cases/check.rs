//! From the shape of a case to a case that can be trusted, or to the field that is wrong.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher as _;

use oolong_catalog::Campaign;
use oolong_intent::{Case, Context, Frame, FrameError, Intent, RawFrame, Utterance};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::problem::Problem;

const LANGUAGES: [&str; 3] = ["en", "zh", "mixed"];

/// A case as JSON, before anything is known about its content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    pub(super) id: String,
    pub(super) lang: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) context: Context,
    pub(super) frames: Vec<RawFrame>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

impl RawCase {
    pub(super) fn from_json(line: u64, text: &str) -> Result<Self, Problem> {
        if text.trim_start().starts_with('[') {
            let reason = "expected one JSON object a line, found a list";
            return Err(Problem::new(line, "", reason, "put each case on a line of its own, without [ ] around them"));
        }
        parse(line, "", text, "each line must be one whole JSON object")
    }
}

/// Reads `text` as JSON; `path` is where it stands in the case.
pub(super) fn parse<T: DeserializeOwned>(
    line: u64,
    path: &str,
    text: &str,
    advice: &'static str,
) -> Result<T, Problem> {
    let mut source = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut source)
        .map_err(|error| (error.path().to_string(), error.into_inner()))
        .and_then(|value| source.end().map(|()| value).map_err(|error| (String::new(), error)));
    read.map_err(|(inner, error)| {
        let whole = error.to_string();
        let bare = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(bare, _)| bare);
        match error.classify() {
            Category::Data => Problem::new(
                line,
                join(path, inner.trim_matches('.')),
                bare,
                "see `oolong schema frames` and `oolong schema context` for the fields",
            ),
            Category::Syntax | Category::Eof | Category::Io => {
                let reason = format!("expected JSON, found a mistake at column {}: {bare}", error.column());
                Problem::new(line, path, reason, advice)
            }
        }
    })
}

/// Checks cases one by one and remembers their ids.
pub(super) struct Check<'a> {
    campaign: &'a Campaign,
    // Only hashes are kept: a million ids take some 30 MB, and the chance that two of them share one is 3 in 10^8.
    seen: HashMap<u64, u64>,
    hasher: RandomState,
}

impl<'a> Check<'a> {
    pub(super) fn new(campaign: &'a Campaign) -> Self {
        Self { campaign, seen: HashMap::new(), hasher: RandomState::new() }
    }

    pub(super) fn case(&mut self, line: u64, raw: RawCase) -> Result<Case, Problem> {
        let problem = |path: &str, reason: String, advice| Err(Problem::new(line, path, reason, advice));
        if raw.id.trim().is_empty() || raw.id.chars().count() > 200 || raw.id.chars().any(char::is_control) {
            let reason = format!("expected 1 to 200 printable characters, found {:?}", short(&raw.id));
            return problem("id", reason, "give each case a short id");
        }
        match self.seen.entry(self.hasher.hash_one(&raw.id)) {
            Entry::Occupied(first) => {
                let reason = format!("expected a new id, found {:?} of line {} again", raw.id, first.get());
                return problem("id", reason, "give each case an id of its own");
            }
            Entry::Vacant(free) => free.insert(line),
        };
        if !LANGUAGES.contains(&raw.lang.as_str()) {
            let reason = format!("expected en, zh or mixed, found {:?}", short(&raw.lang));
            return problem("lang", reason, "use one of the three");
        }
        if let Err(error) = Utterance::new(&raw.text) {
            return problem("text", error.to_string(), "a case is one thing that a shopper says");
        }
        if raw.frames.is_empty() {
            let reason = "expected at least one frame, found none".to_owned();
            return problem("frames", reason, "out of scope is [{\"intent\":\"other\"}]");
        }
        let frames = raw
            .frames
            .into_iter()
            .enumerate()
            .map(|(index, raw)| self.frame(line, &format!("frames[{index}]"), raw))
            .collect::<Result<Vec<Frame>, Problem>>()?;
        self.context(&raw.context).map_err(|error| unfit(line, "context", &error))?;
        Ok(Case { id: raw.id, lang: raw.lang, text: raw.text, context: raw.context, frames, tags: raw.tags })
    }

    fn frame(&self, line: u64, path: &str, raw: RawFrame) -> Result<Frame, Problem> {
        let frame = Frame::try_from(raw).map_err(|error| {
            let reason = format!("expected {}, found {}", error.expected, error.found);
            Problem::new(line, join(path, &error.path), reason, "see the contract for what this intent allows")
        })?;
        self.campaign.check_frame(&frame).map_err(|error| unfit(line, path, &error))?;
        Ok(frame)
    }

    /// A context is checked as the frame that would fill such a cart.
    fn context(&self, context: &Context) -> Result<(), FrameError> {
        let (brand, items) = (context.brand.clone(), context.cart.clone());
        self.campaign.check_frame(&Frame { brand, items, ..Frame::new(Intent::Change) }).map_err(|error| {
            let path = error.path.replacen("items", "cart", 1);
            FrameError { path, ..error }
        })
    }
}

fn unfit(line: u64, path: &str, error: &FrameError) -> Problem {
    let reason = format!("expected {}, found {:?}", error.expected, error.found);
    Problem::new(line, join(path, &error.path), reason, "correct the id, or give the campaign that has it (--campaign)")
}

fn join(path: &str, inner: &str) -> String {
    match (path.is_empty(), inner.is_empty()) {
        (true, _) => inner.to_owned(),
        (_, true) => path.to_owned(),
        _ if inner.starts_with('[') => format!("{path}{inner}"),
        _ => format!("{path}.{inner}"),
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
