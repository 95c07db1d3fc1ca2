//! Questions to the server, in three rhythms. HTTP is spoken by hand: whatever the generator computes, the server lacks.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io};

use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Case, Utterance};
use oolong_remote::Question;
use oolong_tests::cases;
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::{net::TcpStream, task::JoinSet};
use xtask::workspace::{self, now};

/// The longest that a client of ours waits.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two questions of a quiet time.
const QUIET: Duration = Duration::from_millis(200);
/// The server closes connections that idle for 20 s: ours are not used for so long that this could happen meanwhile.
const IDLE: Duration = Duration::from_secs(10);

/// What all questions share.
pub(crate) struct Load {
    address: SocketAddr,
    bodies: Vec<String>,
    asked: AtomicU32,
    idle: Mutex<VecDeque<(Instant, BufReader<TcpStream>)>>,
}

/// How one question went.
pub(crate) struct Sample {
    /// The status, and the server's code if it was refused.
    pub(crate) kind: String,
    /// From when it was due, so that a generator that is late flatters nobody.
    pub(crate) ms: f64,
    /// When the reply was there.
    pub(crate) done: Instant,
    /// Whether the reply says when to come back.
    pub(crate) retry_after: bool,
}

impl Load {
    /// For the server at `address`.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, bodies: bodies(), asked: AtomicU32::new(0), idle: Mutex::default() }
    }

    /// Answers per second for so many clients, each of which asks again as soon as it is answered.
    pub(crate) async fn closed_loop(self: &Arc<Self>, clients: usize, time: Duration) -> f64 {
        let end = now() + time;
        let mut loops = JoinSet::new();
        for _ in 0..clients {
            let load = Arc::clone(self);
            loops.spawn(async move {
                let mut count = 0;
                while now() < end {
                    let sample = load.sample(load.next(), now()).await;
                    count += u32::from(sample.kind == "200" && sample.done <= end);
                }
                count
            });
        }
        f64::from(loops.join_all().await.iter().sum::<u32>()) / time.as_secs_f64()
    }

    /// Questions at random moments, whether or not earlier ones are answered; gives those, when the time is over.
    pub(crate) async fn open_loop(self: &Arc<Self>, rate: f64, time: Duration) -> JoinSet<Sample> {
        let mut random = SmallRng::seed_from_u64(0);
        let (mut due, mut samples) = (now(), JoinSet::new());
        let end = due + time;
        loop {
            due += Duration::from_secs_f64(-(1.0 - random.random::<f64>()).ln() / rate);
            tokio::time::sleep_until(due.min(end).into()).await;
            if due >= end {
                return samples;
            }
            let load = Arc::clone(self);
            samples.spawn(async move { load.sample(load.next(), due).await });
        }
    }

    /// The same question over and over, at rest: what differs is the server's doing.
    pub(crate) async fn now_and_then(&self, count: u32) -> Vec<Sample> {
        let (start, mut samples) = (now(), Vec::new());
        for number in 0..count {
            tokio::time::sleep_until((start + number * QUIET).into()).await;
            samples.push(self.sample(&self.bodies[0], now()).await);
        }
        samples
    }

    fn next(&self) -> &str {
        &self.bodies[self.asked.fetch_add(1, Ordering::Relaxed) as usize % self.bodies.len()]
    }

    async fn sample(&self, body: &str, due: Instant) -> Sample {
        let reply = tokio::time::timeout(PATIENCE, self.ask(body)).await;
        let (kind, retry_after) = match reply {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => (format!("error: {:?}", error.kind()), false),
            Err(_) => ("error: no reply".to_owned(), false),
        };
        let done = now();
        Sample { kind, ms: (done - due).as_secs_f64() * 1e3, done, retry_after }
    }

    /// Asks over a connection that is free, or a new one; gives the kind of reply and whether it says when to come back.
    async fn ask(&self, body: &str) -> io::Result<(String, bool)> {
        let free = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop_back();
        let mut connection = match free {
            Some((since, connection)) if since.elapsed() < IDLE => connection,
            _ => BufReader::new(TcpStream::connect(self.address).await?),
        };
        // Another client each time: how much one of them may ask is not what is measured.
        let client = Ipv4Addr::from(self.asked.load(Ordering::Relaxed).wrapping_mul(2_654_435_761));
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             X-Oolong-Attempt: 1\r\nX-Forwarded-For: {client}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        connection.get_mut().set_nodelay(true)?;
        connection.get_mut().write_all(request.as_bytes()).await?;

        let (mut status, mut length, mut retry_after, mut keep) = (String::new(), 0, false, true);
        loop {
            let mut line = String::new();
            if connection.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end().to_ascii_lowercase();
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().map_err(io::Error::other)?,
                Some(("retry-after", value)) => retry_after = value.parse().is_ok_and(|seconds: u32| seconds > 0),
                Some(("connection", value)) => keep = value != "close",
                Some(_) => {}
                None if line.is_empty() => break,
                None => status = line.split(' ').nth(1).unwrap_or_default().to_owned(),
            }
        }
        let mut reply = vec![0; length];
        connection.read_exact(&mut reply).await?;
        if keep {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push_back((now(), connection));
        }
        if status == "200" {
            return Ok((status, retry_after));
        }
        let error: serde_json::Value = serde_json::from_slice(&reply).unwrap_or_default();
        Ok((format!("{status} {}", error["error"]["code"].as_str().unwrap_or("without a code")), retry_after))
    }
}

/// Questions as the page asks them, from this repository's cases.
fn bodies() -> Vec<String> {
    let path = workspace::root().join("public/campaign.json");
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let campaign = Campaign::from_json(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let gazetteer = Gazetteer::new(&campaign);
    let body = |case: &Case| {
        let utterance = Utterance::new(&case.text).unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let request = Question::new(&utterance, &case.context, &campaign, &gazetteer).request("oolong", false);
        serde_json::to_string(&request).unwrap_or_else(|error| panic!("{}: {error}", case.id))
    };
    cases::read("cases_visible.jsonl").iter().map(body).collect()
}
