//! A handle to the fallback module: loaded once, asked by message, on the page's own thread.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Promise, Reflect};
use oolong_protocol::{FromFallback, ToFallback};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the page's start script calls the loader of modules, and the module itself.
const LOADER: &str = "oolongLoad";
const MODULE: &str = "oolong-fallback";
const FUNCTION: &str = "oolongFallback";

/// The module, there or still to come.
#[derive(Default)]
pub(super) struct Fallback {
    campaign: RefCell<String>,
    /// Whether the module has been told the campaign.
    served: Cell<bool>,
}

impl Fallback {
    /// Loads the module, if it is not there yet, and has it serve this campaign.
    pub(super) async fn serve(&self, campaign: &str) {
        self.served.set(false);
        self.campaign.replace(campaign.to_owned());
        self.function().await;
    }

    /// Asks; `None` when the module cannot be loaded or breaks. It is loaded then at the next question.
    pub(super) async fn ask(&self, message: &ToFallback) -> Option<FromFallback> {
        let function = self.function().await?;
        exchange(&function, message).await
    }

    async fn function(&self) -> Option<Function> {
        let function = match global(FUNCTION) {
            Some(function) => function,
            None => {
                let loading: Promise =
                    global(LOADER)?.call1(&JsValue::UNDEFINED, &MODULE.into()).ok()?.dyn_into().ok()?;
                JsFuture::from(loading).await.ok()?;
                global(FUNCTION)?
            }
        };
        if !self.served.get() {
            let campaign = self.campaign.borrow().clone();
            exchange(&function, &ToFallback::Campaign { campaign }).await?;
            self.served.set(true);
        }
        Some(function)
    }
}

async fn exchange(function: &Function, message: &ToFallback) -> Option<FromFallback> {
    let text = serde_json::to_string(message).ok()?;
    let promise: Promise = function.call1(&JsValue::UNDEFINED, &text.into()).ok()?.dyn_into().ok()?;
    let answer = JsFuture::from(promise).await.ok()?.as_string()?;
    serde_json::from_str(&answer).ok()
}

fn global(name: &str) -> Option<Function> {
    Reflect::get(&js_sys::global(), &name.into()).ok()?.dyn_into().ok()
}
