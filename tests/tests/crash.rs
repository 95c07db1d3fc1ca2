//! The server is killed, and its power is cut, while shoppers claim: what was acknowledged must be there afterwards, word
//! for word. `cargo xtask bench crash` does this 100 and 50 times; the tests do it often enough to notice a break.
//!
//! A power cut is a copy of a file system's image at a moment when the server stands still: what the kernel had not yet
//! written to the "disk" is missing in it, as after a real cut. Needs root and loop devices.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use std::{env, fs};

use oolong_tests::agent::program;
use oolong_tests::http::{Connection, Request, Response};
use oolong_tests::shop::{Database, Shop, ready, shopper};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use xtask::workspace;

const VOUCHER: &str = "free-milk-tea";

/// A claim that was acknowledged: shopper's number and the reply.
type Acknowledged = BTreeMap<u64, Vec<u8>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_claim_is_lost_when_the_server_is_killed() {
    let shop = Shop::new(program(), Database::Sqlite, stock);
    let mut acknowledged = Acknowledged::new();
    for round in 0..count("OOLONG_KILLS", 10) {
        let server = shop.serve();
        ready(server.address).await;
        verify(server.address, &acknowledged, 200).await.unwrap_or_else(|lost| panic!("round {round}: {lost}"));
        let load = Load::start(server.address, (round + 1) * 1_000_000);
        tokio::time::sleep(Duration::from_millis(200 + (round * 137) % 900)).await;
        // Dropping kills with SIGKILL, in the middle of whatever it does.
        drop(server);
        let more = load.stop().await;
        assert!(!more.is_empty(), "round {round}: expected some claims acknowledged before the kill");
        acknowledged.extend(more);
    }
    let server = shop.serve();
    ready(server.address).await;
    verify(server.address, &acknowledged, usize::MAX).await.unwrap_or_else(|lost| panic!("{lost}"));
    drop(server);
    let (code, text) = shop.operate(&["audit"]);
    assert_eq!(code, 0, "{text}");
    println!("{} acknowledged claims, all there", acknowledged.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_claim_is_lost_when_the_power_is_cut() {
    if let Some(why) = no_disks() {
        println!("left out: {why}");
        return;
    }
    let mut claims = 0;
    for round in 0..count("OOLONG_POWER_CUTS", 4) {
        let (acknowledged, outcome) = power_cut(round, &[]).await;
        claims += acknowledged;
        outcome.unwrap_or_else(|lost| panic!("round {round}: {lost}"));
    }
    println!("{claims} acknowledged claims, all there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_sync_a_power_cut_loses_claims_so_the_test_can_fail() {
    if let Some(why) = no_disks() {
        println!("left out: {why}");
        return;
    }
    for round in 0..20 {
        if let (_, Err(lost)) = power_cut(1_000 + round, &["--no-sync"]).await {
            println!("as expected: {lost}");
            return;
        }
    }
    panic!("expected claims to be lost without sync; twenty power cuts lost none, so these tests prove nothing");
}

/// A server on a disk of its own, under load, and then only what had reached the disk.
async fn power_cut(round: u64, flags: &[&str]) -> (usize, Result<(), String>) {
    let disk = Disk::make();
    let mut shop = Shop::new(program(), Database::Sqlite, stock);
    shop.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
    shop.lies_in(&disk.mounted.join("data"));
    let server = shop.serve();
    ready(server.address).await;
    run("sync", &[]);
    let load = Load::start(server.address, round * 1_000_000);
    tokio::time::sleep(Duration::from_millis(300 + (round * 211) % 1_200)).await;
    run("kill", &["-STOP", &server.id().to_string()]);
    let acknowledged = load.stop().await;
    // A commit of the file system that had begun may end.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let after = disk.cut();
    drop(server);
    assert!(!acknowledged.is_empty(), "expected some claims acknowledged before the cut");

    shop.lies_in(&after.mounted.join("data"));
    let server = shop.serve();
    ready(server.address).await;
    let mut outcome = verify(server.address, &acknowledged, usize::MAX).await;
    drop(server);
    let (code, text) = shop.operate(&["audit"]);
    if code != 0 {
        outcome = outcome.and(Err(text));
    }
    (acknowledged.len(), outcome)
}

/// A file system in a file.
struct Disk {
    image: PathBuf,
    mounted: PathBuf,
}

impl Disk {
    fn make() -> Self {
        let image = Self::name();
        fs::File::create(&image).and_then(|file| file.set_len(512 << 20)).expect("there is room for a disk");
        run("mkfs.ext4", &["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", &text(&image)]);
        Self::mount(image)
    }

    /// What is on the disk at this moment, as another one.
    fn cut(&self) -> Self {
        let image = Self::name();
        run("cp", &["--sparse=always", &text(&self.image), &text(&image)]);
        Self::mount(image)
    }

    fn mount(image: PathBuf) -> Self {
        let mounted = image.with_extension("mounted");
        fs::create_dir_all(&mounted).expect("a folder to mount in");
        // Nothing goes to the disk by itself while the test runs: only what the server asks for.
        run("mount", &["-o", "loop,commit=3600", &text(&image), &text(&mounted)]);
        Self { image, mounted }
    }

    fn name() -> PathBuf {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let folder = workspace::target().join("disks");
        fs::create_dir_all(&folder).expect("a folder for disks");
        folder.join(format!("{}-{}.img", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a server that was just killed may still hold its folder for a moment.
        let _ = Command::new("umount").arg("--lazy").arg(&self.mounted).status();
        let _ = fs::remove_dir(&self.mounted);
        let _ = fs::remove_file(&self.image);
    }
}

/// Claims by ever new shoppers over several connections, until it is stopped or the server is gone.
struct Load {
    stop: Arc<AtomicBool>,
    workers: JoinSet<Acknowledged>,
}

impl Load {
    fn start(address: SocketAddr, first: u64) -> Self {
        let (stop, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(first)));
        let mut workers = JoinSet::new();
        for _ in 0..16 {
            let (stop, next) = (Arc::clone(&stop), Arc::clone(&next));
            workers.spawn(async move {
                let mut connection = Connection::new(address);
                let mut acknowledged = Acknowledged::new();
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let claim = tokio::time::timeout(Duration::from_secs(2), claim(&mut connection, number)).await;
                    match claim {
                        Ok(Ok(reply)) if reply.status == 201 => {
                            acknowledged.insert(number, reply.body);
                        }
                        Ok(Ok(reply)) => panic!("a claim: {} {}", reply.status, reply.code()),
                        // The server is gone: whether this one was written nobody was told.
                        Ok(Err(_)) | Err(_) => break,
                    }
                }
                acknowledged
            });
        }
        Self { stop, workers }
    }

    async fn stop(self) -> Acknowledged {
        self.stop.store(true, Ordering::Relaxed);
        self.workers.join_all().await.into_iter().flatten().collect()
    }
}

/// Whether every acknowledged claim is in its wallet, and is answered as it was when it is sent again; looks at the newest.
async fn verify(address: SocketAddr, acknowledged: &Acknowledged, most: usize) -> Result<(), String> {
    let mut connection = Connection::new(address);
    for (number, reply) in acknowledged.iter().rev().take(most) {
        let bearer = shopper(*number);
        let request = Request { method: "GET", path: "/v1/wallet", bearer: &bearer, key: "", body: b"" };
        let wallet = connection.send(request).await.map_err(|error| error.to_string())?.json();
        let told: Value = serde_json::from_slice(reply).map_err(|error| error.to_string())?;
        let held =
            wallet["grants"].as_array().is_some_and(|grants| grants.iter().any(|grant| grant["id"] == told["id"]));
        if !held {
            return Err(format!("the acknowledged claim of shopper {number} is lost"));
        }
        let again = claim(&mut connection, *number).await.map_err(|error| error.to_string())?;
        if again.status != 201 || again.body != *reply {
            return Err(format!(
                "the claim of shopper {number} is answered otherwise: {} {}",
                again.status,
                again.code()
            ));
        }
    }
    Ok(())
}

async fn claim(connection: &mut Connection, number: u64) -> std::io::Result<Response> {
    let (bearer, key) = (shopper(number), format!("claim-{number:08}"));
    let path = format!("/v1/vouchers/{VOUCHER}/claims");
    connection.send(Request { method: "POST", path: &path, bearer: &bearer, key: &key, body: b"{}" }).await
}

fn stock(campaign: &mut Value) {
    for voucher in campaign["vouchers"].as_array_mut().into_iter().flatten() {
        voucher["stock"] = json!(100_000_000);
        voucher["valid_until"] = json!("2099-12-31T23:59:59+08:00");
    }
}

/// Why no disk can be made here, if so.
fn no_disks() -> Option<String> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let loops = Path::new("/dev/loop-control").exists();
    let made = Command::new("mkfs.ext4").arg("-V").output().is_ok();
    (!(root && loops && made)).then(|| "power cuts need root, loop devices and mkfs.ext4".to_owned())
}

fn count(variable: &str, usual: u64) -> u64 {
    env::var(variable).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status();
    assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "{program} {arguments:?}: {status:?}");
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
