//! Starting and stopping.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use oolong_catalog::Campaign;
use oolong_remote::Asked;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::{App, Backend};
use crate::clock::now;
use crate::engines::{Build, Engines};
use crate::queue::Queue;
use crate::serve::serve;
use crate::shop::{self, Shop};
use crate::site::Site;
use crate::task::Wares;
use crate::upstream::Upstream;
use crate::{Config, Task, metrics, router, sources};

/// How many connections may wait to be accepted; the system may have a lower limit.
const BACKLOG: u32 = 4_096;

/// The time for answers to reach their clients once all work is done.
const LAST_BYTES: Duration = Duration::from_secs(1);
/// What is thought of the time that a server upstream needs, until it is known.
const UPSTREAM_SERVICE: Duration = Duration::from_millis(400);
/// Most connections at a time where `/metrics` has an address of its own.
const SCRAPERS: usize = 64;
/// Every engine's first sentence.
const FIRST: &str = "two large lattes, one of them iced, and which vouchers are there";

/// How servers come to be.
#[derive(Debug)]
pub struct Server;

/// A server at work. Dropping it stops it at once; [`Running::stop`] lets it finish what it began.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where `/metrics` is served, if it has an address of its own.
    pub metrics_address: Option<SocketAddr>,
    app: Arc<App>,
    shop: Option<Arc<Shop>>,
    patience: Duration,
    served: Listening,
    measured: Option<Listening>,
}

impl Server {
    /// Loads everything, then listens.
    ///
    /// # Errors
    /// Which file, URL or address cannot be used, and why.
    pub async fn start(config: Config) -> Result<Running> {
        // What is quick to find wrong comes first.
        let site = open_site(&config)?;
        let campaign = sources::campaign(&config)?;
        match &config.upstream {
            Some(url) => {
                let model = config.upstream_model.clone().context("--upstream needs --upstream-model")?;
                let upstream = Upstream::new(url, model.clone(), config.upstream_key.clone())
                    .with_context(|| format!("--upstream {url}"))?;
                let backend = Backend::Upstream(Box::new(upstream), Box::new(Wares::new(Campaign::clone(&campaign))));
                let queue = Queue::new(config.upstream_concurrency.get(), UPSTREAM_SERVICE, config.queue());
                listen(config, site, campaign, model, queue, backend).await
            }
            None => {
                let (build, workers) = sources::model(&config, Arc::clone(&campaign))?;
                load(config, site, campaign, workers, build).await
            }
        }
    }

    /// Starts with any [`crate::Model`] in `workers` threads.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn with_model(config: Config, workers: usize, build: Build) -> Result<Running> {
        let site = open_site(&config)?;
        let campaign = sources::campaign(&config)?;
        load(config, site, campaign, workers, build).await
    }
}

impl Running {
    /// The root's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// A store with its name and its key, for a till to be tried with.
    #[must_use]
    pub fn example_store(&self) -> Option<(String, String, String)> {
        self.shop.as_ref()?.example()
    }

    /// Takes in no new work, finishes what was taken in as far as the time for that allows, and stops.
    pub async fn stop(self) {
        self.app.drain();
        if let Some(shop) = &self.shop {
            shop.drain();
        }
        tracing::info!("draining");
        let last = now() + self.patience;
        // Connections are accepted meanwhile: an honest 503 is better than a refused connection.
        while !self.app.is_idle() && now() < last {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.served.close(LAST_BYTES.max(last - now()).min(self.patience.max(LAST_BYTES))).await;
        if let Some(measured) = self.measured {
            measured.close(LAST_BYTES).await;
        }
        if let Some(shop) = &self.shop {
            shop.close().await;
        }
        tracing::info!("stopped");
    }
}

fn open_site(config: &Config) -> Result<Option<Site>> {
    let open = |folder: PathBuf| {
        let site = Site::open(&folder, !config.no_agent, !config.shop.no_shop, !config.no_service_worker)?;
        Ok(match &config.tiles {
            Some(tiles) => site.with_tiles(tiles, &config.tiles_attribution),
            None => site,
        })
    };
    config.site().map(open).transpose()
}

async fn load(
    config: Config,
    site: Option<Site>,
    campaign: Arc<Campaign>,
    workers: usize,
    build: Build,
) -> Result<Running> {
    let first = Task::new(Asked::Words(FIRST.to_owned()))?;
    let load = move || Engines::start(workers, &build, &first);
    let (engines, loaded) = tokio::task::spawn_blocking(load).await.context("loading the model")??;
    let queue = Queue::new(workers, loaded.service, config.queue());
    tracing::info!(model = loaded.name, workers, first_ms = loaded.service.as_millis() as u64, "model loaded");
    if loaded.service > config.deadline() {
        tracing::warn!("the first answer took longer than --deadline-ms: most questions will be refused");
    }
    listen(config, site, campaign, loaded.name, queue, Backend::Engines(engines)).await
}

async fn listen(
    config: Config,
    site: Option<Site>,
    campaign: Arc<Campaign>,
    model: String,
    queue: Arc<Queue>,
    backend: Backend,
) -> Result<Running> {
    let shop = match config.shop.no_shop {
        true => None,
        false => Some(Shop::open(&config, campaign).await.context("the shop")?),
    };
    if let Some(site) = &site {
        tokio::spawn(site.compress());
    }
    let app = Arc::new(App::new(&config, model, queue, backend, site, shop.clone()));
    let routes = match &shop {
        Some(shop) => router(Arc::clone(&app), shop::router(Arc::clone(shop))),
        None => router(Arc::clone(&app), Router::new()),
    };
    let measured = match config.metrics_listen {
        Some(address) => Some(Listening::open(address, metrics::router(&app), SCRAPERS).await?),
        None => None,
    };
    let served = Listening::open(config.listen, routes, config.max_connections.get()).await?;
    let (address, metrics_address) = (served.address, measured.as_ref().map(|measured| measured.address));
    tracing::info!(%address, metrics_address = metrics_address.map(tracing::field::display), "listening");
    let patience = Duration::from_secs(config.drain_seconds);
    Ok(Running { address, metrics_address, app, shop, patience, served, measured })
}

/// As [`TcpListener::bind`], for a crowd that comes all at once: whoever finds no room tries again only after a second.
fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// An address that is served. Dropping it stops that at once.
#[derive(Debug)]
struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<Duration>,
    served: JoinHandle<()>,
}

impl Listening {
    async fn open(address: SocketAddr, router: Router, max_connections: usize) -> Result<Self> {
        let listener = bind(address).with_context(|| format!("cannot listen on {address}"))?;
        let address = listener.local_addr().context("the address that is listened on")?;
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, router, max_connections, stopped));
        Ok(Self { address, stop, served })
    }

    /// Lets open requests finish within `patience`.
    async fn close(self, patience: Duration) {
        let _ = self.stop.send(patience);
        let _ = self.served.await;
    }
}
