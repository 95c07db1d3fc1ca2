//! What the operator decides about the shop.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use oolong_ledger::{Place, Tuning};

use crate::Key;

/// Flags of the shop; each can be given as an environment variable instead.
#[derive(Clone, Debug, Args)]
pub struct ShopSettings {
    /// Only the remote agent and the site: no vouchers, stores and orders.
    #[arg(long, env = "OOLONG_NO_SHOP", help_heading = "Shop")]
    pub no_shop: bool,
    /// Folder for what the shop keeps: keys, packed stores and, without the next two flags, the ledger. Made if need be.
    #[arg(
        long,
        env = "OOLONG_DATA",
        value_name = "FOLDER",
        default_value = "oolong-data",
        global = true,
        help_heading = "Shop"
    )]
    pub data: PathBuf,
    /// SQLite file of the ledger. Default: `ledger.db` in the data folder.
    #[arg(
        long,
        env = "OOLONG_DATABASE",
        value_name = "FILE",
        global = true,
        conflicts_with = "database_url",
        help_heading = "Shop"
    )]
    pub database: Option<PathBuf>,
    /// PostgreSQL database of the ledger instead, e.g. postgres://user@host/oolong. Several servers may share one; they
    /// need the same keys in their data folders.
    #[arg(
        long,
        env = "OOLONG_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true,
        help_heading = "Shop"
    )]
    pub database_url: Option<String>,
    /// Stores: a GeoJSON file, or a folder of stores packed before. Default: a made-up country, kept in the data folder.
    #[arg(long, env = "OOLONG_STORES", value_name = "PATH", global = true, help_heading = "Shop")]
    pub stores: Option<PathBuf>,
    /// How many stores the made-up country has.
    #[arg(
        long,
        env = "OOLONG_SAMPLE_STORES",
        value_name = "COUNT",
        default_value = "300000",
        global = true,
        help_heading = "Shop"
    )]
    pub sample_stores: NonZeroU32,
    /// How long an order that is not confirmed keeps its slot and its vouchers.
    #[arg(
        long,
        env = "OOLONG_HOLD_MINUTES",
        value_name = "MINUTES",
        default_value = "5",
        global = true,
        help_heading = "Shop"
    )]
    pub hold_minutes: NonZeroU32,
    /// How long a store's own word on how it stands is believed.
    #[arg(
        long,
        env = "OOLONG_STATE_TTL_MINUTES",
        value_name = "MINUTES",
        default_value = "30",
        global = true,
        help_heading = "Shop"
    )]
    pub state_ttl_minutes: NonZeroU32,
    /// Stores from which no word came are open or closed by their hours. Without it nobody knows how they stand.
    #[arg(long, env = "OOLONG_TRUST_HOURS", help_heading = "Shop")]
    pub trust_hours: bool,
    /// Who makes the orders of stores without a till of their own.
    #[arg(long, env = "OOLONG_TILL", value_enum, value_name = "TILL", default_value_t = Till::None, help_heading = "Shop")]
    pub till: Till,
    /// Orders for delivery are announced to this address (Standard Webhooks). Its secret is taken from the environment
    /// variable OOLONG_PARTNER_SECRET.
    #[arg(long, env = "OOLONG_PARTNER", value_name = "URL", global = true, help_heading = "Shop")]
    pub partner: Option<String>,
    /// How often an announcement is tried before it is set aside for the operator (see `outbox`).
    #[arg(long, env = "OOLONG_PARTNER_TRIES", value_name = "COUNT", default_value = "12", help_heading = "Shop")]
    pub partner_tries: NonZeroU32,
    /// The longest pause between two tries; the first is half a second, each further one twice as long, more or less.
    #[arg(long, env = "OOLONG_PARTNER_PAUSE_MS", value_name = "MS", default_value = "600000", help_heading = "Shop")]
    pub partner_pause_ms: NonZeroU32,
    /// What partners know that it comes from here by; not a flag, because everybody on a machine can read flags.
    #[arg(skip)]
    pub partner_secret: Option<Key>,
    /// Requests per minute to the shop from one address (IPv6: one /64), on average; 0 sets no limit.
    #[arg(
        long,
        env = "OOLONG_SHOP_RATE_PER_MINUTE",
        value_name = "COUNT",
        default_value_t = 6000,
        help_heading = "Shop"
    )]
    pub shop_rate_per_minute: u32,
    /// Requests to the shop that one address may send at once before the average counts.
    #[arg(long, env = "OOLONG_SHOP_BURST", value_name = "COUNT", default_value = "1200", help_heading = "Shop")]
    pub shop_burst: NonZeroU32,
    /// Commits without waiting for the disk, so that a test of power cuts can show what it would find. Never otherwise.
    #[arg(long, hide = true)]
    pub no_sync: bool,
    /// For a look on one machine: `--till simulated --trust-hours`, and a store's key is printed to try its till with.
    #[arg(long, env = "OOLONG_DEMO", help_heading = "Shop")]
    pub demo: bool,
}

/// Who makes the orders of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Till {
    /// Only real tills.
    None,
    /// This server says that orders are ready after about the time that the store takes for one.
    Simulated,
}

impl ShopSettings {
    /// Where the ledger is.
    pub(crate) fn place(&self) -> Place {
        match &self.database_url {
            Some(url) => Place::Postgres(url.clone()),
            None => Place::Sqlite(self.database.clone().unwrap_or_else(|| self.data.join("ledger.db"))),
        }
    }

    /// How the ledger is opened.
    pub(crate) fn tuning(&self) -> Tuning {
        Tuning { synchronous: self.no_sync.then_some("OFF"), ..Tuning::default() }
    }

    /// How long a reservation waits.
    pub(crate) fn hold(&self) -> Duration {
        minutes(self.hold_minutes)
    }

    /// How long a store's word is believed.
    pub(crate) fn state_ttl(&self) -> Duration {
        minutes(self.state_ttl_minutes)
    }

    /// Whether hours count where no store has spoken.
    pub(crate) fn trusts_hours(&self) -> bool {
        self.trust_hours || self.demo
    }

    /// Whether orders become ready by themselves.
    pub(crate) fn simulates_till(&self) -> bool {
        self.demo || self.till == Till::Simulated
    }
}

fn minutes(count: NonZeroU32) -> Duration {
    Duration::from_secs(u64::from(count.get()) * 60)
}
