//! The first screen: the headline figure, the others beside it, and what was missed.

use maud::{Markup, html};

use super::percent;
use crate::baseline::Comparison;
use crate::bound::Miss;
use crate::evaluation::Evaluation;

pub(super) fn overview(run: &Evaluation, comparison: Option<&Comparison>, misses: &[Miss]) -> Markup {
    let counts = run.counts();
    html! {
        section #figures.overview {
            div.hero {
                (ring(counts.frame_match()))
                div {
                    h1 { "Frame match" }
                    p.lead { b { (counts.matched) } " of " (counts.cases) " cases understood exactly" }
                    p.source { (run.about().cases) " · " (run.about().parser) " parser · " (run.about().campaign) }
                    ul.languages {
                        @for (language, counts) in run.languages() {
                            li {
                                span.name { (language) }
                                (bar(counts.frame_match()))
                                span.value { (percent(Some(counts.frame_match()))) }
                                span.of { (counts.matched) " of " (counts.cases) }
                            }
                        }
                    }
                }
            }
            (verdicts(run, comparison, misses))
            (tiles(run))
        }
    }
}

/// A horizontal bar that is filled to `share`.
pub(super) fn bar(share: f64) -> Markup {
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.rest width="100" height="8" {}
            rect.full width=(format!("{:.1}", share * 100.0)) height="8" {}
        }
    }
}

fn ring(share: f64) -> Markup {
    // The circle's circumference is 100, so that a share is a length.
    html! {
        svg.ring viewBox="0 0 42 42" role="img" aria-label=(format!("frame match {}", percent(Some(share)))) {
            circle.rest cx="21" cy="21" r="15.9155" {}
            circle.full cx="21" cy="21" r="15.9155" stroke-dasharray=(format!("{:.2} 100", share * 100.0)) transform="rotate(-90 21 21)" {}
            text.figure x="21" y="22.2" { (format!("{:.1}", share * 100.0)) }
            text.unit x="21" y="27.2" { "percent" }
        }
    }
}

fn verdicts(run: &Evaluation, comparison: Option<&Comparison>, misses: &[Miss]) -> Markup {
    let unanswered = run.judged().iter().filter(|one| one.answer.trouble.is_some()).count();
    html! {
        @for miss in misses { p.notice.bad { (miss) } }
        @if let Some(comparison) = comparison {
            @if comparison.fell() {
                p.notice.bad {
                    "Fewer cases right than in the baseline: " (comparison.right_now) " of " (comparison.shared)
                    ", before " (comparison.right_before) ". " a href="#baseline" { "See which" }
                }
            }
        }
        @if run.about().skipped > 0 {
            p.notice.bad { (run.about().skipped) " lines of the file are no sound case and were left out." }
        }
        @if unanswered > 0 { p.notice.bad { (unanswered) " cases got no answer at all; they count as wrong." } }
        @if run.judged().is_empty() { p.notice { "There is no case in this file." } }
    }
}

fn tiles(run: &Evaluation) -> Markup {
    let counts = run.counts();
    let coverage = run.coverage();
    let point = coverage.at_threshold;
    let latency = run.latency();
    let threshold = format!("confidence from {:.2}", run.about().threshold);
    let others = run.held_back().is_some();
    let tile = |name: &str, value: String, remark: &str| {
        html! { div.tile { dt { (name) } dd { (value) } p { (remark) } } }
    };
    html! {
        dl.tiles {
            (tile("Intent accuracy", percent(Some(counts.intent_accuracy())), "all intents right, in order"))
            (tile("Item F1", percent(Some(counts.item_f1())), "items, categories, unknown goods"))
            (tile("Modifier F1", percent(Some(counts.modifier_f1())), "on whatever item"))
            (tile("Out-of-scope recall", percent(others.then(|| counts.oos_recall())), "answered “other”"))
            (tile("Out-of-scope precision", percent(Some(counts.oos_precision())), "of what was answered “other”"))
            (tile("Out of scope held back", percent(run.held_back()), "“other” or below the threshold"))
            (tile("Coverage", percent(point.map(|point| point.coverage)), &threshold))
            (tile("Precision at threshold", percent(point.and_then(|point| point.precision)), "of what is acted upon"))
            (tile("Calibration error", format!("{:.3}", run.calibration().expected_error), "expected; 0 is best"))
            (tile("Latency p95", format!("{:.1} ms", latency.p95), &format!("p50 {:.1} ms", latency.p50)))
        }
    }
}
