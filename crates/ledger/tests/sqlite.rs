//! The cases on SQLite files, and what is only there: files that are full, files that somebody has tampered with.

#![allow(clippy::unwrap_used, reason = "what is unwrapped is made here")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use common::cases::{self, Step};
use common::{BEGIN, Shop, campaign, claim, near, shopper, store};
use oolong_ledger::{Act, Actor, LedgerError, Place, Tuning};
use oolong_protocol::shop::OrderReply;
use proptest::prelude::*;
use rusqlite::Connection;

macro_rules! on_sqlite {
    ($($case:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            let folder = tempfile::tempdir().unwrap();
            cases::$case(Place::Sqlite(folder.path().join("ledger.sqlite"))).await;
        }
    )* };
}

on_sqlite! { vouchers operation orders stores stampede idempotency reopening offers outbox changes backlog forgotten busy_for_a_while }

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (prop_oneof![Just(0_u32), 1_u32..900], prop::bool::weighted(0.9)).prop_map(|(at, yes)| Step::Order(at, yes)),
        4 => Just(Step::Clockwork),
        4 => prop_oneof![0_i64..3_000, 0_i64..90_000, Just(3_600_000)].prop_map(Step::Pass),
        1 => prop_oneof![Just(0_i64), 0_i64..3_600_000].prop_map(Step::Restart),
        1 => (1_u16..5).prop_map(Step::Pace),
        1 => Just(Step::Cancel),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_store_gets_more_orders_in_a_minute_than_it_can_begin(steps in prop::collection::vec(step(), 1..120)) {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Sqlite(folder.path().join("ledger.sqlite"));
        tokio::runtime::Runtime::new().unwrap().block_on(cases::capacity(place, steps));
    }
}

/// A ledger with one of everything, closed.
async fn sample(path: &Path) {
    let place = Place::Sqlite(path.to_owned());
    let shop = Shop::open(&place).await;
    for (who, voucher) in [("ann", "free"), ("ann", "off"), ("bob", "free"), ("cid", "free")] {
        let reply = shop.keyed(shopper(who), &format!("key-{who}-{voucher}"), 1, claim(voucher)).await.unwrap();
        assert_eq!(reply.status, 201);
    }
    shop.act(Actor::Store("s1".to_owned()), Act::Redeem { grant: "bob:free:1".to_owned(), brand: "leaf".to_owned() })
        .await;
    for who in ["ann", "dan", "eve"] {
        let request = Box::new(cases::request("s1", (who == "eve").then_some(BEGIN + 3_600_000)));
        let act = Act::PlaceOrder { request, store: Box::new(store("s1")), near: near() };
        let reply = shop.act(shopper(who), act).await;
        let OrderReply::Reserved(order) = serde_json::from_slice(&reply.body).unwrap() else { panic!("an offer") };
        if who != "ann" {
            shop.act(shopper(who), Act::Confirm { order: order.id }).await;
        }
    }
    shop.act(Actor::Clockwork, Act::SendDue).await;
    shop.sound().await;
    shop.ledger.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_whatever_is_tampered_with() {
    let folder = tempfile::tempdir().unwrap();
    let tampering = [
        ("UPDATE grants SET state = 'redeemed' WHERE shopper = 'cid'", "its history says claimed"),
        ("UPDATE grants SET state = 'claimed' WHERE shopper = 'bob'", "its history says redeemed"),
        ("DELETE FROM grants WHERE shopper = 'cid'", "is named by a reply and has no row"),
        ("INSERT INTO grants SELECT shopper, voucher, 2, state, claimed_at, order_id, store, changed_at, NULL, NULL
          FROM grants
          WHERE shopper = 'cid'", "a shopper may have 1"),
        ("INSERT INTO grants SELECT 'zoe', voucher, 1, 'claimed', 0, NULL, NULL, 0, NULL, NULL
          FROM grants WHERE shopper = 'cid'",
         "its history says nothing"),
        ("UPDATE grants SET order_id = 'none' WHERE state = 'reserved'", "its order is missing"),
        ("UPDATE vouchers SET available = available + 1, issued = issued + 1 WHERE id = 'free'", "issued by its balance"),
        ("UPDATE vouchers SET available = available + 1, claimed = claimed - 1 WHERE id = 'free'", "by its balance"),
        ("UPDATE vouchers SET redeemed = 0, claimed = claimed + 1 WHERE id = 'free'", "1 by the history"),
        ("DELETE FROM events WHERE kind = 'redeemed'", "its history says claimed"),
        ("DELETE FROM events WHERE kind = 'issued'", "by the history"),
        ("INSERT INTO events (at, kind, actor_kind, actor, voucher, grant_id, count, detail)
          SELECT at, kind, actor_kind, actor, voucher, grant_id, count, detail FROM events WHERE kind = 'redeemed'",
         "cannot be redeemed from redeemed"),
        ("UPDATE events SET grant_id = 'yan:free:1' WHERE kind = 'claimed' AND actor = 'cid'", "has no row"),
        ("INSERT INTO replies (digest, fingerprint, status, grant_id, at, body)
          VALUES (x'00', x'00', 201, 'xia:free:1', 0, x'00')", "is named by a reply"),
        ("UPDATE orders SET state = 'collected', body = replace(body, '\"state\":\"sent\"', '\"state\":\"collected\"')
          WHERE state = 'sent'", "its history says sent"),
        ("UPDATE orders SET announced = announced + 1 WHERE state = 'sent'", "announcements, it says"),
        ("DELETE FROM orders WHERE state = 'sent'", "is named by the history and has no row"),
        ("UPDATE orders SET starts_at = starts_at + 1 WHERE state = 'confirmed'", "slots booked"),
        ("UPDATE stores SET booked = x''", "0 slots booked"),
        ("UPDATE events SET count = 0 WHERE kind = 'order_sent'", "in the minute before"),
    ];
    for (number, (sql, told)) in tampering.into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.sqlite"));
        sample(&path).await;
        let raw = Connection::open(&path).unwrap();
        raw.execute_batch("DROP TRIGGER events_are_not_altered; DROP TRIGGER events_are_not_deleted;").unwrap();
        assert!(raw.execute(sql, []).unwrap() > 0, "nothing to tamper with: {sql}");
        drop(raw);
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let shop = Shop::open_at(&Place::Sqlite(path), clock, campaign(10)).await.unwrap();
        let audit = shop.ledger.audit().await.unwrap();
        assert!(audit.breaches.iter().any(|breach| breach.contains(told)), "{sql}: {:?}", audit.breaches);
        shop.ledger.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_neither_altered_nor_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    sample(&path).await;
    let raw = Connection::open(&path).unwrap();
    for sql in ["UPDATE events SET at = 0", "DELETE FROM events"] {
        assert!(raw.execute(sql, []).unwrap_err().to_string().contains("the history is not"), "{sql}");
    }
    // Nor does the database take a balance that does not add up.
    assert!(raw.execute("UPDATE vouchers SET available = available + 1", []).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_everything_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let place = Place::Sqlite(path.clone());
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let tight = Tuning { pages: Some(200), ..Tuning::default() };
    let shop = Shop::open_tuned(&place, Arc::clone(&clock), campaign(1_000_000), tight).await.unwrap();
    let mut claimed = 0;
    let refused = loop {
        let who = format!("p{claimed}");
        match shop.keyed(shopper(&who), &format!("key-{claimed:06}"), 1, claim("free")).await {
            Ok(reply) => assert_eq!(reply.status, 201),
            Err(error) => break error,
        }
        claimed += 1;
        assert!(claimed < 20_000, "the file never was full");
    };
    assert_eq!(refused, LedgerError::Full);
    // All that wait in one unit hear the same; reading goes on.
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let shop = shop.clone();
            let who = format!("q{number}");
            tokio::spawn(async move { shop.keyed(shopper(&who), &format!("key-{who}-key"), 1, claim("free")).await })
        })
        .collect();
    for task in tasks {
        assert!(matches!(task.await.unwrap(), Ok(_) | Err(LedgerError::Full)));
    }
    assert_eq!(shop.ledger.wallet("p0").await.unwrap().grants.len(), 1);
    assert_eq!(shop.ledger.wallet(&format!("p{claimed}")).await.unwrap().grants.len(), 0);
    shop.sound().await;
    // There is room again: what was refused goes through with the same key.
    shop.ledger.close().await;
    let shop = Shop::open_at(&place, clock, campaign(1_000_000)).await.unwrap();
    let reply =
        shop.keyed(shopper(&format!("p{claimed}")), &format!("key-{claimed:06}"), 1, claim("free")).await.unwrap();
    assert_eq!((reply.status, reply.replayed), (201, false));
    shop.sound().await;
    shop.ledger.close().await;
}

/// What version 2 and 3 did, undone.
const BACK_TO_VERSION_1: &str = "
    DROP INDEX orders_under_way;
    DROP INDEX replies_by_digest;
    CREATE UNIQUE INDEX replies_by_digest ON replies (digest);
    ALTER TABLE grants DROP COLUMN digest;
    ALTER TABLE grants DROP COLUMN reply;
    DELETE FROM migrations WHERE version > 1;";

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_of_version_1_gives_the_same_replies_after_its_migration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    sample(&path).await;
    Connection::open(&path).unwrap().execute_batch(BACK_TO_VERSION_1).unwrap();
    let stored = |digest_of: &str| -> Vec<u8> {
        let sql = "SELECT body FROM replies WHERE grant_id = ?1 AND status = 201";
        Connection::open(&path).unwrap().query_row(sql, [digest_of], |row| row.get(0)).unwrap()
    };
    let before = [("ann", "free"), ("ann", "off"), ("bob", "free")].map(|(who, voucher)| {
        let body = stored(&format!("{who}:{voucher}:1"));
        (who, voucher, body)
    });
    let shop = Shop::open(&Place::Sqlite(path.clone())).await;
    for (who, voucher, body) in before {
        let again = shop.keyed(shopper(who), &format!("key-{who}-{voucher}"), 1, claim(voucher)).await.unwrap();
        assert_eq!((again.status, again.replayed, &again.body[..]), (201, true, &body[..]), "{who} {voucher}");
        let other = shop.keyed(shopper(who), &format!("key-{who}-{voucher}"), 2, claim(voucher)).await;
        assert!(matches!(other, Err(LedgerError::KeyReused)), "{other:?}");
    }
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_stays_short_while_nobody_pauses() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let tuning = Tuning { log: Some(800), ..Tuning::default() };
    let shop =
        Shop::open_tuned(&Place::Sqlite(path.clone()), Arc::new(AtomicI64::new(BEGIN)), campaign(100_000), tuning)
            .await
            .unwrap();
    let crowd: Vec<_> = (0..128)
        .map(|worker| {
            let shop = shop.clone();
            tokio::spawn(async move {
                for number in 0..100_u32 {
                    // Ids are spread like hashes, as those of shoppers are.
                    let spread = (worker * 100 + number).wrapping_mul(0x9e37_79b9);
                    let reply = shop.keyed(shopper(&format!("{spread:08x}")), "claim-it", 1, claim("free")).await;
                    assert_eq!(reply.unwrap().status, 201);
                }
            })
        })
        .collect();
    for claims in crowd {
        claims.await.unwrap();
    }
    let log = std::fs::metadata(folder.path().join("ledger.sqlite-wal")).unwrap().len();
    // Without checkpoints it would have the pages of all 12,800 claims, which are about 45 MB.
    assert!(log < 16 << 20, "{log} bytes");
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    sample(&path).await;
    Connection::open(&path).unwrap().execute("INSERT INTO migrations (version) VALUES (99)", []).unwrap();
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let refused = Shop::open_at(&Place::Sqlite(path), clock, campaign(10)).await.err();
    assert!(matches!(&refused, Some(LedgerError::Mismatch(why)) if why.contains("version 99")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_turned_away_while_too_many_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let place = Place::Sqlite(path.clone());
    let shop = Shop::open(&place).await;
    // Another process holds the file, so that the queue does not move.
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let tasks: Vec<_> = (0..20_000)
        .map(|number| {
            let shop = shop.clone();
            tokio::spawn(async move {
                let act = claim("free");
                shop.ledger
                    .submit(oolong_ledger::Command { actor: shopper(&format!("p{number}")), idempotency: None, act })
                    .await
            })
        })
        .collect();
    while shop.ledger.waiting() < 16_384 {
        tokio::task::yield_now().await;
    }
    raw.execute_batch("ROLLBACK").unwrap();
    let (mut decided, mut busy) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => decided += 1,
            Err(LedgerError::Busy(_)) => busy += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(decided >= 16_384, "{decided} decided, {busy} turned away");
    let rows = shop.ledger.balances().await.unwrap();
    assert_eq!(rows.iter().find(|row| row.id == "free").unwrap().available, 0);
    shop.sound().await;
    shop.ledger.close().await;
}
