//! The stores in memory: who is where, how they stand, and what the rules must know of them.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{PoisonError, RwLock};

use oolong_intent::Fulfilment;
use oolong_ledger::{Candidate, StoreFacts};
use oolong_protocol::shop::{Availability, Live, Millis, OrderRequest, StoreView};
use oolong_stores::{Hours, Names, Pack, Query, Spoken, Store};

use super::board::{Board, Look, Word};

/// Stores that are offered in another's place are at most so far from it, metres.
const NEAR: f64 = 5_000.0;
/// The most of them that the rules get to see.
const CANDIDATES: usize = 12;
/// What holds where a store does not say how much it makes, how far ahead and how fast.
const PACE: u16 = 2;
const AHEAD_MINUTES: u16 = 120;
const PREP_MINUTES: u16 = 10;
/// How much further than orders are accepted hours are looked up, minutes.
const BEYOND: i64 = 180;

/// All stores.
#[derive(Debug)]
pub(crate) struct Stores {
    /// As packed.
    pub(crate) pack: Pack,
    /// What was said of them.
    pub(crate) board: Board,
    /// Hashes of ids, ascending, with the index of each; half the memory of a map of ids.
    ids: Vec<(u64, u32)>,
    hash: RandomState,
    trust_hours: bool,
    ttl: Millis,
    /// Where stores have said lately that they take orders.
    spoken: RwLock<Spoken>,
}

impl Stores {
    /// Makes a pack ready. `ttl`: for how long an answer by hours may be shown.
    pub(crate) fn new(pack: Pack, trust_hours: bool, ttl: Millis) -> Self {
        let hash = RandomState::new();
        let id = |index: u32| pack.index.store(index).map(|store| (hash.hash_one(store.id.as_str()), index));
        let mut ids: Vec<(u64, u32)> = pack.index.stores().filter_map(id).collect();
        ids.sort_unstable();
        let board = Board::new(pack.index.stores().max().map_or(0, |last| last as usize + 1));
        Self { pack, board, ids, hash, trust_hours, ttl, spoken: RwLock::default() }
    }

    /// Puts a word up.
    pub(crate) fn put(&self, index: u32, word: Word) {
        if takes_orders(word.change.live.state) {
            self.spoken.write().unwrap_or_else(PoisonError::into_inner).add(self.pack.index.spoken(index));
        }
        self.board.put(index, word);
    }

    /// Forgets where stores have spoken whose words no longer hold. What is kept too long only costs time.
    pub(crate) fn forget(&self, now: Millis) {
        let mut spoken = Spoken::default();
        {
            let look = self.board.look();
            let said = |index: &u32| look.holds(*index, now).is_some_and(|live| takes_orders(live.state));
            self.pack.index.stores().filter(said).for_each(|index| spoken.add(self.pack.index.spoken(index)));
        }
        *self.spoken.write().unwrap_or_else(PoisonError::into_inner) = spoken;
    }

    /// Has `query` find only stores that take orders at `now`: by their own word, or by their hours if these are trusted.
    pub(crate) fn only_open(&self, query: Query, now: Millis) -> Query {
        let spoken = *self.spoken.read().unwrap_or_else(PoisonError::into_inner);
        Query { open_at: Some(now.div_euclid(1000)), said_only: !self.trust_hours, spoken, ..query }
    }

    /// The store with this id.
    pub(crate) fn by_id(&self, id: &str) -> Option<(u32, Store)> {
        let wanted = self.hash.hash_one(id);
        let first = self.ids.partition_point(|(hash, _)| *hash < wanted);
        let alike = self.ids[first..].iter().take_while(|(hash, _)| *hash == wanted);
        alike.filter_map(|(_, index)| Some((*index, self.pack.index.store(*index)?))).find(|(_, store)| store.id == id)
    }

    /// Ids of all stores with their indices.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, String)> {
        self.pack.index.stores().filter_map(|index| Some((index, self.pack.index.store(index)?.id)))
    }

    /// How a store stands at `now`: its own word while that holds, else its hours if they are trusted, else unknown.
    pub(crate) fn live(&self, look: &Look<'_>, index: u32, store: &Store, now: Millis) -> Live {
        let plain =
            |state: Availability| Live { state, minutes: None, until: None, as_of: now, expires_at: now + self.ttl };
        if store.permanently_closed {
            return plain(Availability::PermanentlyClosed);
        }
        if let Some(live) = look.holds(index, now) {
            return live.clone();
        }
        let hours = self.hours(index, now);
        let until = |second: Option<i64>| second.map(|second| second.saturating_mul(1000));
        let mut live = match hours {
            Some(Hours::Open { .. }) => Live { minutes: Some(prep(store).into()), ..plain(Availability::Open) },
            Some(Hours::Closed { opens }) => Live { until: until(opens), ..plain(Availability::Closed) },
            Some(Hours::Unknown) | None => plain(Availability::Unknown),
        };
        // An answer by hours ends where the hours change.
        if let Some(Hours::Open { until: change } | Hours::Closed { opens: change }) = hours
            && let Some(change) = until(change)
        {
            live.expires_at = live.expires_at.min(change);
        }
        live
    }

    /// What is known of a store that has not spoken, as searching wants it.
    pub(crate) fn by_hours(&self, index: u32, now: Millis) -> Option<oolong_stores::Live> {
        let store = self.pack.index.store(index)?;
        let accepting = matches!(self.hours(index, now), Some(Hours::Open { .. }));
        Some(oolong_stores::Live { accepting, wait_minutes: prep(&store) })
    }

    /// A store as it is listed.
    pub(crate) fn view(
        &self,
        look: &Look<'_>,
        index: u32,
        store: Store,
        metres: Option<f64>,
        now: Millis,
    ) -> StoreView {
        let live = self.live(look, index, &store, now);
        let mut fulfilment = Vec::new();
        if picks_up(&store) {
            fulfilment.push(Fulfilment::Pickup);
        }
        if store.delivery {
            fulfilment.push(Fulfilment::Delivery);
        }
        StoreView {
            address: address(&store),
            names: names(&store.names),
            id: store.id,
            brand: store.brand,
            lon: store.lon,
            lat: store.lat,
            hours: store.hours,
            fulfilment,
            unavailable: store.unavailable,
            metres: metres.map(|metres| metres.round() as u32),
            live,
        }
    }

    /// What the rules must know of a store.
    pub(crate) fn facts(&self, index: u32, store: Store, now: Millis) -> StoreFacts {
        let ahead_minutes = or(store.ahead_minutes, AHEAD_MINUTES);
        StoreFacts {
            open: if self.trust_hours { self.open(index, now, ahead_minutes) } else { None },
            names: names(&store.names),
            orders_per_minute: or(store.orders_per_minute, PACE),
            ahead_minutes,
            prep_minutes: prep(&store),
            picks_up: picks_up(&store),
            delivers: store.delivery,
            permanently_closed: store.permanently_closed,
            id: store.id,
            brand: store.brand,
            unavailable: store.unavailable,
        }
    }

    /// Stores of the same brand near by that are open and have what is wanted, nearest first.
    pub(crate) fn candidates(&self, index: u32, store: &Store, request: &OrderRequest, now: Millis) -> Vec<Candidate> {
        let query = Query {
            near: Some(store.point()),
            brand: Some(store.brand.clone()),
            fulfilment: Some(way(request.fulfilment)),
            item: request.goods.first().map(|goods| goods.item.clone()),
            // Some drop out below.
            limit: CANDIDATES * 2,
            ..Query::default()
        };
        let query = self.only_open(query, now);
        let look = self.board.look();
        let hits = self.pack.index.find(&query, &|index| word(&look, index, now));
        let near = hits.into_iter().take_while(|hit| hit.meters <= NEAR).filter(|hit| hit.store != index);
        let candidates = near.filter_map(|hit| {
            let other = self.pack.index.store(hit.store)?;
            let has = |item: &String| !other.unavailable.contains(item);
            request
                .goods
                .iter()
                .all(|goods| has(&goods.item))
                .then(|| Candidate { metres: hit.meters.round() as u32, facts: self.facts(hit.store, other, now) })
        });
        candidates.take(CANDIDATES).collect()
    }

    /// Whether it is open by its hours; nothing where these are not trusted.
    fn hours(&self, index: u32, now: Millis) -> Option<Hours> {
        if self.trust_hours { self.pack.index.hours(index, now.div_euclid(1000)) } else { None }
    }

    /// Where it is open within the time that it accepts orders for; nothing if its hours are not known so far.
    fn open(&self, index: u32, now: Millis, ahead_minutes: u16) -> Option<Vec<(Millis, Millis)>> {
        let first = now.div_euclid(1000);
        // An order that begins at the last moment has to be made as well.
        let last = first + (i64::from(ahead_minutes) + BEYOND) * 60;
        let (mut open, mut at) = (Vec::new(), first);
        while at < last {
            match self.pack.index.hours(index, at)? {
                Hours::Open { until } => {
                    let until = until.unwrap_or(last).min(last).max(at + 1);
                    open.push((at * 1000, until * 1000));
                    at = until;
                }
                Hours::Closed { opens } => at = opens.unwrap_or(last).max(at + 1),
                // What is known of today is worth something without tomorrow.
                Hours::Unknown if at > first => break,
                Hours::Unknown => return None,
            }
        }
        Some(open)
    }
}

/// The names that there are, English first.
pub(crate) fn names(names: &Names) -> Vec<String> {
    [&names.en, &names.zh].into_iter().filter(|name| !name.is_empty()).cloned().collect()
}

/// The same way in the pack's words.
pub(crate) fn way(fulfilment: Fulfilment) -> oolong_stores::Fulfilment {
    match fulfilment {
        Fulfilment::Pickup => oolong_stores::Fulfilment::Pickup,
        Fulfilment::Delivery => oolong_stores::Fulfilment::Delivery,
    }
}

/// A word as searching wants it.
pub(crate) fn word(look: &Look<'_>, index: u32, now: Millis) -> Option<oolong_stores::Live> {
    let live = look.holds(index, now)?;
    let wait_minutes = live.minutes.unwrap_or_default().try_into().unwrap_or(u16::MAX);
    Some(oolong_stores::Live { accepting: takes_orders(live.state), wait_minutes })
}

/// Whether an order can be placed there now.
pub(crate) fn takes_orders(state: Availability) -> bool {
    matches!(state, Availability::Open | Availability::Busy)
}

/// Where nothing is said of either way, orders are fetched.
fn picks_up(store: &Store) -> bool {
    store.pickup || !store.delivery
}

fn prep(store: &Store) -> u16 {
    or(store.prep_minutes, PREP_MINUTES)
}

fn or(known: u16, otherwise: u16) -> u16 {
    if known == 0 { otherwise } else { known }
}

/// City, district and street; what the street's line says already is not said again.
fn address(store: &Store) -> String {
    let mut address = store.address.clone();
    for part in [store.district.shown(true), store.city.shown(true)] {
        if !address.contains(part) {
            let space = if part.is_ascii() && !address.is_empty() { " " } else { "" };
            address = format!("{part}{space}{address}");
        }
    }
    address
}
