//! Claims: at a steady rate, a million for a tenth of that, the same ones again, and tokens that nobody signed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use oolong_tests::http::{Connection, Request, Response};
use oolong_tests::shop::shopper;
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use tokio::task::JoinSet;
use xtask::workspace::now;

/// Connections of the generator.
const CONNECTIONS: u64 = 1024;
/// How often a claim is repeated.
const REPEATS: u64 = 10;

/// What came of many requests.
#[derive(Default)]
pub(crate) struct Outcome {
    /// How many came back with which status and code.
    pub(crate) kinds: BTreeMap<String, u64>,
    /// Milliseconds from when each was due, sorted.
    pub(crate) ms: Vec<f64>,
    /// From the first to the last.
    pub(crate) seconds: f64,
}

impl Outcome {
    /// How many came back with this status and code.
    pub(crate) fn count(&self, kind: &str) -> u64 {
        self.kinds.get(kind).copied().unwrap_or(0)
    }

    /// Milliseconds that this share of the requests took at most.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let at = (self.ms.len() as f64 * share) as usize;
        self.ms.get(at.min(self.ms.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    }
}

/// `rate` claims a second by as many different shoppers, from number `first` on, due whether or not earlier ones are
/// answered; without a rate, as fast as the connections allow.
pub(crate) async fn claim(address: SocketAddr, voucher: &str, first: u64, count: u64, rate: Option<f64>) -> Outcome {
    let (next, start) = (Arc::new(AtomicU64::new(0)), now());
    let mut workers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (next, voucher) = (Arc::clone(&next), voucher.to_owned());
        workers.spawn(async move {
            let path = format!("/v1/vouchers/{voucher}/claims");
            let mut connection = Connection::new(address);
            let (mut kinds, mut ms) = (BTreeMap::<String, u64>::new(), Vec::new());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return (kinds, ms);
                }
                let due = rate.map_or_else(now, |rate| start + Duration::from_secs_f64(number as f64 / rate));
                tokio::time::sleep_until(due.into()).await;
                let (bearer, key) = (shopper(first + number), format!("claim-{:09}", first + number));
                let request = Request { method: "POST", path: &path, bearer: &bearer, key: &key, body: b"{}" };
                let kind = kind_of(connection.send(request).await);
                ms.push((now() - due).as_secs_f64() * 1e3);
                *kinds.entry(kind).or_default() += 1;
            }
        });
    }
    let mut outcome = Outcome::default();
    for (kinds, ms) in workers.join_all().await {
        kinds.into_iter().for_each(|(kind, count)| *outcome.kinds.entry(kind).or_default() += count);
        outcome.ms.extend(ms);
    }
    outcome.ms.sort_by(f64::total_cmp);
    outcome.seconds = start.elapsed().as_secs_f64();
    outcome
}

/// Claims of `claims` shoppers, each sent ten times more with its key; gives the replays and those that differed.
pub(crate) async fn replay(address: SocketAddr, voucher: &str, first: u64, claims: u64) -> (u64, u64) {
    let next = Arc::new(AtomicU64::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..64 {
        let (next, voucher) = (Arc::clone(&next), voucher.to_owned());
        workers.spawn(async move {
            let path = format!("/v1/vouchers/{voucher}/claims");
            let mut connection = Connection::new(address);
            let (mut replays, mut different) = (0, 0);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= claims {
                    return (replays, different);
                }
                let (bearer, key) = (shopper(first + number), format!("again-{number:06}"));
                let request = Request { method: "POST", path: &path, bearer: &bearer, key: &key, body: b"{}" };
                let original = connection.send(request).await.ok();
                for _ in 0..REPEATS {
                    let again = connection.send(request).await.ok();
                    replays += 1;
                    let same = original.as_ref().zip(again.as_ref()).is_some_and(|(one, other)| {
                        one.status == 201 && one.status == other.status && one.body == other.body && other.replayed
                    });
                    different += u64::from(!same);
                }
            }
        });
    }
    workers.join_all().await.into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

/// Tokens made from true ones by changing, cutting, joining and inventing; gives how many were sent and how many passed.
pub(crate) async fn forge(address: SocketAddr, store: &str, key: &str, genuine: &[String], count: u64) -> (u64, u64) {
    let next = Arc::new(AtomicU64::new(0));
    let mut workers = JoinSet::new();
    for worker in 0..64_u64 {
        let (next, store, key, genuine) = (Arc::clone(&next), store.to_owned(), key.to_owned(), genuine.to_vec());
        workers.spawn(async move {
            let mut random = SmallRng::seed_from_u64(worker);
            let mut connection = Connection::new(address);
            let (mut sent, mut passed) = (0, 0);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return (sent, passed);
                }
                let token = forged(&genuine[number as usize % genuine.len()], number, &mut random);
                if genuine.contains(&token) {
                    continue;
                }
                let body = serde_json::json!({"token": token, "store": store}).to_string();
                let idempotency = format!("forged-{number:06}");
                let request = Request {
                    method: "POST",
                    path: "/v1/redemptions",
                    bearer: &key,
                    key: &idempotency,
                    body: body.as_bytes(),
                };
                sent += 1;
                passed += u64::from(connection.send(request).await.is_ok_and(|reply| reply.status < 400));
            }
        });
    }
    workers.join_all().await.into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

fn forged(genuine: &str, number: u64, random: &mut SmallRng) -> String {
    let mut bytes = genuine.as_bytes().to_vec();
    match number % 6 {
        // A character changed anywhere.
        0 | 1 => {
            let at = random.random_range(0..bytes.len());
            bytes[at] = *b"ABCDefgh0123-_."
                .iter()
                .filter(|letter| **letter != bytes[at])
                .nth(random.random_range(0..14))
                .unwrap_or(&b'x');
        }
        // Cut short.
        2 => bytes.truncate(random.random_range(0..bytes.len())),
        // Another version or purpose of the same words.
        3 => {
            return genuine.replacen(
                "v4.public.",
                ["v2.public.", "v4.local.", "v3.public.", "v4.public.."][number as usize % 4],
                1,
            );
        }
        // Something at the end.
        4 => bytes.extend_from_slice(&b"AAAA"[..random.random_range(1..4)]),
        // All letters are there, in another order.
        _ => {
            let (one, other) = (random.random_range(10..bytes.len()), random.random_range(10..bytes.len()));
            bytes.swap(one, other);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn kind_of(reply: std::io::Result<Response>) -> String {
    match reply {
        Ok(reply) if reply.status < 400 => reply.status.to_string(),
        Ok(reply) => format!("{} {}", reply.status, reply.code()),
        Err(error) => format!("error: {:?}", error.kind()),
    }
}
