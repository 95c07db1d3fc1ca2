//! Cases that went wrong: what was expected and what was found, side by side.

use leptos::prelude::*;
use oolong_protocol::{Outcome, Side, Wrong};

use crate::{table::percent, words::Words};

/// The surest mistakes first.
pub(crate) fn mistakes(outcome: &Outcome, words: &'static Words) -> AnyView {
    let count = outcome.cases - outcome.matched;
    let lead = if count == 0 { words.mistakes_none } else { words.mistakes_lead };
    let more = (count > outcome.wrong.len()).then(|| (words.mistakes_first)(outcome.wrong.len()));
    let list = outcome.wrong.iter().map(|one| mistake(one, words)).collect_view();
    view! {
        <section data-testid="lab-mistakes">
            <h3>{(words.mistakes)(count)}</h3>
            <p class="aside">{lead} " " {more}</p>
            <ol class="mistakes">{list}</ol>
        </section>
    }
    .into_any()
}

fn mistake(one: &Wrong, words: &'static Words) -> AnyView {
    let sure = (words.sure)(&percent(Some(f64::from(one.confidence))));
    let acted = one.sure.then(|| view! { <b>{words.acted_upon}</b> });
    let context = one.context.clone().map(|context| {
        view! { <p class="aside">{words.context} " " <code>{context}</code></p> }
    });
    let trouble = one.trouble.clone().map(|trouble| {
        view! { <p class="note">{words.no_answer} " " <span lang="en">{trouble}</span></p> }
    });
    let rows = one.rows.iter().map(|side| row(side, words)).collect_view();
    view! {
        <li class="mistake">
            <p class="mistake-head">
                <code>{one.id.clone()}</code>
                <span>{one.lang.clone()}</span>
                <span>{sure}</span>
                {acted}
            </p>
            <p class="mistake-said">{one.text.clone()}</p>
            {context}
            {trouble}
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words.field}</th>
                        <th scope="col">{words.expected}</th>
                        <th scope="col">{words.found}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </li>
    }
    .into_any()
}

fn row(side: &Side, words: &'static Words) -> AnyView {
    let cell = |value: &Option<String>| match value {
        Some(value) => view! { <td>{value.clone()}</td> }.into_any(),
        None => view! { <td class="absent">{words.absent}</td> }.into_any(),
    };
    view! {
        <tr class:differs=side.differs>
            <th scope="row">{side.path.clone()}</th>
            {cell(&side.expected)}
            {cell(&side.found)}
        </tr>
    }
    .into_any()
}
