//! Where claims wait: IndexedDB, or memory where that is forbidden.

use std::{cell::RefCell, collections::BTreeMap, pin::pin};

use futures::future::{Either, select};
use idb::{Database, DatabaseEvent as _, Error, Factory, ObjectStoreParams, TransactionMode};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use super::{
    connection::Connection,
    policy::{Entry, Settled},
};
use crate::clock::sleep;

/// How long a database may take to open, milliseconds.
const PATIENCE: f64 = 4000.0;

const DATABASE: &str = "oolong-counter";
/// Claims by wish, as JSON.
const WAITING: &str = "claims";
/// What became of them, by wish, as JSON.
const SETTLED: &str = "settled";

/// All that is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub(super) waiting: Vec<Entry>,
    pub(super) settled: Vec<Settled>,
    /// How many of those that wait outlive the page; none where the database could not be read, which is not zero.
    pub(super) lasting: Option<usize>,
}

/// The store.
#[derive(Default)]
pub(super) struct Store {
    database: Connection<Database>,
    /// What the database did not take.
    memory: RefCell<(BTreeMap<String, Entry>, BTreeMap<String, Settled>)>,
}

impl Store {
    /// There is reason to try again for a database that could not be opened.
    pub(super) fn renew(&self) {
        self.database.renew();
    }

    /// Keeps a claim, unless its wish is known; `false` when that lasts only as long as the page.
    pub(super) async fn add(&self, entry: &Entry) -> bool {
        if self.with(async |database| add(database, entry).await).await.is_some() {
            return true;
        }
        let (waiting, settled) = &mut *self.memory.borrow_mut();
        if !settled.contains_key(&entry.wish) {
            waiting.entry(entry.wish.clone()).or_insert_with(|| entry.clone());
        }
        false
    }

    /// All claims, the oldest first.
    pub(super) async fn all(&self) -> Kept {
        let read = self.with(all).await;
        let lasting = read.as_ref().map(|kept| kept.waiting.len());
        let mut kept = Kept { lasting, ..read.unwrap_or_default() };
        let memory = self.memory.borrow();
        kept.waiting.extend(memory.0.values().cloned());
        kept.settled.extend(memory.1.values().cloned());
        kept.waiting.sort_by_key(|entry| entry.at);
        kept
    }

    /// A claim is decided: in one step it stops waiting and its outcome is kept.
    pub(super) async fn settle(&self, settled: &Settled) {
        let lasts = self.with(async |database| settle(database, settled).await).await.is_some();
        if lasts && !self.memory.borrow().0.contains_key(&settled.entry.wish) {
            return;
        }
        let memory = &mut *self.memory.borrow_mut();
        memory.0.remove(&settled.entry.wish);
        memory.1.insert(settled.entry.wish.clone(), settled.clone());
    }

    /// Forgets outcomes of claims made before `at`.
    pub(super) async fn forget_before(&self, at: i64) {
        let old = self.all().await.settled.into_iter().filter(|settled| settled.entry.at < at);
        for settled in old {
            // What cannot be forgotten now is forgotten at another visit.
            let _ = self.with(async |database| forget(database, &settled.entry.wish).await).await;
        }
    }

    async fn with<T>(&self, work: impl AsyncFn(&Database) -> Result<T, Error>) -> Option<T> {
        self.database.with(soon, work).await
    }
}

/// The database; none in a browser that forbids it, or that does not answer.
async fn soon() -> Option<Database> {
    match select(pin!(open()), pin!(sleep(PATIENCE))).await {
        Either::Left((opened, _)) => opened.ok(),
        Either::Right(_) => None,
    }
}

async fn open() -> Result<Database, Error> {
    let mut opening = Factory::new()?.open(DATABASE, Some(1))?;
    opening.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            for name in [WAITING, SETTLED] {
                // Without its stores the database takes nothing, and memory does.
                let _ = database.create_object_store(name, ObjectStoreParams::new());
            }
        }
    });
    opening.await
}

async fn add(database: &Database, entry: &Entry) -> Result<(), Error> {
    let transaction = database.transaction(&[WAITING, SETTLED], TransactionMode::ReadWrite)?;
    let wish = JsValue::from_str(&entry.wish);
    let (waiting, settled) = (transaction.object_store(WAITING)?, transaction.object_store(SETTLED)?);
    let known = settled.get(wish.clone())?.await?.is_some() || waiting.get(wish.clone())?.await?.is_some();
    if !known {
        waiting.put(&json(entry), Some(&wish))?.await?;
    }
    transaction.commit()?.await.map(drop)
}

async fn all(database: &Database) -> Result<Kept, Error> {
    let transaction = database.transaction(&[WAITING, SETTLED], TransactionMode::ReadOnly)?;
    let waiting = transaction.object_store(WAITING)?.get_all(None, None)?.await?;
    let settled = transaction.object_store(SETTLED)?.get_all(None, None)?.await?;
    Ok(Kept { waiting: parsed(&waiting), settled: parsed(&settled), lasting: None })
}

async fn settle(database: &Database, settled: &Settled) -> Result<(), Error> {
    let transaction = database.transaction(&[WAITING, SETTLED], TransactionMode::ReadWrite)?;
    let wish = JsValue::from_str(&settled.entry.wish);
    transaction.object_store(SETTLED)?.put(&json(settled), Some(&wish))?.await?;
    transaction.object_store(WAITING)?.delete(wish)?.await?;
    transaction.commit()?.await.map(drop)
}

async fn forget(database: &Database, wish: &str) -> Result<(), Error> {
    let transaction = database.transaction(&[SETTLED], TransactionMode::ReadWrite)?;
    transaction.object_store(SETTLED)?.delete(JsValue::from_str(wish))?.await?;
    transaction.commit()?.await.map(drop)
}

fn json<T: Serialize>(value: &T) -> JsValue {
    JsValue::from_str(&serde_json::to_string(value).unwrap_or_default())
}

/// Those that this build can read; an entry of another build waits for that one.
fn parsed<T: DeserializeOwned>(values: &[JsValue]) -> Vec<T> {
    values.iter().filter_map(|value| serde_json::from_str(&value.as_string()?).ok()).collect()
}
