//! How the store stands, and switches for it.

use leptos::{html, prelude::*};
use oolong_protocol::shop::{Availability, ChangeState, Live, Millis};
use wasm_bindgen_futures::spawn_local;

use super::post::use_till;
use crate::{desk::use_desk, orders::time};

/// How long a pause is where nothing else is said.
const PAUSE: Millis = 30 * time::MINUTE;

/// A time that has just passed, so that it is not clear which day is meant.
#[derive(Debug, PartialEq)]
struct Past;

#[component]
pub(crate) fn Standing() -> impl IntoView {
    let (till, desk) = (use_till(), use_desk());
    let live = Memo::new(move |_| till.queue.with(|queue| queue.value.as_ref().map(|queue| queue.live.clone())));
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<(String, String)>);
    let minutes = NodeRef::<html::Input>::new();
    let (paused, closed) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let send = move |change: ChangeState| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            match till.change(&change).await {
                // The same time would mean tomorrow's at the next press.
                Ok(()) => [paused, closed].into_iter().for_each(clear),
                Err(failure) => {
                    let _ = failed.try_set(Some(failure.advice(desk.language.get_untracked())));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let press = move |state: Availability| {
        let text = |field: NodeRef<html::Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let typed = match state {
            Availability::Paused => text(paused),
            Availability::Closed => text(closed),
            Availability::Open | Availability::Busy | Availability::PermanentlyClosed | Availability::Unknown => {
                String::new()
            }
        };
        let Ok(until) = end(state, &typed, desk.server_now(), time::offset) else {
            return failed.set(Some((desk.language.get_untracked().words().till.past.to_owned(), String::new())));
        };
        let wait = (state == Availability::Busy).then(|| text(minutes).parse().unwrap_or(20_u32).clamp(1, 240));
        send(ChangeState { state, minutes: wait, until, orders_per_minute: None });
    };
    let now = move || {
        let words = &desk.words().till;
        let live: Live = live.get()?;
        let more = match live.state {
            Availability::Open | Availability::Busy => live.minutes.map(words.wait_of),
            Availability::Paused | Availability::Closed => live.until.map(|at| (words.until_at)(&desk.clock_time(at))),
            Availability::PermanentlyClosed | Availability::Unknown => None,
        };
        let name = (words.availability)(live.state);
        Some(more.map_or(name.to_owned(), |more| format!("{name} · {more}")))
    };
    let tag = move || {
        let state = live.with(|live| live.as_ref().map(|live| live.state))?;
        serde_json::to_value(state).ok()?.as_str().map(str::to_owned)
    };
    let button = move |state: Availability, testid: &'static str| {
        let on = move || live.with(|live| live.as_ref().is_some_and(|live| live.state == state));
        view! {
            <button
                type="button"
                class="pick"
                class:on=on
                aria-pressed=move || on().to_string()
                data-testid=testid
                disabled=move || busy.get()
                on:click=move |_| press(state)
            >
                {move || (desk.words().till.availability)(state)}
            </button>
        }
    };
    view! {
        <section class="till-card till-standing" aria-labelledby="till-standing-title">
            <h2 id="till-standing-title">{move || desk.words().till.state}</h2>
            <p class="till-now" role="status" data-testid="till-state" data-state=tag>{now}</p>
            <div class="till-switches">
                <div class="till-switch">{button(Availability::Open, "state-open")}</div>
                <div class="till-switch">
                    {button(Availability::Busy, "state-busy")}
                    <label class="till-field">
                        <span>{move || desk.words().till.minutes}</span>
                        <input node_ref=minutes type="number" inputmode="numeric" min="1" max="240" value="20" data-testid="state-minutes"/>
                    </label>
                </div>
                <div class="till-switch">
                    {button(Availability::Paused, "state-paused")}
                    <label class="till-field">
                        <span>{move || desk.words().till.until}</span>
                        <input node_ref=paused type="time" data-testid="state-paused-until"/>
                    </label>
                </div>
                <div class="till-switch">
                    {button(Availability::Closed, "state-closed")}
                    <label class="till-field">
                        <span>{move || desk.words().till.until_optional}</span>
                        <input node_ref=closed type="time" data-testid="state-closed-until"/>
                    </label>
                </div>
            </div>
            {move || failed.get().map(|(what, next)| view! {
                <p class="till-refused" role="alert" data-testid="state-refused">{what} " " {next}</p>
            })}
        </section>
    }
}

/// When a state ends by itself that is said at `now`, with what its field says; a pause ends in any case. `offset` is that
/// of the device's clock.
fn end(
    state: Availability,
    typed: &str,
    now: Millis,
    offset: impl Fn(Millis) -> Millis,
) -> Result<Option<Millis>, Past> {
    match (state, typed) {
        (Availability::Paused, "") => Ok(Some(now + PAUSE)),
        (_, "") => Ok(None),
        (_, typed) => time::ready_at(typed, now, offset).map(Some).ok_or(Past),
    }
}

fn clear(field: NodeRef<html::Input>) {
    // The till may have been left meanwhile.
    if let Some(field) = field.try_get_untracked().flatten() {
        field.set_value("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23 15:00 in China.
    const NOW: Millis = 1_795_417_200_000;
    const CHINA: Millis = 8 * 60 * time::MINUTE;

    #[test]
    fn a_pause_lasts_half_an_hour_from_the_press_on() {
        for (state, typed, minutes) in [
            (Availability::Paused, "", Ok(Some(30))),
            (Availability::Paused, "16:00", Ok(Some(60))),
            (Availability::Paused, "09:30", Ok(Some(18 * 60 + 30))),
            (Availability::Paused, "14:50", Err(Past)),
            (Availability::Closed, "", Ok(None)),
            (Availability::Closed, "22:00", Ok(Some(7 * 60))),
            (Availability::Open, "", Ok(None)),
        ] {
            let at = minutes.map(|minutes: Option<Millis>| minutes.map(|minutes| NOW + minutes * time::MINUTE));
            assert_eq!(end(state, typed, NOW, |_| CHINA), at, "{state:?} {typed}");
        }
    }
}
