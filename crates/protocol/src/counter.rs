//! The page and its counter: the module with wallet, stores, map and orders, loaded when the site has a shop server.
//!
//! The page gives elements to the counter, which fills them with cards that stay alive (`oolongCounter(element, json)`
//! with a [`Card`]; `oolongCounterDrop(element)`), tells it what changes (`oolongCounterTell(json)` with [`ToCounter`]),
//! and hears of what happens there by events of the window (`oolong-counter`, `detail` = JSON of [`FromCounter`]).

use oolong_intent::{Fulfilment, Prefer};
use serde::{Deserialize, Serialize};

use crate::shop::Goods;

/// What an element shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "card", rename_all = "snake_case")]
pub enum Card {
    /// The panel with all vouchers of the shopper, and those that can be claimed.
    Wallet,
    /// The panel with map and list.
    Stores(StoreSearch),
    /// The panel with the orders.
    Orders,
    /// In the conversation: vouchers to choose from.
    Vouchers {
        /// Campaign ids.
        ids: Vec<String>,
    },
    /// In the conversation: a voucher is to be claimed, now or when the network is back; the card shows what becomes of it.
    Claim {
        /// Campaign id.
        voucher: String,
        /// Unique to this wish, so that a card that is shown again does not claim again.
        wish: String,
    },
    /// In the conversation: stores that fit what was asked.
    FoundStores(StoreSearch),
    /// In the conversation: an order that the shopper has said yes to; store, time and confirmation happen in the card.
    Order {
        /// What.
        order: Box<Wanted>,
        /// Unique to this wish.
        wish: String,
    },
    /// In the conversation: how the last order stands.
    Status,
    /// In the conversation: the last order is to be called off.
    Cancel {
        /// Unique to this wish.
        wish: String,
    },
}

/// Stores as the shopper wants them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoreSearch {
    /// Brand id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// In the shopper's words; `here` is where the shopper is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Nearest, fastest, cheapest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefer: Option<Prefer>,
    /// Only open ones.
    pub open_now: bool,
    /// That have these items.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
}

/// The goods of an order and what was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// What.
    pub goods: Vec<Goods>,
    /// Pickup or delivery, once said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfilment: Option<Fulfilment>,
    /// Where to deliver, or near which place to pick up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The contract's notation: `now`, `HH:MM`, `+N` minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Campaign ids of vouchers that the shopper asked to use; empty: the best ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<String>,
}

/// What the page tells the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "tell", rename_all = "snake_case")]
pub enum ToCounter {
    /// First of all: which campaign, where the shop server is.
    Open {
        /// The campaign file's text.
        campaign: String,
        /// Base URL of the shop server's API, relative to the page: `v1/`.
        shop: String,
    },
    /// The page's language changed: `en` or `zh`.
    Language {
        /// Its code.
        language: String,
    },
}

/// What the counter tells the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FromCounter {
    /// What can be used now: campaign ids, one that is held twice is here twice. For prices in the cart.
    Wallet {
        /// The ids.
        vouchers: Vec<String>,
    },
    /// Claims that wait for the network, for the badge.
    Waiting {
        /// How many.
        count: u32,
    },
    /// A button asked for a voucher to be used for the order in the cart.
    UseVoucher {
        /// Campaign id.
        voucher: String,
    },
    /// The shopper does not want an order as it can be had: its goods go back to the cart.
    Back {
        /// The goods.
        order: Box<Wanted>,
    },
    /// The shopper chose this store for what is ordered next.
    Store {
        /// Its id.
        store: String,
        /// Its brand.
        brand: String,
    },
    /// Orders that are under way, for the badge.
    Orders {
        /// How many.
        count: u32,
    },
}
