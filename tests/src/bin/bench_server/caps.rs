//! Caps under pressure: four server processes on one PostgreSQL, ten thousand stores that are asked for more than they can
//! make, servers killed one after another, once all of them, and caps that change meanwhile. No minute of any store may
//! hold more than what it has declared, by the history and by `history`, which shares nothing with the server.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use oolong_intent::Fulfilment;
use oolong_protocol::shop::{Availability, StoreView};
use oolong_tests::agent::{Agent, release};
use oolong_tests::http::Request;
use oolong_tests::shop::{Database, Shop, ready};
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;
use xtask::postgres::Cluster;
use xtask::workspace::{self, now};

use crate::history::{QUERY, judge, most_in_a_minute};
use crate::shoppers::{Client, Met, Store, order};
use crate::streams::store_keys;
use crate::{Report, audit};

const SERVERS: usize = 4;
const STORES: usize = 10_000;
/// Some of the sample's stores have closed for good, and some are kitchens that only deliver.
const SAMPLE: usize = 10_600;
/// Stores that declare a cap at the same time.
const TILLS: usize = 32;
/// Orders per minute that stores declare, one like the next.
const CAPS: [u16; 10] = [1, 1, 1, 1, 1, 1, 1, 2, 2, 6];
/// Shoppers a second, and for how long.
const RATE: f64 = 600.0;
const LASTS: Duration = Duration::from_secs(180);
/// How long nobody orders at the end, so that what is due can go out: longer than the window that is counted.
const AFTER: Duration = Duration::from_secs(70);
/// How long no server is there at all, once.
const STANDSTILL: Duration = Duration::from_secs(10);
/// Stores that declare another cap while they are ordered at: the first, where most want to go, and so every fifth.
const CHANGES: usize = 5;

/// Orders that went to their stores over five seconds after the slot that they were placed for.
const POSTPONED: &str = "SELECT count(*) FROM events AS sent JOIN events AS placed USING (order_id)
     WHERE sent.kind = 'order_sent' AND placed.kind = 'order_placed'
         AND sent.at > (placed.detail::json ->> 'starts_at')::bigint + 5000";
/// Orders that should have gone by now.
const OVERDUE: &str = "SELECT count(*) FROM orders
     WHERE state = 'confirmed' AND starts_at < extract(epoch FROM clock_timestamp()) * 1000 - 5000";

pub(crate) async fn run(cluster: &Cluster, report: &mut Report) {
    let url = cluster.fresh_database().unwrap_or_else(|error| panic!("PostgreSQL: {error:#}"));
    let mut shop = Shop::new(release(), Database::Postgres(url.clone()), |_| {});
    shop.flags = vec!["--sample-stores".to_owned(), SAMPLE.to_string()];
    let (mut servers, mut addresses) = (Vec::new(), Vec::new());
    for _ in 0..SERVERS {
        // One after the other: the first makes the stores and the keys.
        let server = shop.serve();
        ready(server.address).await;
        addresses.push(server.address);
        servers.push(Some(server));
    }
    let mut stores = stores(&shop, &addresses).await;
    let first: Vec<(usize, u16)> = (0..STORES).map(|at| (at, CAPS[at % CAPS.len()])).collect();
    let mut random = SmallRng::seed_from_u64(5);
    let changed: Vec<_> = (0..STORES).step_by(CHANGES).map(|at| (at, random.random_range(1..=4))).collect();
    let mut declared = vec![Vec::new(); STORES];
    first.iter().chain(&changed).for_each(|(at, cap)| declared[*at].push(*cap));
    stores.iter_mut().zip(&declared).for_each(|(store, caps)| store.cap = most(caps));
    let stores = Arc::new(stores);
    declare(&addresses, &stores, first, 0).await;

    let end = now() + LASTS;
    let load =
        async { tokio::join!(order(&addresses, &stores, RATE, end), restart(&shop, &mut servers, &addresses, end)) };
    let change = async {
        sleep(LASTS / 3).await;
        declare(&addresses, &stores, changed, 1).await;
    };
    let ((met, restarts), ()) = tokio::join!(load, change);
    sleep(AFTER).await;
    drop(servers);

    let verdict = {
        let caps = stores.iter().map(|store| store.id.clone()).zip(declared.clone()).collect();
        judge(&ask(cluster, &url, QUERY), &caps)
    };
    verdict.told.iter().for_each(|breach| println!("BREACH {breach}"));
    let mut row = |name: &str, value: u64| report.row(format!("caps: {name}"), value as f64);
    row("stores that declared one", STORES as u64);
    row("caps changed while they were ordered at", STORES.div_ceil(CHANGES) as u64);
    row("servers killed and started again", restarts);
    row("orders asked for", met.asked.len() as u64);
    row("orders placed", met.placed.len() as u64);
    row("orders confirmed", met.confirmed.len() as u64);
    row("offers of other times and stores instead", met.offers);
    row("orders placed for a later time so", met.later);
    row("orders placed at a store near by so", met.elsewhere);
    row("requests sent again with the same key", met.repeats);
    row("orders sent to stores", verdict.sent);
    let count = |sql: &str| ask(cluster, &url, sql).trim().parse().unwrap_or(u64::MAX);
    row("of these over 5 s after their first slot", count(POSTPONED));
    let overdue = count(OVERDUE);
    row("confirmed and overdue at the end", overdue);
    row("stores asked for more than their cap in a minute", asked_too_much(&met, &declared));
    row("stores with a full minute", verdict.full);
    row("of these with a cap of 2 to 6", verdict.full_of_several);
    row("breaches", verdict.breaches);
    report.row("caps: the fullest minute, in parts of its cap", verdict.fullest);
    for (what, count) in &met.strange {
        report.row(format!("caps: {what}"), *count as f64);
    }

    report.expect(verdict.breaches == 0, format!("expected no breach of a cap, found {}", verdict.breaches));
    report.expect(
        verdict.full_of_several > 1_000,
        "expected full minutes at over a thousand stores: this proves nothing",
    );
    report.expect(restarts >= 3 * SERVERS as u64, "expected each server killed at least three times");
    report.expect(met.strange.is_empty(), "expected every shopper to be answered with an order or an offer");
    report.expect(overdue == 0, "expected all that was due to be sent within a minute after the last shopper");
    for (kind, told) in [("order_placed", &met.placed), ("order_confirmed", &met.confirmed)] {
        let found = ask(cluster, &url, &format!("SELECT order_id FROM events WHERE kind = '{kind}'"));
        let found: BTreeSet<&str> = found.lines().collect();
        let told: BTreeSet<&str> = told.iter().map(String::as_str).collect();
        report.expect(found == told, format!("{kind}: expected what shoppers were told and nothing else"));
    }
    audit("caps", &shop, report);
}

/// Kills one server after the other and starts it again where it was, until `end`; once, all of them. Gives how often.
async fn restart(shop: &Shop, servers: &mut [Option<Agent>], addresses: &[SocketAddr], end: Instant) -> u64 {
    let (mut random, middle) = (SmallRng::seed_from_u64(4), end - LASTS / 2);
    let (mut restarts, mut stood_still) = (0, false);
    while now() < end {
        sleep(Duration::from_millis(random.random_range(1_000..4_000))).await;
        let all = !stood_still && now() > middle;
        stood_still |= all;
        let one = restarts as usize % SERVERS;
        let chosen = if all { 0..SERVERS } else { one..one + 1 };
        // Dropping kills with SIGKILL, in the middle of whatever it does.
        servers[chosen.clone()].iter_mut().for_each(|server| drop(server.take()));
        sleep(if all { STANDSTILL } else { Duration::from_millis(random.random_range(0..1_500)) }).await;
        for at in chosen {
            servers[at] = Some(shop.serve_at(addresses[at].port()));
            ready(addresses[at]).await;
            restarts += 1;
        }
    }
    restarts
}

/// Stores that somebody wanted more of within a minute than they ever declared.
fn asked_too_much(met: &Met, declared: &[Vec<u16>]) -> u64 {
    let mut times = vec![Vec::new(); declared.len()];
    met.asked.iter().for_each(|(store, at)| times[*store].push(*at));
    times.iter_mut().for_each(|times| times.sort_unstable());
    times.iter().zip(declared).filter(|(times, caps)| most_in_a_minute(times) > most(caps).into()).count() as u64
}

fn most(caps: &[u16]) -> u16 {
    caps.iter().copied().max().unwrap_or(0)
}

/// Stores of the sample that have not closed for good, in no order of place, with their keys.
async fn stores(shop: &Shop, addresses: &[SocketAddr]) -> Vec<Store> {
    let items: HashMap<String, Vec<String>> = menus();
    let ids: Vec<String> = (1..=SAMPLE).map(|number| format!("s-{number:06}")).collect();
    let keys = store_keys(shop, &ids);
    let mut client = Client::new(addresses, 1);
    let mut stores = Vec::new();
    for (id, key) in ids.into_iter().zip(keys) {
        let path = format!("/v1/stores/{id}");
        let reply = client.ask(Request { method: "GET", path: &path, bearer: "", key: "", body: b"" }).await;
        let view: StoreView = reply
            .and_then(|reply| serde_json::from_slice(&reply.body).ok())
            .unwrap_or_else(|| panic!("{path}: expected a store"));
        let item = items.get(&view.brand).and_then(|items| items.iter().find(|item| !view.unavailable.contains(item)));
        let picks_up = view.fulfilment.contains(&Fulfilment::Pickup);
        if let Some(item) = item.filter(|_| picks_up && view.live.state != Availability::PermanentlyClosed) {
            stores.push(Store { id, key, item: item.clone(), cap: 0 });
        }
    }
    stores.shuffle(&mut client.random);
    stores.truncate(STORES);
    assert_eq!(stores.len(), STORES, "expected more stores in the sample");
    stores
}

/// Stores open and say how many orders they can begin in a minute, each after the one before has been taken in.
async fn declare(addresses: &[SocketAddr], stores: &Arc<Vec<Store>>, caps: Vec<(usize, u16)>, round: usize) {
    let mut tills = JoinSet::new();
    for (till, part) in caps.chunks(caps.len().div_ceil(TILLS).max(1)).map(<[_]>::to_vec).enumerate() {
        let (mut client, stores) = (Client::new(addresses, till as u64), Arc::clone(stores));
        tills.spawn(async move {
            for (at, cap) in part {
                let Store { id, key, .. } = &stores[at];
                let (path, idempotency) = (format!("/v1/stores/{id}/state"), format!("state-{round}-{at:06}"));
                let body = json!({"state": "open", "orders_per_minute": cap}).to_string();
                let (bearer, body) = (key.as_str(), body.as_bytes());
                let request = Request { method: "PUT", path: &path, bearer, key: &idempotency, body };
                let status = client.ask(request).await.map(|reply| reply.status);
                assert_eq!(status, Some(200), "{id} declares a cap of {cap}");
            }
        });
    }
    tills.join_all().await;
}

/// The items of each brand.
fn menus() -> HashMap<String, Vec<String>> {
    let text = std::fs::read(workspace::root().join("public/campaign.json")).expect("the sample campaign is there");
    let campaign: Value = serde_json::from_slice(&text).expect("the sample campaign is JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    list(&campaign["brands"]).iter().map(|brand| (id(brand), list(&brand["menu"]).iter().map(id).collect())).collect()
}

fn ask(cluster: &Cluster, url: &str, statement: &str) -> String {
    cluster.psql_in(url, statement).unwrap_or_else(|error| panic!("PostgreSQL: {error:#}"))
}
