//! Where the page's messages arrive and are answered.

use std::{cell::RefCell, rc::Rc};

use oolong_catalog::Campaign;
use oolong_intent::{Context, IntentParser, ParseError, Utterance};
use oolong_nlu::Engine;
use oolong_protocol::{FromWorker, ModelInfo, Stage, ToWorker, Trouble, TroubleKind};
use serde::Deserialize;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{AbortController, MessageEvent};

use crate::{
    download::Partial,
    load,
    scope::{memory, now, say, scope, trouble},
};

/// Listens from now on, and says so.
pub(crate) fn open() {
    let desk = Rc::new(RefCell::new(Desk::default()));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        match serde_json::from_str(&text) {
            Ok(message) => receive(&desk, message),
            Err(error) => fail(stray_id(&text), trouble(TroubleKind::Parse, format!("expected a message, {error}"))),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    say(&FromWorker::Listening);
}

#[derive(Default)]
struct Desk {
    engine: Option<(Engine, ModelInfo)>,
    loading: Option<(u32, AbortController)>,
    partial: Option<Partial>,
}

fn receive(desk: &Rc<RefCell<Desk>>, message: ToWorker) {
    match message {
        ToWorker::Load { id, url, campaign } => {
            let desk = Rc::clone(desk);
            wasm_bindgen_futures::spawn_local(async move {
                let outcome = load(&desk, id, &url, &campaign).await;
                desk.borrow_mut().loading.take_if(|(loading, _)| *loading == id);
                answer(id, outcome.map(|model| FromWorker::Ready { id, model }));
            });
        }
        ToWorker::CancelLoad { id } => {
            if let Some((_, abort)) = desk.borrow().loading.as_ref().filter(|(loading, _)| *loading == id) {
                abort.abort();
            }
        }
        ToWorker::SetCampaign { id, campaign } => {
            answer(id, desk.borrow_mut().set_campaign(&campaign).map(|model| FromWorker::Ready { id, model }));
        }
        ToWorker::Parse { id, text, context, deadline_ms } => {
            answer(id, desk.borrow_mut().parse(id, &text, &context, deadline_ms));
        }
    }
}

async fn load(desk: &RefCell<Desk>, id: u32, url: &str, campaign: &str) -> Result<ModelInfo, Trouble> {
    if desk.borrow().engine.is_some() {
        return desk.borrow_mut().set_campaign(campaign);
    }
    let began = now();
    let campaign = read(campaign)?;
    let manifest = load::manifest()?;
    let abort = AbortController::new().map_err(|_| trouble(TroubleKind::Download, "this browser cannot stop"))?;
    let signal = abort.signal();
    // A newer request takes the place of an older one, which then ends as cancelled.
    let older = desk.borrow_mut().loading.replace((id, abort));
    if let Some((_, older)) = older {
        older.abort();
    }
    let report = |stage, received, bytes_per_second| {
        say(&FromWorker::Progress { id, stage, received, total: manifest.bytes, bytes_per_second });
    };
    let mut partial = desk.borrow_mut().partial.take();
    let url = load::file_url(url, &manifest);
    let fetched = load::fetch(&url, &manifest, &mut partial, &signal, |stage, progress| {
        report(stage, progress.received, progress.bytes_per_second);
    });
    let verified = match fetched.await {
        Ok(verified) => verified,
        Err(trouble) => {
            desk.borrow_mut().partial = partial;
            return Err(trouble);
        }
    };
    report(Stage::Start, manifest.bytes, 0.0);
    let engine = Engine::load(&verified.bytes.to_vec(), campaign, now)
        .map_err(|error| trouble(TroubleKind::Model, error.to_string()))?;
    let model = ModelInfo {
        name: engine.name().to_owned(),
        sha256: manifest.sha256,
        bytes: manifest.bytes,
        cached: verified.cached,
        kept: verified.kept,
        load_ms: now() - began,
        memory: memory(),
        threshold: manifest.threshold,
    };
    desk.borrow_mut().engine = Some((engine, model.clone()));
    Ok(model)
}

impl Desk {
    fn set_campaign(&mut self, campaign: &str) -> Result<ModelInfo, Trouble> {
        let campaign = read(campaign)?;
        let (engine, model) = self.engine.as_mut().ok_or_else(not_loaded)?;
        engine.set_campaign(campaign);
        model.memory = memory();
        Ok(model.clone())
    }

    fn parse(&mut self, id: u32, text: &str, context: &Context, deadline_ms: u32) -> Result<FromWorker, Trouble> {
        let (engine, _) = self.engine.as_mut().ok_or_else(not_loaded)?;
        let utterance = Utterance::new(text).map_err(|error| trouble(TroubleKind::Utterance, error.to_string()))?;
        let end = now() + f64::from(deadline_ms);
        let parse = engine.parse(&utterance, context, &|| now() > end).map_err(|error| match error {
            ParseError::Cancelled => {
                trouble(TroubleKind::Deadline, format!("expected an answer within {deadline_ms} ms, found none"))
            }
            ParseError::OverBudget { .. } | ParseError::Engine(_) => trouble(TroubleKind::Parse, error.to_string()),
        })?;
        Ok(FromWorker::Parsed { id, parse: Box::new(parse), memory: memory() })
    }
}

fn read(campaign: &str) -> Result<Campaign, Trouble> {
    Campaign::from_json(campaign.as_bytes()).map_err(|error| trouble(TroubleKind::Campaign, error.to_string()))
}

fn not_loaded() -> Trouble {
    trouble(TroubleKind::Model, "expected a loaded model, found none: load one first")
}

fn answer(id: u32, outcome: Result<FromWorker, Trouble>) {
    match outcome {
        Ok(message) => say(&message),
        Err(trouble) => fail(id, trouble),
    }
}

fn fail(id: u32, trouble: Trouble) {
    say(&FromWorker::Failed { id, trouble });
}

/// The id of a message that could not be read otherwise; 0, which no request has, where there is none.
fn stray_id(text: &str) -> u32 {
    #[derive(Deserialize)]
    struct Stray {
        id: u32,
    }
    serde_json::from_str(text).map_or(0, |Stray { id }| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_messages_keep_their_id_where_they_have_one() {
        for (text, id) in [(r#"{"type":"fly","id":7}"#, 7), (r#"{"id":-1}"#, 0), ("", 0), ("[]", 0)] {
            assert_eq!(stray_id(text), id, "{text}");
        }
    }
}
