//! The remote agent: asking whether it may be asked, saying who read a sentence, and the settings.

use std::sync::Arc;

use leptos::prelude::*;
use oolong_cascade::Route;
use oolong_commerce::Answer;
use oolong_intent::ParserKind;

use crate::{
    parsers::{Answered, Consent},
    session::use_session,
    words::Words,
};

/// Below an answer: who read the sentence, where that was not the model, and whether the agent may be asked from now on.
#[component]
pub(crate) fn ReadBy(id: u32, answers: Arc<Vec<Answer>>, answered: Arc<Answered>) -> impl IntoView {
    let session = use_session();
    let (parser, route) = (answered.parse.parser, answered.route);
    let line = move || {
        let words = session.words();
        let said = match parser {
            ParserKind::Local => return None,
            ParserKind::Remote => words.agent.by_remote,
            ParserKind::Keyword => words.agent.last_resort,
        };
        Some(
            view! { <p class="read-by" data-testid="read-by" data-parser=code(parser) title=reasons(route, words)>{said}</p> },
        )
    };
    let unsure = answers.iter().any(|answer| matches!(answer, Answer::Unsure(_) | Answer::NotUnderstood));
    let asks = Memo::new(move |_| {
        let newest = session.turns.with(|turns| turns.last().is_some_and(|turn| turn.id == id));
        newest && route.wants_consent() && session.has_remote() && session.consent.get() == Consent::Unasked
    });
    let decide = move |allowed: bool| {
        session.allow(allowed);
        // Nothing was changed yet, so the sentence can be read once more.
        if allowed && unsure {
            session.retry(id);
        }
    };
    view! {
        {line}
        <Show when=move || asks.get()>
            <article class="card consent" data-testid="consent">
                <h2>{move || session.words().agent.ask}</h2>
                <p>{move || session.words().agent.sent}</p>
                <div class="buttons">
                    <button type="button" class="main" data-testid="consent-yes" on:click=move |_| decide(true)>
                        {move || session.words().agent.yes}
                    </button>
                    <button type="button" class="quiet" data-testid="consent-no" on:click=move |_| decide(false)>
                        {move || session.words().agent.no}
                    </button>
                </div>
            </article>
        </Show>
    }
}

/// In the status card: what the server was spared, and whether it may be asked.
#[component]
pub(crate) fn AgentSettings() -> impl IntoView {
    let session = use_session();
    let allowed = move || session.consent.get() == Consent::Given;
    view! {
        <dl class="facts">
            <div>
                <dt>{move || session.words().agent.spared_title}</dt>
                <dd data-testid="spared" data-spared=move || session.tally.get().spared() data-calls=move || session.tally.get().calls>
                    {move || {
                        let tally = session.tally.get();
                        (session.words().agent.spared)(tally.spared(), tally.answered)
                    }}
                </dd>
            </div>
            <Show when=move || session.has_remote()>
                <div>
                    <dt>{move || session.words().agent.title}</dt>
                    <dd>
                        {move || if allowed() { session.words().agent.allowed } else { session.words().agent.refused }}
                    </dd>
                </div>
            </Show>
        </dl>
        <Show when=move || session.has_remote()>
            <p class="small">{move || session.words().agent.sent}</p>
            <button type="button" class="quiet" data-testid="consent-switch" on:click=move |_| session.allow(!allowed())>
                {move || if allowed() { session.words().agent.revoke } else { session.words().agent.allow }}
            </button>
        </Show>
    }
}

/// Why this parser: what became of the others.
pub(crate) fn reasons(route: Route, words: &Words) -> String {
    format!("{}; {}", (words.agent.local)(route.local), (words.agent.remote)(&route.remote))
}

/// The parser's name in `data-parser`.
fn code(parser: ParserKind) -> &'static str {
    match parser {
        ParserKind::Local => "local",
        ParserKind::Remote => "remote",
        ParserKind::Keyword => "keyword",
    }
}
