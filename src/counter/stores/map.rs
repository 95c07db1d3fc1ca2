//! The map: a canvas, what pointers and keys do on it, and its buttons. Painted only when something has changed.

use leptos::{html, prelude::*};
use oolong_map::{Clusters, Crowd, Mark, Me, Scene, Step, Target, View, draw, hit, marks, next, raster_url, step};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, KeyboardEvent, PointerEvent, ResizeObserver, WheelEvent};

use super::{
    finder::{Dots, Finder, Kept, use_finder},
    gesture::{Gesture, Hand},
    paint::{Brush, Palette},
    say,
    standing::Standing,
    stock::{DATA_MARK, mark},
    whereabouts,
};
use crate::{address, words::Language};

/// What a test reads: from data that has arrived to their picture.
const FIRST_PAINT: &str = "oolong-map-first-paint";
/// Within so many metres the shopper is known.
const COARSE: f64 = 1_000.0;

/// What is kept between two pictures.
#[derive(Default)]
struct Easel {
    clusters: Clusters,
    dots: Option<Kept<Dots>>,
    marks: Vec<Mark>,
    palette: Option<Palette>,
    hand: Hand,
    /// A picture is ordered.
    ordered: bool,
    measured: bool,
}

impl Easel {
    /// Puts marks where they are now; clusters are made anew only for other dots or another zoom step.
    fn arrange(&mut self, view: &View, dots: &Kept<Dots>, crowds: &[Crowd]) {
        if self.dots.as_ref() != Some(dots) || self.clusters.step() != view.step() {
            self.clusters = Clusters::of(&dots.places, view.step());
            self.dots = Some(dots.clone());
        }
        self.marks = marks(view, &dots.places, &self.clusters, crowds);
    }
}

type Held = StoredValue<Easel, LocalStorage>;

#[component]
pub(super) fn StoresMap() -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let canvas = NodeRef::<html::Canvas>::new();
    let easel: Held = StoredValue::new_local(Easel::default());
    let focused = RwSignal::new(None::<Target>);
    let template = address::named("oolong-tiles");
    // Without the operator's pictures, or where they do not come, the ground is plain and has names.
    let rasters = RwSignal::new(template.is_some());
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
    // Numbers of dots mean something else as soon as there are other dots.
    Effect::new(move |_| {
        finder.dots.track();
        focused.set(None);
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
            {template.map(|template| view! { <Show when=move || rasters.get()><Rasters template=template.clone() rasters/></Show> })}
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
            {move || rasters.get().then(|| view! {
                <p class="finder-source" data-testid="map-attribution">
                    {address::named("oolong-tiles-attribution").unwrap_or_else(|| "© OpenStreetMap contributors".to_owned())}
                </p>
            })}
        </div>
    }
}

/// The operator's raster tiles, under the canvas: images of the page, so that the browser keeps and cancels them.
#[component]
fn Rasters(template: String, rasters: RwSignal<bool>) -> impl IntoView {
    let finder = use_finder();
    view! {
        <div class="finder-rasters" aria-hidden="true">
            {move || {
                let images = finder.view.get().rasters().into_iter().map(|tile| {
                    // Property by property: the page's policy allows no style attributes.
                    let (at, side) = (
                        format!("translate({:.2}px,{:.2}px)", tile.left, tile.top),
                        format!("{:.2}px", tile.size + 0.5),
                    );
                    view! {
                        <img
                            alt=""
                            decoding="async"
                            draggable="false"
                            src=raster_url(&template, &tile)
                            on:error=move |_| rasters.set(false)
                            style:transform=at
                            style:width=side.clone()
                            style:height=side
                        />
                    }
                });
                images.collect_view()
            }}
        </div>
    }
}

/// Orders a picture for the next frame, once.
fn order(
    finder: Finder,
    easel: Held,
    canvas: NodeRef<html::Canvas>,
    focused: RwSignal<Option<Target>>,
    rasters: RwSignal<bool>,
) {
    let first = easel.try_update_value(|easel| !std::mem::replace(&mut easel.ordered, true));
    if first == Some(true) {
        request_animation_frame(move || {
            // The card may be gone by now.
            easel.try_update_value(|easel| {
                easel.ordered = false;
                if let (Some(canvas), Some(focused)) =
                    (canvas.try_get_untracked().flatten(), focused.try_get_untracked())
                {
                    untrack(|| paint(finder, easel, &canvas, focused, rasters.get()));
                }
            });
        });
    }
}

fn paint(finder: Finder, easel: &mut Easel, canvas: &HtmlCanvasElement, focused: Option<Target>, rasters: bool) {
    let Some(context) = context(canvas) else { return };
    let (view, dots, shown) = (finder.view.get(), finder.dots.get(), finder.shown.get());
    easel.arrange(&view, &dots, &shown.crowds);
    let (size, ratio) = (view.size(), view.ratio());
    let (width, height) = ((size.0 * ratio).round() as u32, (size.1 * ratio).round() as u32);
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    // Only a singular matrix is refused.
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    let standings = finder.standings();
    let selected = finder.selected.get().and_then(|id| dots.stores.iter().position(|shelved| shelved.store.id == id));
    let labels = finder.labels.get();
    let shapes = draw(&Scene {
        view: &view,
        marks: &easel.marks,
        look: &|number| {
            let standing = dots.stores.get(number as usize).map(|shelved| standings.of(shelved));
            standing.as_ref().map(Standing::look).unwrap_or_default()
        },
        labels: &labels,
        me: whereabouts::known()
            .map(|me| Me { at: oolong_map::LonLat { lon: me.point.0, lat: me.point.1 }.project(), metres: COARSE }),
        selected: selected.map(|number| Target::Store(number as u32)),
        focused,
        rasters,
    });
    let palette = easel.palette.get_or_insert_with(|| Palette::of(canvas));
    Brush { context: &context, palette, labels: &labels, size, metres: finder.desk.words().stores.metres }
        .paint(&shapes);
    if !easel.measured && !easel.marks.is_empty() {
        easel.measured = true;
        measure();
    }
}

/// From the last data that arrived to now.
fn measure() {
    mark(FIRST_PAINT);
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        let _ = performance.measure_with_start_mark_and_end_mark(FIRST_PAINT, DATA_MARK, FIRST_PAINT);
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn capture(canvas: NodeRef<html::Canvas>, pointer: i32) {
    if let Some(canvas) = canvas.get_untracked() {
        // Without capture a drag ends at the map's edge.
        let _ = canvas.set_pointer_capture(pointer);
    }
}

/// Does what pointers and wheel mean.
fn follow(finder: Finder, easel: Held, gesture: Gesture) {
    match gesture {
        Gesture::Pan(dx, dy) => finder.view.update(|view| view.pan(dx, dy)),
        Gesture::Zoom { about, by } => finder.view.update(|view| view.zoom_about(about.0, about.1, by)),
        Gesture::Pinch { from, to, by } => finder.view.update(|view| {
            view.pan(to.0 - from.0, to.1 - from.1);
            view.zoom_about(to.0, to.1, by);
        }),
        Gesture::Tap { at, touch } => {
            let reach = if touch { 16.0 } else { 3.0 };
            let target = easel.try_with_value(|easel| hit(&easel.marks, at.0, at.1, reach)).flatten();
            match target {
                Some(target) => choose(finder, easel, target),
                None => finder.selected.set(None),
            }
        }
    }
}

/// A store is selected; several are looked at from nearer.
fn choose(finder: Finder, easel: Held, target: Target) {
    let dots = finder.dots.get_untracked();
    match target {
        Target::Store(number) => {
            if let Some(shelved) = dots.stores.get(number as usize) {
                finder.selected.set(Some(shelved.store.id.clone()));
            }
        }
        Target::Group(number) => {
            let points = easel.try_with_value(|easel| {
                let (_, members) = easel.clusters.group(number as usize)?;
                Some(members.iter().filter_map(|at| dots.places.get(*at as usize).copied()).collect::<Vec<_>>())
            });
            let Some(points) = points.flatten() else { return };
            finder.view.update(|view| view.nearer(&points));
        }
        Target::Crowd(number) => {
            let bounds = finder.shown.with_untracked(|shown| Some(shown.crowds.get(number as usize)?.bounds));
            if let Some(bounds) = bounds {
                finder.view.update(|view| {
                    let before = view.zoom();
                    view.fit(&bounds, 24.0);
                    if view.zoom() < before + 1.0 {
                        let (width, height) = view.size();
                        view.zoom_about(width / 2.0, height / 2.0, before + 1.0 - view.zoom());
                    }
                });
            }
        }
    }
}

fn key(finder: Finder, easel: Held, focused: RwSignal<Option<Target>>, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(step) = step(&event.key(), event.shift_key()) else { return };
    let to = |forward| easel.try_with_value(|easel| next(&easel.marks, focused.get_untracked(), forward)).flatten();
    match step {
        Step::Pan(dx, dy) => finder.view.update(|view| view.pan(dx, dy)),
        Step::Zoom(by) => finder.view.update(|view| {
            let (width, height) = view.size();
            view.zoom_about(width / 2.0, height / 2.0, by);
        }),
        Step::Next | Step::Previous => {
            // Past the last mark (or the first), and backwards out of the map, Tab is the browser's.
            let target = match step {
                Step::Previous if focused.get_untracked().is_none() => None,
                step => to(step == Step::Next),
            };
            focused.set(target);
            if target.is_none() {
                return;
            }
        }
        Step::Choose => match focused.get_untracked() {
            Some(target) => choose(finder, easel, target),
            None => return,
        },
        Step::Leave if focused.get_untracked().is_some() => {
            focused.set(None);
            // Or else Escape would close what the map is in.
            event.stop_propagation();
        }
        Step::Leave => return,
    }
    event.prevent_default();
}

/// What the keyboard is at, for those who do not see it.
fn spoken(finder: Finder, easel: Held, target: Option<Target>) -> String {
    let words = &finder.desk.words().stores;
    let chinese = finder.desk.language.get() == Language::Chinese;
    let count = |target| {
        easel
            .try_with_value(|easel| easel.marks.iter().find(|mark| mark.target == target).map(|mark| mark.count))
            .flatten()
    };
    match target {
        None => String::new(),
        Some(Target::Store(number)) => finder.dots.with(|dots| {
            let Some(shelved) = dots.stores.get(number as usize) else { return String::new() };
            let state = say::state(finder.desk, &finder.standings().of(shelved));
            format!("{}, {state}", shelved.store.names.shown(chinese))
        }),
        Some(target @ (Target::Group(_) | Target::Crowd(_))) => count(target).map(words.stores).unwrap_or_default(),
    }
}

/// Keeps the view as large as the canvas is.
fn watch_size(canvas: NodeRef<html::Canvas>, finder: Finder) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn Fn(JsValue)>)>);
    Effect::new(move |_| {
        let Some(element) = canvas.get() else { return };
        let measured: HtmlCanvasElement = element.clone();
        let fit = move || {
            let (width, height) = (f64::from(measured.client_width()), f64::from(measured.client_height()));
            let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
            let other = finder.view.try_with_untracked(|view| (view.size(), view.ratio()) != ((width, height), ratio));
            if other == Some(true) && width > 0.0 && height > 0.0 {
                finder.view.update(|view| view.resize(width, height, ratio));
            }
        };
        fit();
        let heard = Closure::<dyn Fn(JsValue)>::new(move |_| fit());
        if let Ok(watching) = ResizeObserver::new(heard.as_ref().unchecked_ref()) {
            watching.observe(&element);
            observer.set_value(Some((watching, heard)));
        }
    });
    on_cleanup(move || {
        if let Some((watching, _)) = observer.try_update_value(Option::take).flatten() {
            watching.disconnect();
        }
    });
}

/// Calls `then` when the browser's theme changes.
fn watch_theme(then: impl Fn() + Clone + 'static) {
    let queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"];
    let listening = queries.into_iter().filter_map(|query| {
        let media = web_sys::window()?.match_media(query).ok()??;
        let then = then.clone();
        let heard = Closure::<dyn Fn()>::new(then);
        media.add_event_listener_with_callback("change", heard.as_ref().unchecked_ref()).ok()?;
        Some((media, heard))
    });
    let listening = StoredValue::new_local(listening.collect::<Vec<_>>());
    on_cleanup(move || {
        for (media, heard) in listening.try_update_value(std::mem::take).unwrap_or_default() {
            let _ = media.remove_event_listener_with_callback("change", heard.as_ref().unchecked_ref());
        }
    });
}
