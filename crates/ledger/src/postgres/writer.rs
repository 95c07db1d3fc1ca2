//! One unit of work after another on one connection, through lost connections and conflicts.

use std::sync::Arc;
use std::time::Duration;

use oolong_protocol::shop::Millis;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::{Client, Config, Error, types::ToSql};

use super::load::{self, Loading, NotLoaded};
use super::session::{Prepared, Session, Trouble, unavailable};
use super::store::{self, Loaded, Storing};
use crate::LedgerError;
use crate::backend::{Changes, Clock, Keys, Rows, Setback, Writer};
use crate::clock::{Timeline, instant};

/// How long a unit tries to load, or to learn what became of it, before its commands are told that it did not work.
const PERSISTENCE: Duration = Duration::from_secs(15);

/// Longer than the server's own limits: after this the network has lost it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The statements of a connection that writes.
#[derive(Debug)]
pub(super) struct Writing {
    pub(super) loading: Loading,
    pub(super) storing: Storing,
}

impl Prepared for Writing {
    async fn prepare(client: &Client) -> Result<Self, Error> {
        Ok(Self { loading: Loading::prepare(client).await?, storing: Storing::prepare(client).await? })
    }
}

/// A connection that writes, opened when it is needed first and again when it was lost.
pub(super) struct PostgresWriter {
    /// Of its own, so that nothing in the server that is busy delays a commit. Made on the thread that uses it.
    runtime: Option<Runtime>,
    hand: Hand,
}

impl PostgresWriter {
    /// A writer that has not connected yet.
    pub(super) fn new(config: Config, clock: Option<Clock>, timeline: Arc<Timeline>) -> Self {
        let name = format!("{:032x}", rand::random::<u128>());
        let hand = Hand { config, clock, timeline, name, unit: 0, last: Millis::MIN, session: None, at_work: false };
        Self { runtime: None, hand }
    }
}

impl Writer for PostgresWriter {
    fn unit(&mut self, keys: &Keys, decide: &mut dyn FnMut(Rows, Millis) -> Changes) -> Result<(), Setback> {
        if self.runtime.is_none() {
            let made = Builder::new_current_thread().enable_all().build();
            self.runtime = Some(made.map_err(|error| LedgerError::Unavailable(format!("no event loop: {error}")))?);
        }
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.hand.unit(keys, decide)),
            None => Err(LedgerError::Unavailable("no event loop".to_owned()).into()),
        }
    }
}

struct Hand {
    config: Config,
    clock: Option<Clock>,
    timeline: Arc<Timeline>,
    /// Its row in the table `writers`.
    name: String,
    /// The number of the unit that is tried, there.
    unit: i64,
    last: Millis,
    session: Option<Session<Writing>>,
    /// Still set when a unit begins: the last one has panicked, and its transaction is open.
    at_work: bool,
}

impl Hand {
    async fn unit(&mut self, keys: &Keys, decide: &mut dyn FnMut(Rows, Millis) -> Changes) -> Result<(), Setback> {
        if std::mem::replace(&mut self.at_work, true) {
            self.session = None;
        }
        self.unit += 1;
        let done = self.load_decide_store(keys, decide).await;
        self.at_work = false;
        done
    }

    async fn load_decide_store(
        &mut self,
        keys: &Keys,
        decide: &mut dyn FnMut(Rows, Millis) -> Changes,
    ) -> Result<(), Setback> {
        let (rows, now) = self.load(keys).await?;
        let loaded = Loaded::of(&rows);
        let changes = decide(rows, now);
        let Some(session) = &self.session else {
            return Err(LedgerError::Unavailable("the connection to PostgreSQL is gone".to_owned()).into());
        };
        if changes.is_empty() {
            self.roll_back().await;
            return Ok(());
        }
        let error = match timeout(PATIENCE, store::store(session, changes, &loaded)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        match error.as_ref().map_or(Trouble::Lost, Trouble::of) {
            Trouble::Conflict => {
                self.roll_back().await;
                Err(Setback::Conflict)
            }
            Trouble::Lost => self.what_became_of_it().await,
            Trouble::Full | Trouble::Other => {
                self.roll_back().await;
                Err(error.as_ref().map_or_else(lost, unavailable).into())
            }
        }
    }

    /// Loads; nothing was decided yet, so whatever happens can simply be tried again for a while.
    async fn load(&mut self, keys: &Keys) -> Result<(Rows, Millis), Setback> {
        let deadline = Instant::now() + PERSISTENCE;
        for attempt in 1.. {
            let told = match self.try_to_load(keys).await {
                Ok((rows, now)) => {
                    self.last = self.last.max(now);
                    return Ok((rows, self.last));
                }
                Err(NotLoaded::Strange(error)) => {
                    self.roll_back().await;
                    return Err(error.into());
                }
                Err(NotLoaded::Changed) => {
                    self.roll_back().await;
                    Setback::Conflict
                }
                Err(NotLoaded::Database(error)) => match Trouble::of(&error) {
                    Trouble::Conflict => {
                        self.roll_back().await;
                        Setback::Conflict
                    }
                    Trouble::Lost => {
                        self.session = None;
                        unavailable(&error).into()
                    }
                    Trouble::Full | Trouble::Other => {
                        self.roll_back().await;
                        return Err(unavailable(&error).into());
                    }
                },
                Err(NotLoaded::Silent) => {
                    self.session = None;
                    lost().into()
                }
            };
            if Instant::now() >= deadline {
                return Err(told);
            }
            pause(attempt).await;
        }
        Err(lost().into())
    }

    async fn try_to_load(&mut self, keys: &Keys) -> Result<(Rows, Millis), NotLoaded> {
        let clock = self.clock.as_ref().map(|clock| clock());
        let (name, unit, timeline) = (self.name.clone(), self.unit, Arc::clone(&self.timeline));
        let session = self.session().await?;
        let asked = instant();
        let reckoned = match clock {
            None => timeline.reckoned(asked),
            Some(_) => Millis::MIN,
        };
        let loaded = timeout(PATIENCE, load::load(session, &name, unit, keys, (clock, reckoned))).await;
        let (mut rows, told) = loaded.unwrap_or(Err(NotLoaded::Silent))?;
        if clock.is_some() {
            return Ok((rows, told));
        }
        let answered = instant();
        let now = timeline.see(told, asked, answered);
        if timeline.is_quiet(answered) {
            rows.due.clear();
        }
        Ok((rows, now))
    }

    /// The connection broke while the commit was under way. The row of this writer is locked by that transaction until
    /// the server has ended it, and then says whether it was committed; also when the server itself had to recover.
    async fn what_became_of_it(&mut self) -> Result<(), Setback> {
        self.session = None;
        let deadline = Instant::now() + PERSISTENCE;
        for attempt in 1.. {
            pause(attempt).await;
            match self.last_committed().await {
                Ok(unit) if unit >= self.unit => return Ok(()),
                Ok(_) => return Err(Setback::Conflict),
                Err(error) => tracing::warn!(%error, "nobody knows yet whether the last unit of work was committed"),
            }
            self.session = None;
            if Instant::now() >= deadline {
                break;
            }
        }
        Err(LedgerError::Unavailable(
            "the connection to PostgreSQL broke during a commit: whether it was done will be known when it is asked again"
                .to_owned(),
        )
        .into())
    }

    async fn last_committed(&mut self) -> Result<i64, LedgerError> {
        let name = self.name.clone();
        let session = self.session().await.map_err(|error| unavailable(&error))?;
        let question: [&(dyn ToSql + Sync); 1] = [&name];
        let asked = session.client.query_one("SELECT unit FROM writers WHERE id = $1 FOR UPDATE", &question);
        let row = timeout(PATIENCE, asked).await.map_err(|_| lost())?.map_err(|error| unavailable(&error))?;
        super::row::get(&row, 0)
    }

    async fn session(&mut self) -> Result<&Session<Writing>, Error> {
        if self.session.as_ref().is_some_and(Session::is_closed) {
            self.session = None;
        }
        match &mut self.session {
            Some(session) => Ok(session),
            empty => {
                let session = Session::<Writing>::open(&self.config).await?;
                let begin = "INSERT INTO writers (id, unit) VALUES ($1, 0) ON CONFLICT DO NOTHING";
                session.client.execute(begin, &[&self.name]).await?;
                Ok(empty.insert(session))
            }
        }
    }

    /// A session that cannot even do this is of no more use.
    async fn roll_back(&mut self) {
        if let Some(session) = &self.session
            && !matches!(timeout(PATIENCE, session.client.batch_execute("ROLLBACK")).await, Ok(Ok(())))
        {
            self.session = None;
        }
    }
}

fn lost() -> LedgerError {
    LedgerError::Unavailable("PostgreSQL does not answer".to_owned())
}

/// Longer each time up to two seconds, and never the same for two processes.
async fn pause(attempt: u32) {
    let most = 20_u64.saturating_mul(2_u64.saturating_pow(attempt)).min(2_000);
    sleep(Duration::from_millis(rand::random_range(most / 2..=most))).await;
}
