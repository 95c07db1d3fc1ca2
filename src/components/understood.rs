//! For whoever wants to see: the sentence with what was found in it, the frames, and where the time went.

use std::sync::Arc;

use leptos::prelude::*;
use oolong_intent::{ParserKind, Role};

use super::agent::reasons;
use crate::{
    parsers::Answered,
    session::use_session,
    show::{frames_json, pieces},
    size::size,
};

#[component]
pub(crate) fn HowUnderstood(answered: Arc<Answered>) -> impl IntoView {
    let session = use_session();
    // Most panels are never opened, so they are built when they are.
    let open = RwSignal::new(false);
    let json = frames_json(&answered.parse.frames);
    let panel = move || open.get().then(|| view! { <Panel answered=answered.clone()/> });
    view! {
        <details class="understood" data-testid="understood" on:toggle=move |_| open.set(true)>
            <summary>{move || session.words().understood}</summary>
            {panel}
            <h3>{move || session.words().frames}</h3>
            <pre data-testid="understood-frame" tabindex="0">{json}</pre>
        </details>
    }
}

#[component]
fn Panel(answered: Arc<Answered>) -> impl IntoView {
    let session = use_session();
    let parse = &answered.parse;
    let evidence = &parse.evidence;
    let marked = pieces(evidence)
        .into_iter()
        .map(|piece| match piece.mark {
            None => view! { <span>{piece.text}</span> }.into_any(),
            Some((role, value, fuzzy)) => {
                let label = move || {
                    let words = session.words();
                    let label = (words.role)(role);
                    if fuzzy { format!("{label} ({})", words.resembles) } else { label.to_owned() }
                };
                view! { <mark data-role=code(role) title=value><b>{piece.text}</b><small>{label}</small></mark> }
                    .into_any()
            }
        })
        .collect_view();
    let confidence = parse.confidence.clamp(0.0, 1.0);
    let parser = parse.parser;
    let ran = move || match parser {
        ParserKind::Local => session.words().ran_local,
        ParserKind::Remote => session.words().ran_remote,
        ParserKind::Keyword => session.words().ran_keyword,
    };
    let times = evidence.timings;
    let stages = [times.gazetteer_ms, times.grammar_ms, times.prefill_ms, times.decode_ms, times.link_ms];
    let most = stages.iter().sum::<f64>().max(0.001);
    let bar = stages
        .into_iter()
        .enumerate()
        .map(|(index, stage)| {
            view! {
                <li style=("--share", format!("{:.3}", stage / most))>
                    <span>{move || session.words().stages.get(index).copied().unwrap_or_default()}</span>
                    <i aria-hidden="true"></i>
                    <b>{format!("{stage:.1} ms")}</b>
                </li>
            }
        })
        .collect_view();
    let (read, written) = (evidence.prompt_tokens, evidence.output_tokens);
    let (route, memory) = (answered.route, answered.memory);
    let by_model = memory.map(|memory| {
        view! {
            <div><dt>{move || session.words().tokens}</dt><dd>{move || (session.words().tokens_line)(read, written)}</dd></div>
            <div><dt>{move || session.words().memory}</dt><dd>{size(memory)}</dd></div>
        }
    });
    view! {
        <p class="marked" dir="auto">{marked}</p>
        <dl class="facts">
            <div><dt>{move || session.words().ran}</dt><dd>{ran}</dd></div>
            <div>
                <dt>{move || session.words().confidence}</dt>
                <dd><meter min="0" max="1" value=confidence.to_string()></meter>{format!(" {:.0}%", 100.0 * confidence)}</dd>
            </div>
            <div><dt>{move || session.words().took}</dt><dd>{format!("{:.0} ms", answered.wall_ms)}</dd></div>
            <div><dt>{move || session.words().agent.because}</dt><dd>{move || reasons(route, session.words())}</dd></div>
            {by_model}
        </dl>
        {memory.map(|_| view! { <ul class="stages">{bar}</ul> })}
    }
}

/// The role's name in `data-role`, which the style sheet colours.
fn code(role: Role) -> &'static str {
    match role {
        Role::Item => "item",
        Role::Category => "category",
        Role::Modifier => "modifier",
        Role::Brand => "brand",
        Role::Voucher => "voucher",
        Role::Number => "number",
        Role::Ordinal => "ordinal",
        Role::Time => "time",
        Role::Price => "price",
        Role::Place => "place",
        Role::Unknown => "unknown",
    }
}
