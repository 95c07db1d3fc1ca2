//! `oolong stores bench`: how long generating, packing and searching take.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use oolong_stores::{Fulfilment, Pack, Point, Query, generate, pack};

use crate::outputs::print;
use crate::stores::{GenerateArguments, sellers, sizes};

/// Queries of each kind.
const QUERIES: usize = 2_000;

/// Measures and prints.
pub(crate) fn run(arguments: &GenerateArguments, today: i32) -> Result<ExitCode> {
    let (campaign, _) = arguments.campaign.read()?;
    let sellers = sellers(&campaign);
    let (stores, generating) = timed(|| generate(arguments.count, arguments.seed, &sellers).collect::<Vec<_>>());
    let (packed, packing) = timed(|| pack(&stores, today));
    let (pack, reading) = timed(|| Pack::read(&packed.country));
    let pack = pack?;
    let (generating, packing, reading) = (generating.as_secs_f64(), packing.as_secs_f64(), reading.as_secs_f64());
    print(&format!("generate {generating:.2} s, pack {packing:.2} s, read {reading:.2} s\n{}", sizes(&packed)))?;
    for (brand, stores) in pack.directory.brands() {
        print(&format!("brand {brand}: {stores} stores\n"))?;
    }
    if stores.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    // Where stores are is where people are; a step aside, so that no query is at a store.
    let towns: Vec<Point> = (0..QUERIES)
        .map(|at| &stores[at * 7919 % stores.len()])
        .map(|store| Point { lon: store.lon + 0.0137, lat: store.lat - 0.0071 })
        .collect();
    let spread = |at: usize, step: f64| (at as f64 * step).fract();
    let remote: Vec<Point> = (0..QUERIES)
        .map(|at| Point { lon: spread(at, 0.618_034) * 360.0 - 180.0, lat: spread(at, 0.754_878) * 180.0 - 90.0 })
        .collect();
    let rare = pack.directory.brands().last().map(|(brand, _)| brand.clone());
    let item = sellers.first().and_then(|seller| seller.items.first().cloned());
    let hour = |hour: i64| Some(i64::from(today) * 86_400 + (hour - 8) * 3600);
    let plain = Query { limit: 10, ..Query::default() };
    let open = |at: i64| Query { open_at: hour(at), ..plain.clone() };
    let all =
        |at: i64| Query { brand: rare.clone(), fulfilment: Some(Fulfilment::Delivery), item: item.clone(), ..open(at) };
    let text = |text: &str| Query { text: Some(text.to_owned()), ..plain.clone() };
    let kinds = [
        ("no filter", plain.clone(), &towns),
        ("rarest brand", Query { brand: rare.clone(), ..plain.clone() }, &towns),
        ("open at noon", open(12), &towns),
        ("open at 4 am", open(4), &towns),
        ("brand, delivery, item, noon", all(12), &towns),
        ("brand, delivery, item, 4 am", all(4), &towns),
        ("anywhere, no filter", plain.clone(), &remote),
        ("anywhere, all, noon", all(12), &remote),
        ("anywhere, all, 4 am", all(4), &remote),
    ];
    for (name, query, points) in kinds {
        let ask = |near: &Point| pack.index.find(&Query { near: Some(*near), ..query.clone() }, &|_| None).len();
        measure(name, points.iter().map(|near| timed(|| ask(near))))?;
    }
    for words in ["People's Square", "人民广场", "Nanshan", "zzzz"] {
        let query = Query { near: towns.first().copied(), ..text(words) };
        measure(&format!("text {words}"), (0..50).map(|_| timed(|| pack.index.find(&query, &|_| None).len())))?;
        measure(&format!("place {words}"), (0..50).map(|_| timed(|| pack.place(words, None).len())))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(name: &str, runs: impl Iterator<Item = (usize, Duration)>) -> Result<()> {
    let (found, mut times): (Vec<usize>, Vec<Duration>) = runs.unzip();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let found = found.iter().sum::<usize>() as f64 / found.len() as f64;
    print(&format!(
        "{name}: median {:.3} ms, p99 {:.3} ms, longest {:.3} ms, {found:.1} found\n",
        at(0.5),
        at(0.99),
        at(1.0)
    ))
}

#[expect(clippy::disallowed_methods, reason = "a native program's clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}
