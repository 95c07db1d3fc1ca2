//! A price explained line by line: what each thing costs, what each voucher takes off which line, and what remains.

use oolong_catalog::{Campaign, Voucher};
use oolong_intent::Fulfilment;
use serde::{Deserialize, Serialize};

use crate::{
    basket::{Basket, Due},
    goods::Wanted,
    misfit::Misfit,
    voucher::Rule,
};

/// The price of an order. `subtotal + delivery_fee` less the sum of all discounts is `total`, to the unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The goods, in the order given.
    pub lines: Vec<PricedLine>,
    /// All goods before vouchers.
    pub subtotal: i64,
    /// What bringing it costs before vouchers: one fee for each brand in the order; 0 unless it is delivered.
    pub delivery_fee: i64,
    /// What the vouchers take off, in the order of application.
    pub discounts: Vec<AppliedDiscount>,
    /// What is to be paid.
    pub total: i64,
}

/// One line of a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    /// Id of the menu item.
    pub item: String,
    /// How many.
    pub quantity: u16,
    /// One piece with its modifiers; 0 for an item that the campaign does not have.
    pub unit_price: i64,
    /// All pieces, before vouchers.
    pub amount: i64,
}

/// What one voucher takes off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedDiscount {
    /// Voucher id.
    pub voucher: String,
    /// In all; more than 0.
    pub amount: i64,
    /// Where it comes off; the amounts are positive and add up to `amount`.
    pub allocations: Vec<Allocation>,
}

/// A part of a discount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// Where it comes off.
    pub target: AllocationTarget,
    /// How much.
    pub amount: i64,
}

/// Where a part of a discount comes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllocationTarget {
    /// The line at this index.
    Line(usize),
    /// The delivery fee.
    Delivery,
}

/// Why a voucher does nothing for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It does not fit the order.
    Misfit(Misfit),
    /// The campaign has no such voucher.
    Unknown,
    /// The same voucher is used already; one order takes each voucher once.
    AlreadyApplied,
    /// Only one voucher that stands alone may be in an order.
    Combination {
        /// The one that is used.
        with: String,
    },
    /// It fits, and the order gets no cheaper by it.
    NoSaving,
}

impl Reason {
    /// A stable code, in the vocabulary of the commerce protocols UCP and ACP; `discount_code_no_saving` is not theirs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Misfit(why) => why.code(),
            Self::Unknown => "discount_code_invalid",
            Self::AlreadyApplied => "discount_code_already_applied",
            Self::Combination { .. } => "discount_code_combination_disallowed",
            Self::NoSaving => "discount_code_no_saving",
        }
    }
}

/// A price and what became of the vouchers that took nothing off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Priced {
    /// The price.
    pub price: Price,
    /// Positions in the vouchers given, each with the reason.
    pub unused: Vec<(usize, Reason)>,
}

/// Prices goods with these vouchers, as many of them as fit and are permitted together: of two equal ones and of two that
/// stand alone the first named stays. Without `now` (seconds since 1970) all vouchers are taken as valid.
///
/// Goods are priced as given; [`crate::check_goods`] says whether the campaign sells them like that.
#[must_use]
pub fn price(
    campaign: &Campaign,
    goods: &[Wanted<'_>],
    fulfilment: Option<Fulfilment>,
    vouchers: &[&Voucher],
    now: Option<i64>,
) -> Priced {
    let basket = Basket::new(campaign, goods, fulfilment);
    let due = Due::new(&basket);
    let (mut rules, mut unused) = (Vec::<(usize, Rule<'_>)>::new(), Vec::new());
    for (at, voucher) in vouchers.iter().enumerate() {
        let alone = rules.iter().find(|(_, rule)| !rule.voucher.stackable && !voucher.stackable);
        if rules.iter().any(|(_, rule)| rule.voucher.id == voucher.id) {
            unused.push((at, Reason::AlreadyApplied));
        } else if let Some((_, other)) = alone {
            unused.push((at, Reason::Combination { with: other.voucher.id.clone() }));
        } else {
            match Rule::new(voucher, &basket, &due, now) {
                Ok(rule) => rules.push((at, rule)),
                Err(why) => unused.push((at, Reason::Misfit(why))),
            }
        }
    }
    rules.sort_by_key(|(_, rule)| turn(campaign, rule.voucher));
    let price = explain(&basket, due, rules.iter().map(|(_, rule)| rule));
    let idle = |(at, rule): &(usize, Rule<'_>)| {
        let applied = price.discounts.iter().any(|discount| discount.voucher == rule.voucher.id);
        (!applied).then_some((*at, Reason::NoSaving))
    };
    unused.extend(rules.iter().filter_map(idle));
    unused.sort_by_key(|(at, _)| *at);
    Priced { price, unused }
}

/// When a voucher's turn comes among others: by kind, then as the campaign lists them.
pub(crate) fn turn(campaign: &Campaign, voucher: &Voucher) -> (u8, usize) {
    let listed = campaign.vouchers.iter().position(|known| known.id == voucher.id);
    (Rule::stage(voucher), listed.unwrap_or(usize::MAX))
}

/// Applies the rules, in the order given, and writes down what each takes off where.
pub(crate) fn explain<'r, 'v: 'r>(
    basket: &Basket<'_>,
    mut due: Due,
    rules: impl Iterator<Item = &'r Rule<'v>>,
) -> Price {
    let line = |line: &crate::basket::Priced<'_>| PricedLine {
        item: line.item.to_owned(),
        quantity: line.quantity,
        unit_price: line.unit,
        amount: line.amount,
    };
    let mut discounts = Vec::new();
    for rule in rules {
        let before = due.clone();
        rule.apply(&mut due);
        let lines = before.lines.iter().zip(&due.lines).map(|(before, after)| before - after).enumerate();
        let delivery = before.delivery() - due.delivery();
        let parts = lines.map(|(at, amount)| (AllocationTarget::Line(at), amount));
        let allocations: Vec<Allocation> = parts
            .chain([(AllocationTarget::Delivery, delivery)])
            .filter(|(_, amount)| *amount > 0)
            .map(|(target, amount)| Allocation { target, amount })
            .collect();
        let amount = allocations.iter().map(|part| part.amount).sum();
        if amount > 0 {
            discounts.push(AppliedDiscount { voucher: rule.voucher.id.clone(), amount, allocations });
        }
    }
    Price {
        lines: basket.lines.iter().map(line).collect(),
        subtotal: basket.subtotal(),
        delivery_fee: basket.delivery_fee(),
        discounts,
        total: due.goods() + due.delivery(),
    }
}
