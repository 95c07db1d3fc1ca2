//! The shop server under load: `bench_server [sqlite|postgres|caps|streams] …`, after `cargo build --release -p oolong-server`.
//!
//! Generator and server share the machine. Everything is durable: each claim that is counted was committed before its
//! reply.

mod caps;
mod claims;
mod history;
mod shoppers;
mod streams;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::{env, fs};

use oolong_tests::agent::release;
use oolong_tests::http::{Connection, Request};
use oolong_tests::shop::{Database, Shop, ready, resident, shopper};
use serde_json::{Value, json};
use xtask::postgres::Cluster;
use xtask::workspace;

use crate::claims::{claim, forge, replay};

/// A voucher of the sample campaign that every brand takes.
const VOUCHER: &str = "free-milk-tea";
/// Claims per second that are aimed at, one after the other.
const RATES: [f64; 4] = [5_000.0, 10_000.0, 12_000.0, 15_000.0];
/// For how long each, in seconds.
const SECONDS: f64 = 10.0;

/// Rows of the report, in the order of their making, and what is wrong.
#[derive(Default)]
struct Report {
    rows: Vec<(String, f64)>,
    wrong: Vec<String>,
}

impl Report {
    fn row(&mut self, name: impl Into<String>, value: f64) {
        let name = name.into();
        println!("{name:<64} {value:>12.1}");
        self.rows.push((name, value));
    }

    fn expect(&mut self, right: bool, sentence: impl Into<String>) {
        if !right {
            let sentence = sentence.into();
            println!("NOT MET: {sentence}");
            self.wrong.push(sentence);
        }
    }
}

#[tokio::main(worker_threads = 1)]
async fn main() -> ExitCode {
    let wanted: Vec<String> = env::args().skip(1).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|part| part == name);
    let cluster = (wants("postgres") || wants("caps"))
        .then(|| Cluster::start().unwrap_or_else(|error| panic!("PostgreSQL: {error:#}")));
    let mut report = Report::default();
    let mut databases = Vec::new();
    if wants("sqlite") {
        databases.push("SQLite");
    }
    if wants("postgres") {
        databases.push("PostgreSQL");
    }
    for name in databases {
        let database = || match &cluster {
            Some(cluster) if name == "PostgreSQL" => {
                Database::Postgres(cluster.fresh_database().unwrap_or_else(|error| panic!("PostgreSQL: {error:#}")))
            }
            _ => Database::Sqlite,
        };
        rates(name, database(), &mut report).await;
        million(name, database(), &mut report).await;
        if name == "SQLite" {
            replays_and_forgeries(name, database(), &mut report).await;
        }
    }
    if let Some(cluster) = cluster.as_ref().filter(|_| wants("caps")) {
        caps::run(cluster, &mut report).await;
    }
    if wants("streams") {
        streams::run(&mut report).await;
    }
    let path = workspace::target().join("bench-server.json");
    let rows: BTreeMap<_, _> = report.rows.iter().cloned().collect();
    let text = format!("{:#}\n", json!({"measured": rows, "not_met": report.wrong}));
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("written to {}", path.display());
    if report.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Claims at steady rates, each from another shopper.
async fn rates(name: &str, database: Database, report: &mut Report) {
    let shop = Shop::new(release(), database, |campaign| stock(campaign, 1_000_000_000));
    let server = shop.serve();
    ready(server.address).await;
    let mut first = 0;
    for rate in RATES {
        let count = (rate * SECONDS) as u64;
        let outcome = claim(server.address, VOUCHER, first, count, Some(rate)).await;
        first += count;
        report.row(
            format!("{name}: granted per second, {rate:.0} wanted"),
            outcome.count("201") as f64 / outcome.seconds,
        );
        report.row(format!("{name}: p50 at {rate:.0}/s (ms)"), outcome.quantile(0.5));
        report.row(format!("{name}: p99 at {rate:.0}/s (ms)"), outcome.quantile(0.99));
        for (kind, count) in outcome.kinds.iter().filter(|(kind, _)| *kind != "201") {
            report.row(format!("{name}: {kind} at {rate:.0}/s"), *count as f64);
        }
        if name == "SQLite" && rate == 10_000.0 {
            report.expect(outcome.count("201") == count, "10,000 claims/s: expected every one granted");
            report.expect(outcome.quantile(0.99) <= 50.0, "10,000 claims/s: expected p99 of at most 50 ms");
        }
    }
    report.row(format!("{name}: memory of the server (MiB)"), resident(server.id()));
    drop(server);
    audit(name, &shop, report);
}

/// A million attempts on a hundred thousand vouchers.
async fn million(name: &str, database: Database, report: &mut Report) {
    let shop = Shop::new(release(), database, |campaign| stock(campaign, 100_000));
    let server = shop.serve();
    ready(server.address).await;
    let outcome = claim(server.address, VOUCHER, 0, 1_000_000, None).await;
    let (granted, sold_out) = (outcome.count("201"), outcome.count("409 voucher_sold_out"));
    report.row(format!("{name}: granted of 100,000 in a million attempts"), granted as f64);
    report.row(format!("{name}: told that all are gone"), sold_out as f64);
    report.row(format!("{name}: attempts per second"), 1_000_000.0 / outcome.seconds);
    report.expect(granted == 100_000, format!("{name}: expected exactly 100,000 granted, found {granted}"));
    report
        .expect(granted + sold_out == 1_000_000, format!("{name}: expected no other reply, found {:?}", outcome.kinds));
    drop(server);
    audit(name, &shop, report);
}

/// The same claims again, and tokens that nobody signed.
async fn replays_and_forgeries(name: &str, database: Database, report: &mut Report) {
    let shop = Shop::new(release(), database, |campaign| stock(campaign, 1_000_000));
    let server = shop.serve();
    ready(server.address).await;
    let (replays, different) = replay(server.address, VOUCHER, 0, 10_000).await;
    report.row(format!("{name}: replays"), replays as f64);
    report.row(format!("{name}: replays with another answer"), different as f64);
    report.expect(different == 0, "expected identical replies to all replays");

    let mut connection = Connection::new(server.address);
    let mut tokens = Vec::new();
    for number in 0..50 {
        let bearer = shopper(number);
        let request = Request { method: "GET", path: "/v1/wallet", bearer: &bearer, key: "", body: b"" };
        let wallet = connection.send(request).await.unwrap_or_else(|error| panic!("the wallet: {error}")).json();
        let grants = wallet["grants"].as_array().cloned().unwrap_or_default();
        report.expect(grants.len() == 1, "expected one grant for each key that was replayed");
        tokens.extend(grants.iter().filter_map(|grant| grant["token"].as_str().map(str::to_owned)));
    }
    // Tokens of another shop: true signatures by a key that is not ours.
    let other = Shop::new(release(), Database::Sqlite, |campaign| stock(campaign, 1_000));
    let foreign = other.serve();
    ready(foreign.address).await;
    let mut foreign_tokens = Vec::new();
    let mut connection = Connection::new(foreign.address);
    for number in 0..50 {
        let (bearer, key) = (shopper(number), format!("foreign-{number}"));
        let path = format!("/v1/vouchers/{VOUCHER}/claims");
        let request = Request { method: "POST", path: &path, bearer: &bearer, key: &key, body: b"{}" };
        let grant = connection.send(request).await.unwrap_or_else(|error| panic!("a claim: {error}")).json();
        foreign_tokens.extend(grant["token"].as_str().map(str::to_owned));
    }
    let store = first_store(&mut Connection::new(server.address)).await;
    let (code, key) = shop.operate(&["store-key", &store]);
    report.expect(code == 0, format!("store-key: {key}"));
    let key = key.split_whitespace().last().unwrap_or_default().to_owned();
    let mut passed = 0;
    let mut connection = Connection::new(server.address);
    for (number, token) in foreign_tokens.iter().enumerate() {
        let body = json!({"token": token, "store": store}).to_string();
        let idempotency = format!("foreign-{number:06}");
        let request =
            Request { method: "POST", path: "/v1/redemptions", bearer: &key, key: &idempotency, body: body.as_bytes() };
        passed += u64::from(connection.send(request).await.is_ok_and(|reply| reply.status < 400));
    }
    let (sent, forged) = forge(server.address, &store, &key, &tokens, 101_000).await;
    report.row(format!("{name}: forged, cut, changed and foreign tokens"), (sent + foreign_tokens.len() as u64) as f64);
    report.row(format!("{name}: of them redeemed"), (passed + forged) as f64);
    report.expect(passed + forged == 0, "expected every forged token refused");
    drop(server);
    audit(name, &shop, report);
}

fn audit(name: &str, shop: &Shop, report: &mut Report) {
    let (code, text) = shop.operate(&["audit"]);
    println!("{text}");
    report.expect(code == 0, format!("{name}: expected a clean audit, found exit code {code}"));
}

/// A store of the sample country.
pub(crate) async fn first_store(connection: &mut Connection) -> String {
    let request =
        Request { method: "GET", path: "/v1/stores?near=31.23,121.47&limit=1", bearer: "", key: "", body: b"" };
    let list = connection.send(request).await.unwrap_or_else(|error| panic!("the stores: {error}")).json();
    list["stores"][0]["id"].as_str().unwrap_or_else(|| panic!("expected a store, found {list}")).to_owned()
}

fn stock(campaign: &mut Value, count: u64) {
    for voucher in campaign["vouchers"].as_array_mut().into_iter().flatten() {
        voucher["stock"] = json!(count);
        voucher["valid_from"] = json!("2020-01-01T00:00:00+08:00");
        voucher["valid_until"] = json!("2099-12-31T23:59:59+08:00");
    }
}
