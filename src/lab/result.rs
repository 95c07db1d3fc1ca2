//! What came of a run, and its reports to take away.

use leptos::prelude::*;
use oolong_protocol::{Outcome, ReportFormat};

use crate::{
    figures::{compared, intents, slices, tiles},
    mistakes::mistakes,
    session::use_session,
    table::percent,
    words::Words,
};

/// Everything about a run that is done.
pub(crate) fn result(outcome: &Outcome, words: &'static Words) -> AnyView {
    let subject = &outcome.subject;
    let parser = (words.subject_parser)(&subject.parser);
    let subject_line =
        [Some(subject.cases.clone()), Some(subject.campaign.clone()), Some(parser), subject.model.clone()];
    let subject_line = subject_line.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let notes = [
        (subject.skipped > 0).then(|| (words.skipped)(subject.skipped)),
        (outcome.unanswered > 0).then(|| (words.unanswered)(outcome.unanswered)),
    ];
    let notes = notes.into_iter().flatten().map(|note| view! { <p class="note">{note}</p> }).collect_view();
    let stem = stem(&subject.cases);
    view! {
        <div class="result" data-testid="lab-result">
            <div class="result-head">
                <h2 id="stand-title" tabindex="-1">{(words.done)(&percent(Some(outcome.figures.frame_match)))}</h2>
                <p>{(words.matched)(outcome.matched, outcome.cases)}</p>
                <p class="aside">{subject_line}</p>
                <meter
                    min="0"
                    max="1"
                    value=outcome.figures.frame_match.to_string()
                    aria-label=words.frame_match
                ></meter>
            </div>
            {notes}
            <Downloads stem/>
            {outcome.comparison.as_ref().map(|comparison| compared(comparison, words))}
            {tiles(&outcome.figures, subject.threshold, words)}
            {intents(&outcome.intents, words)}
            {slices(&outcome.slices, words)}
            {mistakes(outcome, words)}
            <section>
                <h3>{words.summary}</h3>
                <pre class="summary" tabindex="0" data-testid="lab-summary">{outcome.summary.clone()}</pre>
            </section>
        </div>
    }
    .into_any()
}

/// Links to the reports, as they become ready.
#[component]
fn Downloads(stem: String) -> impl IntoView {
    let session = use_session();
    let stem = StoredValue::new(stem);
    let link = move |format: ReportFormat, url: String| {
        let (code, ending) = name(format);
        let term = (session.words().report)(format);
        let file = stem.with_value(|stem| format!("{stem}.{ending}"));
        view! {
            <li>
                <a class="quiet" href=url download=file data-testid=format!("lab-report-{code}")>{term.name}</a>
                <span>{term.about}</span>
            </li>
        }
        .into_any()
    };
    view! {
        <section>
            <h3>{move || session.words().reports}</h3>
            <ul class="downloads">
                {move || session.reports.get().ready.into_iter().map(|(format, url)| link(format, url)).collect_view()}
            </ul>
            <p class="aside" role="status">
                {move || {
                    let (words, reports) = (session.words(), session.reports.get());
                    match (reports.broken, reports.ready.len() < ReportFormat::ALL.len()) {
                        (true, true) => words.reports_broken,
                        (false, true) => words.reports_coming,
                        (_, false) => "",
                    }
                }}
            </p>
        </section>
    }
}

/// For `data-testid`, and the end of the file's name.
fn name(format: ReportFormat) -> (&'static str, &'static str) {
    match format {
        ReportFormat::Html => ("html", "report.html"),
        ReportFormat::Csv => ("csv", "report.csv"),
        ReportFormat::Junit => ("junit", "report.xml"),
        ReportFormat::Json => ("json", "report.json"),
    }
}

/// A file's name without its ending.
fn stem(name: &str) -> String {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}
