//! How the store stands, and switches for it.

use leptos::{html, prelude::*};
use oolong_protocol::shop::{Availability, ChangeState, Live};
use wasm_bindgen_futures::spawn_local;

use super::post::use_till;
use crate::{desk::use_desk, orders::time};

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
            if let Err(failure) = till.change(&change).await {
                let _ = failed.try_set(Some(failure.advice(desk.language.get_untracked())));
            }
            let _ = busy.try_set(false);
        });
    };
    let press = move |state: Availability| {
        let text = |field: NodeRef<html::Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let until = match state {
            Availability::Paused => text(paused),
            Availability::Closed => text(closed),
            Availability::Open | Availability::Busy | Availability::PermanentlyClosed | Availability::Unknown => {
                String::new()
            }
        };
        let at = time::ready_at(&until, desk.server_now(), time::offset);
        if !until.is_empty() && at.is_none() {
            return failed.set(Some((desk.language.get_untracked().words().till.past.to_owned(), String::new())));
        }
        let wait = (state == Availability::Busy).then(|| text(minutes).parse().unwrap_or(20_u32).clamp(1, 240));
        send(ChangeState { state, minutes: wait, until: at, orders_per_minute: None });
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
                        <input node_ref=paused type="time" value=soon() data-testid="state-paused-until"/>
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

/// Half an hour from now, as a time of day on the device's clock.
fn soon() -> String {
    let date = js_sys::Date::new(&(js_sys::Date::now() + 30.0 * 60_000.0).into());
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
