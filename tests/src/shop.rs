//! The shop server as a process of its own with a data folder of its own, and what shoppers do with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, net::SocketAddr};

use oolong_token::ShopperCode;
use serde_json::Value;
use xtask::workspace;

use crate::agent::Agent;

/// Where the ledger of a test is kept.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file in the data folder.
    Sqlite,
    /// The URL of an empty PostgreSQL database.
    Postgres(String),
}

/// A campaign, a data folder and a database, which outlive the processes that serve them.
pub struct Shop {
    program: PathBuf,
    folder: PathBuf,
    database: Database,
    /// Further flags for each start.
    pub flags: Vec<String>,
}

impl Shop {
    /// A fresh shop below `target/shops`, run by `program`; `alter` may change the sample campaign before it is written.
    ///
    /// # Panics
    /// When the folder cannot be made.
    #[must_use]
    pub fn new(program: PathBuf, database: Database, alter: impl FnOnce(&mut Value)) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = workspace::target().join("shops").join(name);
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let sample = workspace::root().join("public/campaign.json");
        let text = fs::read(&sample).unwrap_or_else(|error| panic!("{}: {error}", sample.display()));
        let mut campaign: Value = serde_json::from_slice(&text).expect("the sample campaign is JSON");
        alter(&mut campaign);
        fs::write(folder.join("campaign.json"), campaign.to_string()).expect("the data folder takes files");
        Self { program, folder, database, flags: vec!["--sample-stores".to_owned(), "2000".to_owned()] }
    }

    /// The shop's data are in another folder from now on; the campaign goes there if it is not there yet.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub fn lies_in(&mut self, folder: &Path) {
        fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let campaign = folder.join("campaign.json");
        if !campaign.exists() {
            fs::copy(self.folder.join("campaign.json"), campaign).expect("the data folder takes files");
        }
        self.folder = folder.to_owned();
    }

    /// Its data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a server process for it; several at once share a PostgreSQL database.
    #[must_use]
    pub fn serve(&self) -> Agent {
        self.serve_at(0)
    }

    /// As [`Self::serve`], on a certain port.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn serve_at(&self, port: u16) -> Agent {
        let mut flags = self.place();
        // One machine stands for many shoppers.
        flags.extend(["--shop-rate-per-minute".to_owned(), "0".to_owned()]);
        flags.extend(self.flags.clone());
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("server.log"));
        Agent::start_program(&self.program, port, &flags, log.map_or_else(|_| Stdio::null(), Stdio::from))
    }

    /// An operator's command beside the running servers: its exit code and what it printed.
    ///
    /// # Panics
    /// When it cannot be run at all.
    #[must_use]
    pub fn operate(&self, command: &[&str]) -> (i32, String) {
        let output = Command::new(&self.program).args(self.place()).args(command).output();
        let output = output.unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
    }

    fn place(&self) -> Vec<String> {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let mut flags = vec!["--data".to_owned(), text(self.folder.clone())];
        flags.extend(["--campaign".to_owned(), text(self.folder.join("campaign.json"))]);
        if let Database::Postgres(url) = &self.database {
            flags.extend(["--database-url".to_owned(), url.clone()]);
        }
        flags
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // What failed may be looked at.
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The code of a made-up shopper, the same for the same number.
#[must_use]
pub fn shopper(number: u64) -> String {
    // Spread over the whole range, as real codes are.
    let mut bytes = [0; 16];
    for (half, salt) in bytes.chunks_exact_mut(8).zip([0x9e37_79b9_7f4a_7c15_u64, 0xc2b2_ae3d_27d4_eb4f]) {
        let mut mixed = number.wrapping_add(1).wrapping_mul(salt);
        mixed ^= mixed >> 29;
        half.copy_from_slice(&mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9).to_le_bytes());
    }
    ShopperCode::from_bytes(bytes).to_string()
}

/// Memory of a process that is its own, MiB.
#[must_use]
pub fn resident(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

/// Waits until the server at `address` answers.
///
/// # Panics
/// When it does not within a minute.
pub async fn ready(address: SocketAddr) {
    let mut connection = crate::http::Connection::new(address);
    let request = crate::http::Request { method: "GET", path: "/readyz", bearer: "", key: "", body: b"" };
    for _ in 0..600 {
        if connection.send(request).await.is_ok_and(|response| response.status == 200) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the server at {address} is not ready after a minute");
}

/// The shop's API for tests that do not race: one request after the other.
pub struct Api {
    agent: ureq::Agent,
    base: String,
}

impl Api {
    /// For the server at `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        Self { agent: config.build().into(), base: format!("http://{address}") }
    }

    /// Status and body of `GET path`.
    ///
    /// # Panics
    /// When the server is not there.
    #[must_use]
    pub fn get(&self, path: &str, bearer: &str) -> (u16, Value) {
        let request =
            self.agent.get(format!("{}{path}", self.base)).header("Authorization", format!("Bearer {bearer}"));
        let mut reply = request.call().unwrap_or_else(|error| panic!("GET {path}: {error}"));
        (reply.status().as_u16(), reply.body_mut().read_json().unwrap_or_default())
    }

    /// Status and body of `POST path`, or `PUT` for a store's state, with a key of its own.
    ///
    /// # Panics
    /// When the server is not there.
    #[must_use]
    pub fn send(&self, path: &str, bearer: &str, body: &Value) -> (u16, Value) {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let key = format!("test-{:08}", KEYS.fetch_add(1, Ordering::Relaxed));
        let url = format!("{}{path}", self.base);
        let request = if path.ends_with("/state") { self.agent.put(url) } else { self.agent.post(url) };
        let request = request.header("Authorization", format!("Bearer {bearer}")).header("Idempotency-Key", key);
        let mut reply = request.send_json(body).unwrap_or_else(|error| panic!("{path}: {error}"));
        (reply.status().as_u16(), reply.body_mut().read_json().unwrap_or_default())
    }
}
