//! Brings the tables to this program's version, whichever process comes first.

use tokio_postgres::{Client, Config, error::SqlState};

use super::session::{connect, unavailable};
use crate::LedgerError;

/// Every version of the tables, in order. What was released is never altered: changes are appended.
const MIGRATIONS: [&str; 2] = [include_str!("schema.sql"), include_str!("schema_2.sql")];

/// Any number that nothing else in the database uses: "oolong" in ASCII.
const LOCK: i64 = 0x6f6f_6c6f_6e67;

/// Migrates in one transaction, while other processes wait, and binds the ledger to the campaign.
pub(super) async fn migrate(config: &Config, campaign: &str) -> Result<(), LedgerError> {
    let (mut client, driver) = connect(config).await.map_err(|error| unavailable(&error))?;
    let migrated = in_transaction(&mut client, campaign).await;
    driver.abort();
    migrated
}

async fn in_transaction(client: &mut Client, campaign: &str) -> Result<(), LedgerError> {
    let told = |error: tokio_postgres::Error| match error.code() {
        Some(&SqlState::DUPLICATE_TABLE) => LedgerError::Mismatch(
            "the database has tables of something else with the ledger's names: give the ledger a database of its own"
                .to_owned(),
        ),
        _ => unavailable(&error),
    };
    let transaction = client.transaction().await.map_err(told)?;
    // Long migrations of another process are worth waiting for.
    transaction
        .batch_execute("SET LOCAL lock_timeout = '10min'; SET LOCAL statement_timeout = 0")
        .await
        .map_err(told)?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(told)?;
    transaction
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS ledger_migrations
                 (number integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
        )
        .await
        .map_err(told)?;
    let done: i64 = transaction.query_one("SELECT count(*) FROM ledger_migrations", &[]).await.map_err(told)?.get(0);
    let done = usize::try_from(done).unwrap_or(usize::MAX);
    if done > MIGRATIONS.len() {
        return Err(LedgerError::Mismatch(format!(
            "expected a database of version {} or older, found {done}: run a newer server",
            MIGRATIONS.len()
        )));
    }
    for (number, migration) in (1_i32..).zip(MIGRATIONS).skip(done) {
        transaction.batch_execute(migration).await.map_err(told)?;
        transaction.execute("INSERT INTO ledger_migrations (number) VALUES ($1)", &[&number]).await.map_err(told)?;
    }
    transaction
        .execute("INSERT INTO ledger (campaign) VALUES ($1) ON CONFLICT DO NOTHING", &[&campaign])
        .await
        .map_err(told)?;
    let bound: String = transaction.query_one("SELECT campaign FROM ledger", &[]).await.map_err(told)?.get(0);
    if bound != campaign {
        return Err(LedgerError::Mismatch(format!(
            "expected the ledger of campaign {campaign:?}, found that of {bound:?}: give each campaign its own database"
        )));
    }
    transaction.commit().await.map_err(told)
}
