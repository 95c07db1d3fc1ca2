//! Slots and effects: what a sentence pattern leaves open, and what it means beside that.

use oolong_intent::{Fulfilment, Prefer};

/// What is filled in. See the README of the data for each one's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the data's README")]
pub enum Slot {
    Items,
    Several,
    Item,
    ItemPlus,
    Category,
    Unknown,
    Brand,
    Voucher,
    Place,
    Time,
    Duration,
    Price,
    Number,
    Quantity,
    Each,
    PortionCount,
    Mod(u8),
    Top(u8, Portion),
    Ordinal,
    Cart,
    New,
    WrongItem,
    WrongQuantity,
    WrongMod,
    Total(Option<u32>),
    Part(u8),
    PartOne(u8),
}

/// How many portions the words around a modifier mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Portion {
    One,
    Without,
    Double,
    Said,
}

/// A field that a line sets without a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the frame's fields")]
pub enum Effect {
    Here,
    Prefer(Prefer),
    OpenNow,
    Now,
    Fulfilment(Fulfilment),
    TargetLast,
    TargetAll,
    Quantity(u32),
}

impl Slot {
    /// Reads what stands between braces.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(count) = text.strip_prefix("total=") {
            return count.parse().ok().map(|count| Self::Total(Some(count)));
        }
        let (name, portion) = match text.split_once('*') {
            None => (text, Portion::One),
            Some((name, "0")) => (name, Portion::Without),
            Some((name, "2")) => (name, Portion::Double),
            Some((name, "k")) => (name, Portion::Said),
            Some(_) => return None,
        };
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let index = name[bare.len()..].parse().unwrap_or(1);
        if portion != Portion::One && bare != "top" {
            return None;
        }
        Some(match bare {
            "items" => Self::Items,
            "tops" => Self::Several,
            "item" => Self::Item,
            "item+" => Self::ItemPlus,
            "cat" => Self::Category,
            "unk" => Self::Unknown,
            "brand" => Self::Brand,
            "voucher" => Self::Voucher,
            "place" => Self::Place,
            "time" => Self::Time,
            "dur" => Self::Duration,
            "price" => Self::Price,
            "n" => Self::Number,
            "q" => Self::Quantity,
            "each" => Self::Each,
            "k" => Self::PortionCount,
            "mod" => Self::Mod(index),
            "top" => Self::Top(index, portion),
            "ord" => Self::Ordinal,
            "cart" => Self::Cart,
            "new" => Self::New,
            "wrong_item" => Self::WrongItem,
            "wrong_q" => Self::WrongQuantity,
            "wrong_mod" => Self::WrongMod,
            "total" => Self::Total(None),
            "a" if name == "a1" => Self::PartOne(0),
            "b" if name == "b1" => Self::PartOne(1),
            "a" => Self::Part(0),
            "b" => Self::Part(1),
            _ => return None,
        })
    }
}

impl Effect {
    /// Reads one effect.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.split_once('=').unwrap_or((text, "")) {
            ("place", "here") => Self::Here,
            ("prefer", "nearest") => Self::Prefer(Prefer::Nearest),
            ("prefer", "fastest") => Self::Prefer(Prefer::Fastest),
            ("prefer", "cheapest") => Self::Prefer(Prefer::Cheapest),
            ("open_now", _) => Self::OpenNow,
            ("when", "now") => Self::Now,
            ("fulfilment", "pickup") => Self::Fulfilment(Fulfilment::Pickup),
            ("fulfilment", "delivery") => Self::Fulfilment(Fulfilment::Delivery),
            ("target", "last") => Self::TargetLast,
            ("target", "all") => Self::TargetAll,
            ("quantity", count) => Self::Quantity(count.parse().ok()?),
            _ => return None,
        })
    }
}
