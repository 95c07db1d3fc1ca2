//! A till for stores that have none: orders become ready after about the time that the store takes, by the same commands
//! as a real till's. It never hands anything over: that is for shoppers, or for somebody at a real till, which it leaves
//! alone.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use oolong_ledger::{Act, Actor, Command, Idempotency, LedgerError};
use oolong_protocol::shop::{Millis, OrderState, TillOrder};

use super::Shop;
use crate::clock::{Instant, now};

/// How often it looks at the stores that have orders.
const OFTEN: Duration = Duration::from_secs(1);
/// A store without orders is looked at for so long after the last one.
const LONG: Duration = Duration::from_secs(6 * 3600);
/// A store whose key was used lately has a till of its own.
const MANNED: Duration = Duration::from_secs(600);

/// The file of the data folder with the ids of stores that had orders, so that these are not forgotten with the process.
const FILE: &str = "simulated-till";

/// Which stores it has to look after.
#[derive(Debug)]
pub(crate) struct Shifts {
    file: PathBuf,
    /// When the last order came, and when to look next.
    stores: Mutex<HashMap<String, (Instant, Instant)>>,
    manned: Mutex<HashMap<String, Instant>>,
}

impl Shifts {
    /// Those of the stores that an earlier process had orders for.
    pub(crate) fn open(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let known = std::fs::read_to_string(&file).unwrap_or_default();
        let stores: HashMap<_, _> = known.lines().map(|store| (store.to_owned(), (now(), now()))).collect();
        Self { file, stores: Mutex::new(stores), manned: Mutex::default() }
    }

    /// An order was placed at a store.
    pub(crate) fn ordered(&self, store: &str) {
        if lock(&self.stores).insert(store.to_owned(), (now(), now())).is_none() {
            let noted = OpenOptions::new().append(true).create(true).open(&self.file);
            if let Err(error) = noted.and_then(|mut file| writeln!(file, "{store}")) {
                tracing::warn!(%error, "simulated till");
            }
        }
    }

    /// A store's own till has spoken.
    pub(crate) fn manned(&self, store: &str) {
        lock(&self.manned).insert(store.to_owned(), now());
    }

    fn due(&self) -> Vec<String> {
        lock(&self.manned).retain(|_, last| last.elapsed() < MANNED);
        let mut stores = lock(&self.stores);
        stores.retain(|_, (last, _)| last.elapsed() < LONG);
        stores.iter().filter(|(_, (_, next))| *next <= now()).map(|(store, _)| store.clone()).collect()
    }

    fn is_manned(&self, store: &str) -> bool {
        lock(&self.manned).contains_key(store)
    }

    fn later(&self, store: &str, wait: Duration) {
        if let Some((_, next)) = lock(&self.stores).get_mut(store) {
            *next = now() + wait;
        }
    }
}

/// Works until it is stopped.
pub(crate) async fn run(shop: Arc<Shop>) {
    let Some(shifts) = &shop.shifts else { return };
    loop {
        for store in shifts.due() {
            let wait = match round(&shop, shifts, &store).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::warn!(%error, "simulated till");
                    Duration::from_secs(5)
                }
            };
            shifts.later(&store, wait);
        }
        tokio::time::sleep(OFTEN).await;
    }
}

/// Makes what is due at one store; says when to look again.
async fn round(shop: &Shop, shifts: &Shifts, store: &str) -> Result<Duration, LedgerError> {
    let mut wait = Duration::from_secs(5);
    let Some((_, facts)) = shop.stores.by_id(store) else { return Ok(LONG) };
    if shifts.is_manned(store) {
        return Ok(wait);
    }
    for order in shop.ledger.queue(store).await?.orders {
        if order.state != OrderState::Sent {
            continue;
        }
        let left = made_at(&order, facts.prep_minutes.max(1)) - shop.now();
        if let Ok(left @ 1..) = u64::try_from(left) {
            wait = wait.min(Duration::from_millis(left));
            continue;
        }
        let idempotency = Idempotency { key: format!("simulated-{}", order.id), fingerprint: [0; 32] };
        let act = Act::Ready { order: order.id };
        let command = Command { actor: Actor::Store(store.to_owned()), idempotency: Some(idempotency), act };
        shop.ledger.submit(command).await?;
    }
    Ok(wait)
}

/// Seven to thirteen tenths of the usual time, the same whenever it is asked.
fn made_at(order: &TillOrder, prep_minutes: u16) -> Millis {
    let mut hasher = DefaultHasher::new();
    order.id.hash(&mut hasher);
    let share = 700 + i64::try_from(hasher.finish() % 601).unwrap_or_default();
    order.sent_at + i64::from(prep_minutes) * 60 * share
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_take_about_the_usual_time() {
        let order = |id: usize| TillOrder {
            id: format!("o-{id}"),
            number: "A1".to_owned(),
            state: OrderState::Sent,
            goods: Vec::new(),
            total: 0,
            fulfilment: oolong_intent::Fulfilment::Pickup,
            sent_at: 1_000,
            ready_at: 0,
        };
        let took: Vec<Millis> = (0..200).map(|id| made_at(&order(id), 10) - 1_000).collect();
        assert!(took.iter().all(|took| (420_000..=780_000).contains(took)), "{took:?}");
        assert!(took.iter().any(|took| *took < 500_000) && took.iter().any(|took| *took > 700_000));
        assert_eq!(made_at(&order(1), 10), made_at(&order(1), 10));
    }
}
