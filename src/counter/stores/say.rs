//! How a store stands, in words and as a form: never by colour alone.

use leptos::prelude::*;
use oolong_protocol::shop::Availability;

use super::standing::Standing;
use crate::desk::Desk;

/// "Busy, ready in 12 min".
pub(super) fn state(desk: Desk, standing: &Standing) -> String {
    let words = &desk.words().stores;
    let until = standing.until.map(|until| desk.clock_time(until));
    match (standing.state, standing.minutes, until) {
        (Availability::Open, Some(minutes), _) => (words.ready_in)(minutes),
        (Availability::Open, None, Some(until)) => (words.open_until)(&until),
        (Availability::Open, None, None) => words.open.to_owned(),
        (Availability::Busy, Some(minutes), _) => (words.busy_ready_in)(minutes),
        (Availability::Busy, None, _) => words.busy.to_owned(),
        (Availability::Paused, _, Some(until)) => (words.paused_until)(&until),
        (Availability::Paused, _, None) => words.paused.to_owned(),
        (Availability::Closed, _, Some(until)) => (words.closed_until)(&until),
        (Availability::Closed, _, None) => words.closed.to_owned(),
        (Availability::PermanentlyClosed, ..) => words.gone.to_owned(),
        (Availability::Unknown, ..) => words.unknown.to_owned(),
    }
}

/// Who says so: the store's side and when, or only its opening hours.
pub(super) fn source(desk: Desk, standing: &Standing) -> String {
    match (standing.as_of, standing.state) {
        (Some(as_of), _) => (desk.words().as_of)(&desk.clock_time(as_of)),
        (None, Availability::Open | Availability::Closed) => desk.words().stores.by_hours.to_owned(),
        (None, _) => String::new(),
    }
}

/// The form that the map has for a state.
#[component]
pub(super) fn StateIcon(#[prop(into)] state: Signal<&'static str>) -> impl IntoView {
    let path = move || match state.get() {
        "open" => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12l3 3 5-6",
        "busy" => "M7 3.3h10l5 8.7-5 8.7H7L2 12zM12 7v5.5l3.5 2",
        "paused" => "M4 4h16v16H4zM9.5 8.5v7M14.5 8.5v7",
        "closed" => "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM8 12h8",
        "permanently_closed" => "M6 6l12 12M18 6L6 18",
        _ => "M12 2.5l9.5 9.5-9.5 9.5L2.5 12zM10 10a2 2 0 1 1 2.6 2c-.4.2-.6.5-.6 1M12 15.6v.2",
    };
    view! {
        <svg class="state-icon" data-state=move || state.get() viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=path/>
        </svg>
    }
}
