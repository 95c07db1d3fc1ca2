//! Units of work on a real server, without rules: rows come back as they were stored, whatever goes wrong between.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use oolong_protocol::shop::{Availability, Goods, GrantState, Order, OrderState, PriceView};
use xtask::postgres::Cluster;

use super::*;
use crate::backend::{Changes, Keys, Rows, Setback};
use crate::rows::{EventKind, EventRow, OutboxState, ReplyRow};

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start().expect("PostgreSQL is there or can be installed"))
}

fn fresh() -> String {
    cluster().fresh_database().unwrap()
}

async fn opened(url: &str) -> (Arc<dyn Backend>, Box<dyn Writer>) {
    let backend = open(url.to_owned(), "tea".to_owned(), Tuning::default()).await.unwrap();
    let writer = backend.writers().unwrap().remove(0);
    (backend, writer)
}

/// Runs what blocks on a thread of its own, as the ledger does.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn voucher(id: &str, available: i64) -> VoucherRow {
    VoucherRow { id: id.to_owned(), issued: available, available, per_shopper: 1, ..VoucherRow::default() }
}

fn grant(shopper: &str, n: i64) -> GrantRow {
    GrantRow {
        shopper: shopper.to_owned(),
        voucher: "milk tea".to_owned(),
        n,
        state: GrantState::Claimed,
        claimed_at: 5,
        order: None,
        store: None,
        changed_at: 5,
    }
}

fn order(id: &str, state: OrderState, starts_at: Millis) -> OrderRow {
    OrderRow {
        order: Order {
            id: id.to_owned(),
            number: "A1".to_owned(),
            state,
            store: "s1".to_owned(),
            store_names: vec!["Nayuki".to_owned(), "奈雪".to_owned()],
            goods: vec![Goods { item: "tea".to_owned(), quantity: 2, modifiers: vec!["ice:*0".to_owned()] }],
            fulfilment: oolong_intent::Fulfilment::Delivery,
            place: Some("\"Gate\" 4\u{1f375}".to_owned()),
            price: PriceView { currency: "CNY".to_owned(), total: 1800, ..PriceView::default() },
            placed_at: starts_at,
            ready_at: 9,
            reserved_until: None,
            changed_at: 7,
        },
        shopper: "ann".to_owned(),
        brand: "nayuki".to_owned(),
        grants: vec!["ann:milk tea:1".to_owned()],
        starts_at,
        hold_until: starts_at + 10,
        sent_at: None,
        announced: 1,
    }
}

fn event(kind: EventKind, store: Option<&str>) -> EventRow {
    EventRow {
        at: 1,
        kind,
        actor_kind: "clockwork",
        actor: String::new(),
        voucher: None,
        grant: None,
        order: None,
        store: store.map(str::to_owned),
        count: 1,
        detail: "{}".to_owned(),
    }
}

fn all_kinds() -> Changes {
    let store = StoreRow {
        id: "s1".to_owned(),
        said: Some(Availability::Busy),
        minutes: Some(12),
        booked: vec![1, 60_000, 60_000],
        sent: vec![1_790_000_000_000],
        shown: Some(Availability::Open),
        ..StoreRow::default()
    };
    let outbox = OutboxRow {
        order: "o1".to_owned(),
        seq: 1,
        url: "http://partner/".to_owned(),
        payload: "{\"a\": 1}".to_owned(),
        due_at: 3,
        attempts: 0,
        state: OutboxState::Pending,
        created_at: 2,
        error: String::new(),
    };
    let reply = ReplyRow {
        digest: [7; 16],
        fingerprint: [8; 32],
        status: 201,
        body: Arc::from(&b"{\"state\":\"claimed\"}\0\xff"[..]),
        grant: Some("ann:milk tea:1".to_owned()),
        at: 4,
    };
    Changes {
        vouchers: vec![VoucherRow { walk: Some(String::new()), valid_until: Some(9), ..voucher("milk tea", 10) }],
        grants: vec![(grant("bob", 1), true), (grant("ann", 2), true), (grant("ann", 1), true)],
        orders: vec![(order("o1", OrderState::Confirmed, 3), true), (order("o2", OrderState::Reserved, 1), true)],
        stores: vec![store],
        outbox: vec![outbox],
        replies: vec![reply],
        events: vec![event(EventKind::Claimed, None), event(EventKind::StoreState, Some("s1"))],
    }
}

/// All rows that these keys find.
fn load(writer: &mut dyn Writer, keys: &Keys) -> Rows {
    let mut found = Rows::default();
    let unit = writer.unit(keys, &mut |rows, _| {
        found = rows;
        Changes::default()
    });
    unit.unwrap();
    found
}

fn store(writer: &mut dyn Writer, changes: &Changes) -> Result<(), Setback> {
    writer.unit(&Keys::default(), &mut |_, _| changes.clone())
}

fn names<const N: usize>(names: [&str; N]) -> std::collections::BTreeSet<String> {
    names.map(str::to_owned).into()
}

#[tokio::test]
async fn rows_come_back_as_they_were_stored_and_draw_in_what_belongs_to_them() {
    let (backend, mut writer) = opened(&fresh()).await;
    apart(move || {
        let stored = all_kinds();
        store(&mut *writer, &stored).unwrap();
        let keys = Keys {
            replies: vec![[7; 16], [9; 16]],
            outbox: names(["o1"]),
            due: 5,
            lapsed: 5,
            walk: 2,
            ..Keys::default()
        };
        let rows = load(&mut *writer, &keys);
        assert_eq!(rows.vouchers, stored.vouchers);
        assert_eq!(rows.orders, [stored.orders[0].0.clone(), stored.orders[1].0.clone()]);
        assert_eq!((rows.due, rows.lapsed), (vec!["o1".to_owned()], vec!["o2".to_owned()]));
        assert_eq!(rows.stores, stored.stores);
        assert_eq!(rows.outbox, stored.outbox);
        assert_eq!(rows.replies, stored.replies);
        // Those of Ann by her orders and by the walk, none twice; Bob's are beyond the stretch.
        assert_eq!(rows.grants, [grant("ann", 1), grant("ann", 2)]);
        let walk = rows.walk.unwrap();
        assert_eq!(walk.grants, ["ann:milk tea:1", "ann:milk tea:2"]);
        assert_eq!(walk.next.as_deref(), Some("ann:milk tea:2"));

        // Changed rows replace what was there; only new ones are inserted.
        let mut changes = Changes::default();
        let mut next = || {
            writer.unit(&Keys { orders: names(["o1"]), ..Keys::default() }, &mut |rows, _| {
                changes = Changes {
                    vouchers: vec![VoucherRow { walk: walk.next.clone(), ..rows.vouchers[0].clone() }],
                    grants: vec![(
                        GrantRow { state: GrantState::Reserved, order: Some("o1".to_owned()), ..grant("ann", 1) },
                        false,
                    )],
                    orders: vec![(OrderRow { sent_at: Some(8), ..order("o1", OrderState::Sent, 3) }, false)],
                    stores: vec![StoreRow { said: None, booked: vec![], ..rows.stores[0].clone() }],
                    ..Changes::default()
                };
                changes.clone()
            })
        };
        next().unwrap();
        let rows = load(&mut *writer, &Keys { walk: 2, orders: names(["o1", "none"]), ..Keys::default() });
        assert_eq!(rows.vouchers, changes.vouchers);
        assert_eq!(rows.orders, [changes.orders[0].0.clone()]);
        assert_eq!(rows.stores, changes.stores);
        assert_eq!(rows.grants, [changes.grants[0].0.clone(), grant("ann", 2), grant("bob", 1)]);
        let walk = rows.walk.unwrap();
        assert_eq!((walk.grants, walk.next), (vec!["bob:milk tea:1".to_owned()], None));
    })
    .await;
    assert_eq!(backend.wallet("ann".to_owned()).await.unwrap().len(), 2);
    assert_eq!(backend.queue("s1".to_owned(), 9).await.unwrap()[0].order.id, "o1");
    let listed = backend.orders("ann".to_owned(), 9).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.order.id.as_str()).collect::<Vec<_>>(), ["o1", "o2"]);
    assert_eq!(backend.order("o2".to_owned()).await.unwrap().unwrap(), order("o2", OrderState::Reserved, 1));
    assert_eq!(backend.outbox_due(3, 9).await.unwrap().len(), 1);
    assert_eq!(backend.outbox_due(2, 9).await.unwrap().len(), 0);
    assert_eq!(backend.changes(0, 9).await.unwrap(), [(2, "s1".to_owned(), "{}".to_owned())]);
    assert_eq!(backend.last_event().await.unwrap(), 2);
    backend.audit(Auditor::default()).await.unwrap();
}

#[tokio::test]
async fn a_key_that_somebody_else_took_is_a_conflict_and_nothing_is_stored() {
    let (_, mut writer) = opened(&fresh()).await;
    apart(move || {
        store(&mut *writer, &all_kinds()).unwrap();
        let taken = [
            Changes { grants: vec![(grant("ann", 1), true)], ..Changes::default() },
            Changes { orders: vec![(order("o1", OrderState::Sent, 1), true)], ..Changes::default() },
            Changes { replies: all_kinds().replies, ..Changes::default() },
            // Not loaded, thus taken for new.
            Changes { stores: all_kinds().stores, ..Changes::default() },
            Changes { vouchers: all_kinds().vouchers, ..Changes::default() },
        ];
        for mut changes in taken {
            changes.events.push(event(EventKind::Claimed, None));
            changes.grants.push((grant("eve", 1), true));
            assert_eq!(store(&mut *writer, &changes), Err(Setback::Conflict), "{changes:?}");
        }
        assert_eq!(load(&mut *writer, &Keys { wallets: names(["eve"]), ..Keys::default() }).grants, []);
        // More than there is: refused by the database itself.
        let mut overdrawn = voucher("coffee", 1);
        overdrawn.available = -1;
        overdrawn.claimed = 2;
        let refused = store(&mut *writer, &Changes { vouchers: vec![overdrawn], ..Changes::default() });
        assert!(matches!(refused, Err(Setback::Failed(LedgerError::Unavailable(_)))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_same_campaign_is_welcome_again_and_another_is_not() {
    let url = fresh();
    let opening = |campaign: &str| open(url.clone(), campaign.to_owned(), Tuning::default());
    // As many processes that start together.
    let (one, two, three) = tokio::join!(opening("tea"), opening("tea"), opening("tea"));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert!(matches!(opening("coffee").await, Err(LedgerError::Mismatch(_))));
    let (client, _driver) = session::connect(&session::config(&url).unwrap()).await.unwrap();
    client.batch_execute("INSERT INTO ledger_migrations (number) VALUES (99)").await.unwrap();
    assert!(matches!(opening("tea").await, Err(LedgerError::Mismatch(_))));
}

#[tokio::test]
async fn events_are_neither_altered_nor_deleted() {
    let url = fresh();
    let (_, mut writer) = opened(&url).await;
    apart(move || store(&mut *writer, &all_kinds()).unwrap()).await;
    let (client, _driver) = session::connect(&session::config(&url).unwrap()).await.unwrap();
    for statement in ["UPDATE events SET at = 0", "DELETE FROM events", "TRUNCATE events", "TRUNCATE events CASCADE"] {
        let error = client.batch_execute(statement).await.expect_err(statement);
        assert!(error.as_db_error().is_some_and(|error| error.message().contains("only appended")), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_the_changes_misses_none() {
    let url = fresh();
    let (backend, _) = opened(&url).await;
    let done = Arc::new(AtomicBool::new(false));
    let writing: Vec<_> = (0..4)
        .map(|_| {
            let mut writer = backend.writers().unwrap().remove(0);
            tokio::task::spawn_blocking(move || {
                for _ in 0..60 {
                    let events = vec![event(EventKind::Claimed, None), event(EventKind::StoreState, Some("s"))];
                    store(&mut *writer, &Changes { events, ..Changes::default() }).unwrap();
                }
            })
        })
        .collect();
    let following = tokio::spawn({
        let (backend, done) = (Arc::clone(&backend), Arc::clone(&done));
        async move {
            let (mut after, mut seen) = (0, Vec::new());
            loop {
                let last = done.load(Ordering::Acquire);
                let found = backend.changes(after, 7).await.unwrap();
                // Who looks now and follows from here on must not be told of what is older.
                assert!(backend.last_event().await.unwrap() >= found.last().map_or(after, |change| change.0));
                match found.last() {
                    Some((seq, ..)) => after = *seq,
                    None if last => return seen,
                    None => {}
                }
                seen.extend(found.into_iter().map(|(seq, ..)| seq));
            }
        }
    });
    for writer in writing {
        writer.await.unwrap();
    }
    done.store(true, Ordering::Release);
    let seen = following.await.unwrap();
    assert_eq!(seen.len(), 240, "some were missed");
    assert!(seen.is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_different_processes_wait_for_each_others_rows() {
    let url = fresh();
    let (backend, mut first) = opened(&url).await;
    let mut first = apart(move || {
        let vouchers = vec![voucher("milk tea", 1_000), voucher("coffee", 1_000)];
        store(&mut *first, &Changes { vouchers, ..Changes::default() }).unwrap();
        first
    })
    .await;
    let mut writers = vec![backend.writers().unwrap().remove(0), backend.writers().unwrap().remove(0)];
    let counting = move |mut writer: Box<dyn Writer>| {
        tokio::task::spawn_blocking(move || {
            let keys = Keys { vouchers: names(["milk tea", "coffee"]), ..Keys::default() };
            let mut times = Vec::new();
            for _ in 0..100 {
                let unit = writer.unit(&keys, &mut |rows, now| {
                    times.push(now);
                    let mut vouchers = rows.vouchers;
                    for row in &mut vouchers {
                        row.available -= 1;
                        row.claimed += 1;
                    }
                    Changes { vouchers, ..Changes::default() }
                });
                assert_eq!(unit, Ok(()), "conflicts are for rows that cannot be locked");
            }
            assert!(times.is_sorted());
        })
    };
    let (one, two) = (counting(writers.remove(0)), counting(writers.remove(0)));
    one.await.unwrap();
    two.await.unwrap();
    let rows = apart(move || load(&mut *first, &Keys { every_voucher: true, ..Keys::default() })).await;
    assert_eq!(rows.vouchers.iter().map(|row| row.available).collect::<Vec<_>>(), [800, 800]);
}

/// Passes bytes on between a client and the server, until it has passed on a commit: then it waits until the server has
/// done it and breaks the connection without passing the answer on. Once.
fn treacherous(url: &str, before_commit: bool) -> String {
    let (folder, database) = url.strip_prefix("postgres://postgres@").unwrap().split_once('/').unwrap();
    let socket = format!("{}/.s.PGSQL.5432", folder.replace("%2F", "/"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let armed = Arc::new(AtomicBool::new(true));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = UnixStream::connect(&socket).unwrap();
            let broken = Arc::new(AtomicBool::new(false));
            let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let cut = Arc::clone(&broken);
            thread::spawn(move || {
                let mut buffer = [0; 65_536];
                while let Ok(count @ 1..) = from_server.read(&mut buffer) {
                    if cut.load(Ordering::Acquire) || to_client.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
            });
            let (mut from_client, mut to_server, armed) = (client, server, Arc::clone(&armed));
            thread::spawn(move || {
                let mut buffer = [0; 65_536];
                while let Ok(count @ 1..) = from_client.read(&mut buffer) {
                    let commit = buffer[..count].windows(6).any(|window| window == b"COMMIT");
                    if commit && armed.swap(false, Ordering::AcqRel) {
                        broken.store(true, Ordering::Release);
                        if !before_commit {
                            to_server.write_all(&buffer[..count]).unwrap();
                            thread::sleep(Duration::from_millis(300));
                        }
                        let _ = from_client.shutdown(Shutdown::Both);
                        let _ = to_server.shutdown(Shutdown::Both);
                        return;
                    }
                    if to_server.write_all(&buffer[..count]).is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("postgres://postgres@127.0.0.1:{port}/{database}")
}

async fn claims_through(url: String, direct: String) -> (Result<(), Setback>, usize) {
    let (backend, _) = opened(&direct).await;
    let config = session::config(&url).unwrap();
    let unit = apart(move || {
        let mut writer = writer::PostgresWriter::new(config, None);
        store(&mut writer, &Changes { grants: vec![(grant("ann", 1), true)], ..Changes::default() })
    })
    .await;
    (unit, backend.wallet("ann".to_owned()).await.unwrap().len())
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_known_to_be_done() {
    let url = fresh();
    drop(opened(&url).await);
    assert_eq!(claims_through(treacherous(&url, false), url).await, (Ok(()), 1));
}

#[tokio::test]
async fn a_commit_that_did_not_arrive_is_known_not_to_be_done() {
    let url = fresh();
    drop(opened(&url).await);
    assert_eq!(claims_through(treacherous(&url, true), url).await, (Err(Setback::Conflict), 0));
}

#[tokio::test]
async fn a_connection_that_was_ended_between_two_units_is_not_noticed() {
    let url = fresh();
    let (backend, mut writer) = opened(&url).await;
    backend.now().await.unwrap();
    let mut writer = apart(move || {
        store(&mut *writer, &Changes { grants: vec![(grant("ann", 1), true)], ..Changes::default() }).unwrap();
        writer
    })
    .await;
    let ended = cluster()
        .psql(&format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{}'",
            url.rsplit_once('/').unwrap().1
        ))
        .unwrap();
    assert!(ended.trim().parse::<u32>().unwrap() >= 2, "{ended}");
    apart(move || {
        store(&mut *writer, &Changes { grants: vec![(grant("ann", 2), true)], ..Changes::default() }).unwrap()
    })
    .await;
    assert_eq!(backend.wallet("ann".to_owned()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_unit_that_panicked_leaves_nothing_behind() {
    let (backend, mut writer) = opened(&fresh()).await;
    apart(move || {
        let first = Changes { stores: all_kinds().stores, ..Changes::default() };
        store(&mut *writer, &first).unwrap();
        let keys = Keys { stores: names(["s1"]), ..Keys::default() };
        let unit = AssertUnwindSafe(|| writer.unit(&keys, &mut |_, _| panic!("a broken rule")));
        assert!(catch_unwind(unit).is_err());
        // Another process is not kept waiting for the row, and this one goes on.
        let mut other = backend.writers().unwrap().remove(0);
        store(&mut *writer, &Changes { grants: vec![(grant("ann", 1), true)], ..Changes::default() }).unwrap();
        assert_eq!(load(&mut *other, &keys).stores, first.stores);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_and_no_hang() {
    let url = "postgres://postgres@127.0.0.1:1/none";
    let error = open(url.to_owned(), "tea".to_owned(), Tuning::default()).await.err();
    assert!(matches!(error, Some(LedgerError::Unavailable(_))), "{error:?}");
    assert!(matches!(session::config("mysql://secret@host"), Err(LedgerError::Mismatch(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_goes_to_one_process_only() {
    let url = fresh();
    let (backend, mut first) = opened(&url).await;
    let mut second = backend.writers().unwrap().remove(0);
    apart(move || {
        store(&mut *first, &all_kinds()).unwrap();
        let keys = Keys { due: 5, ..Keys::default() };
        let (tell, told) = mpsc::channel();
        first
            .unit(&keys, &mut |rows, _| {
                assert_eq!(rows.due, ["o1"]);
                let other = thread::scope(|scope| scope.spawn(|| load(&mut *second, &keys)).join().unwrap());
                tell.send(other.due).unwrap();
                Changes::default()
            })
            .unwrap();
        assert_eq!(told.recv().unwrap(), Vec::<String>::new());
    })
    .await;
}
