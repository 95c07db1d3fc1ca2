//! Figures of a run: the headline ones, per intent, per language and tag, against an earlier run.

use leptos::prelude::*;
use oolong_protocol::{Compared, Figures, IntentFigures, Slice};

use crate::{
    table::{percent, table},
    words::Words,
};

/// The headline figures, a tile each.
pub(crate) fn tiles(figures: &Figures, threshold: f32, words: &'static Words) -> AnyView {
    let tiles = [
        (words.intent_accuracy.to_owned(), percent(Some(figures.intent_accuracy))),
        (words.item_f1.to_owned(), percent(Some(figures.item_f1))),
        (words.modifier_f1.to_owned(), percent(Some(figures.modifier_f1))),
        (words.oos_recall.to_owned(), percent(figures.oos_recall)),
        (words.oos_precision.to_owned(), percent(figures.oos_precision)),
        (words.held_back.to_owned(), percent(figures.held_back)),
        ((words.coverage)(threshold), percent(figures.coverage)),
        (words.precision_at.to_owned(), percent(figures.precision)),
        (words.calibration.to_owned(), format!("{:.3}", figures.calibration_error)),
        (words.latency.to_owned(), format!("{:.1}, {:.1} ms", figures.p50_ms, figures.p95_ms)),
    ];
    let tiles = tiles.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! { <dl class="tiles">{tiles.collect_view()}</dl> }.into_any()
}

/// One row per intent.
pub(crate) fn intents(intents: &[IntentFigures], words: &'static Words) -> AnyView {
    let rows = intents.iter().map(|one| {
        let taken = one.taken_for.iter().take(2);
        let taken: Vec<String> =
            taken.map(|(name, count)| format!("{} {count}", name.as_deref().unwrap_or(words.missed))).collect();
        vec![
            one.intent.clone(),
            one.gold.to_string(),
            percent(one.precision),
            percent(one.recall),
            percent(one.f1),
            taken.join(", "),
        ]
    });
    let columns = [
        (words.intent, false),
        (words.frames, true),
        (words.precision, true),
        (words.recall, true),
        (words.f1, true),
        (words.taken_for, false),
    ];
    let rows: Vec<_> = rows.collect();
    view! {
        <section data-testid="lab-intents">
            <h3>{words.intents}</h3>
            {table(words.intents, &columns, rows)}
        </section>
    }
    .into_any()
}

/// One row per language and tag.
pub(crate) fn slices(slices: &[Slice], words: &'static Words) -> AnyView {
    let rows = slices.iter().map(|slice| {
        vec![
            slice.name.clone(),
            slice.matched.to_string(),
            slice.cases.to_string(),
            percent((slice.cases > 0).then(|| slice.matched as f64 / slice.cases as f64)),
            percent(Some(slice.item_f1)),
            percent(Some(slice.modifier_f1)),
        ]
    });
    let columns = [
        (words.slice, false),
        (words.right, true),
        (words.of, true),
        (words.frame_match, true),
        (words.item_f1, true),
        (words.modifier_f1, true),
    ];
    let rows: Vec<_> = rows.collect();
    view! {
        <section>
            <h3>{words.slices}</h3>
            {table(words.slices, &columns, rows)}
        </section>
    }
    .into_any()
}

/// What got better and worse since an earlier run.
pub(crate) fn compared(compared: &Compared, words: &'static Words) -> AnyView {
    let list = |title: String, changes: &[(String, String)], open: bool| {
        let changes = changes.iter().map(|(id, text)| view! { <li><code>{id.clone()}</code>" "{text.clone()}</li> });
        let changes = changes.collect_view();
        view! {
            <details open=open>
                <summary>{title}</summary>
                <ul>{changes}</ul>
            </details>
        }
    };
    let remarks = compared.remarks.iter().map(|remark| view! { <p class="note" lang="en">{remark.clone()}</p> });
    let remarks = remarks.collect_view();
    view! {
        <section data-testid="lab-compared">
            <h3>{words.compared}</h3>
            <p>{(words.compared_line)(compared.now, compared.shared, compared.before)}</p>
            {remarks}
            {list((words.worse)(compared.worse_count), &compared.worse, compared.worse_count <= 12)}
            {list((words.better)(compared.better_count), &compared.better, false)}
        </section>
    }
    .into_any()
}
