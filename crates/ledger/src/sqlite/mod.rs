//! The ledger in one SQLite file: one connection that writes, on a thread of its own, and some that read.

mod checkpoint;
mod events;
mod load;
mod open;
mod read;
mod store;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use oolong_protocol::shop::Millis;
use rusqlite::Connection;

use self::checkpoint::Checkpoints;
use crate::LedgerError;
use crate::audit::Auditor;
use crate::backend::{Backend, Changes, Keys, Rows, Setback, Tuning, Work, Writer};
use crate::clock::Steady;
use crate::rows::{GrantRow, OrderRow, OutboxRow, StoreRow, VoucherRow};

/// How many idle connections for reading are kept.
const READERS: usize = 8;

/// Opens or makes the file, and brings its schema up to date.
pub(crate) async fn open(path: PathBuf, campaign: String, tuning: Tuning) -> Result<Arc<dyn Backend>, LedgerError> {
    let opened = tokio::task::spawn_blocking(move || {
        let mut writer = open::writer(&path, tuning.synchronous)?;
        let last = open::migrate(&mut writer, &campaign)?;
        if let Some(pages) = tuning.pages {
            writer.pragma_update(None, "max_page_count", pages).map_err(|error| failure(&error))?;
        }
        let checkpoints = Checkpoints::start(&path, &tuning)?;
        let clock = Arc::new(Steady::new(last, tuning.clock));
        Ok(Sqlite { path, clock, writer: Mutex::new(Some((writer, checkpoints))), readers: Arc::default() })
    });
    let sqlite: Result<Sqlite, LedgerError> =
        opened.await.map_err(|error| LedgerError::Unavailable(error.to_string()))?;
    Ok(Arc::new(sqlite?))
}

struct Sqlite {
    path: PathBuf,
    clock: Arc<Steady>,
    writer: Mutex<Option<(Connection, Checkpoints)>>,
    readers: Arc<Mutex<Vec<Connection>>>,
}

impl Sqlite {
    /// Reads in one moment of the database, on a thread where that may take its time.
    fn read<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Work<'_, T> {
        let (path, readers) = (self.path.clone(), Arc::clone(&self.readers));
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || {
                let idle = readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let connection = match idle {
                    Some(connection) => connection,
                    None => open::reader(&path)?,
                };
                let read = connection.unchecked_transaction().and_then(|moment| {
                    let read = what(&moment)?;
                    moment.finish()?;
                    Ok(read)
                });
                let read = read.map_err(|error| failure(&error))?;
                let mut readers = readers.lock().unwrap_or_else(PoisonError::into_inner);
                if readers.len() < READERS {
                    readers.push(connection);
                }
                Ok(read)
            });
            read.await.unwrap_or_else(|error| Err(LedgerError::Unavailable(error.to_string())))
        })
    }
}

impl Backend for Sqlite {
    fn writers(&self) -> Result<Vec<Box<dyn Writer>>, LedgerError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let taken = || LedgerError::Unavailable("the writer of this file was taken already".to_owned());
        let (connection, checkpoints) = writer.ok_or_else(taken)?;
        let pen = Pen { connection, checkpoints, clock: Arc::clone(&self.clock) };
        Ok(vec![Box::new(pen)])
    }

    fn now(&self) -> Work<'_, Millis> {
        let now = self.clock.now();
        Box::pin(async move { Ok(now) })
    }

    fn vouchers(&self) -> Work<'_, Vec<VoucherRow>> {
        self.read(load::all_vouchers)
    }

    fn wallet(&self, shopper: String) -> Work<'_, Vec<GrantRow>> {
        self.read(move |connection| load::wallet(connection, &shopper))
    }

    fn order(&self, id: String) -> Work<'_, Option<OrderRow>> {
        self.read(move |connection| load::order(connection, &id))
    }

    fn orders(&self, shopper: String, limit: usize) -> Work<'_, Vec<OrderRow>> {
        self.read(move |connection| read::orders(connection, &shopper, limit))
    }

    fn queue(&self, store: String, limit: usize) -> Work<'_, Vec<OrderRow>> {
        self.read(move |connection| read::queue(connection, &store, limit))
    }

    fn stores(&self, ids: Vec<String>) -> Work<'_, Vec<StoreRow>> {
        self.read(move |connection| load::stores(connection, ids.iter()))
    }

    fn changes(&self, after: i64, limit: usize) -> Work<'_, Vec<(i64, String, String)>> {
        self.read(move |connection| events::changes(connection, after, limit))
    }

    fn last_event(&self) -> Work<'_, i64> {
        self.read(events::last)
    }

    fn outbox_due(&self, now: Millis, limit: usize) -> Work<'_, Vec<OutboxRow>> {
        self.read(move |connection| read::outbox_due(connection, now, limit))
    }

    fn outbox_dead(&self, limit: usize) -> Work<'_, Vec<OutboxRow>> {
        self.read(move |connection| read::outbox_dead(connection, limit))
    }

    fn audit(&self, mut auditor: Auditor) -> Work<'_, Auditor> {
        self.read(move |connection| {
            events::audit(connection, &mut auditor)?;
            Ok(auditor)
        })
    }
}

/// The connection that writes.
struct Pen {
    connection: Connection,
    checkpoints: Checkpoints,
    clock: Arc<Steady>,
}

impl Writer for Pen {
    fn unit(&mut self, keys: &Keys, decide: &mut dyn FnMut(Rows, Millis) -> Changes) -> Result<(), Setback> {
        // A rule that panicked may have left its transaction open.
        self.undo()?;
        let stored = self.attempt(keys, decide);
        if stored.is_err() {
            self.undo()?;
        }
        stored.map_err(|error| Setback::Failed(failure(&error)))
    }
}

impl Pen {
    fn attempt(&mut self, keys: &Keys, decide: &mut dyn FnMut(Rows, Millis) -> Changes) -> rusqlite::Result<()> {
        // Another process (the operator's command line) may write too: whoever begins first is through first.
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let now = self.clock.now();
        let mut rows = load::rows(&self.connection, keys, now)?;
        if self.clock.is_quiet() {
            rows.due.clear();
        }
        let changes = decide(rows, now);
        if changes.is_empty() {
            self.connection.prepare_cached("ROLLBACK")?.execute([])?;
            return Ok(());
        }
        store::changes(&self.connection, &changes)?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.checkpoints.committed(&self.connection);
        Ok(())
    }

    fn undo(&self) -> Result<(), Setback> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.connection.execute_batch("ROLLBACK").map_err(|error| Setback::Failed(failure(&error)))
    }
}

/// What an error of SQLite means for whoever asked.
fn failure(error: &rusqlite::Error) -> LedgerError {
    use rusqlite::ErrorCode::{DiskFull, SystemIoFailure};
    match error.sqlite_error_code() {
        Some(DiskFull | SystemIoFailure) => {
            tracing::error!(%error, "the ledger's file cannot grow");
            LedgerError::Full
        }
        _ => LedgerError::Unavailable(error.to_string()),
    }
}
