//! Opening the file: its settings, its schema, the campaign that it belongs to.

use std::path::Path;
use std::time::Duration;

use oolong_protocol::shop::Millis;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::failure;
use crate::LedgerError;

/// Every change of the schema, in order; what has been released is never altered.
const MIGRATIONS: [&str; 3] = [include_str!("schema.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];
/// How long another process may hold the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connection that writes.
pub(super) fn writer(path: &Path, synchronous: Option<&str>) -> Result<Connection, LedgerError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // The reply to a command goes out after the commit, so the commit must be on the disk.
        connection.pragma_update(None, "synchronous", synchronous.unwrap_or("FULL"))?;
        // Checkpoints have a thread of their own; this is for the case that it fails.
        connection.pragma_update(None, "wal_autocheckpoint", 100_000)?;
        connection.pragma_update(None, "journal_size_limit", 128 << 20)?;
        // Small, as each commit goes through all of it (pcache1TruncateUnsafe); the system keeps the file in memory.
        connection.pragma_update(None, "cache_size", -4_096)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    };
    open().map_err(|error| at(path, &error))
}

/// One that reads.
pub(super) fn reader(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    };
    open().map_err(|error| at(path, &error))
}

/// Brings the schema up to date and checks whose ledger it is; the time of the last event, or 0.
pub(super) fn migrate(connection: &mut Connection, campaign: &str) -> Result<Millis, LedgerError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let run = |connection: &mut Connection| -> rusqlite::Result<Result<Millis, LedgerError>> {
        let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        change.execute_batch(
            "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY) STRICT;
             CREATE TABLE IF NOT EXISTS meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;",
        )?;
        let version: i64 =
            change.query_row("SELECT coalesce(max(version), 0) FROM migrations", [], |row| row.get(0))?;
        if version > known {
            return Ok(Err(LedgerError::Mismatch(format!(
                "its schema is version {version}, this program knows {known}: use a newer program"
            ))));
        }
        for (number, sql) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
            change.execute_batch(sql)?;
            change.execute("INSERT INTO migrations (version) VALUES (?1)", [number])?;
        }
        let owner: Option<String> =
            change.query_row("SELECT value FROM meta WHERE key = 'campaign'", [], |row| row.get(0)).optional()?;
        match owner {
            None => {
                change.execute("INSERT INTO meta (key, value) VALUES ('campaign', ?1)", [campaign])?;
            }
            Some(owner) if owner != campaign => {
                return Ok(Err(LedgerError::Mismatch(format!(
                    "it belongs to campaign {owner:?}, expected {campaign:?}: give this campaign a file of its own"
                ))));
            }
            Some(_) => {}
        }
        let last = change
            .query_row("SELECT at FROM events ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))
            .optional()?
            .unwrap_or(0);
        change.commit()?;
        Ok(Ok(last))
    };
    run(connection).map_err(|error| failure(&error))?
}

fn at(path: &Path, error: &rusqlite::Error) -> LedgerError {
    match failure(error) {
        LedgerError::Unavailable(why) => LedgerError::Unavailable(format!("{}: {why}", path.display())),
        other => other,
    }
}
