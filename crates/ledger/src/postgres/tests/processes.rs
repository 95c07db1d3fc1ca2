//! Several processes on one database: none gets into another's way, none misses anything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use super::*;

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
