//! What the agent answers, and what can be done with an answer: plain data, the words come from the shell.

use oolong_intent::{Frame, Fulfilment, Item, ModifierChoice, Prefer, When};

use crate::{
    cart::{Line, LineId},
    misfit::Misfit,
    state::Placed,
};

/// One card of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The cart or the order's details changed.
    Cart(CartChange),
    /// Several items fit.
    Choice(Choice),
    /// Several lines of the cart fit.
    WhichLine {
        /// The lines.
        lines: Vec<Line>,
        /// What to do with the one that is meant.
        wish: Item,
        /// Whether it is to be taken out.
        remove: bool,
    },
    /// Something must be known first.
    Ask(Question),
    /// No menu has it.
    Unknown {
        /// The shopper's words.
        said: String,
        /// How many were wanted.
        quantity: u16,
        /// Items that come near, best first.
        nearest: Vec<String>,
        /// Whether an item of another brand is called exactly that.
        exact: bool,
    },
    /// Part of the menu.
    Menu {
        /// Which part.
        scope: MenuScope,
        /// Item ids.
        items: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// Particular items with all that can be chosen about them.
    Items {
        /// Item ids.
        items: Vec<String>,
        /// Whether the question was if they are to be had.
        stock: bool,
    },
    /// What particular modifiers cost.
    Modifiers(Vec<ModifierChoice>),
    /// A shop was asked for.
    Stores(StoreWish),
    /// Vouchers to choose from.
    Vouchers {
        /// Voucher ids, in campaign order.
        ids: Vec<String>,
        /// The brand that was asked about.
        brand: Option<String>,
    },
    /// A voucher is in the wallet.
    Claimed {
        /// Its id.
        voucher: String,
        /// Whether it was put there just now; otherwise the shopper already has as many as one may have.
        fresh: bool,
    },
    /// A voucher is used for the order.
    VoucherUsed {
        /// Its id.
        voucher: String,
        /// What it takes off.
        saving: i64,
        /// The voucher that made room for it.
        replaced: Option<String>,
    },
    /// A voucher does not fit the order.
    VoucherMisfit {
        /// Its id.
        voucher: String,
        /// Why.
        why: Misfit,
    },
    /// No voucher fits the order.
    NoVoucher,
    /// The order before it is placed.
    Summary(Summary),
    /// The order is placed.
    Placed(Placed),
    /// Where the last order is.
    Status(Option<Placed>),
    /// The order was called off.
    Cancelled {
        /// Whether it had been placed already.
        placed: bool,
    },
    /// The cart is empty, so nothing can be done to it.
    NothingThere,
    /// This item is not in the cart.
    NotInCart {
        /// Its id.
        item: String,
    },
    /// The cart has fewer lines than that.
    NoSuchPosition {
        /// What was asked for, 1-based.
        position: u16,
        /// How many lines there are.
        lines: usize,
    },
    /// "No" was heard; nothing was done.
    Declined,
    /// A greeting, thanks, a goodbye.
    Chat,
    /// Something that this agent cannot do.
    OutOfScope,
    /// Nothing was understood with enough certainty to say anything about it.
    NotUnderstood,
    /// What was probably meant, to be said yes or no to.
    Unsure(Vec<Frame>),
    /// The last change was taken back.
    Undone,
}

/// What became of the cart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CartChange {
    /// The lines concerned, as they are now (removed ones as they were).
    pub entries: Vec<Entry>,
    /// What was asked for and cannot be had.
    pub refused: Vec<Refused>,
    /// Other items with the same name.
    pub also: Vec<Also>,
    /// Place, time and way of delivery, when they changed.
    pub details: Option<Details>,
    /// What is to be paid now.
    pub total: i64,
}

/// A line and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub kind: EntryKind,
    /// The line.
    pub line: Line,
    /// The price of what came or went, or of the whole line where it changed.
    pub price: i64,
}

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// So many pieces came.
    Added(u16),
    /// It is made differently, or there are more or fewer of it.
    Changed,
    /// So many pieces went.
    Removed(u16),
}

/// Something that an item cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The item's id.
    pub item: String,
    /// The modifier, where it is one of the campaign,
    pub choice: Option<ModifierChoice>,
    /// or the shopper's words.
    pub said: String,
}

/// Another item that has the very name that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// The line made from the name.
    pub line: LineId,
    /// The other item.
    pub item: String,
}

/// The order apart from its goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Pickup or delivery.
    pub fulfilment: Option<Fulfilment>,
    /// Where to.
    pub place: Option<String>,
    /// For when.
    pub when: Option<When>,
}

/// Several items, one of which is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The category that was named.
    pub category: Option<String>,
    /// Item ids.
    pub options: Vec<String>,
    /// How many are wanted.
    pub quantity: u16,
    /// How it should be made, as far as it offers that.
    pub modifiers: Vec<ModifierChoice>,
    /// The line that it takes the place of.
    pub replace: Option<LineId>,
}

/// What must be known before going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// What it may be.
    Item,
    /// Where to deliver.
    Place,
    /// Which modifier of a group without a default.
    Group {
        /// The line.
        line: LineId,
        /// Its item.
        item: String,
        /// The group.
        group: String,
    },
}

/// Which part of the menu is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MenuScope {
    /// Of this brand.
    pub brand: Option<String>,
    /// Of this category.
    pub category: Option<String>,
    /// Up to this price.
    pub max_price: Option<u32>,
    /// Whether the cheapest come first.
    pub cheapest: bool,
}

/// A shop as the shopper wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreWish {
    /// Of this brand.
    pub brand: Option<String>,
    /// At this place; `here` is where the shopper is.
    pub place: Option<String>,
    /// Nearest, fastest, cheapest.
    pub prefer: Option<Prefer>,
    /// Only open ones.
    pub open_now: bool,
    /// That has these items.
    pub items: Vec<String>,
}

/// The order as it would be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its lines with their prices.
    pub lines: Vec<(Line, i64)>,
    /// Place, time, way.
    pub details: Details,
    /// Before vouchers.
    pub subtotal: i64,
    /// What bringing it costs.
    pub delivery_fee: i64,
    /// What each voucher takes off.
    pub savings: Vec<(String, i64)>,
    /// What is to be paid.
    pub total: i64,
}
