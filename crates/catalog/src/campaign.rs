//! The campaign file: brands with menus, modifier groups, vouchers.

use serde::{Deserialize, Serialize};

/// All that a marketing team writes. Money is in minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Id of the campaign.
    pub id: String,
    /// What it is called; the first name is shown.
    pub names: Vec<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// A remark for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Names of menu categories; a category without an entry is called by its id.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// What can be chosen about an item.
    #[serde(default)]
    pub modifier_groups: Vec<ModifierGroup>,
    /// Who sells.
    pub brands: Vec<Brand>,
    /// What is given away.
    #[serde(default)]
    pub vouchers: Vec<Voucher>,
    /// What one brand takes for bringing an order, minor units; without it delivery costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_fee: Option<i64>,
}

/// A kind of goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Id, as items refer to it.
    pub id: String,
    /// What shoppers call it.
    pub names: Vec<String>,
}

/// A choice that an item offers: size, ice, toppings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ModifierGroup {
    /// Id.
    pub id: String,
    /// What the choice is called.
    pub names: Vec<String>,
    /// One or many.
    pub select: Select,
    /// Id of the modifier that holds when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What there is to choose.
    pub modifiers: Vec<Modifier>,
}

/// How many modifiers of a group an item can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Select {
    /// Exactly one.
    One,
    /// Any number, each in portions.
    Many,
}

/// One choice of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Modifier {
    /// Id within the group.
    pub id: String,
    /// What shoppers call it.
    pub names: Vec<String>,
    /// Added to the item's price, minor units; may be negative.
    #[serde(default)]
    pub price: i64,
}

/// A seller and its menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Id.
    pub id: String,
    /// What shoppers call it.
    pub names: Vec<String>,
    /// What it sells, in menu order.
    pub menu: Vec<MenuItem>,
    /// What this brand takes for bringing an order, minor units; without it the campaign's fee holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_fee: Option<i64>,
}

/// Something to buy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MenuItem {
    /// Id, unique in the campaign.
    pub id: String,
    /// What shoppers call it.
    pub names: Vec<String>,
    /// Id of its category.
    pub category: String,
    /// Minor units.
    pub price: i64,
    /// Ids of the groups that it offers.
    #[serde(default)]
    pub modifier_groups: Vec<String>,
    /// `group:modifier` that are in it anyway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<String>,
}

/// Something to claim and use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// Id.
    pub id: String,
    /// What shoppers call it.
    pub names: Vec<String>,
    /// Ids of the brands that take it; empty means all.
    #[serde(default)]
    pub brands: Vec<String>,
    /// What it takes off.
    pub discount: Discount,
    /// Smallest order that it applies to, minor units.
    #[serde(default)]
    pub min_spend: i64,
    /// How many a shopper may have.
    #[serde(default = "one")]
    pub per_user: u32,
    /// How many there are.
    #[serde(default)]
    pub stock: u64,
    /// Whether it can be used beside another.
    #[serde(default)]
    pub stackable: bool,
    /// From when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

/// What a voucher takes off. Amounts in minor units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Discount {
    /// A share of the order.
    Percent {
        /// 1 to 100.
        percent: u8,
        /// At most this much.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_amount: Option<i64>,
    },
    /// A fixed amount.
    Amount {
        /// How much.
        amount: i64,
    },
    /// One item free.
    Item {
        /// Of this category,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// or this very item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<String>,
        /// At most this much.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_amount: Option<i64>,
    },
    /// One item for a fixed price.
    FixedPrice {
        /// Of this category,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// or this very item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<String>,
        /// For this price.
        price: i64,
    },
    /// A share off every n-th item.
    NthItemPercent {
        /// Which: 2 is "the second cup".
        n: u8,
        /// 1 to 100.
        percent: u8,
    },
    /// Free delivery.
    Delivery,
}

impl Campaign {
    /// The item with this id and the brand that sells it.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<(&Brand, &MenuItem)> {
        self.items().find(|(_, item)| item.id == id)
    }

    /// All items in file order, each with its brand.
    pub fn items(&self) -> impl Iterator<Item = (&Brand, &MenuItem)> {
        self.brands.iter().flat_map(|brand| brand.menu.iter().map(move |item| (brand, item)))
    }

    /// The brand with this id.
    #[must_use]
    pub fn brand(&self, id: &str) -> Option<&Brand> {
        self.brands.iter().find(|brand| brand.id == id)
    }

    /// What `brand` takes for bringing an order, minor units.
    #[must_use]
    pub fn delivery_fee_of(&self, brand: &Brand) -> i64 {
        brand.delivery_fee.or(self.delivery_fee).unwrap_or(0)
    }

    /// The voucher with this id.
    #[must_use]
    pub fn voucher(&self, id: &str) -> Option<&Voucher> {
        self.vouchers.iter().find(|voucher| voucher.id == id)
    }

    /// The modifier group with this id.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&ModifierGroup> {
        self.modifier_groups.iter().find(|group| group.id == id)
    }

    /// All category ids with their names, in file order; those without an entry are called by their id.
    #[must_use]
    pub fn categories(&self) -> Vec<(&str, Vec<&str>)> {
        let mut known: Vec<(&str, Vec<&str>)> = self
            .categories
            .iter()
            .map(|category| (category.id.as_str(), category.names.iter().map(String::as_str).collect()))
            .collect();
        for (_, item) in self.items() {
            if !known.iter().any(|(id, _)| *id == item.category) {
                known.push((&item.category, vec![&item.category]));
            }
        }
        known
    }
}

impl ModifierGroup {
    /// The modifier with this id.
    #[must_use]
    pub fn modifier(&self, id: &str) -> Option<&Modifier> {
        self.modifiers.iter().find(|modifier| modifier.id == id)
    }
}

fn one() -> u32 {
    1
}
