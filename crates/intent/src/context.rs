//! What the agent knows when the shopper speaks.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{frame::Item, raw::RawItem};

/// What the agent has just asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the contract's own words")]
pub enum Asked {
    Item,
    Size,
    Temperature,
    Sugar,
    Brand,
    Place,
    Fulfilment,
    Confirm,
    Voucher,
    Milk,
    Topping,
    Quantity,
}

impl Asked {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Item,
        Self::Size,
        Self::Temperature,
        Self::Sugar,
        Self::Brand,
        Self::Place,
        Self::Fulfilment,
        Self::Confirm,
        Self::Voucher,
        Self::Milk,
        Self::Topping,
        Self::Quantity,
    ];

    /// The contract's name: `"size"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Size => "size",
            Self::Temperature => "temperature",
            Self::Sugar => "sugar",
            Self::Brand => "brand",
            Self::Place => "place",
            Self::Fulfilment => "fulfilment",
            Self::Confirm => "confirm",
            Self::Voucher => "voucher",
            Self::Milk => "milk",
            Self::Topping => "topping",
            Self::Quantity => "quantity",
        }
    }
}

/// The state of the dialogue, as far as it bears on the next utterance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// What was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The brand that the shopper has settled on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The cart's entries, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "cart", serialize_with = "raw_cart")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<RawItem>"))]
    pub cart: Vec<Item>,
}

fn cart<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Item>, D::Error> {
    Vec::<RawItem>::deserialize(source)?
        .into_iter()
        .map(|raw| Item::try_from(raw).map_err(serde::de::Error::custom))
        .collect()
}

fn raw_cart<S: serde::Serializer>(cart: &[Item], sink: S) -> Result<S::Ok, S::Error> {
    sink.collect_seq(cart.iter().cloned().map(RawItem::from))
}
