//! Where the lab stands, from empty to figures, and the next step in each case.

#![expect(unreachable_pub, reason = "the component macro writes `pub` where it is told `pub(crate)`")]

use leptos::prelude::*;
use oolong_protocol::{LabTroubleKind, Refusal};
use wasm_bindgen::JsCast;

use crate::{
    machine::Phase,
    progress,
    result::result,
    session::{Session, use_session},
    table::table,
    words::{Advice, Words},
};

/// The part of the page that changes as a run goes on.
#[component]
pub(crate) fn Stand() -> impl IntoView {
    let session = use_session();
    // Progress comes many times a second; what is built anew is only what changes with the kind of phase.
    let kind = Memo::new(move |_| session.phase.with(kind));
    let spoken = Memo::new(move |_| session.phase.with(|phase| progress::spoken(phase, session.words())));
    // Who runs a test waits for its end: keyboard and screen reader are taken there.
    Effect::new(move |_| {
        if !matches!(kind.get(), "empty" | "busy") {
            request_animation_frame(focus_title);
        }
    });
    view! {
        <p class="unseen" role="status" data-testid="lab-spoken">{move || spoken.get()}</p>
        <section class="stand" data-testid="lab-stand" data-phase=move || kind.get()>
            {move || match kind.get() {
                "busy" => view! { <Busy/> }.into_any(),
                _ => session.phase.with_untracked(|phase| still(phase, session)),
            }}
        </section>
    }
}

/// Progress, in words and as a bar, and the way to stop.
#[component]
fn Busy() -> impl IntoView {
    let session = use_session();
    let phase = move || session.phase.get();
    let share = move || progress::share(&phase()).map(|share| share.to_string());
    view! {
        <div class="busy" data-testid="lab-progress">
            <p>
                <b>{move || progress::sentence(&phase(), session.words())}</b>
                <span>{move || progress::left(&phase(), session.words())}</span>
            </p>
            <progress max="1" value=share aria-label=move || session.words().progress></progress>
            <button type="button" class="quiet" data-testid="lab-cancel" on:click=move |_| session.stop()>
                {move || session.words().stop}
            </button>
        </div>
    }
}

/// A phase in which nothing moves.
fn still(phase: &Phase, session: Session) -> AnyView {
    let words = session.words();
    match phase {
        Phase::Empty => view! { <p class="nothing">{words.empty}</p> }.into_any(),
        Phase::Stopped => trouble(&words.stopped, None, true, session),
        Phase::Failed(why) => {
            let again =
                matches!(why.kind, LabTroubleKind::Download | LabTroubleKind::Integrity | LabTroubleKind::Fault);
            trouble(&(words.trouble)(why.kind), Some(why.detail.clone()), again, session)
        }
        Phase::Died(why) => trouble(&words.died, Some(why.clone()), true, session),
        Phase::Refused(refusal) => refused(refusal, session),
        Phase::Done(outcome) => result(outcome, words),
        Phase::Waking | Phase::Reading { .. } | Phase::Loading { .. } | Phase::Running { .. } => ().into_any(),
    }
}

fn trouble(advice: &Advice, detail: Option<String>, again: bool, session: Session) -> AnyView {
    let words = session.words();
    let again = again.then(|| {
        view! {
            <button type="button" class="main" data-testid="lab-again" on:click=move |_| session.run(false)>
                {words.again}
            </button>
        }
    });
    view! {
        <div class="card trouble" data-testid="lab-trouble">
            <h2 id="stand-title" tabindex="-1">{advice.what}</h2>
            <p>{advice.next}</p>
            {detail.map(|detail| view! { <p class="aside" lang="en">{detail}</p> })}
            {again}
        </div>
    }
    .into_any()
}

fn refused(refusal: &Refusal, session: Session) -> AnyView {
    let words = session.words();
    let sound = refusal.sound;
    let more = refusal.count.saturating_sub(refusal.first.len() as u64);
    let others = (sound > 0).then(|| {
        view! {
            <button type="button" class="main" data-testid="lab-run-others" on:click=move |_| session.run(true)>
                {(words.run_others)(sound)}
            </button>
        }
    });
    view! {
        <div class="card trouble" data-testid="lab-problems">
            <h2 id="stand-title" tabindex="-1">{(words.refused)(refusal.count)}</h2>
            <p>{if sound > 0 { words.refused_next } else { words.refused_none_sound }}</p>
            {lines(refusal, words)}
            {(more > 0).then(|| view! { <p class="aside">{(words.more_lines)(more)}</p> })}
            {others}
        </div>
    }
    .into_any()
}

fn lines(refusal: &Refusal, words: &'static Words) -> AnyView {
    let columns = [(words.line, false), (words.field, false), (words.problem, false), (words.remedy, false)];
    let rows = refusal.first.iter();
    let rows = rows.map(|bad| vec![bad.line.to_string(), bad.path.clone(), bad.reason.clone(), bad.advice.clone()]);
    table(words.problem, &columns, rows.collect())
}

/// For `data-phase`; phases of one kind are built once.
fn kind(phase: &Phase) -> &'static str {
    match phase {
        Phase::Empty => "empty",
        Phase::Waking | Phase::Reading { .. } | Phase::Loading { .. } | Phase::Running { .. } => "busy",
        Phase::Stopped => "stopped",
        Phase::Refused(_) => "refused",
        Phase::Failed(_) => "failed",
        Phase::Died(_) => "died",
        Phase::Done(_) => "done",
    }
}

fn focus_title() {
    let title = document().get_element_by_id("stand-title");
    if let Some(title) = title.and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = title.focus();
    }
}
