//! Connections that break at the worst moments, and units that break by themselves.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::*;

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

async fn claims_through(url: String, direct: String) -> (Result<(), Setback>, usize) {
    let (backend, _) = opened(&direct).await;
    let config = session::config(&url).unwrap();
    let unit = apart(move || {
        let mut writer = writer::PostgresWriter::new(config, None, Arc::new(Timeline::new(Millis::MIN)));
        store(&mut writer, &Changes { grants: vec![(grant("ann", 1), true)], ..Changes::default() })
    })
    .await;
    (unit, backend.wallet("ann".to_owned()).await.unwrap().len())
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
