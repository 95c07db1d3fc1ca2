//! The server at five times the load that it can bear: what it still gets done, how soon, in how much memory, and how
//! fast it is its old self again. `bench_agent [--seconds 120]`, after `cargo build --release -p oolong-server`.
//!
//! The generator shares the machine with the server: the table says how much of it each of them used.

mod load;
mod machine;

use std::collections::BTreeMap;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use oolong_tests::agent::{Agent, release};
use serde_json::json;
use xtask::workspace::{self, now};

use crate::load::Load;
use crate::machine::{cpu_seconds, settle, watch_memory};

/// The server's, in milliseconds.
const DEADLINE_MS: f64 = 2000.0;
/// How much more is asked than can be answered.
const TIMES: f64 = 5.0;

#[tokio::main(worker_threads = 1)]
async fn main() -> ExitCode {
    let flags: Vec<String> = env::args().skip(1).collect();
    let seconds: u64 = match flags.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => 120,
        ["--seconds", count] => count.parse().unwrap_or_else(|_| panic!("--seconds: expected a count, found {count}")),
        _ => panic!("expected --seconds and a count, found {flags:?}"),
    };
    let log = workspace::target().join("bench-agent.log");
    let stderr = fs::File::create(&log).map_or_else(|error| panic!("{}: {error}", log.display()), Stdio::from);
    let deadline = DEADLINE_MS.to_string();
    let agent =
        Agent::start_program(&release(), 0, &["--no-shop", "--trust-proxy", "--deadline-ms", &deadline], stderr);
    settle(agent.id()).await;
    let load = Arc::new(Load::new(agent.address));

    let (before, start) = (cpu_seconds(agent.id()), now());
    let mut rates = Vec::new();
    for clients in [1, 2, 4, 8] {
        let rate = load.closed_loop(clients, Duration::from_secs(8)).await;
        println!("{clients} at a time: {rate:.1} answers per second");
        rates.push(rate);
    }
    let best = rates.iter().copied().fold(0.0, f64::max);
    let mean = rates.iter().sum::<f64>() / rates.len() as f64;
    let calm = shares(before, cpu_seconds(agent.id()), start.elapsed().as_secs_f64());
    let quiet = load.now_and_then(25).await;
    let usual = quantile(quiet.iter().map(|sample| sample.ms), 0.5);
    println!("unloaded p50: {usual:.1} ms; now {:.0} questions per second for {seconds} s …", TIMES * best);

    let memory = tokio::spawn(watch_memory(agent.id(), seconds));
    let (before, start) = (cpu_seconds(agent.id()), now());
    let mut open = load.open_loop(TIMES * best, Duration::from_secs(seconds)).await;
    let end = now();
    let took = (end - start).as_secs_f64();
    let used = shares(before, cpu_seconds(agent.id()), took);
    let probes = load.now_and_then(75).await;
    let mut samples = Vec::new();
    while let Some(sample) = open.join_next().await {
        samples.push(sample.unwrap_or_else(|error| panic!("a question was not asked to its end: {error}")));
    }
    let memory = memory.await.unwrap_or_else(|error| panic!("the server's memory was not watched: {error}"));

    let mut kinds = BTreeMap::<&str, u32>::new();
    samples.iter().for_each(|sample| *kinds.entry(&sample.kind).or_default() += 1);
    let good = samples.iter().filter(|sample| sample.kind == "200" && sample.done <= end).count() as f64 / took;
    let ms = |kind: &str, share| {
        quantile(samples.iter().filter(|sample| sample.kind.starts_with(kind)).map(|sample| sample.ms), share)
    };
    let blunt = samples.iter().filter(|sample| sample.kind.starts_with("503") && !sample.retry_after).count();
    let strange: u32 =
        kinds.iter().filter(|(kind, _)| !["200", "429", "503"].contains(&&kind[..3])).map(|(_, n)| n).sum();
    let normal = probes.windows(5).find(|row| row.iter().all(|probe| probe.kind == "200" && probe.ms <= 2.0 * usual));
    let normal = normal.map_or(f64::INFINITY, |row| (row[4].done - end).as_secs_f64());
    let early = memory[memory.len().min(10) - 1];
    let (middle, last) = (memory[memory.len() / 2], memory[memory.len() - 1]);
    let most = memory.iter().skip(9).copied().fold(early, f64::max);

    let rows = [
        ("best goodput (answers/s)", best),
        ("goodput in the flood (answers/s)", good),
        ("goodput in the flood (% of the best)", 100.0 * good / best),
        ("questions in the flood (1/s)", samples.len() as f64 / took),
        ("answers p50 (ms)", ms("200", 0.5)),
        ("answers p99 (ms)", ms("200", 0.99)),
        ("answers, slowest (ms)", ms("200", 1.0)),
        ("refusals p50 (ms)", ms("503", 0.5)),
        ("refusals p99 (ms)", ms("503", 0.99)),
        ("503 without Retry-After", blunt as f64),
        ("memory after 10 s (MiB)", early),
        ("memory in the middle (MiB)", middle),
        ("memory at the end (MiB)", last),
        ("memory, most after 10 s (MiB)", most),
        ("unloaded p50 (ms)", usual),
        ("back to normal after (s)", normal),
        // Other programs take time from the server, which changes these two less than all others.
        ("answers per CPU second of the server", 100.0 * mean / calm[1]),
        ("answers per CPU second, in the flood", 100.0 * good / used[1]),
        ("the generator (% of one CPU)", used[0]),
        ("the server (% of one CPU)", used[1]),
        ("all others (% of one CPU)", used[2]),
        ("all others, while the best was sought", calm[2]),
    ];
    println!();
    rows.iter().for_each(|(name, value)| println!("{name:<40} {value:>10.1}"));
    kinds.iter().for_each(|(kind, count)| println!("{:<40} {count:>10}", format!("replies: {kind}")));
    let path = workspace::target().join("bench-agent.json");
    let report = json!({"seconds": seconds, "measured": BTreeMap::from(rows), "replies": kinds, "memory_mib": memory});
    fs::write(&path, format!("{report:#}\n")).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("written to {}", path.display());

    let bars = [
        (good >= 0.9 * best, "expected at least 90 % of the best goodput"),
        (ms("200", 0.99) <= DEADLINE_MS, "expected the p99 of answers within the deadline"),
        (blunt == 0, "expected Retry-After with every 503"),
        (strange == 0, "expected nothing but 200, 429 and 503"),
        (most <= 1.1 * early, "expected memory to stay within a tenth of what it was after 10 s"),
        (normal <= 10.0, "expected five usual answers in a row within 10 s after the flood"),
    ];
    if calm[2].max(used[2]) > 20.0 {
        println!("other work was going on: neither the best nor the flood's figures are the server's alone");
    }
    let missed = bars.iter().filter(|(met, _)| !met).inspect(|(_, bar)| eprintln!("error: {bar}")).count();
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Percent of one CPU.
fn shares(before: [f64; 3], after: [f64; 3], seconds: f64) -> [f64; 3] {
    std::array::from_fn(|who| 100.0 * (after[who] - before[who]) / seconds)
}

fn quantile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let at = (share * sorted.len().saturating_sub(1) as f64).round();
    sorted.get(at as usize).copied().unwrap_or(f64::NAN)
}
