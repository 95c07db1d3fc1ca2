//! Every case that went wrong, gold and got side by side.

use maud::{Markup, html};
use oolong_intent::Context;

use super::percent;
use crate::answer::Judged;
use crate::evaluation::Evaluation;
use crate::rows::Row;

/// So many are in the page; a browser takes its time over thousands of tables.
pub(super) const SHOWN: usize = 500;

pub(super) fn errors(run: &Evaluation) -> Markup {
    let wrong = run.wrong();
    let threshold = run.about().threshold;
    let sure = wrong.iter().filter(|one| one.answer.confidence >= threshold).count();
    html! {
        section #errors {
            h2 { "Errors" }
            @if wrong.is_empty() {
                p.lead { "None: every case was understood exactly." }
            } @else {
                p.lead {
                    (wrong.len()) " wrong, the surest first; "
                    b { (sure) } " of them would have been acted upon."
                }
                // Radio buttons and :has() filter without a script.
                fieldset.filter {
                    legend { "Show" }
                    (choice("all", "all", wrong.len(), true))
                    @for language in run.languages().keys() {
                        (choice(language, language, wrong.iter().filter(|one| one.case.lang == *language).count(), false))
                    }
                    (choice("sure", "acted upon", sure, false))
                }
                @if wrong.len() > SHOWN { p.notice { "The first " (SHOWN) " are here; the JSON and CSV reports have all." } }
                ol.errors { @for one in wrong.iter().take(SHOWN) { (error(one, threshold)) } }
            }
        }
    }
}

fn choice(value: &str, label: &str, count: usize, checked: bool) -> Markup {
    html! {
        label {
            input type="radio" name="show" id=(format!("show-{value}")) checked[checked];
            span { (label) " " span.count { (count) } }
        }
    }
}

fn error(one: &Judged, threshold: f32) -> Markup {
    let case = &one.case;
    let sure = one.answer.confidence >= threshold;
    html! {
        li class=(format!("error lang-{}{}", case.lang, if sure { " sure" } else { "" })) {
            div.head {
                code.id { (case.id) }
                span.tag { (case.lang) }
                @for tag in &case.tags { span.tag { (tag) } }
                span.confidence title="confidence" { (percent(Some(f64::from(one.answer.confidence)))) " sure" }
            }
            p.said { (case.text) }
            @if case.context != Context::default() {
                p.context { "context " code { (serde_json::to_string(&case.context).unwrap_or_default()) } }
            }
            @if let Some(trouble) = &one.answer.trouble { p.notice.bad { "No answer: " (trouble) } }
            (sides("expected", "found", one.rows().iter()))
        }
    }
}

/// Two answers side by side, one field a row.
pub(super) fn sides<'a>(left: &str, right: &str, rows: impl Iterator<Item = &'a Row>) -> Markup {
    html! {
        table.sides {
            thead { tr { th { "field" } th { (left) } th { (right) } } }
            tbody {
                @for row in rows {
                    tr.differs[row.differs] {
                        th scope="row" {
                            // A long path may break where its parts end.
                            @for (index, part) in row.path.split('.').enumerate() { @if index > 0 { "." wbr; } (part) }
                        }
                        td { (side(row.gold.as_deref())) }
                        td { (side(row.got.as_deref())) }
                    }
                }
            }
        }
    }
}

fn side(value: Option<&str>) -> Markup {
    html! { @match value { Some(value) => (value), None => span.absent aria-label="absent" { "–" } } }
}
