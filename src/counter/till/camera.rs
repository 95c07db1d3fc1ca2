//! Codes read with the device's camera, where the browser can find codes in pictures. Switched on only by a press.

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MediaStream, MediaStreamConstraints, MediaStreamTrack};

use crate::{clock::sleep, desk::use_desk};

/// Milliseconds between two looks at the picture.
const AGAIN: f64 = 200.0;

#[component]
pub(crate) fn Camera(on_code: Callback<String>) -> impl IntoView {
    let desk = use_desk();
    let on = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let video = NodeRef::<html::Video>::new();
    let look = move || {
        on.set(true);
        failed.set(false);
        spawn_local(async move {
            let code = watch(video, on).await;
            // The till may have been left meanwhile.
            let wanted = on.try_get_untracked() == Some(true);
            let _ = on.try_set(false);
            match code {
                Ok(Some(code)) if wanted => on_code.run(code),
                Ok(_) => {}
                Err(_) => {
                    let _ = failed.try_set(true);
                }
            }
        });
    };
    let press = move |_| if on.get_untracked() { on.set(false) } else { look() };
    on_cleanup(move || {
        let _ = on.try_set(false);
    });
    detector().is_some().then(|| {
        view! {
            <div class="till-camera">
                <button type="button" class="quiet" data-testid="till-camera" aria-pressed=move || on.get().to_string() on:click=press>
                    {move || if on.get() { desk.words().till.camera_stop } else { desk.words().till.camera }}
                </button>
                <video node_ref=video class:on=move || on.get() muted playsinline aria-hidden="true"></video>
                <Show when=move || failed.get()>
                    <p class="till-refused" role="alert">{move || desk.words().till.camera_failed}</p>
                </Show>
            </div>
        }
    })
}

/// The first code that comes before the camera, or nothing when it is switched off before.
async fn watch(video: NodeRef<html::Video>, on: RwSignal<bool>) -> Result<Option<String>, JsValue> {
    let detector = detector().ok_or(JsValue::NULL)?;
    let stream = stream().await?;
    let found = read(&detector, &stream, video, on).await;
    // The light of the camera goes out, whatever happened.
    for track in stream.get_tracks() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
    found
}

async fn read(
    detector: &JsValue,
    stream: &MediaStream,
    video: NodeRef<html::Video>,
    on: RwSignal<bool>,
) -> Result<Option<String>, JsValue> {
    let Some(video) = video.try_get_untracked().flatten() else { return Ok(None) };
    Reflect::set(&video, &"srcObject".into(), stream)?;
    JsFuture::from(video.play()?).await?;
    let detect: Function = Reflect::get(detector, &"detect".into())?.dyn_into()?;
    while on.try_get_untracked() == Some(true) {
        let found: Promise = detect.call1(detector, &video)?.dyn_into()?;
        let found: Array = JsFuture::from(found).await?.dyn_into()?;
        let text = found.iter().next().and_then(|code| Reflect::get(&code, &"rawValue".into()).ok()?.as_string());
        if text.is_some() {
            return Ok(text);
        }
        sleep(AGAIN).await;
    }
    Ok(None)
}

async fn stream() -> Result<MediaStream, JsValue> {
    let devices = web_sys::window().ok_or(JsValue::NULL)?.navigator().media_devices()?;
    let wanted = MediaStreamConstraints::new();
    let rear = Object::new();
    Reflect::set(&rear, &"facingMode".into(), &"environment".into())?;
    wanted.set_video(&rear);
    JsFuture::from(devices.get_user_media_with_constraints(&wanted)?).await?.dyn_into()
}

/// A finder of QR codes, where the browser has one.
fn detector() -> Option<JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &"BarcodeDetector".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"formats".into(), &Array::of1(&"qr_code".into())).ok()?;
    Reflect::construct(&class, &Array::of1(&options)).ok()
}
