//! The best set of held vouchers for an order: exactly the best, by branch and bound.
//!
//! Permitted is any set in which every voucher fits, none occurs twice and at most one stands alone. Of all permitted sets
//! the one with the smallest total is best; of equal totals the one with the fewest vouchers; then the one whose vouchers
//! end first (ends compared from the earliest on); then the one that stands first in the wallet (positions likewise).

use oolong_catalog::Campaign;
use oolong_intent::Fulfilment;
use serde::{Deserialize, Serialize};

use crate::{
    basket::{Basket, Due},
    goods::Wanted,
    misfit::Misfit,
    price::{Price, Reason, explain, turn},
    search::{Candidate, search},
    voucher::{Rule, end},
};

/// A voucher that a shopper has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Id of the grant: this very copy.
    pub grant: String,
    /// Id of the voucher in the campaign.
    pub voucher: String,
    /// When this copy ends, in seconds since 1970, where that is before the voucher does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
}

/// The best price and how it comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// Positions in the wallet of the vouchers to use, in the order of `price.discounts`.
    pub used: Vec<usize>,
    /// The price with them.
    pub price: Price,
    /// Positions in the wallet of all others, in order, each with the reason.
    pub unused: Vec<(usize, Reason)>,
    /// Whether no other set can be better. Only a wallet of more than 20 different vouchers that may all be combined can
    /// make this false.
    pub proven: bool,
}

/// Finds the best set of held vouchers for these goods. Without `now` (seconds since 1970) all are taken as valid.
#[must_use]
pub fn best(
    campaign: &Campaign,
    goods: &[Wanted<'_>],
    fulfilment: Option<Fulfilment>,
    wallet: &[Held],
    now: Option<i64>,
) -> Best {
    let basket = Basket::new(campaign, goods, fulfilment);
    let due = Due::new(&basket);
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let mut unused: Vec<(usize, Reason)> = Vec::new();
    for (position, held) in wallet.iter().enumerate() {
        let Some(voucher) = campaign.voucher(&held.voucher) else {
            unused.push((position, Reason::Unknown));
            continue;
        };
        let ends = end(voucher).min(held.expires.unwrap_or(i64::MAX));
        if now.is_some_and(|now| now > ends) {
            unused.push((position, Reason::Misfit(Misfit::Over)));
            continue;
        }
        match Rule::new(voucher, &basket, &due, now) {
            Ok(rule) => candidates.push(Candidate { rule, position, ends }),
            Err(why) => unused.push((position, Reason::Misfit(why))),
        }
    }
    let fitting: Vec<(usize, String, bool)> = candidates
        .iter()
        .map(|candidate| (candidate.position, candidate.rule.voucher.id.clone(), candidate.rule.voucher.stackable))
        .collect();
    // Of equal vouchers the copy that ends first stands for all.
    candidates.sort_by_key(|candidate| (turn(campaign, candidate.rule.voucher), candidate.ends, candidate.position));
    candidates.dedup_by(|later, first| later.rule.voucher.id == first.rule.voucher.id);
    let (chosen, proven) = search(&candidates, &due);
    let chosen: Vec<&Candidate<'_>> = chosen.into_iter().map(|at| &candidates[at]).collect();
    for (position, id, stackable) in fitting {
        if chosen.iter().any(|candidate| candidate.position == position) {
            continue;
        }
        let alone = chosen.iter().find(|candidate| !candidate.rule.voucher.stackable && !stackable);
        let reason = if chosen.iter().any(|candidate| candidate.rule.voucher.id == id) {
            Reason::AlreadyApplied
        } else if let Some(other) = alone {
            Reason::Combination { with: other.rule.voucher.id.clone() }
        } else {
            Reason::NoSaving
        };
        unused.push((position, reason));
    }
    unused.sort_by_key(|(position, _)| *position);
    Best {
        used: chosen.iter().map(|candidate| candidate.position).collect(),
        price: explain(&basket, due, chosen.iter().map(|candidate| &candidate.rule)),
        unused,
        proven,
    }
}
