//! What all requests share, and the way of a question through it: door, queue, engine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::http::HeaderMap;

use crate::clock::{Instant, now};
use crate::engines::Engines;
use crate::metrics::Metrics;
use crate::queue::Queue;
use crate::rates::{Rates, client};
use crate::shop::Shop;
use crate::site::Site;
use crate::tally::Tally;
use crate::task::Wares;
use crate::upstream::{Upstream, outcome};
use crate::{Answer, Config, Refusal, Task};

/// The state behind [`crate::router`].
#[derive(Debug)]
pub struct App {
    /// The model's name.
    pub(crate) model: String,
    /// The longest time for a question.
    pub(crate) deadline: Duration,
    /// Counters.
    pub(crate) metrics: Metrics,
    /// Whether they have an address of their own, and are not shown beside everything else.
    pub(crate) metrics_apart: bool,
    /// Questions that were turned away.
    pub(crate) turned_away: Tally,
    /// The page's files.
    pub(crate) site: Option<Site>,
    queue: Arc<Queue>,
    backend: Backend,
    rates: Rates,
    trust_proxy: bool,
    draining: AtomicBool,
}

/// Who understands.
#[derive(Debug)]
pub(crate) enum Backend {
    /// Threads of this process.
    Engines(Engines),
    /// Another server, asked about these wares where the client brings none.
    Upstream(Box<Upstream>, Box<Wares>),
}

/// The address at the other end of the connection; an extension of every request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl App {
    /// Puts the parts together.
    pub(crate) fn new(
        config: &Config,
        model: String,
        queue: Arc<Queue>,
        backend: Backend,
        site: Option<Site>,
        shop: Option<Arc<Shop>>,
    ) -> Self {
        Self {
            model,
            deadline: config.deadline(),
            metrics: Metrics::new(Arc::clone(&queue), shop),
            metrics_apart: config.metrics_listen.is_some(),
            turned_away: Tally::default(),
            site,
            queue,
            backend,
            rates: Rates::new(config.rate_per_minute, config.burst),
            trust_proxy: config.trust_proxy,
            draining: AtomicBool::new(false),
        }
    }

    /// The door: whether a question is worth reading.
    ///
    /// # Errors
    /// [`Refusal::Draining`], [`Refusal::RateLimited`], [`Refusal::Full`].
    pub(crate) fn admit(&self, request: &Request) -> Result<(), Refusal> {
        self.ready()?;
        let peer = request.extensions().get::<Peer>();
        peer.map_or(Ok(()), |peer| self.rates.check(client(request.headers(), peer.0, self.trust_proxy)))
            .map_err(Refusal::RateLimited)
    }

    /// Whether a question would be taken in now.
    ///
    /// # Errors
    /// [`Refusal::Draining`], [`Refusal::Full`].
    pub(crate) fn ready(&self) -> Result<(), Refusal> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(Refusal::Draining);
        }
        if self.queue.is_full() { Err(Refusal::Full) } else { Ok(()) }
    }

    /// Waits for a turn and answers.
    ///
    /// # Errors
    /// The [`Refusal`] of the queue or of whoever understands.
    pub(crate) async fn answer(&self, task: Task, deadline: Instant) -> Result<Answer, Refusal> {
        let arrived = now();
        let turn = self.queue.turn(deadline).await?;
        self.metrics.waited(arrived.elapsed());
        match &self.backend {
            Backend::Engines(engines) => {
                let (answer, took) = engines.answer(task, deadline, turn).await;
                if let Some(took) = took {
                    self.metrics.inferred(took);
                }
                answer
            }
            Backend::Upstream(upstream, wares) => {
                let start = now();
                let answer = upstream.answer(&wares.question(&task), deadline).await;
                turn.served(start.elapsed());
                self.metrics.inferred(start.elapsed());
                self.metrics.upstream(outcome(&answer));
                answer
            }
        }
    }

    /// Counts which attempt of the client a question is.
    pub(crate) fn count_attempt(&self, headers: &HeaderMap) {
        let attempt = headers.get("x-oolong-attempt").map(|value| value.as_bytes());
        self.metrics.attempt(match attempt {
            Some(b"1") => "1",
            Some(b"2") => "2",
            Some(_) => "other",
            None => "none",
        });
    }

    /// From now on, no new work.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether no engine is left.
    pub(crate) fn is_lost(&self) -> bool {
        self.queue.counts().2 == 0
    }

    /// Whether all work that was taken in is done.
    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_idle()
    }
}
