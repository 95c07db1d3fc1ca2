//! Who may use an engine, and when: a queue that is bounded in time, not in length.
//!
//! A newcomer whose estimated wait is over the bound is refused at once; whoever was let in and has still waited that
//! long is refused then, without any inference. Leaving at any moment frees the place.
//!
//! The order is first come, first served. Newest first is the better order where a queue can grow stale, that is, where
//! those in front have given up by the time that they are served. Here nobody waits longer than the bound, which is a
//! fraction of the deadline: who is served can still use the answer, so the old order wastes nothing, and everybody who
//! was let in is served as long as the estimate is right. Newest first behind such a door would let half of those in
//! only to refuse them later.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;

use crate::Refusal;
use crate::clock::{Instant, now};

/// The most that wait, however fast the engines seem: each holds a request in memory.
const MAX_WAITING: usize = 1024;
/// The share of the bound up to which newcomers are let in. The rest is for services that take longer than the average:
/// otherwise one in eight of those let in waited for the whole bound in vain, as was measured under a flood.
const DOOR: f64 = 0.8;
/// Weight of the latest service time in the moving average.
const WEIGHT: f64 = 0.1;

/// The queue in front of all engines.
#[derive(Debug)]
pub(crate) struct Queue {
    engines: Arc<Semaphore>,
    bound: Duration,
    line: Mutex<Line>,
}

#[derive(Debug)]
struct Line {
    waiting: usize,
    running: usize,
    engines: usize,
    /// Seconds that an engine takes for a question: a moving average.
    service: f64,
}

/// The right to use one engine, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    queue: Arc<Queue>,
    permit: Option<OwnedSemaphorePermit>,
}

/// A place in the line; leaving it by any way gives it back.
struct Place<'a>(&'a Queue);

impl Queue {
    /// A queue for `engines` engines that take about `service` each time; nobody waits longer than `bound`.
    pub(crate) fn new(engines: usize, service: Duration, bound: Duration) -> Arc<Self> {
        let line = Line { waiting: 0, running: 0, engines, service: service.as_secs_f64() };
        Arc::new(Self { engines: Arc::new(Semaphore::new(engines)), bound, line: Mutex::new(line) })
    }

    /// Waits for an engine, at most for the bound and never beyond `deadline`.
    ///
    /// # Errors
    /// [`Refusal::Full`] when the wait would be too long, [`Refusal::Waited`] when it was.
    pub(crate) async fn turn(self: &Arc<Self>, deadline: Instant) -> Result<Turn, Refusal> {
        let _place = self.place()?;
        let last = deadline.min(now() + self.bound);
        match timeout_at(last, Arc::clone(&self.engines).acquire_owned()).await {
            Ok(Ok(permit)) => {
                self.line().running += 1;
                Ok(Turn { queue: Arc::clone(self), permit: Some(permit) })
            }
            Ok(Err(_)) | Err(_) => Err(Refusal::Waited),
        }
    }

    /// Whether a newcomer would be refused now.
    pub(crate) fn is_full(&self) -> bool {
        self.line().is_full(self.engines.available_permits(), self.bound)
    }

    /// Whether nobody waits and nothing runs.
    pub(crate) fn is_idle(&self) -> bool {
        let line = self.line();
        line.waiting == 0 && line.running == 0
    }

    /// How many wait, how many engines work, and how many engines there are.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let line = self.line();
        (line.waiting, line.running, line.engines)
    }

    fn place(&self) -> Result<Place<'_>, Refusal> {
        let mut line = self.line();
        if line.is_full(self.engines.available_permits(), self.bound) {
            return Err(Refusal::Full);
        }
        line.waiting += 1;
        Ok(Place(self))
    }

    fn line(&self) -> std::sync::MutexGuard<'_, Line> {
        // Counters are sound after any panic.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// With all engines busy, one comes free every `service / engines` seconds, and a newcomer needs one more of them
    /// than those who wait before it.
    fn is_full(&self, free: usize, bound: Duration) -> bool {
        if free > self.waiting {
            return false;
        }
        let ahead = (self.waiting + 1 - free) as f64;
        self.engines == 0
            || self.waiting >= MAX_WAITING
            || ahead * self.service / self.engines as f64 > DOOR * bound.as_secs_f64()
    }
}

impl Turn {
    /// Counts a question that took this long.
    pub(crate) fn served(&self, took: Duration) {
        let mut line = self.queue.line();
        line.service += WEIGHT * (took.as_secs_f64() - line.service);
    }

    /// The engine is lost and does not come back.
    pub(crate) fn lost(mut self) {
        if let Some(permit) = self.permit.take() {
            permit.forget();
            self.queue.line().engines -= 1;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.queue.line().running -= 1;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.line().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: Duration = Duration::from_millis(100);
    const BOUND: Duration = Duration::from_millis(500);

    fn soon() -> Instant {
        now() + Duration::from_secs(2)
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_are_let_in_as_can_be_served_in_time() {
        let queue = Queue::new(2, SERVICE, BOUND);
        let turns = [queue.turn(soon()).await.expect("free"), queue.turn(soon()).await.expect("free")];
        let mut waiting: Vec<_> = (0..50).map(|_| Box::pin(queue.turn(soon()))).collect();
        for turn in &mut waiting {
            let _ = futures::poll!(turn);
        }
        assert_eq!(queue.counts(), (8, 2, 2), "four fifths of 500 ms are eight services of 100 ms on two engines");
        assert!(queue.is_full());
        drop(turns);
        assert!(waiting.remove(0).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waited_too_long_is_refused() {
        let queue = Queue::new(1, SERVICE, BOUND);
        let turn = queue.turn(soon()).await;
        let start = now();
        assert_eq!(queue.turn(soon()).await.err(), Some(Refusal::Waited));
        assert_eq!(start.elapsed(), BOUND);
        assert_eq!(queue.turn(start).await.err(), Some(Refusal::Waited), "not beyond the deadline");
        assert_eq!(queue.counts(), (0, 1, 1));
        drop(turn);
        assert!(queue.is_idle());
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_frees_the_place() {
        let queue = Queue::new(1, SERVICE, BOUND);
        let turn = queue.turn(soon()).await;
        {
            let mut left = Box::pin(queue.turn(soon()));
            assert!(futures::poll!(&mut left).is_pending());
            assert_eq!(queue.counts().0, 1);
        }
        assert_eq!(queue.counts().0, 0);
        drop(turn);
        assert!(queue.turn(soon()).await.is_ok());
    }

    /// Three times the load that the engine can bear, and an engine that is twice as slow as was thought.
    #[tokio::test(start_paused = true)]
    async fn under_overload_the_engine_never_works_in_vain() {
        let queue = Queue::new(1, SERVICE / 2, BOUND);
        let mut shoppers = Vec::new();
        for _ in 0..300 {
            let queue = Arc::clone(&queue);
            shoppers.push(tokio::spawn(async move {
                let start = now();
                let turn = queue.turn(soon()).await?;
                let waited = start.elapsed();
                tokio::time::sleep(SERVICE).await;
                turn.served(SERVICE);
                Ok::<_, Refusal>(waited)
            }));
            tokio::time::sleep(SERVICE / 3).await;
        }
        let mut served = 0;
        for shopper in shoppers {
            match shopper.await.expect("no panic") {
                Ok(waited) => {
                    assert!(waited <= BOUND, "{waited:?}");
                    served += 1;
                }
                Err(refusal) => assert!(matches!(refusal, Refusal::Full | Refusal::Waited)),
            }
        }
        assert!((95..=108).contains(&served), "one each 100 ms for ten seconds and a half, found {served}");
    }

    #[tokio::test]
    async fn a_lost_engine_leaves_a_full_queue() {
        let queue = Queue::new(1, SERVICE, BOUND);
        queue.turn(soon()).await.expect("free").lost();
        assert!(queue.is_full());
        assert_eq!(queue.turn(soon()).await.err(), Some(Refusal::Full));
    }
}
