//! What pointers, wheel and keys do on the map, and what the keyboard's mark says.

use leptos::{html, prelude::*};
use oolong_map::{Mark, Step, Target, hit, step};
use web_sys::{KeyboardEvent, PointerEvent};

use super::{
    easel::Held,
    finder::Finder,
    focus::{Focus, onward},
    gesture::Gesture,
    say,
};
use crate::words::Language;

/// Does what pointers and wheel mean.
pub(super) fn follow(finder: Finder, easel: Held, gesture: Gesture) {
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

pub(super) fn key(finder: Finder, easel: Held, focused: RwSignal<Option<Focus>>, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(step) = step(&event.key(), event.shift_key()) else { return };
    let at = focused.get_untracked().and_then(|focus| Some(mark(easel, &focus)?.target));
    match step {
        Step::Pan(dx, dy) => finder.view.update(|view| view.pan(dx, dy)),
        Step::Zoom(by) => finder.view.update(|view| {
            let (width, height) = view.size();
            view.zoom_about(width / 2.0, height / 2.0, by);
        }),
        Step::Next | Step::Previous => {
            let to = easel
                .try_with_value(|easel| Focus::of(onward(&easel.marks, at, step == Step::Next, easel.left)?, easel));
            let to = to.flatten();
            let stays = to.is_some();
            focused.set(to);
            if !stays {
                return;
            }
        }
        Step::Choose => match at {
            Some(target) => choose(finder, easel, target),
            None => return,
        },
        Step::Leave => {
            focused.set(None);
            easel.update_value(|easel| easel.left = true);
            if at.is_none() {
                return;
            }
            // Or else Escape would close what the map is in.
            event.stop_propagation();
        }
    }
    event.prevent_default();
}

/// What the keyboard is at, for those who do not see it.
pub(super) fn spoken(finder: Finder, easel: Held, focus: Option<Focus>) -> String {
    let words = &finder.desk.words().stores;
    let chinese = finder.desk.language.get() == Language::Chinese;
    // From nearer it may be another mark.
    finder.settled.track();
    let dots = finder.dots.get();
    let Some(focus) = focus else { return String::new() };
    let Some(mark) = mark(easel, &focus) else { return String::new() };
    match (mark.target, focus) {
        (Target::Store(_), Focus::Store(id)) => {
            let Some(shelved) = dots.stores.iter().find(|shelved| shelved.store.id == id) else { return String::new() };
            let state = say::state(finder.desk, &finder.standings().of(shelved));
            format!("{}, {state}", shelved.store.names.shown(chinese))
        }
        _ => (words.stores)(mark.count),
    }
}

fn mark(easel: Held, focus: &Focus) -> Option<Mark> {
    easel.try_with_value(|easel| focus.mark(easel)).flatten()
}

pub(super) fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

pub(super) fn capture(canvas: NodeRef<html::Canvas>, pointer: i32) {
    if let Some(canvas) = canvas.get_untracked() {
        // Without capture a drag ends at the map's edge.
        let _ = canvas.set_pointer_capture(pointer);
    }
}

/// A store is selected; several are looked at from nearer.
fn choose(finder: Finder, easel: Held, target: Target) {
    // The marks are those of the last picture; there may be other dots by now.
    let Some(dots) = easel.try_with_value(|easel| easel.dots.clone()).flatten() else { return };
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
