//! Moving what was written from the log into the database's file, on a thread of its own while the writer goes on.
//!
//! A writer that does this itself stands still for as long as thousands of random pages take. But SQLite begins its log
//! anew only where nothing of it is left to move, and a writer that never pauses always leaves something. So once little
//! is left, the writer is asked to move that little itself: <https://sqlite.org/wal.html#ckpt>. Where the disk is so slow
//! that it never becomes little, the writer moves what there is, so that the log has a bound.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Result};

use super::open;
use crate::LedgerError;
use crate::backend::Tuning;

/// How many pages of the log are enough to begin it anew, unless told.
const LONG: i64 = 16_000;

/// When to do what, in pages of the log.
#[derive(Clone, Copy)]
struct Limits {
    /// So many that are not moved yet are worth the trouble. Fewer would be moved too often; many at once keep the disk
    /// busy for so long that commits wait for it.
    worth: i64,
    /// So many are enough to begin anew.
    long: i64,
    /// So many the writer may be asked to move; about a millisecond for each hundred.
    little: i64,
    /// At so many the writer begins the log anew, whatever is left to move.
    most: i64,
}

/// The thread; ends with this.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    shared: Arc<Shared>,
    limits: Limits,
    /// The length of the log at which the writer tries to begin it anew.
    bound: i64,
    thread: Option<JoinHandle<()>>,
}

/// What thread and writer tell each other.
#[derive(Default)]
struct Shared {
    /// Little is left of a long log: the writer is to move it.
    finish: AtomicBool,
    /// Whose turn it is to move pages; SQLite itself would refuse the second one.
    turn: Mutex<()>,
}

/// Pages in the log, and how many of them were moved.
#[derive(Clone, Copy, Default)]
struct Log {
    pages: i64,
    moved: i64,
}

impl Checkpoints {
    /// For the file at `path`.
    pub(super) fn start(path: &Path, tuning: &Tuning) -> std::result::Result<Self, LedgerError> {
        let connection = open::writer(path, tuning.synchronous)?;
        let long = tuning.log.unwrap_or(LONG);
        let limits = Limits { worth: long / 16, long, little: long / 40, most: 2 * long };
        let shared = Arc::new(Shared::default());
        let (wake, woken) = sync_channel(1);
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name("checkpoints".to_owned())
                .spawn(move || run(&connection, limits, &woken, &shared))
        };
        let thread = thread.map_err(|error| LedgerError::Unavailable(format!("no thread for checkpoints: {error}")))?;
        Ok(Self { wake: Some(wake), shared, limits, bound: limits.most, thread: Some(thread) })
    }

    /// To be called by the writer after a commit. What fails here has lost nothing: the log is the truth until it is
    /// moved.
    pub(super) fn committed(&mut self, writer: &Connection) {
        if let Err(error) = self.begin_anew(writer) {
            tracing::warn!(%error, "the log was not moved");
        }
        // A full channel: the thread knows already.
        let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
    }

    fn begin_anew(&mut self, writer: &Connection) -> Result<()> {
        let asked = self.shared.finish.load(Ordering::Acquire);
        let pages = if asked { 0 } else { checkpoint(writer, "NOOP")?.pages };
        if asked || pages >= self.bound {
            let _turn = self.shared.turn();
            let log = checkpoint(writer, "PASSIVE")?;
            self.shared.finish.store(false, Ordering::Release);
            // While somebody reads what is old, nothing is gained by trying after every commit.
            self.bound = if log.left() > 0 { log.pages + self.limits.worth } else { self.limits.most };
        }
        Ok(())
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread for checkpoints has panicked");
        }
    }
}

impl Shared {
    fn turn(&self) -> MutexGuard<'_, ()> {
        // There is nothing behind the lock that could be half done.
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(connection: &Connection, limits: Limits, woken: &Receiver<()>, shared: &Shared) {
    let mut failed = false;
    while woken.recv().is_ok() {
        if shared.finish.load(Ordering::Acquire) {
            continue;
        }
        let moved = move_pages(connection, limits, shared);
        match &moved {
            Ok(log) if log.pages >= limits.long && (1..=limits.little).contains(&log.left()) => {
                shared.finish.store(true, Ordering::Release);
            }
            Ok(_) => {}
            // A full disk fails every time; the writer says so too.
            Err(error) if !failed => tracing::warn!(%error, "the log cannot be moved"),
            Err(_) => {}
        }
        failed = moved.is_err();
    }
}

/// Moves what there is, and, once the log is long, what came meanwhile, until little is left.
fn move_pages(connection: &Connection, limits: Limits, shared: &Shared) -> Result<Log> {
    let mut log = checkpoint(connection, "NOOP")?;
    while log.left() >= limits.worth || log.pages >= limits.long && log.left() > limits.little {
        let before = log;
        {
            let _turn = shared.turn();
            checkpoint(connection, "PASSIVE")?;
        }
        log = checkpoint(connection, "NOOP")?;
        if log.moved <= before.moved {
            // Somebody reads what is as old as that.
            break;
        }
    }
    Ok(log)
}

impl Log {
    fn left(self) -> i64 {
        self.pages - self.moved
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> Result<Log> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    connection.prepare_cached(&sql)?.query_row([], |row| Ok(Log { pages: row.get(1)?, moved: row.get(2)? }))
}
