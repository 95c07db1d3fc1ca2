//! What the operator does on the command line, beside a running server or without one.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use oolong_ledger::{Act, Actor, Command, Ledger};
use oolong_protocol::shop::{Millis, Problem};

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
    /// List announcements that the partner has not taken and that were given up. Their orders have failed and their
    /// vouchers are back in the wallets, so that there is nothing to be sent again.
    Outbox,
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
        if !settings.data.join(Keyring::STORES).is_file() {
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
    let (ledger, _) = super::open_ledger(settings, Arc::new(campaign)).await?;
    let done = on(&ledger, operation).await;
    ledger.close().await;
    done
}

async fn on(ledger: &Ledger, operation: Operation) -> Result<ExitCode> {
    let act = match operation {
        Operation::Audit => return audit(ledger).await,
        Operation::Outbox => {
            for row in ledger.outbox_dead(LETTERS).await? {
                print(&format!("{}\t{}\ttried {} times\t{}", row.order, row.seq, row.attempts, row.error))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Operation::StoreKey { .. } => bail!("the key of a store needs no ledger"),
        Operation::Suspend { voucher } => Act::Suspend { voucher },
        Operation::Resume { voucher } => Act::Resume { voucher },
        Operation::Extend { voucher, until } => Act::Extend { voucher, until: millis(&until)? },
        Operation::AddStock { voucher, count } => Act::AddStock { voucher, count },
        Operation::Revoke { voucher, grant } => Act::Revoke { voucher, grant },
    };
    let reply = ledger.submit(Command { actor: Actor::Operator, idempotency: None, act }).await?;
    if reply.status >= 400 {
        let problem: Problem = serde_json::from_slice(&reply.body).context("the ledger's refusal")?;
        bail!("{} {} {}", problem.text.en, problem.next.en, problem.detail);
    }
    print(&String::from_utf8_lossy(&reply.body))?;
    Ok(ExitCode::SUCCESS)
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
