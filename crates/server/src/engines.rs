//! A fixed number of threads, each with a model of its own.
//!
//! There is no queue here: a job needs a [`Turn`], and there are as many turns as threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::clock::{Instant, now};
use crate::queue::Turn;
use crate::{Answer, Model, Refusal, Task};

/// How a thread gets its model, at the start and after a panic.
pub type Build = Arc<dyn Fn() -> anyhow::Result<Box<dyn Model>> + Send + Sync>;

/// The threads.
#[derive(Debug)]
pub(crate) struct Engines {
    jobs: mpsc::Sender<Job>,
}

/// What is known once all models are loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// What the model calls itself.
    pub(crate) name: String,
    /// How long a first sentence took.
    pub(crate) service: Duration,
}

struct Job {
    task: Task,
    deadline: Instant,
    turn: Turn,
    reply: oneshot::Sender<(Result<Answer, Refusal>, Duration)>,
}

impl Engines {
    /// Starts `workers` threads, loads a model in each, and lets each answer `first`, so that the first shopper does not
    /// wait for cold caches and the queue knows how long a question takes.
    ///
    /// # Errors
    /// The first model that could not be loaded.
    pub(crate) fn start(workers: usize, build: &Build, first: &Task) -> anyhow::Result<(Self, Loaded)> {
        let (jobs, receiver) = mpsc::channel::<Job>();
        let receiver = Arc::new(Mutex::new(receiver));
        let (ready, loaded) = mpsc::channel();
        for worker in 0..workers {
            let (receiver, build, first, ready) =
                (Arc::clone(&receiver), Arc::clone(build), first.clone(), ready.clone());
            thread::Builder::new().name(format!("engine-{worker}")).spawn(move || {
                // Where there is one thread to an engine, it is this one, and not one that all engines wait for.
                let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
                let _alone = (rayon::current_num_threads() == 1).then(|| alone.build());
                let model = match load(&build, &first) {
                    Ok((model, loaded)) => {
                        let _ = ready.send(Ok(loaded));
                        model
                    }
                    Err(error) => return drop(ready.send(Err(error))),
                };
                drop(ready);
                work(&receiver, &build, model);
            })?;
        }
        drop(ready);
        let mut all = loaded.iter().collect::<anyhow::Result<Vec<_>>>()?;
        let slowest = all.iter().map(|loaded| loaded.service).max();
        let mut last = all.pop().ok_or_else(|| anyhow::anyhow!("no engine thread started"))?;
        last.service = slowest.unwrap_or(last.service);
        Ok((Self { jobs }, last))
    }

    /// Has a free thread answer. Dropping the future stops it.
    ///
    /// # Errors
    /// The model's refusal, [`Refusal::Late`] at the deadline, [`Refusal::Defect`] if the thread panicked.
    pub(crate) async fn answer(
        &self,
        task: Task,
        deadline: Instant,
        turn: Turn,
    ) -> (Result<Answer, Refusal>, Option<Duration>) {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job { task, deadline, turn, reply }).is_err() {
            return (Err(Refusal::Defect), None);
        }
        match tokio::time::timeout_at(deadline, answer).await {
            Ok(Ok((answer, took))) => (answer, Some(took)),
            Ok(Err(_)) => (Err(Refusal::Defect), None),
            // The thread notices at its next step, and keeps its turn until then.
            Err(_) => (Err(Refusal::Late), None),
        }
    }
}

fn load(build: &Build, first: &Task) -> anyhow::Result<(Box<dyn Model>, Loaded)> {
    let mut model = build()?;
    let start = now();
    // How long it takes matters more than what it says: a general model may well say nonsense now and then.
    if let Err(refusal) = model.answer(first, &|| false) {
        tracing::warn!(code = refusal.code(), "the model could not answer a first sentence");
    }
    let loaded = Loaded { name: model.name().to_owned(), service: start.elapsed() };
    Ok((model, loaded))
}

/// The life of a thread: until the server is gone, or its model is beyond repair.
fn work(jobs: &Mutex<mpsc::Receiver<Job>>, build: &Build, mut model: Box<dyn Model>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { task, deadline, turn, reply }) = job else { return };
        let stopped = || reply.is_closed() || now() >= deadline;
        if stopped() {
            continue;
        }
        let start = now();
        let answer = catch_unwind(AssertUnwindSafe(|| model.answer(&task, &stopped)));
        let took = start.elapsed();
        let Ok(answer) = answer else {
            let _ = reply.send((Err(Refusal::Defect), took));
            // A model that panicked may be in any state: it is exchanged, not repaired.
            match catch_unwind(AssertUnwindSafe(|| build())) {
                Ok(Ok(other)) => {
                    tracing::error!("an engine panicked and was replaced");
                    model = other;
                    continue;
                }
                Ok(Err(_)) | Err(_) => {
                    tracing::error!("an engine panicked and cannot be replaced");
                    return turn.lost();
                }
            }
        };
        // Who left tells nothing about how long an answer takes.
        if !reply.is_closed() || now() >= deadline {
            turn.served(took);
        }
        drop(turn);
        let _ = reply.send((answer, took));
    }
}
