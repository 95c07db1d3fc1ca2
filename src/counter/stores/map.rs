//! The map: a canvas, what pointers and keys do on it, and its buttons.
//!
//! `easel` paints it, `rasters` lays the operator's pictures under it, `hands` does what pointers and keys mean, `focus` is
//! the keyboard's mark, `watch` sees its size and the theme change.

use leptos::{html, prelude::*};
use web_sys::{KeyboardEvent, PointerEvent, WheelEvent};

use super::{
    easel::{Easel, Held, order},
    finder::use_finder,
    focus::Focus,
    gesture::Gesture,
    hands::{capture, follow, key, place, spoken},
    rasters::{Pictures, Rasters},
    watch::{watch_size, watch_theme},
    whereabouts,
};
use crate::address;

#[component]
pub(super) fn StoresMap() -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let canvas = NodeRef::<html::Canvas>::new();
    let easel: Held = StoredValue::new_local(Easel::default());
    let focused = RwSignal::new(None::<Focus>);
    let template = address::named("oolong-tiles");
    // Without the operator's pictures, or where they do not come, the ground is plain and has names.
    let pictures = RwSignal::new(Pictures::of(template.is_some()));
    let (wanted, rasters) =
        (Memo::new(move |_| pictures.get().are_wanted()), Memo::new(move |_| pictures.get().cover()));
    Effect::new(move |_| {
        if desk.online.get() {
            pictures.update(Pictures::renew);
        }
    });
    let order = move || order(finder, easel, canvas, focused, rasters);
    Effect::new(move |_| {
        // Whatever changes one of these changes the picture.
        finder.view.track();
        finder.shown.track();
        finder.dots.track();
        finder.labels.track();
        finder.selected.track();
        focused.track();
        rasters.track();
        whereabouts::me().track();
        desk.language.track();
        drop(finder.standings());
        order();
    });
    watch_size(canvas, finder);
    watch_theme(move || {
        easel.try_update_value(|easel| easel.palette = None);
        order();
    });
    let zoom = move |by: f64| {
        finder.view.update(|view| {
            let (width, height) = view.size();
            view.zoom_about(width / 2.0, height / 2.0, by);
        });
    };
    let gesture = move |gesture: Option<Gesture>| {
        if let Some(gesture) = gesture {
            follow(finder, easel, gesture);
        }
    };
    let moved = move |event: PointerEvent| {
        let at = place(&event);
        gesture(easel.try_update_value(|easel| easel.hand.moved(event.pointer_id(), at)).flatten());
    };
    view! {
        <div class="finder-map" data-testid="map">
            {move || wanted.get().then(|| template.clone().map(|template| view! { <Rasters template pictures/> }))}
            <canvas
                node_ref=canvas
                tabindex="0"
                role="application"
                data-testid="map-canvas"
                aria-label=move || desk.words().stores.map
                aria-describedby=finder.id("hint")
                on:pointerdown=move |event: PointerEvent| {
                    if event.button() == 0 {
                        capture(canvas, event.pointer_id());
                        let (finger, at) = (event.pointer_id(), place(&event));
                        easel.update_value(|easel| easel.hand.down(finger, at, event.time_stamp()));
                    }
                }
                on:pointermove=moved
                on:pointerup=move |event: PointerEvent| {
                    let (finger, at, touch) = (event.pointer_id(), place(&event), event.pointer_type() != "mouse");
                    gesture(easel.try_update_value(|easel| easel.hand.up(finger, at, event.time_stamp(), touch)).flatten());
                }
                on:pointercancel=move |event: PointerEvent| {
                    easel.update_value(|easel| easel.hand.lost(event.pointer_id()));
                }
                on:wheel=move |event: WheelEvent| {
                    event.prevent_default();
                    let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 1.0 } else { 24.0 };
                    // A pinch on a touchpad arrives as a wheel with Ctrl and small steps.
                    let fine = if event.ctrl_key() { 60.0 } else { 240.0 };
                    let by = (-event.delta_y() * lines / fine).clamp(-1.0, 1.0);
                    follow(finder, easel, Gesture::Zoom { about: (f64::from(event.offset_x()), f64::from(event.offset_y())), by });
                }
                on:keydown=move |event: KeyboardEvent| key(finder, easel, focused, &event)
                on:focus=move |_| easel.update_value(|easel| easel.left = false)
                on:blur=move |_| focused.set(None)
            >
            </canvas>
            <p class="unseen" id=finder.id("hint")>{move || desk.words().stores.map_hint}</p>
            <p class="unseen" role="status" data-testid="map-focus">{move || spoken(finder, easel, focused.get())}</p>
            <div class="finder-zoom">
                <button type="button" data-testid="zoom-in" aria-label=move || desk.words().stores.zoom_in on:click=move |_| zoom(1.0)>
                    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14"/></svg>
                </button>
                <button type="button" data-testid="zoom-out" aria-label=move || desk.words().stores.zoom_out on:click=move |_| zoom(-1.0)>
                    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 12h14"/></svg>
                </button>
                <button
                    type="button"
                    data-testid="locate"
                    aria-label=move || desk.words().stores.near_me
                    disabled=move || finder.locating.get()
                    on:click=move |_| finder.locate()
                >
                    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3v3M12 18v3M3 12h3M18 12h3M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z"/></svg>
                </button>
            </div>
            {move || wanted.get().then(|| view! {
                <p class="finder-source" data-testid="map-attribution">
                    {address::named("oolong-tiles-attribution").unwrap_or_else(|| "© OpenStreetMap contributors".to_owned())}
                </p>
            })}
        </div>
    }
}
