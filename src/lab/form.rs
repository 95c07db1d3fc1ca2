//! What is tested, and by which parser.

#![expect(unreachable_pub, reason = "the component macro writes `pub` where it is told `pub(crate)`")]

use leptos::prelude::*;
use oolong_protocol::{ParserName, TemplateFormat};
use web_sys::HtmlInputElement;

use crate::{
    files::Place,
    session::use_session,
    size::size,
    words::{Term, Words},
};

/// Three places for files, the choice of a parser, and the button that starts.
#[component]
pub(crate) fn Form() -> impl IntoView {
    let session = use_session();
    let given = move || session.files.cases.with(Option::is_some);
    let run = move |_| {
        if !session.is_busy() {
            session.run(false);
        }
    };
    let template = move |format, label: fn(&Words) -> &'static str, code: &'static str| {
        view! {
            <button type="button" class="text" data-testid=code on:click=move |_| session.template(format)>
                {move || label(session.words())}
            </button>
        }
    };
    view! {
        <section class="setup" aria-labelledby="setup-title">
            <h2 id="setup-title" class="unseen">{move || session.words().setup}</h2>
            <div class="slots">
                <Slot place=Place::Cases/>
                <Slot place=Place::Campaign/>
                <Slot place=Place::Baseline/>
            </div>
            <fieldset class="parsers">
                <legend>{move || session.words().parser}</legend>
                <Choice parser=ParserName::Local/>
                <Choice parser=ParserName::Keyword/>
            </fieldset>
            <div class="start">
                <button
                    type="button"
                    class="main wide"
                    data-testid="lab-run"
                    aria-disabled=move || session.is_busy().to_string()
                    on:click=run
                >
                    {move || if given() { session.words().run } else { session.words().run_samples }}
                </button>
                <p class="aside">{move || if given() { "" } else { session.words().samples_note }}</p>
                <p class="aside templates">
                    {move || session.words().template}
                    {template(TemplateFormat::Jsonl, |words| words.template_jsonl, "lab-template-jsonl")}
                    {template(TemplateFormat::Csv, |words| words.template_csv, "lab-template-csv")}
                </p>
            </div>
        </section>
    }
}

/// A place for one file.
#[component]
fn Slot(place: Place) -> impl IntoView {
    let session = use_session();
    let file = session.files.at(place);
    let code = place.code();
    let term = move || term(place, session.words());
    let take = move |event| {
        let input: HtmlInputElement = event_target(&event);
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            session.give(place, Some(file));
        }
        // So that the same file can be chosen again after it was corrected.
        input.set_value("");
    };
    let chosen = move || {
        file.get().map(|file| {
            let words = session.words();
            view! {
                <p class="chosen" data-testid=format!("lab-{code}-chosen")>
                    <span>{file.name()} <small>{size(file.size() as u64)}</small></span>
                    <button
                        type="button"
                        class="text"
                        aria-label=format!("{} {}", words.take_out, file.name())
                        on:click=move |_| session.give(place, None)
                    >
                        {words.take_out}
                    </button>
                </p>
            }
        })
    };
    view! {
        <div class="slot" data-slot=code class:filled=move || file.with(Option::is_some)>
            <h3 id=format!("{code}-title")>
                {move || term().name}
                {move || (place != Place::Cases).then(|| view! { <small>{session.words().optional}</small> })}
            </h3>
            <p class="aside" id=format!("{code}-about")>{move || term().about}</p>
            {chosen}
            <input
                type="file"
                class="unseen"
                id=format!("{code}-file")
                data-testid=format!("lab-{code}-file")
                accept=place.endings()
                aria-labelledby=format!("{code}-title {code}-choose")
                aria-describedby=format!("{code}-about")
                on:change=take
            />
            <label class="quiet" id=format!("{code}-choose") for=format!("{code}-file")>
                {move || {
                    let words = session.words();
                    if file.with(Option::is_some) { words.choose_other } else { words.choose }
                }}
            </label>
        </div>
    }
}

#[component]
fn Choice(parser: ParserName) -> impl IntoView {
    let session = use_session();
    let code = match parser {
        ParserName::Local => "local",
        ParserName::Keyword => "keyword",
    };
    let term = move || match parser {
        ParserName::Local => &session.words().local,
        ParserName::Keyword => &session.words().keyword,
    };
    view! {
        <label class="parser">
            <input
                type="radio"
                name="parser"
                value=code
                data-testid=format!("lab-parser-{code}")
                prop:checked=move || session.parser.get() == parser
                on:change=move |_| session.parser.set(parser)
            />
            <span>
                <b>{move || term().name}</b>
                <small>{move || term().about}</small>
            </span>
        </label>
    }
}

fn term(place: Place, words: &'static Words) -> &'static Term {
    match place {
        Place::Cases => &words.cases,
        Place::Campaign => &words.campaign,
        Place::Baseline => &words.baseline,
    }
}
