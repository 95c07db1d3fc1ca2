//! What a voucher takes off an order, or why it does not fit and what is missing.
//!
//! Whether a voucher fits is a matter of the goods before discounts, so it does not depend on other vouchers. What it takes
//! off is a matter of what the goods still cost, so it never takes more than that. Vouchers are therefore applied in one
//! fixed order: free items, fixed prices, every n-th item, percentages, amounts, delivery; within one kind as the campaign
//! lists them. The result of a set of vouchers does not depend on the order in which they are named.

use oolong_catalog::{Campaign, Discount, Voucher};

use crate::{
    basket::{Basket, Due, proportion, share_out},
    clock::seconds,
    state::Order,
};

/// Why a voucher does not fit an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Nothing is in the cart.
    EmptyCart,
    /// Nothing in the cart is from a brand that takes it.
    Brand {
        /// The brands that do.
        brands: Vec<String>,
    },
    /// The order is too small.
    MinSpend {
        /// What is missing, minor units.
        missing: i64,
    },
    /// Nothing in the cart is of the kind that it is for.
    Goods {
        /// The category that it is for,
        category: Option<String>,
        /// or the very item.
        item: Option<String>,
    },
    /// Too few pieces.
    Pieces {
        /// How many are missing.
        missing: u32,
    },
    /// It pays for delivery, and the order is picked up.
    NotDelivered,
    /// It begins later.
    NotYet,
    /// It has run out.
    Over,
}

impl Misfit {
    /// A stable code, in the vocabulary of the commerce protocols UCP and ACP where they have one.
    ///
    /// Not theirs: `discount_code_item_ineligible`, `discount_code_not_yet_valid`, `discount_code_fulfillment_ineligible`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyCart | Self::Brand { .. } | Self::Goods { .. } => "discount_code_item_ineligible",
            Self::MinSpend { .. } | Self::Pieces { .. } => "discount_code_minimum_not_met",
            Self::NotDelivered => "discount_code_fulfillment_ineligible",
            Self::NotYet => "discount_code_not_yet_valid",
            Self::Over => "discount_code_expired",
        }
    }
}

/// What `voucher` alone takes off `order`, in minor units.
///
/// # Errors
/// [`Misfit`] with what is missing.
pub fn saving(campaign: &Campaign, voucher: &Voucher, order: &Order, now: Option<i64>) -> Result<i64, Misfit> {
    let basket = Basket::new(campaign, &order.goods(), order.fulfilment);
    let due = Due::new(&basket);
    Rule::new(voucher, &basket, &due, now).map(|rule| rule.worth(&due))
}

/// When the voucher ends, in seconds since 1970; one without an end ends last.
pub(crate) fn end(voucher: &Voucher) -> i64 {
    voucher.valid_until.as_deref().and_then(seconds).unwrap_or(i64::MAX)
}

/// A voucher that fits a basket, ready to be applied to it.
#[derive(Clone, Debug)]
pub(crate) struct Rule<'a> {
    pub(crate) voucher: &'a Voucher,
    /// Which lines it looks at; for delivery, which fees.
    mask: Vec<bool>,
    /// The same as places.
    places: Vec<usize>,
}

impl<'a> Rule<'a> {
    /// `due` is the basket's before any voucher.
    pub(crate) fn new(voucher: &'a Voucher, basket: &Basket<'_>, due: &Due, now: Option<i64>) -> Result<Self, Misfit> {
        if let Some(now) = now {
            if voucher.valid_from.as_deref().and_then(seconds).is_some_and(|from| now < from) {
                return Err(Misfit::NotYet);
            }
            if now > end(voucher) {
                return Err(Misfit::Over);
            }
        }
        if basket.lines.is_empty() {
            return Err(Misfit::EmptyCart);
        }
        let takes = |brand: &str| voucher.brands.is_empty() || voucher.brands.iter().any(|id| id == brand);
        let lines = basket.lines.iter();
        let sold: Vec<bool> =
            lines.map(|line| line.quantity > 0 && line.known.is_some_and(|(brand, _)| takes(&brand.id))).collect();
        if !sold.contains(&true) {
            return Err(Misfit::Brand { brands: voucher.brands.clone() });
        }
        let spend = due.lines.iter().zip(&sold).filter(|(_, sold)| **sold).map(|(sum, _)| sum).sum();
        if spend < voucher.min_spend {
            return Err(Misfit::MinSpend { missing: voucher.min_spend.saturating_sub(spend) });
        }
        let mask = match &voucher.discount {
            Discount::Item { category, item, .. } | Discount::FixedPrice { category, item, .. } => {
                let fits = |(line, sold): (&crate::basket::Priced<'_>, bool)| {
                    sold && line.known.is_some_and(|(_, found)| {
                        item.as_ref().is_none_or(|id| *id == found.id)
                            && category.as_ref().is_none_or(|id| *id == found.category)
                    })
                };
                let mask: Vec<bool> = basket.lines.iter().zip(sold).map(fits).collect();
                if !mask.contains(&true) {
                    return Err(Misfit::Goods { category: category.clone(), item: item.clone() });
                }
                mask
            }
            Discount::NthItemPercent { n, .. } => {
                let pieces = basket.lines.iter().zip(&sold).filter(|(_, sold)| **sold);
                let count: i64 = pieces.map(|(line, _)| i64::from(line.quantity)).sum();
                let n = i64::from((*n).max(1));
                if count < n {
                    return Err(Misfit::Pieces { missing: u32::try_from(n - count).unwrap_or(1) });
                }
                sold
            }
            Discount::Delivery if basket.delivered => basket.fees.iter().map(|(brand, _)| takes(brand)).collect(),
            Discount::Delivery => return Err(Misfit::NotDelivered),
            Discount::Percent { .. } | Discount::Amount { .. } => sold,
        };
        let places = (0..mask.len()).filter(|at| mask[*at]).collect();
        Ok(Self { voucher, mask, places })
    }

    /// The place of its kind in the order of application.
    pub(crate) fn stage(voucher: &Voucher) -> u8 {
        match voucher.discount {
            Discount::Item { .. } => 0,
            Discount::FixedPrice { .. } => 1,
            Discount::NthItemPercent { .. } => 2,
            Discount::Percent { .. } => 3,
            Discount::Amount { .. } => 4,
            Discount::Delivery => 5,
        }
    }

    /// What it takes off what is due: never more than that, and no more when less is due.
    pub(crate) fn worth(&self, due: &Due) -> i64 {
        match &self.voucher.discount {
            Discount::Item { .. } | Discount::FixedPrice { .. } => self.dearest(due).map_or(0, |(_, off)| off),
            Discount::NthItemPercent { n, percent } => {
                self.nth(due, *n, *percent).iter().map(|(_, count, cut)| count * cut).sum()
            }
            Discount::Percent { .. } | Discount::Amount { .. } => self.of_sum(self.sum(&due.lines)),
            Discount::Delivery => self.sum(&due.fees),
        }
    }

    /// Takes it off.
    pub(crate) fn apply(&self, due: &mut Due) {
        match &self.voucher.discount {
            Discount::Item { .. } | Discount::FixedPrice { .. } => {
                if let Some((at, off)) = self.dearest(due).filter(|(_, off)| *off > 0) {
                    due.cut(at, 1, off);
                }
            }
            Discount::NthItemPercent { n, percent } => {
                for (at, count, cut) in self.nth(due, *n, *percent) {
                    due.cut(at, count, cut);
                }
            }
            Discount::Percent { .. } | Discount::Amount { .. } => {
                let base = self.sum(&due.lines);
                share_out(self.of_sum(base), base, &self.places, &mut due.lines);
            }
            Discount::Delivery => {
                for at in &self.places {
                    due.fees[*at] = 0;
                }
            }
        }
    }

    /// What it takes off goods that cost `base` together; 0 for vouchers that look at single pieces.
    pub(crate) fn of_sum(&self, base: i64) -> i64 {
        match &self.voucher.discount {
            Discount::Percent { percent, max_amount } => {
                let off = proportion((*percent).into(), base, 100).0;
                max_amount.map_or(off, |most| off.min(most)).clamp(0, base)
            }
            Discount::Amount { amount } => (*amount).clamp(0, base),
            _ => 0,
        }
    }

    fn sum(&self, sums: &[i64]) -> i64 {
        self.places.iter().map(|at| sums[*at]).sum()
    }

    /// The dearest piece that it is for, the first of equals, and what comes off.
    fn dearest(&self, due: &Due) -> Option<(usize, i64)> {
        let fitting = due.pieces.iter().enumerate().filter(|(_, pieces)| self.mask[pieces.line]);
        let (at, price) = fitting
            .max_by_key(|(_, pieces)| (pieces.price, std::cmp::Reverse(pieces.line)))
            .map(|(at, p)| (at, p.price))?;
        let off = match &self.voucher.discount {
            Discount::Item { max_amount, .. } => max_amount.map_or(price, |most| price.min(most)),
            Discount::FixedPrice { price: fixed, .. } => price.saturating_sub((*fixed).max(0)),
            _ => 0,
        };
        Some((at, off.max(0)))
    }

    /// Every n-th piece, the dearest counted first, so that the reduced one is the cheaper: where, how many, how much each.
    fn nth(&self, due: &Due, n: u8, percent: u8) -> Vec<(usize, i64, i64)> {
        let n = i64::from(n.max(1));
        let mut dear_first: Vec<usize> = (0..due.pieces.len()).filter(|at| self.mask[due.pieces[*at].line]).collect();
        dear_first.sort_by_key(|at| (std::cmp::Reverse(due.pieces[*at].price), due.pieces[*at].line));
        let mut before = 0;
        let mut found = Vec::new();
        for at in dear_first {
            let pieces = due.pieces[at];
            let reduced = (before + pieces.count) / n - before / n;
            before += pieces.count;
            let cut = proportion(i64::from(percent.min(100)), pieces.price, 100).0;
            if reduced > 0 && cut > 0 {
                found.push((at, reduced, cut));
            }
        }
        found
    }
}
