//! Ten thousand browsers and one server in trouble: real HTTP, counted by the server, on a clock of our own.
//!
//! The clients are the policy of this crate as the page drives it, each cold and with dice of its own. Time is virtual, so
//! that minutes take seconds and the figures are the same on every machine; every call is a real request over a socket.

mod server;

use std::{cmp::Reverse, collections::BinaryHeap};

use oolong_cascade::{Breaker, Permit, REMOTE_MS, retry_after};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use server::{Line, Server, Trouble};

const CLIENTS: usize = 10_000;
/// The mean time between two sentences of a client that need the agent, in milliseconds.
const PAUSE_MS: f64 = 20_000.0;
/// How long the server is in trouble, and then well.
const FAILS_MS: f64 = 60_000.0;
const WELL_S: usize = 120;

/// A browser: what it has learned, when it may call again by the server's own word, and its dice.
struct Client {
    breaker: Breaker,
    told_ms: f64,
    dice: SmallRng,
}

/// What happened in one run.
#[derive(Debug)]
struct Outcome {
    /// Calls that the server counted while it failed, for each first attempt among them.
    amplification: f64,
    /// The same, for each sentence that needed the agent.
    per_sentence: f64,
    /// Calls before the time that the server had asked for.
    impatient: usize,
    /// Arrivals per second after the recovery: the most, and the mean.
    peak: f64,
    mean: f64,
    /// From the recovery until 99 of 100 clients had an answer, in milliseconds.
    back_ms: f64,
}

/// Clients that each say one sentence within five seconds, or go on saying sentences.
fn run(trouble: Trouble, once: bool, seed: u64) -> Outcome {
    let server = Server::start(trouble);
    let mut line = Line::new(server.address);
    let mut dice = SmallRng::seed_from_u64(seed);
    let mut clients: Vec<Client> = (0..CLIENTS)
        .map(|_| Client { breaker: Breaker::default(), told_ms: 0.0, dice: SmallRng::seed_from_u64(dice.random()) })
        .collect();
    let micros = |ms: f64| (ms * 1_000.0) as u64;
    // Time in microseconds, client, attempt, and when the sentence's time is up.
    let mut events = BinaryHeap::new();
    for client in 0..CLIENTS {
        let start = dice.random_range(0.0..if once { 5_000.0 } else { PAUSE_MS });
        events.push(Reverse((micros(start), client, 1_u32, 0_u64)));
    }
    let end = FAILS_MS + 1_000.0 * WELL_S as f64;
    let (mut sentences, mut impatient, mut failed) = (0_u64, 0, None);
    let mut seconds = vec![0_u64; WELL_S];
    let mut answered: Vec<Option<f64>> = vec![None; CLIENTS];
    while let Some(Reverse((at, number, attempt, until))) = events.pop() {
        let now = at as f64 / 1_000.0;
        if now >= end {
            break;
        }
        if now >= FAILS_MS && failed.is_none() {
            failed = Some(server.counted());
            server.recover();
        }
        let client = &mut clients[number];
        let mut until = until;
        if attempt == 1 {
            sentences += u64::from(now < FAILS_MS);
            if !once {
                let pause = -PAUSE_MS * client.dice.random_range(f64::EPSILON..1.0).ln();
                events.push(Reverse((micros(now + pause), number, 1, 0)));
            }
            if matches!(client.breaker.take(now), Permit::Rest { .. }) {
                continue;
            }
            until = micros(now + REMOTE_MS);
        }
        impatient += usize::from(now < client.told_ms);
        if now >= FAILS_MS {
            seconds[((now - FAILS_MS) / 1_000.0) as usize] += 1;
        }
        let Err(failure) = line.call(attempt) else {
            client.breaker.answered();
            answered[number].get_or_insert(now - FAILS_MS);
            continue;
        };
        client.told_ms = client.told_ms.max(now + failure.retry_after_ms.unwrap_or(0.0));
        client.breaker.failed(&failure, now, client.dice.random());
        let resting = matches!(client.breaker.look(now), Permit::Rest { .. });
        let (left, dice) = (until as f64 / 1_000.0 - now, &mut client.dice);
        if let Some(delay) = retry_after(&failure, attempt, left, &mut || dice.random()).filter(|_| !resting) {
            events.push(Reverse((micros(now + delay), number, attempt + 1, until)));
        }
    }
    let (first, second) = failed.unwrap_or_else(|| server.counted());
    let mut back: Vec<f64> = answered.into_iter().map(|time| time.unwrap_or(f64::INFINITY)).collect();
    back.sort_by(f64::total_cmp);
    Outcome {
        amplification: (first + second) as f64 / first as f64,
        per_sentence: (first + second) as f64 / sentences as f64,
        impatient,
        peak: seconds.iter().copied().max().unwrap_or(0) as f64,
        mean: seconds.iter().sum::<u64>() as f64 / WELL_S as f64,
        back_ms: back[CLIENTS * 99 / 100],
    }
}

const TROUBLES: [Trouble; 4] =
    [Trouble::Close, Trouble::Status(503, None), Trouble::Status(503, Some(10)), Trouble::Status(429, Some(30))];

#[test]
fn cold_clients_hardly_multiply_the_load() {
    for (seed, trouble) in (100..).zip(TROUBLES) {
        let outcome = run(trouble, true, seed);
        println!("one sentence each, {trouble:?}: {:.3} calls per client", outcome.per_sentence);
        assert!(outcome.amplification <= 1.10 && outcome.per_sentence <= 1.10, "{trouble:?}: {outcome:?}");
        assert_eq!(outcome.impatient, 0, "{trouble:?}: Retry-After is honoured");
    }
}

#[test]
fn clients_come_back_without_a_flood() {
    for (seed, trouble) in (200..).zip(TROUBLES) {
        let outcome = run(trouble, false, seed);
        println!(
            "{trouble:?}: {:.3} calls per first attempt, {:.2} per sentence; after recovery {} a second at most, {:.0} on \
             average; 99 of 100 clients served within {:.0} s",
            outcome.amplification,
            outcome.per_sentence,
            outcome.peak,
            outcome.mean,
            outcome.back_ms / 1_000.0
        );
        assert!(outcome.amplification <= 1.10, "{trouble:?}: {outcome:?}");
        assert!(outcome.peak <= 2.0 * outcome.mean, "{trouble:?}: {outcome:?}");
        assert_eq!(outcome.impatient, 0, "{trouble:?}: Retry-After is honoured");
    }
}
