//! Two thousand open event streams while a thousand stores a second say how they stand.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use oolong_protocol::shop::StateChange;
use oolong_tests::agent::release;
use oolong_tests::http::{Connection, Request};
use oolong_tests::shop::{Database, Shop, ready, resident};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use xtask::workspace::now;

use crate::Report;

const STREAMS: usize = 2_000;
/// Changes per second.
const CHANGES: f64 = 1_000.0;
const SECONDS: f64 = 20.0;
/// Stores that change, in turn.
const STORES: usize = 5_000;
/// Stores that each stream follows: each change goes to twenty of the streams.
const FOLLOWED: usize = 50;

/// When each store last said something, in microseconds from the beginning.
struct Clock {
    start: Instant,
    said: Vec<AtomicU64>,
    of: HashMap<String, usize>,
}

pub(crate) async fn run(report: &mut Report) {
    let mut shop = Shop::new(release(), Database::Sqlite, |_| {});
    shop.flags = ["--sample-stores", "20000", "--max-connections", "4096"].map(str::to_owned).to_vec();
    let server = shop.serve();
    ready(server.address).await;
    let ids: Vec<String> = (1..=STORES).map(|number| format!("s-{number:06}")).collect();
    let keys = store_keys(&shop, &ids);
    let clock = Arc::new(Clock {
        start: now(),
        said: (0..STORES).map(|_| AtomicU64::new(0)).collect(),
        of: ids.iter().cloned().enumerate().map(|(at, id)| (id, at)).collect(),
    });
    let idle = resident(server.id());

    let mut streams = JoinSet::new();
    for stream in 0..STREAMS {
        let followed: Vec<&str> = (0..FOLLOWED).map(|at| ids[(stream * FOLLOWED + at) % STORES].as_str()).collect();
        streams.spawn(follow(server.address, followed.join(","), Arc::clone(&clock)));
        if stream % 50 == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;

    let count = (CHANGES * SECONDS) as usize;
    let (next, begin) = (Arc::new(AtomicU64::new(0)), now());
    let (ids, keys) = (Arc::new(ids), Arc::new(keys));
    let mut stores = JoinSet::new();
    for _ in 0..32 {
        let (next, ids, keys, clock) = (Arc::clone(&next), Arc::clone(&ids), Arc::clone(&keys), Arc::clone(&clock));
        let address = server.address;
        stores.spawn(async move {
            let mut connection = Connection::new(address);
            let (mut refused, mut ms) = (0_u64, Vec::new());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed) as usize;
                if number >= count {
                    return (refused, ms);
                }
                let due = begin + Duration::from_secs_f64(number as f64 / CHANGES);
                tokio::time::sleep_until(due.into()).await;
                let store = number % STORES;
                let body = format!("{{\"state\":\"busy\",\"minutes\":{}}}", 5 + number % 50);
                let (path, key) = (format!("/v1/stores/{}/state", ids[store]), format!("state-{number:08}"));
                clock.said[store].store(clock.start.elapsed().as_micros() as u64, Ordering::Relaxed);
                let request =
                    Request { method: "PUT", path: &path, bearer: &keys[store], key: &key, body: body.as_bytes() };
                refused += u64::from(!connection.send(request).await.is_ok_and(|reply| reply.status == 200));
                ms.push((now() - due).as_secs_f64() * 1e3);
            }
        });
    }
    let (mut refused, mut put) = (0, Vec::new());
    for (count, ms) in stores.join_all().await {
        refused += count;
        put.extend(ms);
    }
    let took = begin.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let memory = resident(server.id());
    streams.abort_all();
    let mut delivered = Vec::new();
    let seen = std::mem::take(&mut *DELIVERED.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    delivered.extend(seen);
    delivered.sort_by(f64::total_cmp);
    put.sort_by(f64::total_cmp);
    let at = |sorted: &[f64], share: f64| {
        sorted
            .get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or(f64::NAN)
    };

    report.row("streams: open", STREAMS as f64);
    report.row("streams: changes per second", count as f64 / took);
    report.row("streams: changes refused", refused as f64);
    report.row("streams: delivered (of 20 for each change)", delivered.len() as f64 / count as f64);
    report.row("streams: a change acknowledged, p99 (ms)", at(&put, 0.99));
    report.row("streams: delivery p50 (ms)", at(&delivered, 0.5));
    report.row("streams: delivery p99 (ms)", at(&delivered, 0.99));
    report.row("streams: memory before (MiB)", idle);
    report.row("streams: memory with all (MiB)", memory);
    report.expect(refused == 0, "expected every change taken");
    report.expect(delivered.len() >= count * 19, "expected nearly every change delivered to the twenty that follow it");
    report.expect(at(&delivered, 0.99) <= 1000.0, "expected p99 of delivery of at most 1 s");
    report.expect(memory <= 300.0, "expected at most 300 MiB");
}

static DELIVERED: std::sync::Mutex<Vec<f64>> = std::sync::Mutex::new(Vec::new());

/// One stream, until it is aborted; notes how late each event is.
async fn follow(address: SocketAddr, ids: String, clock: Arc<Clock>) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let request =
        format!("GET /v1/stores/events?ids={ids} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n");
    if stream.write_all(request.as_bytes()).await.is_err() {
        return;
    }
    let mut lines = BufReader::with_capacity(2048, stream);
    let mut line = String::new();
    while lines.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        if let Some(data) = line.strip_prefix("data:")
            && let Ok(change) = serde_json::from_str::<StateChange>(data.trim())
            && let Some(store) = clock.of.get(&change.store)
        {
            let said = clock.said[*store].load(Ordering::Relaxed);
            // Before its first change a store has only told what it knew at the start.
            if said > 0 {
                let late = (clock.start.elapsed().as_micros() as u64).saturating_sub(said) as f64 / 1e3;
                DELIVERED.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(late);
            }
        }
        line.clear();
    }
}

/// The keys of stores, as the operator hands them out.
pub(crate) fn store_keys(shop: &Shop, ids: &[String]) -> Vec<String> {
    let command: Vec<&str> = ["store-key"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let (code, text) = shop.operate(&command);
    assert_eq!(code, 0, "store-key: {text}");
    let keys: HashMap<&str, &str> = text.lines().filter_map(|line| line.split_once(' ')).collect();
    ids.iter().map(|id| keys.get(id.as_str()).unwrap_or_else(|| panic!("no key for {id}")).trim().to_owned()).collect()
}
