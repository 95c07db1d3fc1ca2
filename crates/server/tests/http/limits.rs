//! The server is never hurt by its own clients.

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{client, fake, get, header, post, refused, says, until};

#[tokio::test]
async fn overload_is_told_at_once_and_the_rest_is_served_in_time() {
    let (running, seen) = fake("--queue-ms 500 --deadline-ms 10000").await;
    let base = running.url();
    // Teaches the queue how long a question takes.
    for _ in 0..20 {
        assert_eq!(post(&base, says("wait 60")).await.status(), 200);
    }
    seen.asked.store(0, SeqCst);
    #[expect(clippy::disallowed_methods, reason = "the test holds the server's deadline against a clock")]
    let crowd = (0..60).map(|_| async {
        let start = Instant::now();
        let response = post(&base, says("wait 60")).await;
        (response, start.elapsed())
    });
    let mut served = 0;
    for (response, took) in futures::future::join_all(crowd).await {
        if response.status() == 200 {
            served += 1;
            assert!(took <= Duration::from_secs(10), "{took:?}");
        } else {
            assert_eq!(response.status(), 503);
            let wait: u64 = header(&response, "retry-after").parse().expect("seconds");
            assert!((1..=10).contains(&wait), "{wait}");
        }
    }
    assert!((2..60).contains(&served), "{served}");
    assert_eq!(seen.asked.load(SeqCst), served, "no inference for those who were turned away");
    assert_eq!(get(&base, "readyz").await.status(), 200, "and it is over when it is over");
}

#[tokio::test]
async fn a_saturated_server_is_not_ready() {
    let (running, seen) = fake("--queue-ms 0 --deadline-ms 60000").await;
    let base = running.url();
    let (address, busy) = (base.clone(), says("wait 10000"));
    let busy = tokio::spawn(async move { post(&address, busy).await });
    until(|| seen.asked.load(SeqCst) == 1).await;
    refused(post(&base, says("hello")).await, (503, "queue_full")).await;
    refused(get(&base, "readyz").await, (503, "queue_full")).await;
    assert_eq!(get(&base, "healthz").await.status(), 200);
    busy.abort();
}

#[tokio::test]
async fn who_leaves_frees_the_engine_and_the_place() {
    let (running, seen) = fake("--queue-ms 60000 --deadline-ms 60000").await;
    let base = running.url();
    let spawn = |words: &str| {
        let (base, body) = (base.clone(), says(words));
        tokio::spawn(async move { post(&base, body).await })
    };
    let running_one = spawn("wait 50000");
    until(|| seen.asked.load(SeqCst) == 1).await;
    let waiting_one = spawn("wait 50001");
    while !get(&base, "metrics").await.text().await.expect("a body").contains("oolong_queue_length 1") {}
    waiting_one.abort();
    while !get(&base, "metrics").await.text().await.expect("a body").contains("oolong_queue_length 0") {}
    running_one.abort();
    until(|| seen.stopped.load(SeqCst) == 1).await;
    assert_eq!(post(&base, says("hello")).await.status(), 200);
    assert_eq!(seen.asked.load(SeqCst), 2, "the one that waited was never begun");
}

#[tokio::test]
async fn the_deadline_stops_the_engine() {
    let (running, seen) = fake("--deadline-ms 100").await;
    refused(post(&running.url(), says("wait 50000")).await, (503, "deadline_exceeded")).await;
    until(|| seen.stopped.load(SeqCst) == 1).await;
}

#[tokio::test]
async fn a_panic_costs_one_answer() {
    let (running, seen) = fake("").await;
    refused(post(&running.url(), says("panic")).await, (500, "internal_error")).await;
    until(|| seen.built.load(SeqCst) == 2).await;
    assert_eq!(post(&running.url(), says("hello")).await.status(), 200);
}

#[tokio::test]
async fn one_address_has_an_allowance() {
    let (running, _) = fake("--rate-per-minute 1 --burst 2 --trust-proxy").await;
    let from = |address: &'static str| {
        let request = client().post(format!("{}v1/chat/completions", running.url()));
        request.header("content-type", "application/json").header("x-forwarded-for", address).body(says("hello")).send()
    };
    assert_eq!(from("192.0.2.1").await.expect("an answer").status(), 200);
    assert_eq!(from("1.2.3.4, 192.0.2.1").await.expect("an answer").status(), 200);
    let error = refused(from("192.0.2.1").await.expect("an answer"), (429, "rate_limit_exceeded")).await;
    assert_eq!(error.kind, "requests");
    assert_eq!(from("192.0.2.2").await.expect("an answer").status(), 200);
    let metrics = get(&running.url(), "metrics").await.text().await.expect("a body");
    assert!(metrics.contains("oolong_rejected_total{reason=\"rate_limit_exceeded\"} 1"), "{metrics}");
}

#[tokio::test]
async fn draining_finishes_what_was_begun_and_takes_nothing_new() {
    let (running, seen) = fake("--deadline-ms 20000 --drain-seconds 20").await;
    let base = running.url();
    let (address, body) = (base.clone(), says("wait 800"));
    let begun = tokio::spawn(async move { post(&address, body).await });
    until(|| seen.asked.load(SeqCst) == 1).await;
    let stop = tokio::spawn(running.stop());
    while get(&base, "readyz").await.status() == 200 {}
    refused(get(&base, "readyz").await, (503, "draining")).await;
    refused(post(&base, says("hello")).await, (503, "draining")).await;
    assert_eq!(begun.await.expect("no panic").status(), 200);
    stop.await.expect("no panic");
    assert!(reqwest::get(&base).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn drain_does_not_wait_for_ever() {
    let (running, seen) = fake("--deadline-ms 600000 --drain-seconds 0").await;
    let (base, body) = (running.url(), says("wait 500000"));
    let begun = tokio::spawn(async move {
        client()
            .post(format!("{base}v1/chat/completions"))
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
    });
    until(|| seen.asked.load(SeqCst) == 1).await;
    running.stop().await;
    assert!(begun.await.expect("no panic").is_err());
}

/// Sends bytes and reads until the server ends the connection.
async fn raw(base: &str, bytes: &[u8]) -> String {
    let address = base.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(bytes).await.expect("writes");
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply).await;
    String::from_utf8_lossy(&reply).into_owned()
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let (running, _) = fake("--deadline-ms 100").await;
    let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 99\r\n\r\n{";
    let reply = raw(&running.url(), head.as_bytes()).await;
    assert!(reply.starts_with("HTTP/1.1 408") && reply.contains("request_timeout"), "{reply}");
}

#[tokio::test]
async fn garbage_is_answered_or_dropped() {
    let (running, _) = fake("").await;
    for garbage in
        [&b"\x00\x01\x02\r\n\r\n"[..], b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        raw(&running.url(), garbage).await;
    }
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000));
    raw(&running.url(), long.as_bytes()).await;
    assert_eq!(get(&running.url(), "healthz").await.status(), 200);
}

#[tokio::test]
async fn connections_over_the_limit_are_told_so() {
    let (running, _) = fake("--max-connections 1").await;
    let address = running.address;
    let _first = TcpStream::connect(address).await.expect("connects");
    tokio::time::sleep(Duration::from_millis(50)).await;
    let reply = raw(&running.url(), b"").await;
    assert!(reply.starts_with("HTTP/1.1 503") && reply.contains("Retry-After"), "{reply}");
}
