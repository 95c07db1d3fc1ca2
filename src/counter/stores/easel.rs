//! Painting the map, at most once for each frame and only when something has changed.

use leptos::{html, prelude::*};
use oolong_map::{Clusters, Crowd, Mark, Me, Scene, Target, View, draw, marks};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{
    finder::Finder,
    focus::Focus,
    gesture::Hand,
    paint::{Brush, Palette},
    search::{Dots, Kept},
    standing::Standing,
    timeline, whereabouts,
};

/// Within so many metres the shopper is known.
const COARSE: f64 = 1_000.0;

/// What is kept between two pictures.
#[derive(Default)]
pub(super) struct Easel {
    pub(super) clusters: Clusters,
    pub(super) dots: Option<Kept<Dots>>,
    pub(super) crowds: Vec<Crowd>,
    pub(super) marks: Vec<Mark>,
    pub(super) palette: Option<Palette>,
    pub(super) hand: Hand,
    /// The keyboard has left the marks: Tab goes on to what follows the map, until the focus is back.
    pub(super) left: bool,
    /// A picture is ordered.
    ordered: bool,
    /// Whether the first picture, and the first with stores one by one, were measured.
    measured: (bool, bool),
}

pub(super) type Held = StoredValue<Easel, LocalStorage>;

/// Orders a picture for the next frame, once.
pub(super) fn order(
    finder: Finder,
    easel: Held,
    canvas: NodeRef<html::Canvas>,
    focused: RwSignal<Option<Focus>>,
    rasters: Memo<bool>,
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
                    untrack(|| paint(finder, easel, &canvas, focused.as_ref(), rasters.get()));
                }
            });
        });
    }
}

impl Easel {
    /// Puts marks where they are now; clusters are made anew only for other dots or another zoom step.
    pub(super) fn arrange(&mut self, view: &View, dots: &Kept<Dots>, crowds: &[Crowd]) {
        if self.dots.as_ref() != Some(dots) || self.clusters.step() != view.step() {
            self.clusters = Clusters::of(&dots.places, view.step());
            self.dots = Some(dots.clone());
        }
        if self.crowds != crowds {
            self.crowds = crowds.to_vec();
        }
        self.marks = marks(view, &dots.places, &self.clusters, crowds);
    }
}

fn paint(finder: Finder, easel: &mut Easel, canvas: &HtmlCanvasElement, focused: Option<&Focus>, rasters: bool) {
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
        focused: focused.and_then(|focus| focus.mark(easel)).map(|mark| mark.target),
        rasters,
    });
    let palette = easel.palette.get_or_insert_with(|| Palette::of(canvas));
    Brush { context: &context, palette, labels: &labels, size, metres: finder.desk.words().stores.metres }
        .paint(&shapes);
    if !easel.measured.0 && !easel.marks.is_empty() {
        easel.measured.0 = true;
        timeline::painted(timeline::FIRST_PAINT);
    }
    if !easel.measured.1 && !dots.stores.is_empty() {
        easel.measured.1 = true;
        timeline::painted(timeline::STORES_PAINT);
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}
