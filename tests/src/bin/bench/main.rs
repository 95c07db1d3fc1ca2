//! `cargo xtask bench`: how long a visitor waits, and what is downloaded.

mod map;

use std::{collections::BTreeMap, process::ExitCode};

use oolong_intent::{Case, Report};
use oolong_tests::{
    browser::Window,
    cases,
    page::Page,
    site::Site,
    worker::{Worker, question},
};
use serde_json::{Value, json};
use xtask::{sizes, workspace};

/// Measured values by name.
type Samples = BTreeMap<&'static str, Vec<f64>>;

fn main() -> ExitCode {
    let rounds: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(3).max(1);
    let mut samples = Samples::new();
    // The map alone where only that is asked for.
    if std::env::args().nth(2).is_none_or(|part| part != "map") {
        for round in 1..=rounds {
            println!("round {round} of {rounds} …");
            visit(&mut samples);
        }
    }
    map::measure(|name, value| samples.entry(name).or_default().push(value));
    let medians: BTreeMap<&str, f64> = samples.iter().map(|(name, values)| (*name, quantile(values, 0.5))).collect();
    println!("\n{:<44} {:>10}", format!("median of {rounds}; map: once"), "");
    for (name, value) in &medians {
        println!("{name:<44} {value:>10.1}");
    }
    println!();
    match sizes::measure(&workspace::dist()).and_then(|files| sizes::check(&files).map(|()| files)) {
        Ok(files) => write(&medians, &samples, &files),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One visitor: the first visit, the second one, and all visible cases.
fn visit(samples: &mut Samples) {
    let mut note = |name, value: f64| samples.entry(name).or_default().push(value);
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    let marks = page.browser.run("return window.__probe.marks", &[]);
    note("page ready, first visit (ms)", number(&marks["page"]));
    note("model ready, first visit (ms)", number(&marks["ready"]));
    page.browser.reload();
    page.wait_phase("ready");
    let probe = page.browser.run("const { marks, model } = window.__probe; return { marks, model }", &[]);
    note("page ready, next visit (ms)", number(&probe["marks"]["page"]));
    note("model ready, next visit (ms)", number(&probe["marks"]["ready"]));
    note("model from the browser's cache (1 = yes)", if probe["model"]["cached"] == true { 1.0 } else { 0.0 });

    let worker = Worker::start(&page.browser);
    let cases = cases::read("cases_visible.jsonl");
    let messages: Vec<Value> = cases.iter().map(|case| question(&case.text, &case.context)).collect();
    let mut columns = Samples::new();
    let mut report = Report::default();
    for (index, (case, reply)) in cases.iter().zip(worker.parse_all(&messages)).enumerate() {
        let (parse, ms, memory) = reply.unwrap_or_else(|trouble| panic!("{}: {}", case.id, trouble.detail));
        report.add(case, &parse.frames);
        let evidence = &parse.evidence;
        let timings = &evidence.timings;
        let mut column = |name, value: f64| columns.entry(name).or_default().push(value);
        column("wall", ms);
        column("engine", timings.total_ms());
        column("prefill", timings.prefill_ms);
        column("decode", timings.decode_ms);
        column("grammar", timings.grammar_ms);
        column("gazetteer", timings.gazetteer_ms);
        column("prompt", f64::from(evidence.prompt_tokens));
        column("output", f64::from(evidence.output_tokens));
        if index == 99 {
            note("WebAssembly memory after 100 parses (MB)", memory as f64 / 1e6);
        }
    }
    note("parse p50 (ms)", quantile(&columns["wall"], 0.5));
    note("parse p95 (ms)", quantile(&columns["wall"], 0.95));
    note("parse p50, engine alone (ms)", quantile(&columns["engine"], 0.5));
    note("  of it gazetteer p50 (ms)", quantile(&columns["gazetteer"], 0.5));
    note("  of it grammar p50 (ms)", quantile(&columns["grammar"], 0.5));
    note("  of it prefill p50 (ms)", quantile(&columns["prefill"], 0.5));
    note("  of it decode p50 (ms)", quantile(&columns["decode"], 0.5));
    note("prompt tokens, mean", mean(&columns["prompt"]));
    note("output tokens, mean", mean(&columns["output"]));
    note("tokens read per second", 1000.0 * mean(&columns["prompt"]) / mean(&columns["prefill"]).max(1e-3));
    note("tokens written per second", 1000.0 * mean(&columns["output"]) / mean(&columns["decode"]).max(1e-3));
    note("frame match, visible cases (%)", 100.0 * report.frame_match());
    note("frame match, natural cases (%)", 100.0 * frame_match(&worker, &cases::read("cases_natural.jsonl")));
}

fn frame_match(worker: &Worker<'_>, cases: &[Case]) -> f64 {
    let messages: Vec<Value> = cases.iter().map(|case| question(&case.text, &case.context)).collect();
    let mut report = Report::default();
    for (case, reply) in cases.iter().zip(worker.parse_all(&messages)) {
        report.add(case, &reply.map(|(parse, ..)| parse.frames).unwrap_or_default());
    }
    report.frame_match()
}

fn write(medians: &BTreeMap<&str, f64>, samples: &Samples, files: &[sizes::Size]) -> ExitCode {
    let files: Vec<Value> = files
        .iter()
        .map(|size| json!({"file": size.file, "part": format!("{:?}", size.part).to_lowercase(), "raw": size.raw, "brotli": size.brotli}))
        .collect();
    let path = workspace::target().join("bench.json");
    let report = json!({"medians": medians, "samples": samples, "files": files});
    match std::fs::write(&path, format!("{report:#}\n")) {
        Ok(()) => {
            println!("written to {}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: cannot write {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (share * sorted.len().saturating_sub(1) as f64).round();
    sorted.get(at as usize).copied().unwrap_or(f64::NAN)
}
