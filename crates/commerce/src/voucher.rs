//! What a voucher takes off an order, or why it does not fit and what is missing.
//!
//! Whether a voucher fits is a matter of the goods before discounts, so it does not depend on other vouchers. What it takes
//! off is a matter of what the goods still cost, so it never takes more than that. Vouchers are therefore applied in one
//! fixed order: free items, fixed prices, every n-th item, percentages, amounts, delivery; within one kind as the campaign
//! lists them. The result of a set of vouchers does not depend on the order in which they are named.

use oolong_catalog::{Campaign, Discount, Voucher};

use crate::{
    basket::{Basket, Due, Pieces, proportion, share_out},
    clock::seconds,
    misfit::Misfit,
    state::Order,
};

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
                let mut before = 0;
                let fitting = due.pieces.iter().filter(|pieces| self.mask[pieces.line]);
                fitting.map(|pieces| nth(&mut before, *pieces, *n, *percent)).map(|(count, cut)| count * cut).sum()
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
                    due.order();
                }
            }
            Discount::NthItemPercent { n, percent } => {
                let mut before = 0;
                for at in 0..due.pieces.len() {
                    let pieces = due.pieces[at];
                    if self.mask[pieces.line] {
                        let (count, cut) = nth(&mut before, pieces, *n, *percent);
                        due.cut(at, count, cut);
                    }
                }
                due.order();
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

    /// Takes it off like [`Self::apply`], but a share of whole lines wholly off the first of them: their sum is right.
    pub(crate) fn apply_to_sum(&self, due: &mut Due) {
        match &self.voucher.discount {
            Discount::Percent { .. } | Discount::Amount { .. } => due.lines[self.places[0]] -= self.worth(due),
            _ => self.apply(due),
        }
    }

    /// Whether both take shares of some line, and whether `other` then takes them of all lines of this one.
    pub(crate) fn shares_with(&self, other: &Self) -> (bool, bool) {
        if self.of_pieces() || other.of_pieces() || self.of_fees() || other.of_fees() {
            return (false, false);
        }
        let shared = self.places.iter().filter(|at| other.mask[**at]).count();
        (shared > 0, shared == self.places.len())
    }

    /// Whether it looks at single pieces.
    pub(crate) fn of_pieces(&self) -> bool {
        Self::stage(self.voucher) < 3
    }

    /// Whether it pays for delivery.
    pub(crate) fn of_fees(&self) -> bool {
        matches!(self.voucher.discount, Discount::Delivery)
    }

    /// The dearest piece that it is for, the first of equals, and what comes off.
    fn dearest(&self, due: &Due) -> Option<(usize, i64)> {
        let at = due.pieces.iter().position(|pieces| self.mask[pieces.line])?;
        let price = due.pieces[at].price;
        let off = match &self.voucher.discount {
            Discount::Item { max_amount, .. } => max_amount.map_or(price, |most| price.min(most)),
            Discount::FixedPrice { price: fixed, .. } => price.saturating_sub((*fixed).max(0)),
            _ => 0,
        };
        Some((at, off.max(0)))
    }
}

/// Every n-th piece, the dearest counted first, so that the reduced one is the cheaper: how many of these, the next after
/// `before` others, and how much each.
fn nth(before: &mut i64, pieces: Pieces, n: u8, percent: u8) -> (i64, i64) {
    let n = i64::from(n.max(1));
    let reduced = (*before + pieces.count) / n - *before / n;
    *before += pieces.count;
    (reduced, proportion(i64::from(percent.min(100)), pieces.price, 100).0)
}
