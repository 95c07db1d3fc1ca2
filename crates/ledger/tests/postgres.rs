//! The cases on PostgreSQL; and several servers on one database: as many handles, which share nothing else.

#![allow(clippy::unwrap_used, reason = "what is unwrapped is made here")]

mod common;

use std::collections::BTreeMap;
use std::process::Command as Process;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use common::cases::{self, Step};
use oolong_catalog::Campaign;
use oolong_ledger::{
    Act, Actor, Command, Idempotency, Ledger, LedgerError, Place, Reply, Settings, StoreFacts, Tuning,
};
use oolong_protocol::shop::{Goods, Grant, Millis, OrderReply, OrderRequest, VoucherChoice};
use proptest::prelude::*;
use tokio::task::JoinSet;
use xtask::postgres::Cluster;

macro_rules! on_postgres {
    ($($case:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            cases::$case(Place::Postgres(cluster().fresh_database().unwrap())).await;
        }
    )* };
}

on_postgres! { vouchers operation orders stores stampede idempotency reopening offers outbox changes backlog forgotten busy_for_a_while }

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (prop_oneof![Just(0_u32), 1_u32..900], any::<bool>()).prop_map(|(later, yes)| Step::Order(later, yes)),
        4 => Just(Step::Clockwork),
        4 => (0_i64..90_000).prop_map(Step::Pass),
        1 => (0_i64..3_600_000).prop_map(Step::Restart),
        1 => (1_u16..5).prop_map(Step::Pace),
        1 => Just(Step::Cancel),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_store_gets_more_orders_in_a_minute_than_it_can_begin(steps in prop::collection::vec(step(), 1..80)) {
        let place = Place::Postgres(cluster().fresh_database().unwrap());
        tokio::runtime::Runtime::new().unwrap().block_on(cases::capacity(place, steps));
    }
}

const CAMPAIGN: &str = r#"{
    "id": "spring", "names": ["Spring"], "currency": "CNY",
    "brands": [{"id": "nayuki", "names": ["Nayuki"],
        "menu": [{"id": "tea", "names": ["Tea"], "category": "tea", "price": 1800}]}],
    "vouchers": [
        {"id": "hundred", "names": ["Hundred"], "discount": {"type": "amount", "amount": 300}, "stock": 100},
        {"id": "plenty", "names": ["Plenty"], "discount": {"type": "amount", "amount": 300}, "stock": 1000000}
    ]
}"#;

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start().expect("PostgreSQL is there or can be installed"))
}

/// As many servers on the database as there are places.
async fn servers<const N: usize>(url: &str, tuning: &Tuning) -> [Ledger; N] {
    let campaign = Arc::new(Campaign::from_json(CAMPAIGN.as_bytes()).unwrap());
    let settings = Settings {
        hold: Duration::from_secs(300),
        state_ttl: Duration::from_secs(300),
        sign: Arc::new(|grant, shopper| format!("token of {} for {shopper}", grant.id)),
        partner: None,
    };
    let mut opening = JoinSet::new();
    for _ in 0..N {
        let place = Place::Postgres(url.to_owned());
        opening.spawn(Ledger::open_tuned(place, Arc::clone(&campaign), settings.clone(), tuning.clone()));
    }
    let ledgers: Vec<Ledger> = opening.join_all().await.into_iter().map(Result::unwrap).collect();
    ledgers.try_into().unwrap_or_else(|_| unreachable!("as many as were opened"))
}

fn claim(shopper: &str, voucher: &str, key: &str) -> Command {
    Command {
        actor: Actor::Shopper(shopper.to_owned()),
        idempotency: Some(Idempotency { key: key.to_owned(), fingerprint: [7; 32] }),
        act: Act::Claim { voucher: voucher.to_owned() },
    }
}

fn by(actor: Actor, act: Act) -> Command {
    Command { actor, idempotency: None, act }
}

async fn assert_sound(ledger: &Ledger) {
    let audit = ledger.audit().await.unwrap();
    assert_eq!(audit.breached, 0, "{:#?}", audit.breaches);
    assert!(audit.checked.values().sum::<u64>() > 0, "{audit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn four_servers_give_away_just_what_there_is() {
    let ledgers: [Ledger; 4] = servers(&cluster().fresh_database().unwrap(), &Tuning::default()).await;
    let mut claimers = JoinSet::new();
    for number in 0..400 {
        let ledger = ledgers[number % 4].clone();
        claimers.spawn(async move {
            let shopper = format!("shopper{number}");
            (ledger.submit(claim(&shopper, "hundred", &format!("claim-{number}"))).await.unwrap().status, shopper)
        });
    }
    let replies = claimers.join_all().await;
    let winners: Vec<_> = replies.iter().filter(|(status, _)| *status == 201).collect();
    assert_eq!(winners.len(), 100);
    assert!(replies.iter().all(|(status, _)| [201, 409, 410].contains(status)), "{replies:?}");
    for (_, shopper) in winners {
        assert_eq!(ledgers[1].wallet(shopper).await.unwrap().grants.len(), 1);
    }
    let balance = ledgers[2].balances().await.unwrap().into_iter().find(|row| row.id == "hundred").unwrap();
    assert_eq!((balance.available, balance.claimed), (0, 100));
    assert_sound(&ledgers[3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_at_two_servers_at_once_is_one_grant_and_the_same_bytes() {
    let ledgers: [Ledger; 2] = servers(&cluster().fresh_database().unwrap(), &Tuning::default()).await;
    for number in 0..100 {
        let shopper = format!("shopper{number}");
        let command = || claim(&shopper, "plenty", &format!("claim-{number}"));
        let (one, other) = tokio::join!(ledgers[0].submit(command()), ledgers[1].submit(command()));
        let (one, other): (Reply, Reply) = (one.unwrap(), other.unwrap());
        assert_eq!((one.status, &one.body), (201, &other.body));
        assert_eq!([one.replayed, other.replayed].into_iter().filter(|replayed| *replayed).count(), 1);
        assert_eq!(ledgers[0].wallet(&shopper).await.unwrap().grants.len(), 1);
        let mut another = command();
        another.idempotency = another.idempotency.map(|key| Idempotency { fingerprint: [8; 32], ..key });
        assert_eq!(ledgers[1].submit(another).await, Err(LedgerError::KeyReused));
    }
    assert_sound(&ledgers[0]).await;
}

fn store(id: &str, orders_per_minute: u16) -> Box<StoreFacts> {
    Box::new(StoreFacts {
        id: id.to_owned(),
        names: vec!["Nayuki".to_owned()],
        brand: "nayuki".to_owned(),
        orders_per_minute,
        ahead_minutes: 60,
        prep_minutes: 5,
        unavailable: Vec::new(),
        picks_up: true,
        delivers: false,
        open: Some(vec![(0, Millis::MAX)]),
        permanently_closed: false,
    })
}

/// Places an order and confirms it; `false` if it was offered another time.
async fn ordered(ledger: &Ledger, shopper: String, store: Box<StoreFacts>) -> bool {
    let request = Box::new(OrderRequest {
        store: store.id.clone(),
        goods: vec![Goods { item: "tea".to_owned(), quantity: 1, modifiers: Vec::new() }],
        fulfilment: oolong_intent::Fulfilment::Pickup,
        place: None,
        ready_at: None,
        vouchers: VoucherChoice::None,
    });
    let mut request = request;
    let shopper = Actor::Shopper(shopper);
    for _ in 0..30 {
        let act = Act::PlaceOrder { request: request.clone(), store: store.clone(), near: Vec::new() };
        let reply = ledger.submit(by(shopper.clone(), act)).await.unwrap();
        match serde_json::from_slice(&reply.body).unwrap() {
            OrderReply::Reserved(order) => {
                let confirmed = ledger.submit(by(shopper, Act::Confirm { order: order.id })).await.unwrap();
                assert_eq!(confirmed.status, 200);
                return true;
            }
            OrderReply::Offer(offer) => match offer.later {
                Some(slot) => request.ready_at = Some(slot.ready_at),
                None => return false,
            },
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn four_servers_never_send_a_store_more_than_it_can_begin() {
    const STORES: [(&str, u16); 3] = [("s1", 3), ("s2", 5), ("s3", 1)];
    let time = Arc::new(AtomicI64::new(1_800_000_000_000));
    let clock = Arc::clone(&time);
    let tuning = Tuning { clock: Some(Arc::new(move || clock.load(Ordering::SeqCst))), ..Tuning::default() };
    let url = cluster().fresh_database().unwrap();
    let ledgers: [Ledger; 4] = servers(&url, &tuning).await;
    let mut shoppers = JoinSet::new();
    for number in 0..90 {
        let ledger = ledgers[number % 4].clone();
        let (id, cap) = STORES[number % 3];
        shoppers.spawn(async move { ordered(&ledger, format!("shopper{number}"), store(id, cap)).await });
    }
    // All servers' clockworks, while orders come in and after.
    let mut clockwork = 0;
    let mut taken = Vec::new();
    while !shoppers.is_empty() || clockwork < 600 {
        let mut ticks = JoinSet::new();
        for ledger in ledgers.clone() {
            ticks.spawn(async move { ledger.submit(by(Actor::Clockwork, Act::SendDue)).await.unwrap() });
        }
        ticks.join_all().await;
        while let Some(done) = shoppers.try_join_next() {
            taken.push(done.unwrap());
        }
        if shoppers.is_empty() {
            clockwork += 1;
        }
        time.fetch_add(7_001, Ordering::SeqCst);
    }
    let taken = taken.into_iter().filter(|taken| *taken).count();
    let sent = cluster_rows(&url, "SELECT store, at FROM events WHERE kind = 'order_sent' ORDER BY store, at").await;
    assert_eq!(sent.values().map(Vec::len).sum::<usize>(), taken);
    assert!(taken >= 60, "too few orders to show anything: {taken}");
    for (id, cap) in STORES {
        for window in sent[id].windows(usize::from(cap) + 1) {
            let (first, last) = (window[0], window[usize::from(cap)]);
            assert!(last - first >= 60_000, "{id} got {} orders within {} ms", cap + 1, last - first);
        }
    }
    assert_sound(&ledgers[0]).await;
}

async fn cluster_rows(url: &str, sql: &str) -> BTreeMap<String, Vec<Millis>> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let mut rows = BTreeMap::<String, Vec<Millis>>::new();
    for row in client.query(sql, &[]).await.unwrap() {
        rows.entry(row.get(0)).or_default().push(row.get(1));
    }
    rows
}

/// Claims until it is answered, as a page does: the same key again whenever the ledger cannot be used.
async fn claim_until_answered(ledger: &Ledger, shopper: &str) -> Grant {
    loop {
        match ledger.submit(claim(shopper, "plenty", &format!("{shopper}-claims"))).await {
            Ok(reply) => {
                assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
                return serde_json::from_slice(&reply.body).unwrap();
            }
            Err(LedgerError::Unavailable(_) | LedgerError::Busy(_)) => {
                tokio::time::sleep(Duration::from_millis(50)).await
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Ends connections of the ledgers again and again, and two times kills one of the server's processes outright, upon
/// which PostgreSQL ends all others and recovers from its log.
fn havoc(cluster: &Cluster) {
    const SOMEBODY: &str = "FROM pg_stat_activity WHERE application_name = 'oolong-ledger' ORDER BY random() LIMIT 1";
    let mut ended = 0;
    while ended < 16 {
        std::thread::sleep(Duration::from_millis(40));
        // There may be nobody, or no server, for a moment after a blow.
        let blow = if ended == 4 || ended == 12 {
            let pid = cluster.psql(&format!("SELECT pid {SOMEBODY}")).unwrap_or_default();
            !pid.is_empty()
                && Process::new("kill").args(["-9", pid.trim()]).status().is_ok_and(|status| status.success())
        } else {
            let told = cluster.psql(&format!("SELECT pg_terminate_backend(pid) {SOMEBODY}"));
            told.is_ok_and(|told| told.trim() == "t")
        };
        ended += u32::from(blow);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_claim_is_lost_whatever_happens_to_the_connections() {
    let cluster = Cluster::start().unwrap();
    let url = cluster.fresh_database().unwrap();
    let ledgers: [Ledger; 2] = servers(&url, &Tuning::default()).await;
    let done = Arc::new(AtomicBool::new(false));
    let havoc = tokio::task::spawn_blocking(move || {
        havoc(&cluster);
        cluster
    });
    let mut shoppers = JoinSet::new();
    for number in 0..32 {
        let ledger = ledgers[number % 2].clone();
        let done = Arc::clone(&done);
        shoppers.spawn(async move {
            let mut acknowledged = Vec::new();
            for turn in 0.. {
                if done.load(Ordering::Acquire) {
                    break;
                }
                let shopper = format!("shopper{number}-{turn}");
                let grant = claim_until_answered(&ledger, &shopper).await;
                acknowledged.push((shopper, grant));
            }
            acknowledged
        });
    }
    let _cluster = havoc.await.unwrap();
    done.store(true, Ordering::Release);
    let acknowledged: Vec<(String, Grant)> = shoppers.join_all().await.into_iter().flatten().collect();
    assert!(acknowledged.len() > 100, "only {} claims", acknowledged.len());
    for (shopper, grant) in &acknowledged {
        let wallet = ledgers[0].wallet(shopper).await.unwrap().grants;
        assert_eq!(wallet.iter().map(|held| &held.id).collect::<Vec<_>>(), [&grant.id]);
    }
    let balance = ledgers[0].balances().await.unwrap().into_iter().find(|row| row.id == "plenty").unwrap();
    assert_eq!(balance.claimed, i64::try_from(acknowledged.len()).unwrap());
    assert_sound(&ledgers[1]).await;
}

/// Prints what this machine does; says nothing about whether that is enough.
/// `cargo test --release -p oolong-ledger --test postgres -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, for a quiet machine"]
async fn claims_per_second() {
    const SUBMITTERS: usize = 64;
    for servers_there in [1, 4] {
        let all: [Ledger; 4] = servers(&cluster().fresh_database().unwrap(), &Tuning::default()).await;
        let done = Arc::new(AtomicBool::new(false));
        let mut submitters = JoinSet::new();
        for number in 0..4 * SUBMITTERS {
            let (ledger, done) = (all[number % servers_there].clone(), Arc::clone(&done));
            submitters.spawn(async move {
                let mut waits = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    let shopper = format!("{number:032x}-{}", waits.len());
                    let begin = tokio::time::Instant::now();
                    let reply = ledger.submit(claim(&shopper, "plenty", &format!("{shopper}-claim"))).await.unwrap();
                    assert_eq!(reply.status, 201);
                    waits.push(begin.elapsed());
                }
                waits
            });
        }
        let seconds = 10;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        done.store(true, Ordering::Relaxed);
        let mut waits: Vec<Duration> = submitters.join_all().await.into_iter().flatten().collect();
        waits.sort();
        let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
        println!(
            "{servers_there} server(s), {} submitters: {} claims/s, waiting {:?} (median), {:?} (99 %)",
            4 * SUBMITTERS,
            waits.len() / seconds as usize,
            at(50),
            at(99)
        );
        assert_sound(&all[0]).await;
    }
}
