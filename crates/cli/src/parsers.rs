//! Which parser is tested.

use std::str::FromStr;

use anyhow::Result;
use oolong_catalog::Campaign;
use oolong_intent::IntentParser;
use oolong_keyword::KeywordParser;
use oolong_report::ModelFile;

use crate::{load::Sources, remote::RemoteParser};

/// `local`, `keyword` or `remote=URL`.
#[derive(Clone, Debug)]
pub(crate) enum ParserChoice {
    /// The model, as on the page.
    Local,
    /// Names and rules alone.
    Keyword,
    /// A remote agent: any OpenAI-compatible server.
    Remote(String),
}

/// A parser that is ready, with what a report says about it.
pub(crate) struct Ready {
    pub(crate) parser: Box<dyn IntentParser>,
    pub(crate) model: Option<ModelFile>,
    /// Confidence from which on its answers are believed.
    pub(crate) threshold: f32,
}

impl FromStr for ParserChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=').unwrap_or((text, "")) {
            ("local", "") => Ok(Self::Local),
            ("keyword", "") => Ok(Self::Keyword),
            ("remote", url) if !url.is_empty() => Ok(Self::Remote(url.to_owned())),
            _ => Err(format!("expected local, keyword or remote=URL, found {text:?}")),
        }
    }
}

impl ParserChoice {
    /// Its name in reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Keyword => "keyword",
            Self::Remote(_) => "remote",
        }
    }

    /// Starts the parser for `campaign`.
    pub(crate) fn start(&self, sources: &Sources, campaign: Campaign) -> Result<Ready> {
        match self {
            Self::Local => {
                let model = sources.model()?;
                let engine = model.engine(campaign)?;
                let (name, bytes) = (engine.name().to_owned(), model.bytes.len() as u64);
                let file = ModelFile { name, sha256: model.sha256, bytes };
                Ok(Ready { parser: Box::new(engine), model: Some(file), threshold: model.threshold })
            }
            Self::Keyword => {
                // Its confidence tops out below any model's threshold: everything it says is acted upon.
                Ok(Ready { parser: Box::new(KeywordParser::new(campaign)), model: None, threshold: 0.0 })
            }
            Self::Remote(url) => {
                // It is believed unless its server doubts, as on the page.
                let parser = Box::new(RemoteParser::new(url, campaign)?);
                Ok(Ready { parser, model: None, threshold: 0.8 })
            }
        }
    }
}
