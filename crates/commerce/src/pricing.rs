//! What things cost, in minor units. Sums saturate: a campaign with absurd prices shows an absurd sum, it never panics.

use oolong_catalog::{Campaign, MenuItem, Select};
use oolong_intent::ModifierChoice;

use crate::{
    cart::{Line, LineId},
    modifiers::included,
    price::price,
    state::Order,
};

/// The prices of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Price of each line.
    pub lines: Vec<(LineId, i64)>,
    /// All lines together.
    pub subtotal: i64,
    /// What bringing it costs; 0 unless the order is delivered and the campaign states a fee.
    pub delivery_fee: i64,
    /// What each voucher of the order takes off; 0 for one that does not fit at the moment.
    pub savings: Vec<(String, i64)>,
    /// What is to be paid.
    pub total: i64,
}

impl Totals {
    /// Adds up an order. `now` is in seconds since 1970; without it vouchers are taken as valid.
    #[must_use]
    pub fn of(campaign: &Campaign, order: &Order, now: Option<i64>) -> Self {
        let vouchers: Vec<_> = order.vouchers.iter().filter_map(|id| campaign.voucher(id)).collect();
        let price = price(campaign, &order.goods(), order.fulfilment, &vouchers, now).price;
        let ids = order.cart.lines().iter().map(|line| line.id);
        let off = |id: &String| {
            price.discounts.iter().find(|discount| discount.voucher == *id).map_or(0, |discount| discount.amount)
        };
        Self {
            lines: ids.zip(price.lines.iter().map(|line| line.amount)).collect(),
            subtotal: price.subtotal,
            delivery_fee: price.delivery_fee,
            savings: order.vouchers.iter().map(|id| (id.clone(), off(id))).collect(),
            total: price.total,
        }
    }

    /// The price of one line.
    #[must_use]
    pub fn line(&self, id: LineId) -> i64 {
        self.lines.iter().find(|(line, _)| *line == id).map_or(0, |(_, price)| *price)
    }
}

/// The price of one piece with these modifiers; 0 for an item that the campaign does not have.
///
/// Portions that the item includes are free, leaving them out costs and saves nothing, and a group that knows a default
/// costs the same whether the default was said or not.
#[must_use]
pub fn unit_price(campaign: &Campaign, item: &str, chosen: &[ModifierChoice]) -> i64 {
    campaign.item(item).map_or(0, |(_, item)| unit_of(campaign, item, chosen))
}

/// The price of one piece of a known item; not negative.
pub(crate) fn unit_of(campaign: &Campaign, item: &MenuItem, chosen: &[ModifierChoice]) -> i64 {
    let mut price = item.price;
    for group in item.modifier_groups.iter().filter_map(|id| campaign.group(id)) {
        let of_group = || chosen.iter().filter(|choice| choice.group == group.id && choice.portions > 0);
        let cost = |id: &str| group.modifier(id).map_or(0, |modifier| modifier.price);
        let extra = match group.select {
            Select::One => match of_group().next_back() {
                Some(choice) => cost(&choice.modifier),
                None => group.default.as_deref().map_or(0, cost),
            },
            Select::Many => of_group().fold(0_i64, |sum, choice| {
                let paid = i64::from(choice.portions) - i64::from(included(item, choice));
                sum.saturating_add(cost(&choice.modifier).saturating_mul(paid))
            }),
        };
        price = price.saturating_add(extra);
    }
    price.max(0)
}

/// The price of a whole line.
#[must_use]
pub fn line_price(campaign: &Campaign, line: &Line) -> i64 {
    unit_price(campaign, &line.item, &line.modifiers).saturating_mul(i64::from(line.quantity))
}
