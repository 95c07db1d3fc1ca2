//! The report for a terminal.

use std::fmt::{Display, Write as _};

use crate::answer::{Judged, compact};
use crate::baseline::{Change, Comparison};
use crate::bound::Miss;
use crate::confusion::IntentScore;
use crate::evaluation::Evaluation;

/// The whole report; its last line is [`Evaluation::summary`].
#[must_use]
pub fn text(run: &Evaluation, comparison: Option<&Comparison>, misses: &[Miss]) -> String {
    let mut out = String::new();
    intents(&mut out, run);
    slices(&mut out, run);
    confidence(&mut out, run);
    if let Some(comparison) = comparison {
        changes(&mut out, run, comparison);
    }
    if !misses.is_empty() {
        out.push_str("\nbelow what was asked for\n");
        for miss in misses {
            line(&mut out, format_args!("  {miss}"));
        }
    }
    out.push('\n');
    line(&mut out, run.summary());
    out
}

/// Every case that went wrong, gold and got side by side; the most confident first.
#[must_use]
pub fn errors(run: &Evaluation) -> String {
    let mut out = String::new();
    for one in run.wrong() {
        error(&mut out, one);
    }
    out
}

fn line(out: &mut String, text: impl Display) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn intents(out: &mut String, run: &Evaluation) {
    line(out, format_args!("{:<14} {:>5} {:>9} {:>7} {:>6}  taken for", "intent", "gold", "precision", "recall", "f1"));
    for score in run.confusion().scores() {
        let row = format_args!(
            "{:<14} {:>5} {:>9} {:>7} {:>6}  {}",
            score.intent.name(),
            score.gold,
            share(score.precision),
            share(score.recall),
            share(score.f1),
            taken_for(&score)
        )
        .to_string();
        line(out, row.trim_end());
    }
}

fn taken_for(score: &IntentScore) -> String {
    let shown = score
        .taken_for
        .iter()
        .take(3)
        .map(|(intent, count)| format!("{} {count}", intent.map_or("(nothing)", oolong_intent::Intent::name)));
    shown.collect::<Vec<_>>().join(", ")
}

fn slices(out: &mut String, run: &Evaluation) {
    out.push('\n');
    line(
        out,
        format_args!("{:<22} {:>7} {:>5} {:>6} {:>7} {:>8}", "slice", "matched", "of", "frame", "item_f1", "modifier"),
    );
    let mut tags: Vec<_> = run.tags().iter().collect();
    tags.sort_by(|one, other| one.1.frame_match().total_cmp(&other.1.frame_match()).then(one.0.cmp(other.0)));
    for (name, counts) in run.languages().iter().chain(tags) {
        let (item, modifier) = (counts.item_f1(), counts.modifier_f1());
        line(
            out,
            format_args!(
                "{:<22} {:>7} {:>5} {:>6.3} {item:>7.3} {modifier:>8.3}",
                name,
                counts.matched,
                counts.cases,
                counts.frame_match()
            ),
        );
    }
}

fn confidence(out: &mut String, run: &Evaluation) {
    let (calibration, coverage, latency) = (run.calibration(), run.coverage(), run.latency());
    out.push('\n');
    if let Some(point) = coverage.at_threshold {
        line(
            out,
            format_args!(
                "threshold {:.2}: {} of {} cases acted upon (coverage {:.3}), precision {}, out of scope held back {}",
                point.threshold,
                point.cases,
                run.counts().cases,
                point.coverage,
                share(point.precision),
                share(run.held_back())
            ),
        );
    }
    for (target, point) in &coverage.reachable {
        match point {
            Some(point) => line(
                out,
                format_args!(
                    "precision {target:.2}: coverage {:.3} from confidence {:.3} on",
                    point.coverage, point.threshold
                ),
            ),
            None => line(out, format_args!("precision {target:.2}: not reached at any threshold")),
        }
    }
    line(
        out,
        format_args!("calibration: expected error {:.3}, Brier {:.3}", calibration.expected_error, calibration.brier),
    );
    line(
        out,
        format_args!(
            "parse: p50 {:.1} ms, p90 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
            latency.p50, latency.p90, latency.p95, latency.p99, latency.max
        ),
    );
    let mut unanswered = run.judged().iter().filter_map(|one| Some((one, one.answer.trouble.as_ref()?)));
    if let Some((first, trouble)) = unanswered.next() {
        let count = unanswered.count() + 1;
        line(out, format_args!("no answer to {count} cases, which count as wrong; {}: {trouble}", first.case.id));
    }
    let fields = run.wrong_fields();
    if !fields.is_empty() {
        let fields: Vec<String> = fields.iter().map(|(field, count)| format!("{field} {count}")).collect();
        line(out, format_args!("wrong fields: {}", fields.join(", ")));
    }
}

fn changes(out: &mut String, run: &Evaluation, comparison: &Comparison) {
    out.push('\n');
    line(
        out,
        format_args!(
            "against the baseline: {} of {} right, before {}; {} better, {} worse",
            comparison.right_now,
            comparison.shared,
            comparison.right_before,
            comparison.better.len(),
            comparison.worse.len()
        ),
    );
    for remark in comparison.remarks(run.about()) {
        line(out, format_args!("  note: {remark}"));
    }
    let mut list = |name: &str, changes: &[Change]| {
        for change in changes {
            line(out, format_args!("  {name} {} {}", change.id, change.text));
            line(
                out,
                format_args!("         before {}\n         now    {}", compact(&change.before), compact(&change.now)),
            );
        }
    };
    list("worse ", &comparison.worse);
    list("better", &comparison.better);
}

fn error(out: &mut String, one: &Judged) {
    line(out, format_args!("{} [{}] ({:.2}) {}", one.case.id, one.case.lang, one.answer.confidence, one.case.text));
    if one.case.context != oolong_intent::Context::default() {
        line(out, format_args!("  context  {}", serde_json::to_string(&one.case.context).unwrap_or_default()));
    }
    line(out, format_args!("  expected {}", compact(&one.case.frames)));
    match &one.answer.trouble {
        Some(trouble) => line(out, format_args!("  no answer: {trouble}")),
        None => {
            line(out, format_args!("  found    {}", compact(&one.answer.frames)));
            line(out, format_args!("  differs  {}", one.differs().join(", ")));
        }
    }
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}
