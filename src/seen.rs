//! What the counter last said, for the next visit: the page counts with it, and only opens the counter if there is any.

use oolong_protocol::counter::FromCounter;
use serde::{Deserialize, Serialize};

use crate::storage;

/// How many claims wait for the network. Across campaigns, because so are the claims.
pub(crate) const WAITING: &str = "oolong:waiting";

/// The counter's last words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Seen {
    /// Campaign ids of what could be used, one that was held twice is here twice.
    pub(crate) wallet: Vec<String>,
    /// Orders that were under way.
    pub(crate) orders: u32,
    /// Claims that waited.
    #[serde(skip)]
    pub(crate) waiting: u32,
}

impl Seen {
    /// What was said of this campaign; nothing where storage is forbidden.
    pub(crate) fn load(campaign: &str) -> Self {
        let seen = storage::load(&key(campaign)).unwrap_or_default();
        Self { waiting: storage::load(WAITING).unwrap_or_default(), ..seen }
    }

    /// Whether the counter has something to do or to say, though nobody asks for it.
    pub(crate) fn calls(&self) -> bool {
        *self != Self::default()
    }

    /// Keeps what is said now.
    pub(crate) fn hear(campaign: &str, news: &FromCounter) {
        let before = Self::load(campaign);
        let mut now = before.clone();
        match news {
            FromCounter::Wallet { vouchers } => now.wallet.clone_from(vouchers),
            FromCounter::Orders { count } => now.orders = *count,
            FromCounter::Waiting { .. }
            | FromCounter::UseVoucher { .. }
            | FromCounter::Back { .. }
            | FromCounter::Store { .. } => {}
        }
        if now != before {
            storage::save(&key(campaign), &now);
        }
    }
}

fn key(campaign: &str) -> String {
    format!("oolong:seen:{campaign}")
}
