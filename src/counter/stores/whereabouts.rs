//! Where the shopper is: asked of the browser only when a button was pressed, known only roughly, never stored.

use std::cell::RefCell;

use futures::channel::oneshot;
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::PositionOptions;

/// How long the browser may look, milliseconds.
const PATIENCE: u32 = 10_000;

/// `GeolocationPositionError.PERMISSION_DENIED`.
const DENIED: f64 = 1.0;

/// A place that distances are measured from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spot {
    /// What it is called, English first, then Chinese; none for where the shopper is.
    pub(crate) names: Vec<String>,
    /// Longitude and latitude, degrees.
    pub(crate) point: (f64, f64),
}

/// Why the browser does not say where the shopper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPosition {
    /// The shopper, or the operator of the device, does not want that.
    Denied,
    /// It cannot, or took too long.
    Unavailable,
}

thread_local! {
    /// Outlives the cards: asked once, used by all.
    static ME: RefCell<Option<ArcRwSignal<Option<Spot>>>> = const { RefCell::new(None) };
}

/// Where the shopper has said to be in this visit; follows it.
pub(crate) fn me() -> ArcRwSignal<Option<Spot>> {
    ME.with_borrow_mut(|me| me.get_or_insert_with(|| ArcRwSignal::new(None)).clone())
}

/// Where the shopper has said to be in this visit.
pub(crate) fn known() -> Option<Spot> {
    me().get_untracked()
}

/// Asks the browser, which asks the shopper. Call it only when the shopper has pressed a button for it.
///
/// # Errors
/// It was not allowed, or not possible.
pub(crate) async fn locate() -> Result<Spot, NoPosition> {
    let geolocation = web_sys::window().and_then(|window| window.navigator().geolocation().ok());
    let geolocation = geolocation.ok_or(NoPosition::Unavailable)?;
    let (tell, heard) = oneshot::channel();
    let tell = std::rc::Rc::new(RefCell::new(Some(tell)));
    let answer = move |outcome| {
        if let Some(tell) = tell.borrow_mut().take() {
            // Nobody waits any more when the card is gone.
            let _ = tell.send(outcome);
        }
    };
    let found = answer.clone();
    let found = Closure::<dyn Fn(JsValue)>::new(move |position: JsValue| {
        let place = field(&position, "coords");
        let degrees = |name| place.as_ref().and_then(|place| field(place, name)?.as_f64());
        let spot = degrees("longitude").zip(degrees("latitude"));
        found(spot.map_or(Err(NoPosition::Unavailable), |(lon, lat)| {
            Ok(Spot { names: Vec::new(), point: coarse(lon, lat) })
        }));
    });
    let failed = Closure::<dyn Fn(JsValue)>::new(move |error: JsValue| {
        let denied = field(&error, "code").and_then(|code| code.as_f64()) == Some(DENIED);
        answer(Err(if denied { NoPosition::Denied } else { NoPosition::Unavailable }));
    });
    let options = PositionOptions::new();
    options.set_enable_high_accuracy(false);
    options.set_timeout(PATIENCE);
    options.set_maximum_age(300_000);
    geolocation
        .get_current_position_with_error_callback_and_options(
            found.as_ref().unchecked_ref(),
            Some(failed.as_ref().unchecked_ref()),
            &options,
        )
        .map_err(|_| NoPosition::Unavailable)?;
    let spot = heard.await.unwrap_or(Err(NoPosition::Unavailable))?;
    me().set(Some(spot.clone()));
    Ok(spot)
}

/// The bindings for positions are still marked as unstable.
fn field(value: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(value, &name.into()).ok().filter(|field| !field.is_undefined())
}

/// To a hundredth of a degree, about a kilometre: enough for the nearest stores, too little for a front door.
fn coarse(lon: f64, lat: f64) -> (f64, f64) {
    let rounded = |degrees: f64| (degrees * 100.0).round() / 100.0;
    (rounded(lon), rounded(lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_rounded() {
        assert_eq!(coarse(121.473_71, -31.236_4), (121.47, -31.24));
    }
}
