//! Figures per intent, language, tag and field.

use maud::{Markup, html};
use oolong_intent::Intent;

use super::overview::bar;
use super::percent;
use crate::confusion::{IntentScore, ratio};
use crate::evaluation::Evaluation;

pub(super) fn intents(run: &Evaluation) -> Markup {
    let scores = run.confusion().scores();
    html! {
        section #intents {
            h2 { "Intents" }
            div.two {
                div.scroll tabindex="0" role="region" aria-label="Figures per intent" {
                    table.figures {
                        thead { tr { th { "intent" } th.n { "gold" } th.n { "precision" } th.n { "recall" } th.n { "F1" } th { "taken for" } } }
                        tbody { @for score in &scores { (intent_row(score)) } }
                    }
                }
                (matrix(run, &scores))
            }
        }
    }
}

fn intent_row(score: &IntentScore) -> Markup {
    html! {
        tr {
            th scope="row" { (score.intent.name()) }
            td.n { (score.gold) }
            td.n { (percent(score.precision)) }
            td.n { (percent(score.recall)) }
            td.n { (percent(score.f1)) }
            td.soft {
                @for (index, (intent, count)) in score.taken_for.iter().take(2).enumerate() {
                    @if index > 0 { ", " }
                    (name(*intent)) " " (count)
                }
            }
        }
    }
}

/// Gold intents downwards, got intents across; cells that are not on the diagonal are mistakes.
fn matrix(run: &Evaluation, scores: &[IntentScore]) -> Markup {
    let intents: Vec<Option<Intent>> = scores.iter().map(|score| Some(score.intent)).chain([None]).collect();
    let confusion = run.confusion();
    html! {
        figure.matrix {
            figcaption { b { "Confusion" } " Downwards what it is, across what it was taken for; – is a frame that only one side has." }
            div.scroll tabindex="0" role="region" aria-label="Confusion matrix" {
                table {
                    thead { tr { td {} @for got in &intents { th scope="col" { span { (name(*got)) } } } } }
                    tbody {
                        @for gold in &intents {
                            @let all: usize = intents.iter().map(|got| confusion.count(*gold, *got)).sum();
                            tr {
                                th scope="row" { (name(*gold)) }
                                @for got in &intents {
                                    @let count = confusion.count(*gold, *got);
                                    td class=(shade(gold == got, count, all)) title=[(count > 0).then(|| format!("{} taken for {}: {count}", name(*gold), name(*got)))] {
                                        @if count > 0 { (count) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Five steps of colour, of one hue for what is right and of another for mistakes.
fn shade(right: bool, count: usize, all: usize) -> String {
    if count == 0 {
        return "none".to_owned();
    }
    let step = match ratio(count, all) {
        share if share > 0.8 => 5,
        share if share > 0.5 => 4,
        share if share > 0.25 => 3,
        share if share > 0.1 => 2,
        _ => 1,
    };
    format!("{}{step}", if right { "r" } else { "w" })
}

fn name(intent: Option<Intent>) -> &'static str {
    intent.map_or("–", Intent::name)
}

pub(super) fn slices(run: &Evaluation) -> Markup {
    let mut tags: Vec<_> = run.tags().iter().collect();
    tags.sort_by(|one, other| one.1.frame_match().total_cmp(&other.1.frame_match()).then(one.0.cmp(other.0)));
    let fields = run.wrong_fields();
    let most = fields.first().map_or(1, |(_, count)| *count);
    html! {
        section #slices {
            h2 { "Slices" }
            div.two {
                div.scroll tabindex="0" role="region" aria-label="Figures per language and tag" {
                    table.figures {
                        thead { tr { th { "language, tag" } th.n { "right" } th.n { "of" } th.n { "frame match" } th {} th.n { "item F1" } th.n { "modifier F1" } } }
                        @for (label, group) in [("language", run.languages().iter().collect()), ("tag", tags)] {
                            tbody aria-label=(label) {
                                @for (name, counts) in group {
                                    tr {
                                        th scope="row" { (name) }
                                        td.n { (counts.matched) }
                                        td.n { (counts.cases) }
                                        td.n { (percent(Some(counts.frame_match()))) }
                                        td { (bar(counts.frame_match())) }
                                        td.n { (percent(Some(counts.item_f1()))) }
                                        td.n { (percent(Some(counts.modifier_f1()))) }
                                    }
                                }
                            }
                        }
                    }
                }
                @if !fields.is_empty() {
                    div {
                        h3 { "What is wrong in wrong cases" }
                        table.figures.wrong-fields {
                            tbody {
                                @for (field, count) in &fields {
                                    tr { th scope="row" { (field) } td { (bar(ratio(*count, most))) } td.n { (count) } }
                                }
                            }
                        }
                        p.more { "Cases in which the field differs; a case can have several." }
                    }
                }
            }
        }
    }
}
