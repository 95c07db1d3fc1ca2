//! The search for the best set: branch and bound over vouchers in their fixed order of application.
//!
//! What is due after some vouchers is shared by all sets that begin with them. There each voucher that may still follow
//! is weighed once against what is due: that is what the set with it saves, exactly, and the most that it can take off
//! in any larger set, because no voucher takes more off when less is due.

use oolong_catalog::Discount;

use crate::{basket::Due, voucher::Rule};

/// How many sets are looked at before the search settles for the best so far; all sets of 20 vouchers, were nothing pruned.
const MOST_SETS: u32 = 1 << 20;

/// A voucher that fits.
pub(crate) struct Candidate<'a> {
    pub(crate) rule: Rule<'a>,
    /// Where it stands in the wallet.
    pub(crate) position: usize,
    /// When it ends, in seconds since 1970.
    pub(crate) ends: i64,
}

/// The best of all permitted sets of candidates that stand in the order of application, and whether none can be better.
pub(crate) fn search(candidates: &[Candidate<'_>], due: &Due) -> (Vec<usize>, bool) {
    let mut search = Search::new(candidates, due);
    search.visit(0);
    (search.found.chosen, search.sets < MOST_SETS)
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

/// Where the search stands after so many vouchers.
#[derive(Clone, Default)]
struct Level {
    due: Due,
    /// The candidates that may come next and take something off, with what; the others never will.
    next: Vec<(usize, i64)>,
}

struct Search<'a, 'v> {
    candidates: &'a [Candidate<'v>],
    /// For each candidate, whether a later one asks how it is shared out among its lines, not only for their sum.
    shared_out: Vec<bool>,
    levels: Vec<Level>,
    chosen: Vec<usize>,
    alone: bool,
    found: Found,
    sets: u32,
}

impl<'a, 'v> Search<'a, 'v> {
    fn new(candidates: &'a [Candidate<'v>], due: &Due) -> Self {
        let mut shared_out = vec![false; candidates.len()];
        for at in (0..candidates.len()).rev() {
            shared_out[at] = (at + 1..candidates.len()).any(|later| {
                let (some, all) = candidates[at].rule.shares_with(&candidates[later].rule);
                some && (!all || shared_out[later])
            });
        }
        let next = candidates.iter().map(|candidate| candidate.rule.worth(due)).enumerate();
        let next = next.filter(|(_, off)| *off > 0).collect();
        let total = due.goods() + due.delivery();
        let found = Found { total, count: 0, ends: Vec::new(), positions: Vec::new(), chosen: Vec::new() };
        let levels = vec![Level { due: due.clone(), next }];
        Self { candidates, shared_out, levels, chosen: Vec::new(), alone: false, found, sets: 0 }
    }

    /// Looks at every set that is the chosen ones and more, unless it cannot be better: first at those with one more, so
    /// that where one does it all the others need no look.
    fn visit(&mut self, depth: usize) {
        let (goods, delivery) = (self.levels[depth].due.goods(), self.levels[depth].due.delivery());
        if self.hopeless(depth, 0, goods, delivery) {
            return;
        }
        for at in 0..self.levels[depth].next.len() {
            let (candidate, off) = self.levels[depth].next[at];
            self.chosen.push(candidate);
            self.weigh(goods + delivery - off);
            self.chosen.pop();
        }
        for at in 0..self.levels[depth].next.len() {
            if self.sets >= MOST_SETS {
                return;
            }
            let (candidate, off) = self.levels[depth].next[at];
            let rule = &self.candidates[candidate].rule;
            let (left, fees) = if rule.of_fees() { (goods, delivery - off) } else { (goods - off, delivery) };
            let before = self.alone;
            self.alone |= !rule.voucher.stackable;
            self.chosen.push(candidate);
            let hopeless = self.hopeless(depth, at + 1, left, fees);
            if !hopeless {
                self.apply(depth, at);
                self.visit(depth + 1);
            }
            self.chosen.pop();
            self.alone = before;
            if hopeless && self.hopeless(depth, at + 1, goods, delivery) {
                return;
            }
        }
    }

    /// Makes the level after this one: the candidate at this place applied, those after it weighed again.
    fn apply(&mut self, depth: usize, at: usize) {
        if self.levels.len() == depth + 1 {
            self.levels.push(Level::default());
        }
        let (before, after) = self.levels.split_at_mut(depth + 1);
        let (level, below) = (&before[depth], &mut after[0]);
        let candidate = level.next[at].0;
        let rule = &self.candidates[candidate].rule;
        below.due.copy_from(&level.due, rule.of_pieces());
        if self.shared_out[candidate] {
            rule.apply(&mut below.due);
        } else {
            rule.apply_to_sum(&mut below.due);
        }
        below.next.clear();
        for (later, _) in &level.next[at + 1..] {
            let rule = &self.candidates[*later].rule;
            let off = if self.alone && !rule.voucher.stackable { 0 } else { rule.worth(&below.due) };
            if off > 0 {
                below.next.push((*later, off));
            }
        }
    }

    /// Keeps the chosen set if it is better than the best so far.
    fn weigh(&mut self, total: i64) {
        self.sets += 1;
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

    /// The candidates of a level from `from` on that are permitted with the chosen ones.
    fn rest(&self, depth: usize, from: usize) -> impl Iterator<Item = (&Candidate<'v>, i64)> {
        let rest = self.levels[depth].next[from..].iter().map(|(at, off)| (&self.candidates[*at], *off));
        rest.filter(|(candidate, _)| !self.alone || candidate.rule.voucher.stackable)
    }

    /// Whether no candidates from `from` on can make the chosen set, for which this is due, better than the best so far.
    fn hopeless(&self, depth: usize, from: usize, goods: i64, delivery: i64) -> bool {
        let least = self.least(depth, from, goods, delivery);
        if least != self.found.total {
            return least > self.found.total;
        }
        // An equal total counts only with fewer vouchers, or with ones that end earlier or stand first.
        let mut most: Vec<i64> = self.rest(depth, from).map(|(_, off)| off).collect();
        most.sort_unstable_by(|one, other| other.cmp(one));
        let (mut missing, mut needed) = (goods + delivery - self.found.total, 0);
        while missing > 0 && needed < most.len() {
            missing -= most[needed];
            needed += 1;
        }
        let count = self.chosen.len() + needed.max(1);
        if missing > 0 || most.is_empty() || count != self.found.count {
            return missing > 0 || most.is_empty() || count > self.found.count;
        }
        let (mut ends, mut positions): (Vec<i64>, Vec<usize>) =
            self.rest(depth, from).map(|(candidate, _)| (candidate.ends, candidate.position)).unzip();
        ends.sort_unstable();
        positions.sort_unstable();
        let first: Vec<_> = ends.into_iter().zip(positions).take(needed.max(1)).collect();
        let (ends, positions) = self.ranks(&first);
        (&ends, &positions) >= (&self.found.ends, &self.found.positions)
    }

    /// A total that the chosen set, for which this is due, does not get below with candidates from `from` on.
    ///
    /// Each takes off at most what it takes off now, a percentage also at most that share of all goods. What is left after
    /// that grows with what was there before, and by no more, so the estimates may be chained, and the one that stands
    /// alone may come last.
    fn least(&self, depth: usize, from: usize, mut goods: i64, mut delivery: i64) -> i64 {
        let mut lone = 0;
        for (candidate, off) in self.rest(depth, from) {
            if !candidate.rule.voucher.stackable {
                lone = off.max(lone);
                continue;
            }
            match candidate.rule.voucher.discount {
                Discount::Delivery => delivery -= off.min(delivery),
                Discount::Percent { .. } => goods -= candidate.rule.of_sum(goods).min(off),
                _ => goods -= off.min(goods),
            }
        }
        (goods + delivery - lone).max(0)
    }
}
