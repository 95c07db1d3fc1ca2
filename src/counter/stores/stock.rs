//! The stores that are here: the directory and tiles, fetched from the server once and kept by the browser.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use futures::future::{Either, select};
use gloo_net::http::RequestBuilder;
use leptos::prelude::*;
use oolong_map::{LonLat, World};
use oolong_stores::{Directory, Index, PackError, Store, Tile};
use web_sys::{AbortController, RequestCache};

use super::timeline;
use crate::{address, clock::sleep, failure::Failure};

/// Bytes that one view may cost on the way, directory included.
const BUDGET: u32 = 150_000;
/// What tiles may cost even beside a large directory.
const LEAST: u32 = 60_000;
/// How long one file may take, milliseconds.
const DEADLINE: f64 = 30_000.0;
/// Tiles that arrive within this time are unpacked together.
const TOGETHER: Duration = Duration::from_millis(120);
/// With more stores than this in memory, what is out of view is let go.
const MOST: usize = 40_000;

/// A store that is here.
#[derive(Debug)]
pub(super) struct Shelved {
    /// Its index in the country.
    pub(super) number: u32,
    pub(super) store: Store,
    /// Where on the map.
    pub(super) at: World,
}

/// All that is here.
#[derive(Default)]
pub(super) struct Shelves {
    /// For opening hours and searching.
    pub(super) index: Index,
    pub(super) tiles: HashMap<u32, Vec<Arc<Shelved>>>,
}

impl Shelves {
    /// The store with this id.
    pub(super) fn by_id(&self, id: &str) -> Option<Arc<Shelved>> {
        self.tiles.values().flatten().find(|shelved| shelved.store.id == id).cloned()
    }

    /// The store with this index.
    pub(super) fn by_number(&self, number: u32) -> Option<Arc<Shelved>> {
        self.tiles.values().find_map(|tile| {
            let first = tile.first()?.number;
            tile.get(number.checked_sub(first)? as usize).cloned()
        })
    }
}

/// What is on its way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Progress {
    /// Files that have come, of so many.
    pub(super) files: (usize, usize),
    /// Bytes that have come, as sent.
    pub(super) bytes: u32,
    /// Why something did not come.
    pub(super) trouble: Option<Failure>,
}

impl Progress {
    pub(super) fn is_busy(&self) -> bool {
        self.files.0 < self.files.1
    }
}

/// A handle to what is here; clones are the same.
#[derive(Clone)]
pub(super) struct Stock {
    pub(super) directory: ArcRwSignal<Option<Arc<Directory>>>,
    pub(super) shelves: ArcRwSignal<Shelves>,
    pub(super) progress: ArcRwSignal<Progress>,
    budget: ArcRwSignal<u32>,
}

#[derive(Default)]
struct Desk {
    stock: Option<Stock>,
    /// The directory is on its way.
    opening: bool,
    /// It was fetched anew because a tile was gone.
    renewed: bool,
    flights: HashMap<u32, AbortController>,
    arrived: Vec<(u32, Vec<u8>)>,
}

thread_local! {
    /// Outlives the cards: what one has fetched serves all.
    static DESK: RefCell<Desk> = RefCell::default();
}

impl Stock {
    /// The one that all cards share.
    pub(super) fn shared() -> Self {
        DESK.with_borrow_mut(|desk| {
            let new = || Self {
                directory: ArcRwSignal::new(None),
                shelves: ArcRwSignal::new(Shelves::default()),
                progress: ArcRwSignal::default(),
                budget: ArcRwSignal::new(BUDGET),
            };
            desk.stock.get_or_insert_with(new).clone()
        })
    }

    /// Bytes that the tiles of a view may cost.
    pub(super) fn budget(&self) -> u32 {
        self.budget.get_untracked()
    }

    /// Fetches the directory, unless it is here or on its way.
    pub(super) fn open(&self) {
        let busy = DESK.with_borrow_mut(|desk| std::mem::replace(&mut desk.opening, true));
        if busy || self.directory.with_untracked(Option::is_some) {
            DESK.with_borrow_mut(|desk| desk.opening = busy);
            return;
        }
        let stock = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            stock.begin(1);
            let renewed = DESK.with_borrow(|desk| desk.renewed);
            let outcome = match fetch("stores/directory", None, renewed).await {
                Ok((bytes, sent)) => {
                    timeline::arrived();
                    stock.budget.set(BUDGET.saturating_sub(sent).max(LEAST));
                    Directory::read(&bytes).map(|directory| (directory, sent)).map_err(|error| unreadable(&error))
                }
                Err(failure) => Err(failure),
            };
            DESK.with_borrow_mut(|desk| desk.opening = false);
            match outcome {
                Ok((directory, sent)) => {
                    stock.end(1, sent, None);
                    stock.directory.set(Some(Arc::new(directory)));
                }
                Err(failure) => stock.end(1, 0, Some(failure)),
            }
        });
    }

    /// Fetches these tiles, the first first, and gives up on all others that are on their way.
    pub(super) fn want(&self, directory: &Directory, tiles: &[u32]) {
        let wanted: HashSet<u32> = tiles.iter().copied().collect();
        let stale: Vec<AbortController> = DESK.with_borrow_mut(|desk| {
            desk.flights.extract_if(|tile, _| !wanted.contains(tile)).map(|(_, abort)| abort).collect()
        });
        stale.iter().for_each(AbortController::abort);
        self.end(stale.len(), 0, None);
        let (stores, all_here) = self.shelves.with_untracked(|shelves| {
            let stores: usize = shelves.tiles.values().map(Vec::len).sum();
            (stores, tiles.iter().all(|tile| shelves.tiles.contains_key(tile)))
        });
        if stores > MOST && !all_here {
            // The index cannot forget a part. What is wanted comes back from the browser's own store.
            self.shelves.set(Shelves::default());
        }
        let here = |tile: &u32| self.shelves.with_untracked(|shelves| shelves.tiles.contains_key(tile));
        let coming = |tile: &u32| {
            DESK.with_borrow(|desk| {
                desk.flights.contains_key(tile) || desk.arrived.iter().any(|(arrived, _)| arrived == tile)
            })
        };
        for tile in tiles.iter().copied().filter(|tile| !here(tile) && !coming(tile)) {
            let (Some(file), Ok(abort)) = (directory.tile_file(tile), AbortController::new()) else { continue };
            DESK.with_borrow_mut(|desk| desk.flights.insert(tile, abort.clone()));
            self.begin(1);
            let stock = self.clone();
            wasm_bindgen_futures::spawn_local(async move {
                let outcome = fetch(&format!("stores/{file}"), Some(&abort), false).await;
                if !abort.signal().aborted() {
                    stock.landed(tile, outcome);
                }
            });
        }
    }

    fn landed(&self, tile: u32, outcome: Result<(Vec<u8>, u32), Failure>) {
        let left = DESK.with_borrow_mut(|desk| {
            desk.flights.remove(&tile);
            desk.flights.len()
        });
        let (bytes, sent) = match outcome {
            Ok(landed) => landed,
            Err(failure) => {
                let gone = matches!(failure, Failure::Garbled { status: 404 | 410, .. });
                let renew = gone && !DESK.with_borrow_mut(|desk| std::mem::replace(&mut desk.renewed, true));
                self.end(1, 0, Some(failure));
                if renew {
                    // The stores were packed anew since the directory came: its tiles have other names now.
                    self.directory.set(None);
                    self.shelves.set(Shelves::default());
                    self.open();
                } else if left == 0 {
                    self.unpack();
                }
                return;
            }
        };
        let first = DESK.with_borrow_mut(|desk| {
            desk.arrived.push((tile, bytes));
            desk.arrived.len() == 1
        });
        self.end(1, sent, None);
        if left == 0 {
            self.unpack();
        } else if first {
            let stock = self.clone();
            set_timeout(move || stock.unpack(), TOGETHER);
        }
    }

    /// Puts what has arrived on the shelves.
    fn unpack(&self) {
        let arrived = DESK.with_borrow_mut(|desk| std::mem::take(&mut desk.arrived));
        if arrived.is_empty() {
            return;
        }
        timeline::arrived();
        let (mut read, mut trouble) = (Vec::new(), None);
        for (number, bytes) in arrived {
            match Tile::read(&bytes) {
                Ok(tile) => read.push((number, tile)),
                Err(error) => trouble = Some(unreadable(&error)),
            }
        }
        if trouble.is_some() {
            self.end(0, 0, trouble);
        }
        self.shelves.update(|shelves| {
            let mut tiles = Vec::with_capacity(read.len());
            for (number, tile) in read {
                shelves.tiles.insert(number, shelve(&tile));
                tiles.push(tile);
            }
            shelves.index = std::mem::take(&mut shelves.index).with(tiles);
        });
    }

    fn begin(&self, files: usize) {
        self.progress.update(|progress| {
            if !progress.is_busy() {
                *progress = Progress::default();
            }
            progress.files.1 += files;
        });
    }

    fn end(&self, files: usize, bytes: u32, trouble: Option<Failure>) {
        if files == 0 && trouble.is_none() {
            return;
        }
        self.progress.update(|progress| {
            progress.files.0 = (progress.files.0 + files).min(progress.files.1);
            progress.bytes = progress.bytes.saturating_add(bytes);
            if trouble.is_some() {
                progress.trouble = trouble;
            }
        });
    }
}

fn shelve(tile: &Tile) -> Vec<Arc<Shelved>> {
    let stores = tile.indices().zip(0..tile.len()).filter_map(|(number, row)| Some((number, tile.store(row)?)));
    let shelved = stores.map(|(number, store)| {
        let at = LonLat { lon: store.lon, lat: store.lat }.project();
        Arc::new(Shelved { number, store, at })
    });
    shelved.collect()
}

/// A file beside the page, and how many bytes it took on the way as far as the server says so.
async fn fetch(path: &str, abort: Option<&AbortController>, renew: bool) -> Result<(Vec<u8>, u32), Failure> {
    let signal = abort.map(AbortController::signal);
    let cache = if renew { RequestCache::Reload } else { RequestCache::Default };
    let request = RequestBuilder::new(&address::resolve(path)).abort_signal(signal.as_ref()).cache(cache);
    let exchange = pin!(async {
        let response = request.send().await.map_err(|_| Failure::Unreachable)?;
        if !response.ok() {
            let detail = format!("expected {path}, found status {}", response.status());
            return Err(Failure::Garbled { status: response.status(), retry_after: None, detail });
        }
        let sent = response.headers().get("Content-Length").and_then(|length| length.parse().ok());
        let bytes = response.binary().await.map_err(|_| Failure::Unreachable)?;
        let sent = sent.unwrap_or(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        Ok((bytes, sent))
    });
    match select(exchange, pin!(sleep(DEADLINE))).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => Err(Failure::Late),
    }
}

fn unreadable(error: &PackError) -> Failure {
    Failure::Garbled { status: 200, retry_after: None, detail: error.to_string() }
}
