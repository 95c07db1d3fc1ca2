//! A server with a campaign, five stores and a ledger of its own, and a client.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::Parser as _;
use oolong_protocol::shop::{Order, OrderState, Problem, Reason};
use oolong_server::{Answer, Build, Config, Key, Model, Refusal, Running, Server, Task};
use oolong_stores::{Names, Store, feature};
use oolong_token::ShopperCode;
use reqwest::{Client, Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The secret that the partner shares with the server.
pub(crate) const PARTNER_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The agent beside the shop is never asked in these tests.
struct Silent;

impl Model for Silent {
    fn name(&self) -> &str {
        "silent"
    }

    fn answer(&mut self, _: &Task, _: &dyn Fn() -> bool) -> Result<Answer, Refusal> {
        Err(Refusal::InvalidAnswer)
    }
}

/// A server at work on a folder of its own.
pub(crate) struct Shop {
    pub(crate) folder: Arc<TempDir>,
    pub(crate) running: Running,
    flags: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) replayed: bool,
    pub(crate) retry_after: String,
    pub(crate) body: String,
}

impl Shop {
    /// With further flags, and trust in opening hours.
    pub(crate) async fn start(flags: &str) -> Self {
        Self::start_new(&format!("--trust-hours {flags}")).await
    }

    /// Without trust in opening hours.
    pub(crate) async fn start_wary() -> Self {
        Self::start_new("").await
    }

    async fn start_new(flags: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        std::fs::write(folder.path().join("campaign.json"), campaign().to_string()).expect("written");
        std::fs::write(folder.path().join("stores.geojson"), stores().to_string()).expect("written");
        Self::start_in(folder, flags).await
    }

    async fn start_in(folder: Arc<TempDir>, flags: &str) -> Self {
        let build: Build = Arc::new(|| Ok(Box::new(Silent) as Box<dyn Model>));
        let mut config = config(folder.path(), flags);
        config.shop.partner_secret = Some(Key::new(PARTNER_SECRET.to_owned()));
        let running = Server::with_model(config, 1, build).await.expect("starts");
        Self { folder, running, flags: flags.to_owned() }
    }

    /// Stops it and starts it again on the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.running.stop().await;
        Self::start_in(self.folder, &self.flags).await
    }

    /// Runs a command of the operator beside it.
    pub(crate) fn operate(&self, arguments: &[&str]) -> Output {
        operate(self.folder.path(), arguments)
    }

    /// The key of a store.
    pub(crate) fn key(&self, store: &str) -> String {
        let output = self.operate(&["store-key", store]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// A request to be completed; `who` is a code or a key, or empty.
    pub(crate) fn request(&self, method: Method, path: &str, who: &str) -> RequestBuilder {
        let request = client().request(method, format!("{}{path}", self.running.url()));
        if who.is_empty() { request } else { request.bearer_auth(who) }
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str, who: &str) -> Reply {
        read(self.request(Method::GET, path, who)).await
    }

    /// POST with a fresh key.
    pub(crate) async fn post(&self, path: &str, who: &str, body: Value) -> Reply {
        self.post_with(path, who, &fresh(), &body.to_string()).await
    }

    /// POST with a key and bytes.
    pub(crate) async fn post_with(&self, path: &str, who: &str, key: &str, body: &str) -> Reply {
        read(changing(self.request(Method::POST, path, who), key, body)).await
    }

    /// PUT of a state with a fresh key.
    pub(crate) async fn say(&self, store: &str, key: &str, state: Value) -> Reply {
        let request = self.request(Method::PUT, &format!("v1/stores/{store}/state"), key);
        read(changing(request, &fresh(), &state.to_string())).await
    }

    /// Waits until an order is in a state.
    pub(crate) async fn until(&self, order: &str, shopper: &str, state: OrderState) -> Order {
        for _ in 0..400 {
            let order: Order = self.get(&format!("v1/orders/{order}"), shopper).await.json(200);
            if order.state == state {
                return order;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the order did not become {state:?}");
    }
}

impl Reply {
    /// The body of a success.
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self, status: u16) -> T {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.kind, "application/json", "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A refusal: status, reason, the form of problem details, and a wait where one belongs.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, reason: Reason) -> Problem {
        assert_eq!(self.kind, "application/problem+json", "{self:?}");
        let problem: Problem = serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert_eq!((self.status, problem.status, problem.code), (status, status, reason), "{self:?}");
        let waits = [429, 503].contains(&status) || reason == Reason::IdempotencyKeyInFlight;
        assert_eq!(self.retry_after.parse::<u64>().is_ok_and(|seconds| seconds >= 1), waits, "{self:?}");
        problem
    }
}

/// The configuration of a server on `folder`.
pub(crate) fn config(folder: &Path, flags: &str) -> Config {
    let mut all: Vec<String> = ["oolong-server", "--listen", "127.0.0.1:0"].map(str::to_owned).to_vec();
    all.extend(common(folder));
    all.extend(flags.split_whitespace().map(str::to_owned));
    if !flags.contains("--shop-rate-per-minute") {
        all.extend(["--shop-rate-per-minute", "0"].map(str::to_owned));
    }
    Config::try_parse_from(all).expect("sound flags")
}

/// The program's command on `folder`.
pub(crate) fn operate(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oolong-server"));
    command.args(arguments).args(common(folder)).output().expect("it runs")
}

fn common(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    vec![
        "--data".to_owned(),
        path("data"),
        "--campaign".to_owned(),
        path("campaign.json"),
        "--stores".to_owned(),
        path("stores.geojson"),
    ]
}

fn campaign() -> Value {
    let voucher = |id: &str, amount: i64, per_user: u32, stock: u64| json!({"id": id, "names": [id], "discount": {"type": "amount", "amount": amount}, "per_user": per_user, "stock": stock});
    let mut over = voucher("over", 500, 1, 10);
    over["valid_until"] = json!("2020-01-01T00:00:00Z");
    let item = |id: &str, price: i64| json!({"id": id, "names": [id], "category": "drinks", "price": price});
    json!({
        "id": "test",
        "names": ["Test"],
        "currency": "CNY",
        "brands": [
            {"id": "leaf", "names": ["Leaf", "叶"], "menu": [item("latte", 2000), item("mocha", 2500)]},
            {"id": "bean", "names": ["Bean"], "menu": [item("espresso", 1500)]},
        ],
        "vouchers": [voucher("five", 500, 1, 100), voucher("many", 300, 50, 1000), voucher("rare", 900, 1, 1), over],
        "delivery_fee": 600,
    })
}

/// Three of one brand close together, one far away, one of another brand.
fn stores() -> Value {
    let store = |id: &str, brand: &str, lon: f64| Store {
        id: id.to_owned(),
        brand: brand.to_owned(),
        names: Names::new(format!("Store {id}"), format!("{id}号店")),
        lon,
        lat: 31.0,
        city: Names::new("Shanghai", "上海"),
        district: Names::default(),
        landmark: Names::new("The Bund", "外滩"),
        address: String::new(),
        telephone: String::new(),
        hours: "24/7".to_owned(),
        pickup: true,
        delivery: true,
        unavailable: if id == "s-3" { vec!["mocha".to_owned()] } else { Vec::new() },
        orders_per_minute: 2,
        ahead_minutes: 60,
        prep_minutes: 5,
        permanently_closed: id == "s-5",
        utc_offset_minutes: 480,
    };
    let stores = [
        store("s-1", "leaf", 121.000),
        store("s-2", "leaf", 121.003),
        store("s-3", "leaf", 121.006),
        store("s-4", "leaf", 122.0),
        store("s-5", "leaf", 121.001),
        store("b-1", "bean", 121.002),
    ];
    let features: Vec<Value> = stores.iter().map(feature).collect();
    json!({"type": "FeatureCollection", "features": features})
}

/// The code of a shopper.
pub(crate) fn shopper(number: u8) -> String {
    ShopperCode::from_bytes([number; 16]).to_string()
}

/// An order for so many lattes.
pub(crate) fn lattes(store: &str, quantity: i64) -> Value {
    json!({"store": store, "goods": [{"item": "latte", "quantity": quantity}], "fulfilment": "pickup"})
}

/// A key that was never used.
pub(crate) fn fresh() -> String {
    format!("key-{:032x}", rand::random::<u128>())
}

/// Completes a POST or PUT.
pub(crate) fn changing(request: RequestBuilder, key: &str, body: &str) -> RequestBuilder {
    request.header("content-type", "application/json").header("idempotency-key", key).body(body.to_owned())
}

/// Sends, and reads what comes back.
pub(crate) async fn read(request: RequestBuilder) -> Reply {
    let response = request.send().await.expect("an answer");
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    Reply {
        status: response.status().as_u16(),
        kind: header("content-type"),
        replayed: header("idempotent-replayed") == "true",
        retry_after: header("retry-after"),
        body: response.text().await.expect("a body"),
    }
}

/// A client that is made once, because reading the machine's certificates takes long, and keeps no connection, because
/// each test has a runtime of its own.
pub(crate) fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| Client::builder().pool_max_idle_per_host(0).build().expect("a client"))
}
