//! What the operator does on the command line, beside a running server or without one.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use oolong_ledger::{Act, Actor, Command, Ledger, OutboxState};
use oolong_protocol::shop::{Millis, Problem};

use super::auth::Notary;
use super::keyring::Keyring;
use crate::{Config, sources};

/// Letters that were given up and are shown.
const LETTERS: usize = 1_000;

/// Commands of the operator.
#[derive(Clone, Debug, Subcommand)]
pub enum Operation {
    /// Compare all that the ledger has with its history: exit status 0 if it fits, 1 if not, 2 if it could not be done.
    Audit,
    /// Stop a voucher for now: nobody can claim or use it.
    Suspend {
        /// Id of the voucher.
        voucher: String,
    },
    /// Let a stopped voucher go on.
    Resume {
        /// Id of the voucher.
        voucher: String,
    },
    /// Move a voucher's end.
    Extend {
        /// Id of the voucher.
        voucher: String,
        /// The new end, RFC 3339, e.g. 2026-12-31T23:59:59+08:00.
        until: String,
    },
    /// Issue more of a voucher.
    AddStock {
        /// Id of the voucher.
        voucher: String,
        /// How many more.
        #[arg(value_parser = clap::value_parser!(u64).range(1..))]
        count: u64,
    },
    /// Take a voucher back: all of it that is not used, or one grant.
    Revoke {
        /// Id of the voucher.
        voucher: String,
        /// Only this grant.
        #[arg(long, value_name = "ID")]
        grant: Option<String>,
    },
    /// Print the keys that stores' tills say. Who has a store's key is the store.
    StoreKey {
        /// Ids of stores; with several, each key follows its id.
        #[arg(required = true, value_name = "STORE")]
        ids: Vec<String>,
    },
    /// List announcements that the partner has refused so far or that were given up, each with its order, its number, how
    /// the order stands and what was met last.
    Outbox {
        /// What to do instead of listing.
        #[command(subcommand)]
        retry: Option<Retry>,
    },
}

/// What can be done about announcements.
#[derive(Clone, Debug, Subcommand)]
pub enum Retry {
    /// Announce now what the partner has not taken of these orders, with all tries before it; with --partner, to that
    /// address. Orders that have failed are closed: their vouchers are back in the wallets.
    Retry {
        /// Ids of orders.
        #[arg(required = true, value_name = "ORDER")]
        orders: Vec<String>,
    },
}

/// Does it; the status is what the shell gets.
#[must_use]
pub async fn operate(config: &Config, operation: Operation) -> ExitCode {
    let is_audit = matches!(operation, Operation::Audit);
    match run(config, operation).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("oolong-server: {error:#}");
            if is_audit { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

async fn run(config: &Config, operation: Operation) -> Result<ExitCode> {
    let settings = &config.shop;
    let campaign = sources::campaign(config)?;
    if let Operation::StoreKey { ids } = operation {
        // A key that is made now would fit no till.
        if !Keyring::is_in(&settings.data) {
            bail!("there are no keys in {}: start the server once, or say --data", settings.data.display());
        }
        let notary = super::open_notary(settings, &campaign)?;
        let lines = ids.iter().map(|store| match ids.len() {
            1 => notary.store_key(store),
            _ => format!("{store} {}", notary.store_key(store)),
        });
        print(&lines.collect::<Vec<_>>().join("\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let oolong_ledger::Place::Sqlite(path) = settings.place()
        && !path.is_file()
    {
        bail!("there is no ledger at {}: start the server once, or say --data or --database", path.display());
    }
    // Nothing is signed here. Keys that were made now would be others than those of the servers, and in their way.
    let notary = match Keyring::is_in(&settings.data) {
        true => super::open_notary(settings, &campaign)?,
        false => Arc::new(Notary::new(Keyring::passing()?, campaign.id.clone())),
    };
    let ledger = super::open_ledger(settings, campaign, &notary).await?;
    let done = on(&ledger, operation).await;
    ledger.close().await;
    done
}

async fn on(ledger: &Ledger, operation: Operation) -> Result<ExitCode> {
    let act = match operation {
        Operation::Audit => return audit(ledger).await,
        Operation::Outbox { retry: None } => return list(ledger).await,
        Operation::Outbox { retry: Some(Retry::Retry { orders }) } => return announce(ledger, orders).await,
        Operation::StoreKey { .. } => bail!("the key of a store needs no ledger"),
        Operation::Suspend { voucher } => Act::Suspend { voucher },
        Operation::Resume { voucher } => Act::Resume { voucher },
        Operation::Extend { voucher, until } => Act::Extend { voucher, until: millis(&until)? },
        Operation::AddStock { voucher, count } => Act::AddStock { voucher, count },
        Operation::Revoke { voucher, grant } => Act::Revoke { voucher, grant },
    };
    submit(ledger, act).await?;
    Ok(ExitCode::SUCCESS)
}

async fn submit(ledger: &Ledger, act: Act) -> Result<()> {
    let reply = ledger.submit(Command { actor: Actor::Operator, idempotency: None, act }).await?;
    if reply.status >= 400 {
        let problem: Problem = serde_json::from_slice(&reply.body).context("the ledger's refusal")?;
        bail!("{} {} {}", problem.text.en, problem.next.en, problem.detail);
    }
    print(&String::from_utf8_lossy(&reply.body))
}

/// What was refused at least once and is tried again, then what was given up.
async fn list(ledger: &Ledger) -> Result<ExitCode> {
    let mut rows = ledger.outbox_pending(LETTERS).await?;
    rows.retain(|row| !row.error.is_empty());
    rows.extend(ledger.outbox_dead(LETTERS).await?);
    for row in rows {
        let how = if row.state == OutboxState::Dead { "given up" } else { "waiting" };
        let order = match ledger.order_state(&row.order).await? {
            Some(state) => serde_json::to_value(state)?.as_str().unwrap_or_default().to_owned(),
            None => "unknown".to_owned(),
        };
        let (id, seq, tried) = (&row.order, row.seq, row.attempts);
        print(&format!("{id}\t{seq}\t{how}, order {order}\ttried {tried} times\t{}", row.error))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Each order by itself: what cannot be done of one does not stop the others.
async fn announce(ledger: &Ledger, orders: Vec<String>) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for order in orders {
        if let Err(error) = submit(ledger, Act::AnnounceAgain { order: order.clone() }).await {
            eprintln!("oolong-server: {order}: {error:#}");
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

async fn audit(ledger: &Ledger) -> Result<ExitCode> {
    let audit = ledger.audit().await?;
    for (name, count) in &audit.checked {
        print(&format!("{name}: {count}"))?;
    }
    for row in ledger.balances().await? {
        print(&format!(
            "{}: issued {} = available {} + claimed {} + reserved {} + redeemed {} + expired {} + revoked {}",
            row.id, row.issued, row.available, row.claimed, row.reserved, row.redeemed, row.expired, row.revoked
        ))?;
    }
    for breach in &audit.breaches {
        print(&format!("BREACH {breach}"))?;
    }
    print(&format!("breaches: {}", audit.breached))?;
    Ok(if audit.breached == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn print(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").context("writing to standard output")
}

fn millis(text: &str) -> Result<Millis> {
    let parsed = chrono::DateTime::parse_from_rfc3339(text);
    let time = parsed.with_context(|| format!("{text}: expected RFC 3339, e.g. 2026-12-31T23:59:59+08:00"))?;
    Ok(time.timestamp_millis())
}
