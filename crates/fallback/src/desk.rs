//! Where the page's messages arrive and are answered.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Promise, Reflect};
use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Context, IntentParser as _, Utterance};
use oolong_keyword::KeywordParser;
use oolong_protocol::{FallbackTrouble, FromFallback, ToFallback};
use oolong_remote::Question;
use wasm_bindgen::{JsValue, closure::Closure};
use web_sys::AbortController;

use crate::{call, health};

/// The page finds this module's function under this name of the global object.
const NAME: &str = "oolongFallback";

/// The campaign and what was made of it; `None` until the page has said which.
#[derive(Default)]
struct Desk {
    served: Option<(Rc<Campaign>, Rc<Gazetteer>, KeywordParser)>,
    calling: Option<AbortController>,
}

/// Answers from now on.
pub(crate) fn open() {
    let desk = Rc::new(RefCell::new(Desk::default()));
    let receive = Closure::<dyn Fn(String) -> Promise>::new(move |text: String| {
        let desk = Rc::clone(&desk);
        wasm_bindgen_futures::future_to_promise(async move {
            let answer = match serde_json::from_str(&text) {
                Ok(message) => receive(&desk, message).await,
                Err(error) => unfit(&format!("expected a message, {error}")),
            };
            let text = serde_json::to_string(&answer).map_err(|error| JsValue::from_str(&error.to_string()))?;
            Ok(JsValue::from_str(&text))
        })
    });
    // A global object that takes no property does not exist.
    let _ = Reflect::set(&js_sys::global(), &NAME.into(), &receive.into_js_value());
}

async fn receive(desk: &RefCell<Desk>, message: ToFallback) -> FromFallback {
    match message {
        ToFallback::Campaign { campaign } => match Campaign::from_json(campaign.as_bytes()) {
            Ok(campaign) => {
                let campaign = Rc::new(campaign);
                let parser = KeywordParser::new(Campaign::clone(&campaign));
                desk.borrow_mut().served = Some((Rc::clone(&campaign), Rc::new(Gazetteer::new(&campaign)), parser));
                FromFallback::Done
            }
            Err(error) => unfit(&error.to_string()),
        },
        ToFallback::Keyword { text, context } => keyword(&mut desk.borrow_mut(), &text, &context),
        ToFallback::Health => FromFallback::Health { resting: health::is_resting() },
        ToFallback::Abandon => {
            let call = desk.borrow_mut().calling.take();
            if let Some(call) = call {
                call.abort();
            }
            FromFallback::Done
        }
        ToFallback::Remote { text, context, url, within_ms } => {
            let question = question(&desk.borrow(), &text, &context);
            let question = match question {
                Ok(question) => question,
                Err(detail) => return unfit(&detail),
            };
            let Ok(abort) = AbortController::new() else { return unfit("this browser cannot stop a request") };
            let signal = abort.signal();
            // One sentence at a time: a newer one takes the place of an older one.
            let older = desk.borrow_mut().calling.replace(abort);
            if let Some(older) = older {
                older.abort();
            }
            call::ask(&question, &url, within_ms, &signal).await
        }
    }
}

fn keyword(desk: &mut Desk, text: &str, context: &Context) -> FromFallback {
    let Some((_, _, parser)) = &mut desk.served else { return unfit("expected a campaign first") };
    let parsed = Utterance::new(text)
        .map_err(|error| error.to_string())
        .and_then(|utterance| parser.parse(&utterance, context, &|| false).map_err(|error| error.to_string()));
    match parsed {
        Ok(parse) => FromFallback::Parsed { parse: Box::new(parse), calls: 0 },
        Err(detail) => unfit(&detail),
    }
}

fn question(desk: &Desk, text: &str, context: &Context) -> Result<Question, String> {
    let (campaign, gazetteer, _) = desk.served.as_ref().ok_or("expected a campaign first")?;
    let utterance = Utterance::new(text).map_err(|error| error.to_string())?;
    Ok(Question::new(&utterance, context, campaign, gazetteer))
}

fn unfit(detail: &str) -> FromFallback {
    FromFallback::Failed { why: FallbackTrouble::Unfit, calls: 0, detail: detail.to_owned() }
}
