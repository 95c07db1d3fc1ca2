//! `cargo run --release -p oolong-ledger --example claims -- FOLDER [CLAIMS] [SUBMITTERS]`: how many claims a second one
//! SQLite file takes, every one durable before its answer, without HTTP and without signing.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use oolong_ledger::{Act, Actor, Command, Idempotency, Ledger, Place, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("expected a folder for the ledger's file")?);
    let claims: u64 = arguments.next().map_or(Ok(500_000), |text| text.parse())?;
    let submitters: u64 = arguments.next().map_or(Ok(256), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(folder, claims, submitters))
}

async fn measure(folder: PathBuf, claims: u64, submitters: u64) -> Result<(), Box<dyn Error>> {
    let campaign = serde_json::from_value(serde_json::json!({
        "id": "measured", "names": ["Measured"], "currency": "CNY", "brands": [],
        "vouchers": [{"id": "free-milk-tea", "names": ["Free"], "discount": {"type": "delivery"},
                      "per_user": 1, "stock": 1_000_000_000_u64}]
    }))?;
    let settings = Settings {
        hold: Duration::from_secs(120),
        state_ttl: Duration::from_secs(1800),
        sign: Arc::new(|grant, _| "x".repeat(400) + &grant.id),
        partner: None,
    };
    let path = folder.join("claims.sqlite");
    let ledger = Ledger::open(Place::Sqlite(path.clone()), Arc::new(campaign), settings).await?;
    let next = Arc::new(AtomicU64::new(0));
    let seed = std::process::id();
    let begin = now();
    let mut tasks = Vec::new();
    for _ in 0..submitters {
        let (ledger, next) = (ledger.clone(), Arc::clone(&next));
        tasks.push(tokio::spawn(async move {
            let mut took = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= claims {
                    return Ok(took);
                }
                // Ids are spread like hashes, as those of shoppers are.
                let spread = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let command = Command {
                    actor: Actor::Shopper(format!("{spread:016x}{seed:06x}")),
                    idempotency: Some(Idempotency { key: format!("{:032x}", number), fingerprint: [7; 32] }),
                    act: Act::Claim { voucher: "free-milk-tea".to_owned() },
                };
                let asked = now();
                let reply = ledger.submit(command).await?;
                took.push(asked.elapsed());
                if reply.status != 201 {
                    return Err(oolong_ledger::LedgerError::Mismatch(format!("status {}", reply.status)));
                }
            }
        }));
    }
    let mut took: Vec<Duration> = Vec::new();
    for task in tasks {
        took.extend(task.await??);
    }
    let elapsed = begin.elapsed();
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 1000).copied().unwrap_or_default();
    let rate = took.len() as f64 / elapsed.as_secs_f64();
    println!("{} claims by {submitters} submitters in {elapsed:.2?}: {rate:.0} per second", took.len());
    println!("latency: median {:.2?}, 99 % {:.2?}, 99.9 % {:.2?}", at(500), at(990), at(999));
    println!("file: {} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    let begin = now();
    let audit = ledger.audit().await?;
    println!("audit: {} breaches in {:.2?}, {:?}", audit.breached, begin.elapsed(), audit.checked);
    ledger.close().await;
    Ok(())
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a measurement")]
    Instant::now()
}
