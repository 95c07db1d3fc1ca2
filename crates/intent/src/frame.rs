//! A validated frame: what the shopper wants, in ids and enums.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::raw::RawFrame;

/// What the shopper does with the utterance. See the contract for each one's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the contract's own words")]
pub enum Intent {
    Order,
    Change,
    Remove,
    FindStore,
    CheckStock,
    FindVoucher,
    ClaimVoucher,
    UseVoucher,
    AskMenu,
    OrderStatus,
    CancelOrder,
    Confirm,
    Deny,
    Chat,
    Other,
}

impl Intent {
    /// All intents, in the contract's order.
    pub const ALL: [Self; 15] = [
        Self::Order,
        Self::Change,
        Self::Remove,
        Self::FindStore,
        Self::CheckStock,
        Self::FindVoucher,
        Self::ClaimVoucher,
        Self::UseVoucher,
        Self::AskMenu,
        Self::OrderStatus,
        Self::CancelOrder,
        Self::Confirm,
        Self::Deny,
        Self::Chat,
        Self::Other,
    ];

    /// The contract's name: `"find_store"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Change => "change",
            Self::Remove => "remove",
            Self::FindStore => "find_store",
            Self::CheckStock => "check_stock",
            Self::FindVoucher => "find_voucher",
            Self::ClaimVoucher => "claim_voucher",
            Self::UseVoucher => "use_voucher",
            Self::AskMenu => "ask_menu",
            Self::OrderStatus => "order_status",
            Self::CancelOrder => "cancel_order",
            Self::Confirm => "confirm",
            Self::Deny => "deny",
            Self::Chat => "chat",
            Self::Other => "other",
        }
    }

    /// Whether items of this intent carry a quantity (`order` always, `change` and `remove` when said).
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Order | Self::Change | Self::Remove)
    }

    /// Whether items of this intent may point into the cart.
    #[must_use]
    pub fn points(self) -> bool {
        matches!(self, Self::Change | Self::Remove)
    }
}

/// How many of something: 1 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantity(NonZeroU16);

impl Quantity {
    /// One.
    pub const ONE: Self = Self(NonZeroU16::MIN);
    /// The most that one entry may ask for.
    pub const MAX: u16 = 999;

    /// `None` when `count` is 0 or over [`Self::MAX`].
    #[must_use]
    pub fn new(count: u32) -> Option<Self> {
        u16::try_from(count).ok().filter(|&count| count <= Self::MAX).and_then(NonZeroU16::new).map(Self)
    }

    /// The count.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Goods {
    /// An item of the menu, by id.
    Item(String),
    /// A whole category ("a coffee"), by id.
    Category(String),
    /// Something that no menu in scope has; [`Item::said`] holds the shopper's words.
    Unknown,
}

/// Which entry of the cart is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// "it", "that one", 刚才那杯.
    Last,
    /// "all of them", 都.
    All,
    /// "the second one": 1-based.
    Nth(u16),
    /// "the latte": an item id.
    Item(String),
}

/// `group:modifier*portions`: 0 portions is "without", 1 is left out in text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModifierChoice {
    /// Id of the modifier group.
    pub group: String,
    /// Id of the modifier within the group.
    pub modifier: String,
    /// How many portions; 0 means without.
    pub portions: u8,
}

/// When the goods are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// "right now"; only if said.
    Now,
    /// A clock time of the day, in minutes after midnight (0–1439).
    At(u16),
    /// Minutes from now (1–1440).
    In(u16),
}

/// How the goods reach the shopper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Fulfilment {
    /// Collected at the shop.
    Pickup,
    /// Brought to a place.
    Delivery,
}

/// Which shop or item is preferred when several fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Prefer {
    /// Shortest way.
    Nearest,
    /// No queue, quickest.
    Fastest,
    /// Lowest price.
    Cheapest,
}

/// One entry of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What it is; absent where the entry only changes something in the cart.
    pub goods: Option<Goods>,
    /// The shopper's words for it. Always there for [`Goods::Unknown`].
    pub said: Option<String>,
    /// How many; always there in an `order`.
    pub quantity: Option<Quantity>,
    /// What was said about it; defaults are not filled in.
    pub modifiers: Vec<ModifierChoice>,
    /// Which entry of the cart, in `change` and `remove`.
    pub target: Option<Target>,
}

/// One wish of the shopper, sound in itself. Whether its ids exist is asked of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawFrame", into = "RawFrame")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "RawFrame"))]
pub struct Frame {
    /// What the shopper does.
    pub intent: Intent,
    /// The goods or cart entries it is about.
    pub items: Vec<Item>,
    /// Brand id.
    pub brand: Option<String>,
    /// The shopper's words for a place, or `"here"`.
    pub place: Option<String>,
    /// When.
    pub when: Option<When>,
    /// Pickup or delivery.
    pub fulfilment: Option<Fulfilment>,
    /// Nearest, fastest, cheapest.
    pub prefer: Option<Prefer>,
    /// Only shops that are open.
    pub open_now: bool,
    /// At most this much, in minor units.
    pub max_price: Option<u32>,
    /// Voucher id.
    pub voucher: Option<String>,
}

impl Frame {
    /// A frame with nothing but its intent.
    #[must_use]
    pub fn new(intent: Intent) -> Self {
        Self {
            intent,
            items: Vec::new(),
            brand: None,
            place: None,
            when: None,
            fulfilment: None,
            prefer: None,
            open_now: false,
            max_price: None,
            voucher: None,
        }
    }
}

/// What is wrong with a raw frame: which field, what was expected, what was found.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: expected {expected}, found {found}")]
pub struct FrameError {
    /// Where: `items[1].quantity`.
    pub path: String,
    /// What the contract asks for.
    pub expected: &'static str,
    /// What stood there, shortened.
    pub found: String,
}
