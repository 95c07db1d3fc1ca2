//! A store's post: who is at the till, what waits there, and the keys for checking codes. Kept for this tab only.

use leptos::prelude::*;
use oolong_protocol::shop::{ChangeState, Claim, Live, Reason, StoreView, TillOrder, TillQueue};
use oolong_token::VerifyingKey;
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;

use crate::{
    api::{Who, encoded},
    clock::sleep,
    desk::{Desk, Fetched},
    failure::Failure,
    identity, listen, storage,
};

const POST: &str = "oolong:till";
const KEYS: &str = "oolong:till:keys";
/// Milliseconds between two looks at the queue.
const AGAIN: f64 = 2_000.0;

/// Which store's till this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) store: String,
    pub(crate) key: String,
}

/// `GET /v1/keys`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct PublicKeys {
    keys: Vec<PublicKey>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PublicKey {
    key: String,
}

/// The till's state; cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct TillDesk {
    pub(crate) desk: Desk,
    pub(crate) post: RwSignal<Option<Post>>,
    pub(crate) queue: RwSignal<Fetched<TillQueue>>,
    pub(crate) store: RwSignal<Option<StoreView>>,
    keys: RwSignal<Vec<VerifyingKey>>,
    /// Which watch over the queue counts; a newer one ends older ones.
    watch: StoredValue<u32>,
}

impl TillDesk {
    /// Sets the till up, as this tab last had it.
    pub(crate) fn open(desk: Desk) -> Self {
        let kept = session().and_then(|session| session.get_item(POST).ok()?);
        let kept: Option<Post> = kept.and_then(|text| serde_json::from_str(&text).ok());
        let till = Self {
            desk,
            post: RwSignal::new(None),
            queue: RwSignal::default(),
            store: RwSignal::new(None),
            keys: RwSignal::new(read(&storage::load(KEYS).unwrap_or_default())),
            watch: StoredValue::new(0),
        };
        till.fetch_keys();
        listen::window("online", move |_| till.fetch_keys());
        if let Some(post) = kept {
            till.enter(post);
        }
        till
    }

    /// Begins at a post.
    pub(crate) fn enter(&self, post: Post) {
        if let (Some(session), Ok(text)) = (session(), serde_json::to_string(&post)) {
            // Where this is forbidden, the key has to be typed again after a reload.
            let _ = session.set_item(POST, &text);
        }
        self.queue.set(Fetched::default());
        self.store.set(None);
        self.post.set(Some(post.clone()));
        let (till, watch) = (*self, self.watch.get_value() + 1);
        self.watch.set_value(watch);
        spawn_local(async move {
            let path = format!("stores/{}", encoded(&post.store));
            if let Ok(store) = till.desk.api.get::<StoreView>(&path, &Who::Anybody).await {
                till.store.set(Some(store));
            }
        });
        spawn_local(async move {
            while till.watch.get_value() == watch {
                if listen::is_shown() {
                    till.look(watch).await;
                }
                sleep(AGAIN).await;
            }
        });
    }

    /// Leaves the post; nothing of it stays in the browser.
    pub(crate) fn leave(&self) {
        if let Some(session) = session() {
            // What was never stored need not be removed.
            let _ = session.remove_item(POST);
        }
        self.watch.update_value(|watch| *watch += 1);
        self.post.set(None);
        self.queue.set(Fetched::default());
        self.store.set(None);
    }

    /// The keys that codes are checked with; follows them.
    pub(crate) fn keys(&self) -> Vec<VerifyingKey> {
        self.keys.get()
    }

    /// Who asks.
    pub(crate) fn who(&self) -> Who {
        self.post.with_untracked(|post| post.as_ref().map_or(Who::Anybody, |post| Who::Bearer(post.key.clone())))
    }

    /// Id of the store.
    pub(crate) fn store_id(&self) -> String {
        self.post.with_untracked(|post| post.as_ref().map(|post| post.store.clone())).unwrap_or_default()
    }

    /// Says that an order is made, or handed over.
    ///
    /// # Errors
    /// The server refused, or could not be asked; the same may be said again.
    pub(crate) async fn say(&self, order: &str, verb: &'static str) -> Result<(), Failure> {
        let path = format!("stores/{}/orders/{}/{verb}", encoded(&self.store_id()), encoded(order));
        let reply: TillOrder = self.desk.api.post(&path, &Claim {}, &format!("{verb}.{order}"), &self.who()).await?;
        self.queue.update(|queue| {
            let orders = queue.value.iter_mut().flat_map(|queue| &mut queue.orders);
            for order in orders.filter(|order| order.id == reply.id) {
                *order = reply.clone();
            }
        });
        Ok(())
    }

    /// Says how the store stands.
    ///
    /// # Errors
    /// The server refused, or could not be asked.
    pub(crate) async fn change(&self, change: &ChangeState) -> Result<(), Failure> {
        let path = format!("stores/{}/state", encoded(&self.store_id()));
        let live: Live = self.desk.api.put(&path, change, &identity::fresh_key(), &self.who()).await?;
        self.queue.update(|queue| {
            if let Some(queue) = &mut queue.value {
                queue.live = live;
            }
        });
        Ok(())
    }

    async fn look(&self, watch: u32) {
        let path = format!("stores/{}/orders", encoded(&self.store_id()));
        self.queue.update(|queue| queue.busy = true);
        let outcome = self.desk.api.get::<TillQueue>(&path, &self.who()).await;
        if self.watch.get_value() != watch {
            return;
        }
        match outcome {
            Ok(queue) => {
                let as_of = queue.as_of;
                self.queue.set(Fetched { value: Some(queue), as_of, ..Fetched::default() });
            }
            Err(failure) => {
                // Whoever has the wrong key is asked for the right one; whoever has no network stays.
                if matches!(failure.reason(), Some(Reason::StoreKeyInvalid | Reason::StoreUnknown)) {
                    self.leave();
                }
                self.queue.update(|queue| {
                    queue.busy = false;
                    queue.trouble = Some(failure);
                });
            }
        }
    }

    fn fetch_keys(&self) {
        let till = *self;
        spawn_local(async move {
            if let Ok(keys) = till.desk.api.get::<PublicKeys>("keys", &Who::Anybody).await {
                storage::save(KEYS, &keys);
                till.keys.set(read(&keys));
            }
        });
    }
}

/// The till of the component that asks.
pub(crate) fn use_till() -> TillDesk {
    expect_context()
}

/// A key that cannot be read checks nothing; the others still do.
fn read(keys: &PublicKeys) -> Vec<VerifyingKey> {
    keys.keys.iter().filter_map(|known| known.key.parse().ok()).collect()
}

fn session() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}
