//! Orders: what a shopper asks for, what can be had when and where, and what it costs.

use serde::{Deserialize, Serialize};

use super::Millis;

/// `POST /v1/orders`. There are no prices in it: the server's are the only ones that count, and those that a client sends
/// are not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRequest {
    /// Id of the store.
    pub store: String,
    /// What is wanted.
    pub goods: Vec<Goods>,
    /// `pickup` or `delivery`.
    pub fulfilment: oolong_intent::Fulfilment,
    /// Where to, in the shopper's words; only for delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When it should be ready: the time of an accepted [`Slot`], or a wish; absent means as soon as possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Millis>,
    /// Which vouchers to use.
    #[serde(default)]
    pub vouchers: VoucherChoice,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// Menu id.
    pub item: String,
    /// How many pieces, from 1.
    pub quantity: u16,
    /// `group:modifier`, `*0` without, `*n` portions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<String>,
}

/// Which vouchers of the wallet an order uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherChoice {
    /// The permitted set that makes it cheapest.
    #[default]
    Best,
    /// None.
    None,
    /// Exactly these grants; refused if one does not fit.
    Grants(Vec<String>),
}

/// What became of an order request: status 201 for `reserved`, 200 for `offer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "one at a time, made and read at once; not so large on 32 bits")]
pub enum OrderReply {
    /// A slot and the vouchers are held until `reserved_until`.
    Reserved(Order),
    /// Not at that time, but: busy is no error.
    Offer(Offer),
}

/// Other times and other stores, for an order that does not fit where it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Why: `store_busy`, `store_paused`, `store_closed`, `item_unavailable` …
    pub reason: super::Reason,
    /// The next time at the same store, if it accepts that far ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<Slot>,
    /// Up to three stores near by that can take it now, nearest first.
    #[serde(default)]
    pub alternatives: Vec<StoreOffer>,
}

/// A time at which an order would be ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// When.
    pub ready_at: Millis,
    /// Minutes from now.
    pub minutes: u32,
}

/// A store that could take the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreOffer {
    /// Its id.
    pub store: String,
    /// Its names, English first, then Chinese.
    pub names: Vec<String>,
    /// How far it is from the store that was asked for, metres.
    pub metres: u32,
    /// When it would be ready there.
    pub slot: Slot,
}

/// An order as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Id.
    pub id: String,
    /// What is called out at the counter: short, unique at the store for a day.
    pub number: String,
    /// How far it is.
    pub state: OrderState,
    /// Id of the store.
    pub store: String,
    /// Its names.
    pub store_names: Vec<String>,
    /// What was ordered.
    pub goods: Vec<Goods>,
    /// `pickup` or `delivery`.
    pub fulfilment: oolong_intent::Fulfilment,
    /// Where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it costs.
    pub price: PriceView,
    /// When it was placed.
    pub placed_at: Millis,
    /// When it was promised to be ready.
    pub ready_at: Millis,
    /// Until when slot and vouchers are held for an order that is not confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_until: Option<Millis>,
    /// When it came into its present state.
    pub changed_at: Millis,
}

/// The life of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Held, to be confirmed.
    Reserved,
    /// The shopper has confirmed; it goes to the store when its slot comes.
    Confirmed,
    /// The store has it.
    Sent,
    /// It can be picked up, or is with the courier.
    Ready,
    /// Handed over.
    Collected,
    /// Called off.
    Cancelled,
    /// Not confirmed in time.
    Lapsed,
    /// The store or partner could not be reached; vouchers are back in the wallet.
    Failed,
}

/// The price, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceView {
    /// ISO 4217.
    pub currency: String,
    /// Each line of goods, in their order.
    pub lines: Vec<PriceLine>,
    /// All lines.
    pub subtotal: i64,
    /// What delivery costs.
    pub delivery_fee: i64,
    /// What each voucher takes off.
    pub savings: Vec<Saving>,
    /// Why other vouchers of the wallet were not used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<Unused>,
    /// What is to be paid.
    pub total: i64,
}

/// The price of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLine {
    /// One piece.
    pub unit: i64,
    /// All pieces.
    pub amount: i64,
}

/// What one voucher takes off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saving {
    /// The grant.
    pub grant: String,
    /// The voucher.
    pub voucher: String,
    /// In all.
    pub amount: i64,
    /// From which line or from the delivery fee.
    pub allocation: Vec<Allocation>,
}

/// A part of a saving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// 0-based line; absent means the delivery fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// How much.
    pub amount: i64,
}

/// A voucher of the wallet that was not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unused {
    /// The grant.
    pub grant: String,
    /// The voucher.
    pub voucher: String,
    /// Why.
    pub reason: super::Reason,
}
