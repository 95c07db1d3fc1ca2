//! Who follows which stores, and what they have not been told yet.
//!
//! A follower's backlog is a set of stores, not of changes: only the latest state of a store matters, so that nobody can
//! need more memory than for the stores that were asked for, however slow.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::clock::{Instant, now};
use crate::serve::Hangup;

/// A follower that has taken nothing for so long although there is something is no longer there.
const PATIENCE: Duration = Duration::from_secs(30);

/// All followers of this process.
#[derive(Debug)]
pub(crate) struct Hub {
    followers: Mutex<Followers>,
    closing: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Followers {
    of: HashMap<u32, Vec<Arc<Follower>>>,
    streams: usize,
}

/// One open stream.
#[derive(Debug)]
struct Follower {
    backlog: Mutex<Backlog>,
    news: Notify,
    hangup: Option<Hangup>,
}

#[derive(Debug)]
struct Backlog {
    stores: BTreeSet<u32>,
    /// When it last took what there was, or had nothing to take.
    since: Instant,
}

/// A follower's side; dropping it ends the following.
#[derive(Debug)]
pub(crate) struct Following {
    hub: Arc<Hub>,
    follower: Arc<Follower>,
    stores: Vec<u32>,
    closing: watch::Receiver<bool>,
}

impl Hub {
    /// Nobody follows.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { followers: Mutex::default(), closing: watch::Sender::new(false) })
    }

    /// Follows `stores` from now on; `hangup` ends the connection of a follower that does not read.
    pub(crate) fn follow(self: &Arc<Self>, mut stores: Vec<u32>, hangup: Option<Hangup>) -> Following {
        stores.sort_unstable();
        stores.dedup();
        let backlog = Mutex::new(Backlog { stores: BTreeSet::new(), since: now() });
        let follower = Arc::new(Follower { backlog, news: Notify::new(), hangup });
        let mut followers = self.followers();
        for store in &stores {
            followers.of.entry(*store).or_default().push(Arc::clone(&follower));
        }
        followers.streams += 1;
        drop(followers);
        Following { hub: Arc::clone(self), follower, stores, closing: self.closing.subscribe() }
    }

    /// Tells everybody concerned that these stores have changed.
    pub(crate) fn tell(&self, stores: impl IntoIterator<Item = u32>) {
        let followers = self.followers();
        for store in stores {
            for follower in followers.of.get(&store).into_iter().flatten() {
                let mut backlog = follower.backlog();
                if backlog.stores.is_empty() {
                    backlog.since = now();
                }
                backlog.stores.insert(store);
                drop(backlog);
                follower.news.notify_one();
            }
        }
    }

    /// Hangs up on followers that do not read.
    pub(crate) fn sweep(&self) {
        for follower in self.followers().of.values().flatten() {
            let backlog = follower.backlog();
            if !backlog.stores.is_empty()
                && backlog.since.elapsed() > PATIENCE
                && let Some(hangup) = &follower.hangup
            {
                hangup.now();
            }
        }
    }

    /// Ends all streams, now and from now on.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// How many streams are open, and how many stores are followed by at least one of them.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let followers = self.followers();
        (followers.streams, followers.of.len())
    }

    fn followers(&self) -> MutexGuard<'_, Followers> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Follower {
    fn backlog(&self) -> MutexGuard<'_, Backlog> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Following {
    /// Which stores, in order.
    pub(crate) fn stores(&self) -> &[u32] {
        &self.stores
    }

    /// Waits until there is something new, or for `most`, and takes it; nothing at the end of all streams.
    pub(crate) async fn news(&mut self, most: Duration) -> Option<BTreeSet<u32>> {
        tokio::select! {
            _ = self.closing.wait_for(|closing| *closing) => return None,
            () = self.follower.news.notified() => {}
            () = tokio::time::sleep(most) => {}
        }
        let mut backlog = self.follower.backlog();
        backlog.since = now();
        Some(std::mem::take(&mut backlog.stores))
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut followers = self.hub.followers();
        followers.streams -= 1;
        for store in &self.stores {
            if let Some(of_store) = followers.of.get_mut(store) {
                of_store.retain(|other| !Arc::ptr_eq(other, &self.follower));
                if of_store.is_empty() {
                    followers.of.remove(store);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn changes_reach_who_follows_and_are_put_together() {
        let hub = Hub::new();
        let mut one = hub.follow(vec![3, 1, 3], None);
        let mut other = hub.follow(vec![2, 3], None);
        for _ in 0..1000 {
            hub.tell([1, 2, 9]);
        }
        let soon = Duration::from_secs(1);
        assert_eq!(one.news(soon).await, Some(BTreeSet::from([1])));
        assert_eq!(one.news(soon).await, Some(BTreeSet::new()), "nothing more, after a second");
        assert_eq!(other.news(soon).await, Some(BTreeSet::from([2])));
        assert_eq!(hub.counts(), (2, 3));
        drop(one);
        assert_eq!(hub.counts(), (1, 2));
        hub.close();
        assert_eq!(other.news(soon).await, None);
        assert_eq!(hub.follow(vec![1], None).news(soon).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_hung_up_on() {
        let hub = Hub::new();
        let hangup = Hangup::default();
        let _one = hub.follow(vec![1], Some(hangup.clone()));
        hub.tell([1]);
        tokio::time::advance(PATIENCE).await;
        hub.tell([1]);
        hub.sweep();
        assert!(!hangup.is_now());
        tokio::time::advance(Duration::from_secs(1)).await;
        hub.sweep();
        assert!(hangup.is_now());
    }
}
