//! Shoppers who order at many stores through several servers, of which some are dead at any moment: whoever is not answered
//! asks any of them again, with the same key, until there is an answer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use oolong_protocol::shop::{Offer, OrderReply};
use oolong_tests::http::{Connection, Request, Response};
use oolong_tests::shop::shopper;
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout};
use xtask::workspace::now;

/// Shoppers who order at the same time.
const SHOPPERS: u64 = 256;
/// An answer that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Who has no answer after so many tries gives up; at 50 ms each these are longer than any standstill.
const TRIES: u32 = 1_000;

/// A store that takes orders.
pub(crate) struct Store {
    pub(crate) id: String,
    /// Its till's key.
    pub(crate) key: String,
    /// Something that it sells and has.
    pub(crate) item: String,
    /// The most orders in a minute that it ever declares.
    pub(crate) cap: u16,
}

/// What shoppers met.
#[derive(Default)]
pub(crate) struct Met {
    /// Which store was asked when, in milliseconds since the first.
    pub(crate) asked: Vec<(usize, i64)>,
    /// Offers of other times and stores.
    pub(crate) offers: u64,
    /// Ids of orders that were placed, and of those that were confirmed, as the shopper was told.
    pub(crate) placed: Vec<String>,
    pub(crate) confirmed: Vec<String>,
    /// Orders placed for the later time, and at the other store, that was offered.
    pub(crate) later: u64,
    pub(crate) elsewhere: u64,
    /// Answers that nobody expects, by name.
    pub(crate) strange: BTreeMap<String, u64>,
    /// Requests that were sent again, with the same key, to any server.
    pub(crate) repeats: u64,
}

impl Met {
    fn strange(&mut self, what: &str, reply: Option<Response>) {
        let why = reply.map_or_else(|| "no answer".to_owned(), |reply| format!("{} {}", reply.status, reply.code()));
        *self.strange.entry(format!("{what}: {why}")).or_default() += 1;
    }

    fn add(&mut self, other: Self) {
        self.asked.extend(other.asked);
        self.placed.extend(other.placed);
        self.confirmed.extend(other.confirmed);
        self.offers += other.offers;
        self.later += other.later;
        self.elsewhere += other.elsewhere;
        self.repeats += other.repeats;
        other.strange.into_iter().for_each(|(what, count)| *self.strange.entry(what).or_default() += count);
    }
}

/// Somebody with a connection to each server.
pub(crate) struct Client {
    servers: Vec<Connection>,
    pub(crate) random: SmallRng,
    pub(crate) repeats: u64,
}

impl Client {
    pub(crate) fn new(servers: &[SocketAddr], seed: u64) -> Self {
        let servers = servers.iter().map(|address| Connection::new(*address)).collect();
        Self { servers, random: SmallRng::seed_from_u64(seed), repeats: 0 }
    }

    /// Asks any server, and again while there is no answer, or only that it does not know yet. Nothing where no server
    /// answers for a long time.
    pub(crate) async fn ask(&mut self, request: Request<'_>) -> Option<Response> {
        for _ in 0..TRIES {
            let server = self.random.random_range(0..self.servers.len());
            match timeout(PATIENCE, self.servers[server].send(request)).await {
                Ok(Ok(reply)) if reply.retry_after.is_none() => return Some(reply),
                Ok(Ok(_) | Err(_)) | Err(_) => {}
            }
            self.repeats += 1;
            sleep(Duration::from_millis(50)).await;
        }
        None
    }
}

/// `rate` shoppers a second at `stores` until `end`: of three, two by what each store can make, one where most others are.
pub(crate) async fn order(servers: &[SocketAddr], stores: &Arc<Vec<Store>>, rate: f64, end: Instant) -> Met {
    let (next, start) = (Arc::new(AtomicU64::new(0)), now());
    let by_cap = stores.iter().enumerate().flat_map(|(at, store)| vec![at; store.cap.into()]);
    let by_cap: Arc<Vec<usize>> = Arc::new(by_cap.collect());
    let mut shoppers = JoinSet::new();
    for seed in 0..SHOPPERS {
        let (next, stores, mut client) = (Arc::clone(&next), Arc::clone(stores), Client::new(servers, seed));
        let by_cap = Arc::clone(&by_cap);
        shoppers.spawn(async move {
            let mut met = Met::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let due = start + Duration::from_secs_f64(number as f64 / rate);
                if due >= end {
                    met.repeats = client.repeats;
                    return met;
                }
                sleep_until(due.into()).await;
                let place = (stores.len() as f64 * client.random.random::<f64>().powi(3)) as usize;
                let store = match number % 3 {
                    0 => place.min(stores.len() - 1),
                    _ => by_cap[client.random.random_range(0..by_cap.len())],
                };
                met.asked.push((store, start.elapsed().as_millis() as i64));
                visit(&mut client, &stores[store], number, &mut met).await;
            }
        });
    }
    let mut all = Met::default();
    shoppers.join_all().await.into_iter().for_each(|met| all.add(met));
    all
}

/// One shopper: orders, takes another time or another store if there is one, thinks for a moment and confirms.
async fn visit(client: &mut Client, store: &Store, number: u64, met: &mut Met) {
    let bearer = shopper(number);
    let first = json!({"store": store.id, "goods": [{"item": store.item, "quantity": 1}], "fulfilment": "pickup"});
    let mut reply = place(client, &bearer, &format!("place-{number:07}"), &first, met).await;
    if let Some(OrderReply::Offer(Offer { later, alternatives, .. })) = &reply {
        let (mut second, mut takes) = (first, [0, 0]);
        match (later, alternatives.first(), client.random.random_range(0..10)) {
            (Some(later), _, 0..4) => (second["ready_at"], takes[0]) = (json!(later.ready_at), 1),
            (_, Some(other), 4..8) => (second["store"], takes[1]) = (json!(other.store), 1),
            _ => return,
        }
        reply = place(client, &bearer, &format!("again-{number:07}"), &second, met).await;
        if matches!(reply, Some(OrderReply::Reserved(_))) {
            met.later += takes[0];
            met.elsewhere += takes[1];
        }
    }
    let Some(OrderReply::Reserved(order)) = reply else { return };
    met.placed.push(order.id.clone());
    let thinks = client.random.random_range(0..400);
    sleep(Duration::from_millis(thinks)).await;
    if thinks % 20 == 0 {
        // Forgotten; its slot is free again after the hold.
        return;
    }
    let (path, key) = (format!("/v1/orders/{}/confirm", order.id), format!("confirm-{number:07}"));
    let request = Request { method: "POST", path: &path, bearer: &bearer, key: &key, body: b"{}" };
    match client.ask(request).await {
        Some(reply) if reply.status == 200 => met.confirmed.push(order.id),
        reply => met.strange("confirm", reply),
    }
}

/// An order, or what is offered in its place.
async fn place(client: &mut Client, bearer: &str, key: &str, body: &Value, met: &mut Met) -> Option<OrderReply> {
    let body = body.to_string();
    let request = Request { method: "POST", path: "/v1/orders", bearer, key, body: body.as_bytes() };
    let reply = client.ask(request).await;
    let read = reply.as_ref().filter(|reply| reply.status < 300);
    let read: Option<OrderReply> = read.and_then(|reply| serde_json::from_slice(&reply.body).ok());
    match &read {
        Some(OrderReply::Reserved(_)) => {}
        Some(OrderReply::Offer(_)) => met.offers += 1,
        None => met.strange("order", reply),
    }
    read
}
