//! The best set of held vouchers for an order: exactly the best, by branch and bound.
//!
//! Permitted is any set in which every voucher fits, none occurs twice and at most one stands alone. Of all permitted sets
//! the one with the smallest total is best; of equal totals the one with the fewest vouchers; then the one whose vouchers
//! end first (ends compared from the earliest on); then the one that stands first in the wallet (positions likewise).

use oolong_catalog::{Campaign, Discount};
use oolong_intent::Fulfilment;
use serde::{Deserialize, Serialize};

use crate::{
    basket::{Basket, Due},
    goods::Wanted,
    price::{Price, Reason, explain, turn},
    voucher::{Misfit, Rule, end},
};

/// How many sets are looked at before the search settles for the best so far; all sets of 20 vouchers, were nothing pruned.
const MOST_SETS: u32 = 1 << 20;

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
            Ok(rule) => {
                let most = rule.worth(&due);
                candidates.push(Candidate { rule, position, ends, most });
            }
            Err(why) => unused.push((position, Reason::Misfit(why))),
        }
    }
    let fitting: Vec<(usize, String, bool)> = candidates
        .iter()
        .map(|candidate| (candidate.position, candidate.rule.voucher.id.clone(), candidate.rule.voucher.stackable))
        .collect();
    // Of equal vouchers the copy that ends first stands for all; what takes nothing off now never will.
    candidates.sort_by_key(|candidate| (turn(campaign, candidate.rule.voucher), candidate.ends, candidate.position));
    candidates.dedup_by(|later, first| later.rule.voucher.id == first.rule.voucher.id);
    candidates.retain(|candidate| candidate.most > 0);

    let mut search = Search::new(&candidates, &due);
    search.visit_singles();
    search.visit(0);
    let (found, proven) = (search.found, search.sets < MOST_SETS);
    let chosen: Vec<&Candidate<'_>> = found.chosen.iter().map(|at| &candidates[*at]).collect();
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

/// A voucher that fits and takes something off.
struct Candidate<'a> {
    rule: Rule<'a>,
    position: usize,
    ends: i64,
    /// What it takes off the full price: no voucher takes more off when less is due.
    most: i64,
}

/// A set of candidates and all that decides between sets, most important first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    total: i64,
    count: usize,
    ends: Vec<i64>,
    positions: Vec<usize>,
    chosen: Vec<usize>,
}

struct Search<'a, 'v> {
    candidates: &'a [Candidate<'v>],
    /// What is due after so many vouchers.
    due: Vec<Due>,
    chosen: Vec<usize>,
    alone: bool,
    found: Found,
    sets: u32,
}

impl<'a, 'v> Search<'a, 'v> {
    fn new(candidates: &'a [Candidate<'v>], due: &Due) -> Self {
        let total = due.goods() + due.delivery();
        let found = Found { total, count: 0, ends: Vec::new(), positions: Vec::new(), chosen: Vec::new() };
        let due = vec![due.clone(); candidates.len() + 1];
        Self { candidates, due, chosen: Vec::with_capacity(candidates.len()), alone: false, found, sets: 0 }
    }

    /// Looks at each candidate alone: where one does it all, most other sets need no look.
    fn visit_singles(&mut self) {
        let total = self.due[0].goods() + self.due[0].delivery();
        for at in 0..self.candidates.len() {
            self.chosen.push(at);
            self.weigh(total - self.candidates[at].most);
            self.chosen.pop();
        }
    }

    /// Looks at every set that is the chosen ones and some of the candidates from `from` on, unless it cannot be better.
    fn visit(&mut self, from: usize) {
        let depth = self.chosen.len();
        let (goods, delivery) = (self.due[depth].goods(), self.due[depth].delivery());
        self.sets += 1;
        self.weigh(goods + delivery);
        for at in from..self.candidates.len() {
            if self.sets >= MOST_SETS || self.hopeless(at, goods, delivery) {
                return;
            }
            let candidate = &self.candidates[at];
            let alone = !candidate.rule.voucher.stackable;
            if alone && self.alone {
                continue;
            }
            if at + 1 == self.candidates.len() {
                // After the last one it does not matter where it comes off.
                let off = candidate.rule.worth(&self.due[depth]);
                self.sets += 1;
                self.chosen.push(at);
                self.weigh(goods + delivery - off);
                self.chosen.pop();
                continue;
            }
            let (before, after) = self.due.split_at_mut(depth + 1);
            after[0].copy_from(&before[depth]);
            candidate.rule.apply(&mut after[0]);
            if after[0].goods() + after[0].delivery() == goods + delivery {
                continue;
            }
            self.chosen.push(at);
            self.alone |= alone;
            self.visit(at + 1);
            self.chosen.pop();
            self.alone &= !alone;
        }
    }

    /// Keeps the chosen set if it is better than the best so far.
    fn weigh(&mut self, total: i64) {
        if (total, self.chosen.len()) > (self.found.total, self.found.count) {
            return;
        }
        let (ends, positions) = self.ranks(&[]);
        let set = Found { total, count: self.chosen.len(), ends, positions, chosen: self.chosen.clone() };
        if set < self.found {
            self.found = set;
        }
    }

    /// Ends and positions of the chosen ones and `more`, each from the first on.
    fn ranks(&self, more: &[(i64, usize)]) -> (Vec<i64>, Vec<usize>) {
        let chosen = self.chosen.iter().map(|at| &self.candidates[*at]);
        let (mut ends, mut positions): (Vec<i64>, Vec<usize>) =
            chosen.map(|candidate| (candidate.ends, candidate.position)).chain(more.iter().copied()).unzip();
        ends.sort_unstable();
        positions.sort_unstable();
        (ends, positions)
    }

    /// Whether no candidate from `from` on can make the chosen set better than the best so far.
    fn hopeless(&self, from: usize, goods: i64, delivery: i64) -> bool {
        let least = self.least(from, goods, delivery);
        if least != self.found.total {
            return least > self.found.total;
        }
        // An equal total counts only with fewer vouchers, or with ones that end earlier or stand first.
        let rest = self.candidates[from..].iter().filter(|candidate| !self.alone || candidate.rule.voucher.stackable);
        let mut most: Vec<i64> = rest.clone().map(|candidate| candidate.most).collect();
        most.sort_unstable_by(|one, other| other.cmp(one));
        let (mut missing, mut needed) = (goods + delivery - self.found.total, 0);
        while missing > 0 && needed < most.len() {
            missing -= most[needed];
            needed += 1;
        }
        let count = self.chosen.len() + needed.max(1);
        if missing > 0 || count != self.found.count {
            return missing > 0 || count > self.found.count;
        }
        let (mut ends, mut positions): (Vec<i64>, Vec<usize>) =
            rest.map(|candidate| (candidate.ends, candidate.position)).unzip();
        ends.sort_unstable();
        positions.sort_unstable();
        let first: Vec<_> = ends.into_iter().zip(positions).take(needed.max(1)).collect();
        self.ranks(&first) >= (self.found.ends.clone(), self.found.positions.clone())
    }

    /// A total that no choice of candidates from `from` on gets below.
    ///
    /// Each takes off at most its most, a percentage also at most that share of all goods. What is left after that grows
    /// with what was there before, and by no more, so the estimates may be chained, and the one that stands alone may come
    /// last.
    fn least(&self, from: usize, mut goods: i64, mut delivery: i64) -> i64 {
        let mut lone = 0;
        for candidate in &self.candidates[from..] {
            if !candidate.rule.voucher.stackable {
                lone = candidate.most.max(lone);
                continue;
            }
            match candidate.rule.voucher.discount {
                Discount::Delivery => delivery -= candidate.most.min(delivery),
                Discount::Percent { .. } => goods -= candidate.rule.of_sum(goods).min(candidate.most),
                _ => goods -= candidate.most.min(goods),
            }
        }
        if self.alone { goods + delivery } else { (goods + delivery - lone).max(0) }
    }
}
