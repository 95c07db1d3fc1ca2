//! The lab's desk: where its page's messages arrive, one run at a time.

mod ask;
mod files;
mod outcome;
mod parser;
mod read;
mod reports;
mod run;
mod slices;

use std::{cell::RefCell, rc::Rc};

use js_sys::Array;
use oolong_nlu::Engine;
use oolong_protocol::{FromLab, LabTrouble, LabTroubleKind, ToLab};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{AbortController, MessageEvent};

use crate::{
    download::Partial,
    scope::{say, scope},
};
use files::Files;

/// Listens from now on, and says so.
pub(crate) fn open() {
    let lab = Rc::new(RefCell::new(Lab::default()));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let (text, files) = unpacked(&event.data());
        match serde_json::from_str(&text) {
            Ok(message) => receive(&lab, message, files),
            Err(error) => fail(0, LabTrouble::new(LabTroubleKind::Fault, format!("expected a message, {error}"))),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    say(&FromLab::Listening);
}

/// What outlives a run.
#[derive(Default)]
struct Lab {
    /// The model, once it was loaded; it is away while a run uses it.
    engine: Option<Box<Engine>>,
    partial: Option<Partial>,
    running: Option<(u32, AbortController)>,
}

fn receive(lab: &Rc<RefCell<Lab>>, message: ToLab, files: Files) {
    match message {
        ToLab::Run { id, order } => {
            let Ok(abort) = AbortController::new() else {
                return fail(id, LabTrouble::new(LabTroubleKind::Fault, "this browser cannot stop"));
            };
            let signal = abort.signal();
            // A newer run takes the place of an older one, which then ends as cancelled.
            let older = lab.borrow_mut().running.replace((id, abort));
            if let Some((_, older)) = older {
                older.abort();
            }
            let lab = Rc::clone(lab);
            wasm_bindgen_futures::spawn_local(async move {
                let outcome = run::run(&lab, id, &order, &files, &signal).await;
                lab.borrow_mut().running.take_if(|(running, _)| *running == id);
                if let Err(trouble) = outcome {
                    fail(id, trouble);
                }
            });
        }
        ToLab::Template { id, format, campaign_url } => wasm_bindgen_futures::spawn_local(async move {
            if let Err(trouble) = reports::template(id, format, &files, &campaign_url).await {
                fail(id, trouble);
            }
        }),
        ToLab::Cancel { id } => {
            if let Some((_, abort)) = lab.borrow().running.as_ref().filter(|(running, _)| *running == id) {
                abort.abort();
            }
        }
    }
}

/// The text of a message and its files.
fn unpacked(data: &JsValue) -> (String, Files) {
    match data.dyn_ref::<Array>() {
        Some(list) => (list.get(0).as_string().unwrap_or_default(), Files::from_list(&list.slice(1, list.length()))),
        None => (data.as_string().unwrap_or_default(), Files::default()),
    }
}

fn fail(id: u32, trouble: LabTrouble) {
    say(&FromLab::Failed { id, trouble });
}
