//! The parser under test: the model, fetched as the shop fetches it, or keywords.

use std::cell::RefCell;

use oolong_catalog::Campaign;
use oolong_intent::IntentParser;
use oolong_keyword::KeywordParser;
use oolong_nlu::Engine;
use oolong_protocol::{FromLab, LabTrouble, LabTroubleKind, ModelManifest, Order, ParserName, Stage};
use oolong_report::ModelFile;
use web_sys::AbortSignal;

use super::Lab;
use crate::{
    load,
    scope::{now, say},
};

/// Confidence from which on keywords are believed, as on the command line: it tops out below any model's threshold, so
/// that everything they say is acted upon.
const KEYWORD_THRESHOLD: f32 = 0.0;

/// A parser that is ready, with what a report says about it.
pub(super) struct Ready {
    parser: Parser,
    pub(super) model: Option<ModelFile>,
    pub(super) threshold: f32,
}

enum Parser {
    Local(Box<Engine>),
    Keyword(Box<KeywordParser>),
}

/// Starts the parser that `order` names for `campaign`.
pub(super) async fn start(
    lab: &RefCell<Lab>,
    id: u32,
    order: &Order,
    campaign: Campaign,
    signal: &AbortSignal,
) -> Result<Ready, LabTrouble> {
    match order.parser {
        ParserName::Keyword => Ok(Ready {
            parser: Parser::Keyword(Box::new(KeywordParser::new(campaign))),
            model: None,
            threshold: KEYWORD_THRESHOLD,
        }),
        ParserName::Local => {
            let manifest = load::manifest()?;
            let kept = lab.borrow_mut().engine.take();
            let engine = match kept {
                Some(mut engine) => {
                    engine.set_campaign(campaign);
                    engine
                }
                None => fetch(lab, id, &order.model_url, &manifest, campaign, signal).await?,
            };
            let (name, sha256) = (engine.name().to_owned(), manifest.sha256);
            let model = Some(ModelFile { name, sha256, bytes: manifest.bytes });
            Ok(Ready { parser: Parser::Local(engine), model, threshold: manifest.threshold })
        }
    }
}

impl Ready {
    pub(super) fn parser(&mut self) -> &mut dyn IntentParser {
        match &mut self.parser {
            Parser::Local(engine) => engine.as_mut(),
            Parser::Keyword(parser) => parser.as_mut(),
        }
    }

    /// Keeps the model for the next run.
    pub(super) fn give_back(self, lab: &RefCell<Lab>) {
        if let Parser::Local(engine) = self.parser {
            lab.borrow_mut().engine = Some(engine);
        }
    }
}

async fn fetch(
    lab: &RefCell<Lab>,
    id: u32,
    url: &str,
    manifest: &ModelManifest,
    campaign: Campaign,
    signal: &AbortSignal,
) -> Result<Box<Engine>, LabTrouble> {
    let total = manifest.bytes;
    let report = |stage, received, bytes_per_second| {
        say(&FromLab::Loading { id, stage, received, total, bytes_per_second });
    };
    let mut partial = lab.borrow_mut().partial.take();
    let url = load::file_url(url, manifest);
    let fetched = load::fetch(&url, manifest, &mut partial, signal, |stage, progress| {
        report(stage, progress.received, progress.bytes_per_second);
    });
    let verified = match fetched.await {
        Ok(verified) => verified,
        Err(trouble) => {
            lab.borrow_mut().partial = partial;
            return Err(trouble.into());
        }
    };
    report(Stage::Start, total, 0.0);
    let engine = Engine::load(&verified.bytes.to_vec(), campaign, now)
        .map_err(|error| LabTrouble::new(LabTroubleKind::Model, error.to_string()))?;
    Ok(Box::new(engine))
}
