//! What the files of `trades/` hold.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A kind of shop.
#[derive(Debug, Deserialize)]
pub struct Trade {
    /// Its id.
    pub trade: String,
    /// Measure words of its goods.
    pub measures_zh: Vec<String>,
    /// Categories of its menus.
    pub categories: Vec<TradeCategory>,
    /// Goods with names of their own.
    pub items: Vec<TradeItem>,
    /// Names to be put together.
    pub parts: Vec<TradeParts>,
    /// Modifier groups, by id; `size`, `size-b` … are variants of one.
    pub groups: BTreeMap<String, TradeGroup>,
}

/// A category of a trade.
#[derive(Debug, Deserialize)]
pub struct TradeCategory {
    /// Its id.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
}

/// An item of a trade.
#[derive(Debug, Deserialize)]
pub struct TradeItem {
    /// Id of its category.
    pub category: String,
    /// Its names.
    pub names: Vec<String>,
    /// Base ids of its groups.
    pub groups: Vec<String>,
    /// Minor units.
    pub price: i64,
}

/// Halves of names.
#[derive(Debug, Deserialize)]
pub struct TradeParts {
    /// Id of the category.
    pub category: String,
    /// First halves, English and Chinese.
    pub prefix: Vec<(String, String)>,
    /// Second halves.
    pub base: Vec<(String, String)>,
    /// Base ids of the groups.
    pub groups: Vec<String>,
}

/// A modifier group of a trade.
#[derive(Debug, Deserialize)]
pub struct TradeGroup {
    /// What it is about: `size`, `temperature` …
    pub kind: String,
    /// Its names.
    pub names: Vec<String>,
    /// One or many.
    pub select: oolong_catalog::Select,
    /// What there is to choose.
    pub modifiers: Vec<TradeModifier>,
}

/// A modifier of a trade.
#[derive(Debug, Deserialize)]
pub struct TradeModifier {
    /// Its names.
    pub names: Vec<String>,
    /// Minor units.
    pub price: i64,
}

/// A kind of voucher.
#[derive(Debug, Deserialize)]
pub struct VoucherKind {
    /// The contract's type of discount.
    pub kind: String,
    /// `all`, `brand`, `category` or `item`.
    #[serde(default)]
    pub scope: String,
    /// Names with placeholders.
    pub names: Vec<String>,
    /// What the placeholders may be.
    #[serde(default)]
    pub values: BTreeMap<String, Vec<serde_json::Value>>,
}
