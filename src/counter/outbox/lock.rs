//! One tab at a time: the browser's lock, where it has one.

use std::{cell::RefCell, future::Future, rc::Rc};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

const NAME: &str = "oolong-outbox";

/// Does `work` while no other tab does any; where there are no locks, at once. The idempotency keys see to it that
/// nothing happens twice then; locks only spare the server the second request.
pub(super) async fn alone(work: impl Future<Output = ()> + 'static) {
    let Some((locks, request)) = locks() else { return work.await };
    let work = Rc::new(RefCell::new(Some(work)));
    let begun = Rc::clone(&work);
    let granted = Closure::once_into_js(move |_lock: JsValue| {
        future_to_promise(async move {
            let work = begun.borrow_mut().take();
            if let Some(work) = work {
                work.await;
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    let held = request.call2(&locks, &NAME.into(), &granted).and_then(|held| held.dyn_into::<Promise>());
    if let Ok(held) = held {
        let _ = JsFuture::from(held).await;
    }
    // Where locks are there but forbidden, such as in some frames, the work is still to be done.
    let left = work.borrow_mut().take();
    if let Some(left) = left {
        left.await;
    }
}

fn locks() -> Option<(JsValue, Function)> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    Some((locks, request))
}
