//! Moving what was written from the log into the database's file, on a thread of its own while the writer goes on.
//!
//! A writer that does this itself stands still for as long as thousands of random pages take. But SQLite begins its log
//! anew only where nothing of it is left to move, and a writer that never pauses always leaves something. So once little
//! is left, the writer is asked to move that little itself: <https://sqlite.org/wal.html#ckpt>.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
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
}

/// The thread; ends with this.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    finish: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
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
        let limits = Limits { worth: long / 16, long, little: long / 40 };
        let finish = Arc::new(AtomicBool::new(false));
        let (wake, woken) = sync_channel(1);
        let thread = {
            let finish = Arc::clone(&finish);
            std::thread::Builder::new()
                .name("checkpoints".to_owned())
                .spawn(move || run(&connection, limits, &woken, &finish))
        };
        let thread = thread.map_err(|error| LedgerError::Unavailable(format!("no thread for checkpoints: {error}")))?;
        Ok(Self { wake: Some(wake), finish, thread: Some(thread) })
    }

    /// To be called by the writer after a commit. What fails here has lost nothing: the log is the truth until it is
    /// moved.
    pub(super) fn committed(&self, writer: &Connection) {
        if self.finish.swap(false, Ordering::AcqRel)
            && let Err(error) = checkpoint(writer, "PASSIVE")
        {
            tracing::warn!(%error, "the log was not moved");
        }
        // A full channel: the thread knows already.
        let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
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

fn run(connection: &Connection, limits: Limits, woken: &Receiver<()>, finish: &AtomicBool) {
    let mut failed = false;
    while woken.recv().is_ok() {
        let moved = move_pages(connection, limits);
        match &moved {
            Ok(log) => {
                finish.store(log.pages >= limits.long && (1..=limits.little).contains(&log.left()), Ordering::Release)
            }
            // A full disk fails every time; the writer says so too.
            Err(error) if !failed => tracing::warn!(%error, "the log cannot be moved"),
            Err(_) => {}
        }
        failed = moved.is_err();
    }
}

/// Moves what there is, and, once the log is long, what came meanwhile, until little is left.
fn move_pages(connection: &Connection, limits: Limits) -> Result<Log> {
    let mut log = checkpoint(connection, "NOOP")?;
    while log.left() >= limits.worth || log.pages >= limits.long && log.left() > limits.little {
        let before = log;
        checkpoint(connection, "PASSIVE")?;
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
