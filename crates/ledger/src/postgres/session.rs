//! One connection with its prepared statements, and what the server's errors mean for a unit of work.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, NoTls, error::SqlState};

use crate::LedgerError;

/// Every query is by key. Plans are kept for as long as a connection lives, so those that are made while the tables are
/// still empty must not be scans. A process that hangs must not hold others' rows.
const SETTINGS: &str = "SET synchronous_commit = on; SET enable_seqscan = off; SET jit = off; \
     SET lock_timeout = '5s'; SET statement_timeout = '15s'; SET idle_in_transaction_session_timeout = '15s'; \
     SET default_transaction_isolation = 'read committed'";

/// A connection. Queries whose futures are polled together travel together.
#[derive(Debug)]
pub(super) struct Session<S> {
    /// For queries.
    pub(super) client: Client,
    /// What was prepared on it.
    pub(super) statements: S,
    driver: JoinHandle<()>,
}

/// Statements of one kind of session.
pub(super) trait Prepared: Sized {
    /// Prepares all of them.
    fn prepare(client: &Client) -> impl Future<Output = Result<Self, tokio_postgres::Error>> + Send;
}

impl<S: Prepared> Session<S> {
    /// Connects and prepares.
    pub(super) async fn open(config: &Config) -> Result<Self, tokio_postgres::Error> {
        let (client, driver) = connect(config).await?;
        let statements = S::prepare(&client).await?;
        Ok(Self { client, statements, driver })
    }

    /// Whether it has broken.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }
}

impl<S> Drop for Session<S> {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// A connection with the ledger's settings; the task moves its bytes and ends with it.
pub(super) async fn connect(config: &Config) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    let driver = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "the connection to PostgreSQL has ended");
        }
    });
    client.batch_execute(SETTINGS).await?;
    Ok((client, driver))
}

/// Reads the operator's URL.
pub(super) fn config(url: &str) -> Result<Config, LedgerError> {
    // The URL holds a password: the error must not quote it.
    let mut config: Config = url
        .parse()
        .map_err(|error| LedgerError::Mismatch(format!("expected postgres://user@host/database, but: {error}")))?;
    if config.get_application_name().is_none() {
        config.application_name("oolong-ledger");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    Ok(config)
}

/// What an error means for the unit of work in which it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Somebody else was quicker: load and decide again.
    Conflict,
    /// The connection is gone.
    Lost,
    /// No room on the server's disk.
    Full,
    /// Anything else.
    Other,
}

impl Trouble {
    /// Reads the error's code.
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        let Some(code) = error.code() else {
            return Self::Lost;
        };
        const CONFLICTS: [SqlState; 4] = [
            SqlState::UNIQUE_VIOLATION,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
        ];
        if CONFLICTS.contains(code) {
            Self::Conflict
        } else if *code == SqlState::DISK_FULL {
            Self::Full
        } else if ["08", "57"].iter().any(|class| code.code().starts_with(class)) && *code != SqlState::QUERY_CANCELED {
            Self::Lost
        } else {
            Self::Other
        }
    }
}

/// The error as the ledger tells it.
pub(super) fn unavailable(error: &tokio_postgres::Error) -> LedgerError {
    if Trouble::of(error) == Trouble::Full {
        return LedgerError::Full;
    }
    // The error itself only says "db error".
    match error.as_db_error() {
        Some(told) => LedgerError::Unavailable(format!("PostgreSQL says {} ({})", told.message(), told.code().code())),
        None => LedgerError::Unavailable(format!("no connection to PostgreSQL: {error}")),
    }
}

/// Declares the statements of one kind of session, each with its SQL.
macro_rules! statements {
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident = $sql:expr,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub(super) struct $name { $(pub(super) $field: tokio_postgres::Statement,)* }

        impl $crate::postgres::session::Prepared for $name {
            async fn prepare(client: &tokio_postgres::Client) -> Result<Self, tokio_postgres::Error> {
                Ok(Self { $($field: client.prepare(&$sql).await?,)* })
            }
        }
    };
}
pub(super) use statements;
