//! All words of the counter. A language is a value of [`Words`], so a sentence that one of them lacks does not compile.
//!
//! Each part of the counter has its own section, in both languages, in a file of its own.

mod chinese;
mod english;
pub(crate) mod orders;
pub(crate) mod stores;
pub(crate) mod till;
pub(crate) mod wallet;

pub(crate) use crate::language::Language;

impl Language {
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &english::WORDS,
            Self::Chinese => &chinese::WORDS,
        }
    }
}

/// Every word that the counter can show, in one language.
pub(crate) struct Words {
    // Names of what can be ordered, as the page says them.
    pub(crate) now: &'static str,
    pub(crate) in_minutes: fn(u16) -> String,
    pub(crate) without: fn(&str) -> String,
    // What every part says.
    pub(crate) loading: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) close: &'static str,
    /// What happened and what to do next.
    pub(crate) unreachable: (&'static str, &'static str),
    pub(crate) late: (&'static str, &'static str),
    pub(crate) garbled: (&'static str, &'static str),
    /// A stored copy, and when it was so.
    pub(crate) as_of: fn(&str) -> String,
    pub(crate) till_failed: &'static str,
    // The parts.
    pub(crate) wallet: wallet::WalletWords,
    pub(crate) stores: stores::StoresWords,
    pub(crate) orders: orders::OrdersWords,
    pub(crate) till: till::TillWords,
}
