//! What a voucher takes off an order, or why it does not fit and what is missing.

use oolong_catalog::{Campaign, Discount, Voucher};
use oolong_intent::Fulfilment;

use crate::{clock::seconds, pricing::unit_price, state::Order};

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

/// What `voucher` takes off `order`, in minor units; free delivery is 0, because no campaign states a fee.
///
/// # Errors
/// [`Misfit`] with what is missing.
pub fn saving(campaign: &Campaign, voucher: &Voucher, order: &Order, now: Option<i64>) -> Result<i64, Misfit> {
    if let Some(now) = now {
        if voucher.valid_from.as_deref().and_then(seconds).is_some_and(|from| now < from) {
            return Err(Misfit::NotYet);
        }
        if voucher.valid_until.as_deref().and_then(seconds).is_some_and(|until| now > until) {
            return Err(Misfit::Over);
        }
    }
    if order.cart.is_empty() {
        return Err(Misfit::EmptyCart);
    }
    let pieces = pieces(campaign, voucher, order);
    if pieces.is_empty() {
        return Err(Misfit::Brand { brands: voucher.brands.clone() });
    }
    let spend = pieces.iter().fold(0_i64, |sum, piece| sum.saturating_add(piece.price.saturating_mul(piece.count)));
    if spend < voucher.min_spend {
        return Err(Misfit::MinSpend { missing: voucher.min_spend - spend });
    }
    match &voucher.discount {
        Discount::Percent { percent, max_amount } => {
            let off = (i128::from(spend) * i128::from(*percent) / 100).try_into().unwrap_or(i64::MAX);
            Ok(max_amount.map_or(off, |most| off.min(most)).clamp(0, spend))
        }
        Discount::Amount { amount } => Ok((*amount).clamp(0, spend)),
        Discount::Item { category, item, max_amount } => {
            let price = dearest(&pieces, category.as_ref(), item.as_ref())?;
            Ok(max_amount.map_or(price, |most| price.min(most)).max(0))
        }
        Discount::FixedPrice { category, item, price } => {
            Ok(dearest(&pieces, category.as_ref(), item.as_ref())?.saturating_sub(*price).max(0))
        }
        Discount::NthItemPercent { n, percent } => nth(&pieces, i64::from((*n).max(1)), i64::from(*percent)),
        Discount::Delivery if order.fulfilment == Some(Fulfilment::Delivery) => Ok(0),
        Discount::Delivery => Err(Misfit::NotDelivered),
    }
}

/// Equal pieces of the order that the voucher's brands sell.
struct Pieces<'a> {
    item: &'a str,
    category: &'a str,
    price: i64,
    count: i64,
}

fn pieces<'a>(campaign: &'a Campaign, voucher: &Voucher, order: &Order) -> Vec<Pieces<'a>> {
    let lines = order.cart.lines().iter();
    lines
        .filter_map(|line| {
            let (brand, item) = campaign.item(&line.item)?;
            let taken = voucher.brands.is_empty() || voucher.brands.contains(&brand.id);
            taken.then(|| Pieces {
                item: &item.id,
                category: &item.category,
                price: unit_price(campaign, &item.id, &line.modifiers),
                count: line.quantity.into(),
            })
        })
        .collect()
}

fn dearest(pieces: &[Pieces<'_>], category: Option<&String>, item: Option<&String>) -> Result<i64, Misfit> {
    let fits =
        |piece: &&Pieces<'_>| item.is_none_or(|id| id == piece.item) && category.is_none_or(|id| id == piece.category);
    pieces
        .iter()
        .filter(fits)
        .map(|piece| piece.price)
        .max()
        .ok_or_else(|| Misfit::Goods { category: category.cloned(), item: item.cloned() })
}

/// Every n-th piece, the dearest counted first, so that the reduced one is the cheaper of the two.
fn nth(pieces: &[Pieces<'_>], n: i64, percent: i64) -> Result<i64, Misfit> {
    let count: i64 = pieces.iter().map(|piece| piece.count).sum();
    if count < n {
        return Err(Misfit::Pieces { missing: u32::try_from(n - count).unwrap_or(1) });
    }
    let mut dear_first: Vec<_> = pieces.iter().collect();
    dear_first.sort_by_key(|piece| std::cmp::Reverse(piece.price));
    let (mut before, mut off) = (0, 0_i64);
    for piece in dear_first {
        let reduced = (before + piece.count) / n - before / n;
        off = off.saturating_add((piece.price.saturating_mul(percent) / 100).saturating_mul(reduced));
        before += piece.count;
    }
    Ok(off.max(0))
}
