//! The shop: vouchers, stores and orders over HTTP. What is allowed is decided by the ledger; here is what HTTP, the
//! stores in memory and the clock add to it.

mod auth;
mod board;
mod clockwork;
mod counter;
mod events;
mod find;
mod follow;
mod hub;
mod keyring;
mod named;
mod operator;
mod orders;
mod problem;
mod request;
mod routes;
mod settings;
mod simulated;
mod stock;
mod stores;
mod tiles;
mod till;
mod webhook;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use oolong_catalog::Campaign;
use oolong_ledger::{Act, Actor, Command, Idempotency, Ledger, LedgerError, Reply, Settings};
use oolong_protocol::shop::{Millis, Reason};
use oolong_stores::Store;
use tokio::task::JoinHandle;

pub use operator::{Operation, operate};
pub(crate) use routes::router;
pub use settings::{ShopSettings, Till};

use crate::Config;
use crate::clock::{Instant, now};
use crate::rates::Rates;
use crate::reply::reply;
use auth::Notary;
use hub::Hub;
use keyring::Keyring;
use problem::Refused;
use stores::Stores;
use tiles::Tiles;

/// Which brand sells an item.
pub(crate) type BrandsOfItems = HashMap<String, String>;

/// The state behind [`router`].
pub(crate) struct Shop {
    ledger: Ledger,
    campaign: Arc<Campaign>,
    brands_of_items: BrandsOfItems,
    stores: Stores,
    tiles: Tiles,
    hub: Arc<Hub>,
    notary: Arc<Notary>,
    rates: Rates,
    trust_proxy: bool,
    draining: AtomicBool,
    shifts: Option<simulated::Shifts>,
    clockwork: Mutex<Vec<JoinHandle<()>>>,
    /// What time it was by the ledger, and when.
    time: Mutex<(Millis, Instant)>,
}

/// What the shop has to do at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Commands that wait for the ledger.
    pub(crate) waiting: usize,
    /// Open streams of stores' states.
    pub(crate) streams: usize,
    /// Stores that at least one of them follows.
    pub(crate) followed: usize,
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Shop").field("campaign", &self.campaign.id).finish_non_exhaustive()
    }
}

impl Shop {
    /// Opens ledger and stores, makes what is missing, and starts the clockwork.
    ///
    /// # Errors
    /// What cannot be read, written or reached.
    pub(crate) async fn open(config: &Config, campaign: Arc<Campaign>) -> Result<Arc<Self>> {
        let settings = &config.shop;
        let notary = open_notary(settings, &campaign)?;
        let ledger = open_ledger(settings, Arc::clone(&campaign), &notary).await?;
        let time = ledger.now().await.context("the ledger's time")?;
        let (pack, tiles) = stock::open(settings, &campaign).await?;
        let ttl = i64::try_from(settings.state_ttl().as_millis()).unwrap_or(i64::MAX);
        let stores = Stores::new(pack, settings.trusts_hours(), ttl);
        tracing::info!(stores = stores.pack.index.len(), "stores loaded");
        let brands_of_items = campaign.items().map(|(brand, item)| (item.id.clone(), brand.id.clone())).collect();
        let shop = Arc::new(Self {
            ledger,
            campaign,
            brands_of_items,
            stores,
            tiles,
            hub: Hub::new(),
            notary,
            rates: Rates::new(settings.shop_rate_per_minute, settings.shop_burst),
            trust_proxy: config.trust_proxy,
            draining: AtomicBool::new(false),
            shifts: settings.simulates_till().then(|| simulated::Shifts::open(&settings.data)),
            clockwork: Mutex::default(),
            time: Mutex::new((time, now())),
        });
        let after = follow::begin(&shop).await.context("how the stores stand")?;
        let mut tasks = vec![tokio::spawn(follow::run(Arc::clone(&shop), after))];
        tasks.extend(clockwork::start(&shop));
        if settings.simulates_till() {
            tasks.push(tokio::spawn(simulated::run(Arc::clone(&shop))));
        }
        if settings.partner.is_some() {
            tasks.push(tokio::spawn(webhook::run(Arc::clone(&shop), webhook::Partner::new(settings)?)));
        }
        *shop.clockwork.lock().unwrap_or_else(PoisonError::into_inner) = tasks;
        Ok(shop)
    }

    /// What time it is by the ledger, whose times all others are compared with: this machine's clock may be set back, or be
    /// another one than the database's.
    pub(crate) fn now(&self) -> Millis {
        let (time, when) = *self.time.lock().unwrap_or_else(PoisonError::into_inner);
        time.saturating_add(i64::try_from(when.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// Asks the ledger what time it is.
    async fn set_time(&self) -> Result<(), LedgerError> {
        let time = self.ledger.now().await?;
        *self.time.lock().unwrap_or_else(PoisonError::into_inner) = (time, now());
        Ok(())
    }

    /// How much there is to do at this moment.
    pub(crate) fn load(&self) -> Load {
        let (streams, followed) = self.hub.counts();
        Load { waiting: self.ledger.waiting(), streams, followed }
    }

    /// From now on, no new work; open streams end.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.hub.close();
    }

    /// Stops the clockwork and closes the ledger; what was taken in is written down first.
    pub(crate) async fn close(&self) {
        let tasks = std::mem::take(&mut *self.clockwork.lock().unwrap_or_else(PoisonError::into_inner));
        for task in &tasks {
            task.abort();
        }
        for task in tasks {
            let _ = task.await;
        }
        self.ledger.clone().close().await;
    }

    /// An example store and its key, for a till to be tried with.
    pub(crate) fn example(&self) -> Option<(String, String, String)> {
        let open = |index: &u32| {
            let now = self.now();
            let store = self.stores.pack.index.store(*index);
            let look = self.stores.board.look();
            store.is_some_and(|store| stores::takes_orders(self.stores.live(&look, *index, &store, now).state))
        };
        let (_, city, _) = self.stores.pack.directory.cities().next()?;
        let near = oolong_stores::Query { near: Some(city), limit: 200, ..Default::default() };
        let hits = self.stores.pack.index.find(&near, &|_| None);
        let index = hits.iter().map(|hit| hit.store).find(open).or_else(|| self.stores.pack.index.stores().next())?;
        let store = self.stores.pack.index.store(index)?;
        let name = stores::names(&store.names).join(" ");
        let key = self.notary.store_key(&store.id);
        Some((store.id, name, key))
    }

    /// Has the ledger do something, and makes an answer of its reply.
    async fn act(&self, actor: Actor, idempotency: Idempotency, act: Act) -> Result<Response, Refused> {
        let reply = self.ledger.submit(Command { actor, idempotency: Some(idempotency), act }).await?;
        Ok(answer(&reply))
    }

    /// Whether the key of `store` was sent; then the store has a till of its own.
    fn check_till(&self, headers: &HeaderMap, store: &str) -> Result<(), Refused> {
        self.notary.check_store(headers, store)?;
        if let Some(shifts) = &self.shifts {
            shifts.manned(store);
        }
        Ok(())
    }

    /// The store with this id.
    fn store(&self, id: &str) -> Result<(u32, Store), Refused> {
        let found = self.stores.by_id(id);
        found.ok_or_else(|| Refused::new(Reason::StoreUnknown, ""))
    }
}

/// Opens the ledger; `notary` signs what it gives out.
async fn open_ledger(settings: &ShopSettings, campaign: Arc<Campaign>, notary: &Arc<Notary>) -> Result<Ledger> {
    let signer = Arc::clone(notary);
    let settings_of_ledger = Settings {
        hold: settings.hold(),
        state_ttl: settings.state_ttl(),
        sign: Arc::new(move |grant, shopper| signer.sign(grant, shopper)),
        partner: settings.partner.clone(),
    };
    let ledger = Ledger::open_tuned(settings.place(), campaign, settings_of_ledger, settings.tuning());
    ledger.await.context("the ledger")
}

fn open_notary(settings: &ShopSettings, campaign: &Campaign) -> Result<Arc<Notary>> {
    let folder = &settings.data;
    std::fs::create_dir_all(folder).with_context(|| format!("--data {}", folder.display()))?;
    Ok(Arc::new(Notary::new(Keyring::open(folder)?, campaign.id.clone())))
}

fn answer(given: &Reply) -> Response {
    let status = StatusCode::from_u16(given.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if given.status < 400 { "application/json" } else { problem::TYPE };
    let mut response = reply(status, kind, given.body.to_vec().into());
    if given.replayed {
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// Waits between two rounds of something that goes on for ever; longer after errors, so that a database that is away
/// is not asked without end.
async fn pause(usual: Duration, errors: &mut u32, failed: bool) {
    *errors = if failed { errors.saturating_add(1) } else { 0 };
    let factor = 1u32 << (*errors).min(5);
    tokio::time::sleep(
        usual.max(Duration::from_millis(50)).saturating_mul(factor).min(usual.max(Duration::from_secs(10))),
    )
    .await;
}
