//! Group commit: commands queue up, each writer takes all that wait, has them decided in one unit of work, and answers
//! after the commit. The time that one commit takes gathers the next unit. Alone, nothing waits; in a crowd, units begin
//! some milliseconds apart, because a commit costs about as much for one command as for fifty.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use oolong_protocol::shop::Grant;
use rand::RngCore;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::ahead::Ahead;
use crate::backend::{Keys, Setback, Tuning, Writer};
use crate::clock::instant;
use crate::keys::digest;
use crate::page::Page;
use crate::rows::ReplyRow;
use crate::rules::{self, Book, Ctx, Done};
use crate::{Command, LedgerError, Reply};

/// The most commands of one unit.
const UNIT: usize = 1_024;
/// A unit with so many commands is a crowd.
const CROWD: usize = 8;
/// How far apart units begin in a crowd.
const GATHER: Duration = Duration::from_millis(4);
/// How many commands may wait.
const QUEUE: usize = 16_384;
/// How often a unit is decided anew because of somebody else's changes.
const ATTEMPTS: u32 = 60;

/// Where commands are handed in.
pub(crate) struct Desk {
    shared: Arc<Shared>,
    writers: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    book: Arc<Book>,
    unit: usize,
    room: usize,
    queue: Mutex<VecDeque<Job>>,
    arrived: Condvar,
    closed: AtomicBool,
    /// Keys that are being worked on.
    in_flight: Mutex<HashMap<[u8; 16], [u8; 32]>>,
    ahead: Ahead,
    /// Where those wait who submit.
    runtime: Option<Handle>,
    /// Nanoseconds per command, lately.
    pace: AtomicU64,
}

struct Job {
    command: Command,
    digest: Option<[u8; 16]>,
    signed: Option<Grant>,
    answer: oneshot::Sender<Result<Reply, LedgerError>>,
}

impl Desk {
    pub(crate) fn open(writers: Vec<Box<dyn Writer>>, book: Arc<Book>, tuning: &Tuning) -> Result<Self, LedgerError> {
        let shared = Arc::new(Shared {
            ahead: Ahead::new(&book),
            book,
            unit: tuning.unit.unwrap_or(UNIT).max(1),
            room: tuning.queue.unwrap_or(QUEUE).max(1),
            queue: Mutex::default(),
            arrived: Condvar::new(),
            closed: AtomicBool::new(false),
            in_flight: Mutex::default(),
            runtime: Handle::try_current().ok(),
            pace: AtomicU64::new(50_000),
        });
        let mut handles = Vec::with_capacity(writers.len());
        for mut writer in writers {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name("ledger".to_owned());
            let handle = thread.spawn(move || {
                while let Some(jobs) = shared.take() {
                    let (begin, crowd) = (instant(), jobs.len() >= CROWD);
                    shared.work(writer.as_mut(), jobs);
                    if crowd {
                        std::thread::sleep(GATHER.saturating_sub(begin.elapsed()));
                    }
                }
            });
            handles.push(handle.map_err(|error| LedgerError::Unavailable(format!("no thread to write: {error}")))?);
        }
        Ok(Self { shared, writers: Mutex::new(handles) })
    }

    pub(crate) async fn submit(&self, command: Command) -> Result<Reply, LedgerError> {
        let shared = &self.shared;
        let digest = match &command.idempotency {
            None => None,
            Some(idempotency) => {
                let digest = digest(&command.actor, idempotency);
                let mut in_flight = lock(&shared.in_flight);
                match in_flight.get(&digest) {
                    Some(known) if *known != idempotency.fingerprint => return Err(LedgerError::KeyReused),
                    Some(_) => return Err(LedgerError::InFlight),
                    None => in_flight.insert(digest, idempotency.fingerprint),
                };
                Some(digest)
            }
        };
        let signed = shared.ahead.sign(&shared.book, &command);
        let (answer, answered) = oneshot::channel();
        let refused = {
            let mut queue = lock(&shared.queue);
            if shared.closed.load(Ordering::Acquire) {
                Some(LedgerError::Unavailable("the ledger is closed".to_owned()))
            } else if queue.len() >= shared.room {
                let nanos = shared.pace.load(Ordering::Relaxed);
                let waiting = u64::try_from(queue.len()).unwrap_or(u64::MAX);
                Some(LedgerError::Busy(Duration::from_nanos(nanos.saturating_mul(waiting))))
            } else {
                // Who finds more than one unit of work wakes the next writer.
                if queue.is_empty() {
                    shared.arrived.notify_one();
                }
                queue.push_back(Job { command, digest, signed, answer });
                None
            }
        };
        if let Some(error) = refused {
            if let Some(digest) = digest {
                lock(&shared.in_flight).remove(&digest);
            }
            return Err(error);
        }
        answered.await.unwrap_or_else(|_| Err(LedgerError::Unavailable("the ledger has stopped".to_owned())))
    }

    pub(crate) fn waiting(&self) -> usize {
        lock(&self.shared.queue).len()
    }

    /// Takes nothing more; returns when all that waits is written down.
    pub(crate) fn close(&self) {
        {
            let _queue = lock(&self.shared.queue);
            self.shared.closed.store(true, Ordering::Release);
        }
        self.shared.arrived.notify_all();
        for handle in lock(&self.writers).drain(..) {
            if handle.join().is_err() {
                tracing::error!("a writer of the ledger has panicked");
            }
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    /// The jobs of the next unit; `None` when there will be none any more.
    fn take(&self) -> Option<Vec<Job>> {
        let mut queue = lock(&self.queue);
        while queue.is_empty() {
            if self.closed.load(Ordering::Acquire) {
                return None;
            }
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        if queue.len() <= self.unit {
            return Some(std::mem::take(&mut *queue).into());
        }
        let jobs = queue.drain(..self.unit).collect();
        self.arrived.notify_one();
        Some(jobs)
    }

    /// Decides, stores, answers.
    fn work(&self, writer: &mut dyn Writer, jobs: Vec<Job>) {
        let begin = instant();
        let mut keys = Keys::default();
        for job in &jobs {
            keys.add(&job.command);
        }
        let answers = self.unit(writer, &keys, &jobs);
        {
            let mut in_flight = lock(&self.in_flight);
            for digest in jobs.iter().filter_map(|job| job.digest) {
                in_flight.remove(&digest);
            }
        }
        let count = u64::try_from(jobs.len()).unwrap_or(1).max(1);
        let nanos = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX) / count;
        self.pace.store(self.pace.load(Ordering::Relaxed) / 8 * 7 + nanos / 8, Ordering::Relaxed);
        let tell = move || {
            for (job, answer) in jobs.into_iter().zip(answers) {
                // Nobody may wait any more; what was decided holds all the same.
                drop(job.answer.send(answer));
            }
        };
        // Waking a task from within the runtime costs a fraction of waking it from here.
        match &self.runtime {
            Some(runtime) => drop(runtime.spawn(async move { tell() })),
            None => tell(),
        }
    }

    fn unit(&self, writer: &mut dyn Writer, keys: &Keys, jobs: &[Job]) -> Vec<Result<Reply, LedgerError>> {
        let failed = |error: &LedgerError| jobs.iter().map(|_| Err(error.clone())).collect();
        for attempt in 0..ATTEMPTS {
            let mut answers = Vec::with_capacity(jobs.len());
            let stored = catch_unwind(AssertUnwindSafe(|| {
                writer.unit(keys, &mut |rows, now| {
                    answers.clear();
                    let mut page = Page::new(rows, now);
                    answers.extend(jobs.iter().map(|job| self.decide(&mut page, job)));
                    self.ahead.look(&page);
                    page.changes()
                })
            }));
            match stored {
                Ok(Ok(())) => return answers,
                Ok(Err(Setback::Conflict)) => {
                    let pause = u64::from(attempt.min(10)) * (1 + rand::rng().next_u64() % 4);
                    std::thread::sleep(Duration::from_millis(pause));
                }
                Ok(Err(Setback::Failed(error))) => {
                    tracing::error!(%error, commands = jobs.len(), "a unit of work was not stored");
                    return failed(&error);
                }
                Err(_) => {
                    tracing::error!(commands = jobs.len(), "a rule has panicked; nothing of its unit was stored");
                    return failed(&LedgerError::Unavailable("a rule has panicked: please report this".to_owned()));
                }
            }
        }
        tracing::error!(commands = jobs.len(), "a unit of work met changes by others {ATTEMPTS} times");
        failed(&LedgerError::Unavailable("too many others change the same rows".to_owned()))
    }

    fn decide(&self, page: &mut Page, job: &Job) -> Result<Reply, LedgerError> {
        let stored = job.digest.zip(job.command.idempotency.as_ref());
        if let Some((digest, idempotency)) = stored
            && let Some(known) = page.reply(&digest)
        {
            if known.fingerprint != idempotency.fingerprint {
                return Err(LedgerError::KeyReused);
            }
            return Ok(Reply { status: known.status, body: Arc::clone(&known.body), replayed: true });
        }
        let mut random = rand::rng();
        let mut ids = || random.next_u64();
        let signed = job.signed.as_ref();
        let mut ctx = Ctx { book: &self.book, actor: &job.command.actor, signed, ids: &mut ids };
        let done = rules::decide(page, &mut ctx, &job.command.act).unwrap_or_else(Done::from);
        let body: Arc<[u8]> = done.body.into();
        if let Some((digest, idempotency)) = stored {
            page.add_reply(ReplyRow {
                digest,
                fingerprint: idempotency.fingerprint,
                status: done.status,
                body: Arc::clone(&body),
                grant: done.grant,
                at: page.now,
            });
        }
        Ok(Reply { status: done.status, body, replayed: false })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whatever is behind these locks is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
