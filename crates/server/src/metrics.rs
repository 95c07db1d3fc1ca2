//! What can be counted without looking at anybody's words.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};
use prometheus_client::registry::{Registry, Unit};

use crate::app::App;
use crate::queue::Queue;
use crate::reply::reply;
use crate::shop::Shop;

/// Seconds, from a cached file to a general model.
const BUCKETS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 30.0];

/// The type of the text that [`Metrics::text`] gives.
const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All counters of the server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    queue: Arc<Queue>,
    requests: Family<Answered, Counter>,
    rejected: Family<Reason, Counter>,
    attempts: Family<Attempt, Counter>,
    upstream: Family<Outcome, Counter>,
    wait: Histogram,
    inference: Histogram,
    waiting: Gauge,
    running: Gauge,
    engines: Gauge,
    shop: Option<ShopGauges>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempt {
    attempt: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// The route of the metrics, where they are shown beside everything else.
pub(crate) fn beside(app: &App) -> Router<Arc<App>> {
    if app.metrics_apart { Router::new() } else { route() }
}

/// The route of the metrics, on an address of their own.
pub(crate) fn router(app: &Arc<App>) -> Router {
    route().with_state(Arc::clone(app))
}

fn route() -> Router<Arc<App>> {
    Router::new().route("/metrics", get(measured))
}

async fn measured(State(app): State<Arc<App>>) -> Response {
    reply(StatusCode::OK, TYPE, app.metrics.text().into())
}

impl Metrics {
    /// Counters at zero.
    pub(crate) fn new(queue: Arc<Queue>, shop: Option<Arc<Shop>>) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("oolong"),
            queue,
            requests: Family::default(),
            rejected: Family::default(),
            attempts: Family::default(),
            upstream: Family::default(),
            wait: Histogram::new(BUCKETS),
            inference: Histogram::new(BUCKETS),
            waiting: Gauge::default(),
            running: Gauge::default(),
            engines: Gauge::default(),
            shop: None,
        };
        let registry = &mut metrics.registry;
        registry.register("http_requests", "Requests by route and status", metrics.requests.clone());
        registry.register("rejected", "Requests with an error status, by reason", metrics.rejected.clone());
        registry.register("attempts", "Questions by the client's X-Oolong-Attempt", metrics.attempts.clone());
        registry.register("upstream", "Questions to the server upstream, by outcome", metrics.upstream.clone());
        let seconds = || Unit::Seconds;
        registry.register_with_unit("queue_wait", "Wait for an engine", seconds(), metrics.wait.clone());
        registry.register_with_unit("inference", "Time that an engine takes", seconds(), metrics.inference.clone());
        registry.register("queue_length", "Questions that wait for an engine", metrics.waiting.clone());
        registry.register("engines_busy", "Engines at work", metrics.running.clone());
        registry.register("engines", "Engines that there are", metrics.engines.clone());
        metrics.shop = shop.map(|shop| ShopGauges::new(registry, shop));
        metrics
    }

    /// A request was answered; `reason` is the code of a refusal.
    pub(crate) fn answered(&self, route: &str, status: u16, reason: Option<&'static str>) {
        self.requests.get_or_create(&Answered { route: route.to_owned(), status }).inc();
        if let Some(reason) = reason {
            self.rejected.get_or_create(&Reason { reason }).inc();
        }
    }

    /// A question arrived, as the client's first, second or other attempt.
    pub(crate) fn attempt(&self, attempt: &'static str) {
        self.attempts.get_or_create(&Attempt { attempt }).inc();
    }

    /// The server upstream was asked.
    pub(crate) fn upstream(&self, outcome: &'static str) {
        self.upstream.get_or_create(&Outcome { outcome }).inc();
    }

    /// A question got its turn.
    pub(crate) fn waited(&self, wait: Duration) {
        self.wait.observe(wait.as_secs_f64());
    }

    /// An engine was busy with a question.
    pub(crate) fn inferred(&self, took: Duration) {
        self.inference.observe(took.as_secs_f64());
    }

    /// Everything as text.
    pub(crate) fn text(&self) -> String {
        let (waiting, running, engines) = self.queue.counts();
        set(&self.waiting, waiting);
        set(&self.running, running);
        set(&self.engines, engines);
        if let Some(shop) = &self.shop {
            shop.look();
        }
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// What the shop has to do, looked up each time that somebody asks.
#[derive(Debug)]
struct ShopGauges {
    shop: Arc<Shop>,
    waiting: Gauge,
    streams: Gauge,
    followed: Gauge,
}

impl ShopGauges {
    fn new(registry: &mut Registry, shop: Arc<Shop>) -> Self {
        let gauges = Self { shop, waiting: Gauge::default(), streams: Gauge::default(), followed: Gauge::default() };
        registry.register("ledger_queue_length", "Commands that wait for the ledger", gauges.waiting.clone());
        registry.register("event_streams", "Open streams of stores' states", gauges.streams.clone());
        registry.register("stores_followed", "Stores that an open stream follows", gauges.followed.clone());
        gauges
    }

    fn look(&self) {
        let load = self.shop.load();
        set(&self.waiting, load.waiting);
        set(&self.streams, load.streams);
        set(&self.followed, load.followed);
    }
}

fn set(gauge: &Gauge, count: usize) {
    gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
}
