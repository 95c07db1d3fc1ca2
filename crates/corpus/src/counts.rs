//! The numbers that a group of tokens says, so that parts add up and carts have enough.

use oolong_intent::{Intent, Quantity};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    fill::{Filler, spoken},
    numbers,
    pattern::Token,
    plan::{EntryPlan, Plan, slot},
    select::Pick,
    slot::{Effect, Slot},
};

impl Filler<'_, '_> {
    /// The number that each counting slot says.
    pub fn counts(
        &mut self,
        tokens: &[Token],
        plan: &mut Plan,
        picks: &mut Vec<Pick>,
        effects: &[Effect],
        rng: &mut SmallRng,
    ) -> Vec<u32> {
        let mut counts: Vec<u32> = tokens.iter().map(|_| numbers::quantity(rng)).collect();
        if let Some(count) = spoken(effects) {
            counts.fill(count);
        }
        if plan.split {
            self.split_counts(tokens, plan, picks, &mut counts, rng);
        }
        let wrong = tokens.iter().position(|token| slot(token) == Some(Slot::WrongQuantity));
        let right = tokens.iter().position(|token| matches!(slot(token), Some(Slot::Number | Slot::Quantity)));
        if let (Some(wrong), Some(right)) = (wrong, right)
            && counts[wrong] == counts[right]
        {
            counts[wrong] += 1;
        }
        for (at, token) in tokens.iter().enumerate() {
            let counted = matches!(slot(token), Some(Slot::Number | Slot::Quantity));
            let said = spoken(effects).filter(|_| at == 0);
            let Some(entry) =
                plan.owners[at].first().copied().or(said.map(|_| 0)).filter(|_| counted || said.is_some())
            else {
                continue;
            };
            let Some(Pick::Cart { entries, .. }) = picks.get(entry) else { continue };
            let Some(&target) = entries.first() else { continue };
            let item = &mut self.scene.context.cart[target];
            let has = item.quantity.map_or(1, |count| u32::from(count.get()));
            match self.intent {
                // Taking all of them away is `remove` without a number, so there must be more.
                Intent::Remove => {
                    counts[at] = counts[at].min(4);
                    item.quantity = Quantity::new(has.max(counts[at] + 1));
                }
                _ if has == counts[at] => item.quantity = Quantity::new(has + 1),
                _ => {}
            }
        }
        counts
    }

    /// The parts of a split add up to its total; what no version takes stays plain.
    fn split_counts(
        &self,
        tokens: &[Token],
        plan: &mut Plan,
        picks: &mut Vec<Pick>,
        counts: &mut [u32],
        rng: &mut SmallRng,
    ) {
        let is_total = |token: &Token| matches!(slot(token), Some(Slot::Total(_) | Slot::Quantity));
        let total = tokens.iter().position(is_total);
        let mut sum = 0;
        for (at, token) in tokens.iter().enumerate() {
            counts[at] = match slot(token) {
                Some(Slot::PartOne(_)) => 1,
                Some(Slot::Part(_) | Slot::Number) => *[1, 1, 1, 2, 2, 3].choose(rng).unwrap_or(&1),
                _ => continue,
            };
            sum += counts[at];
        }
        let Some(total) = total else { return };
        let rest = plan.entries.iter().any(|entry| entry.rest);
        let more = match slot(&tokens[total]) {
            Some(Slot::Total(Some(count))) => count.saturating_sub(sum),
            _ if rest || plan.entries.len() == 1 => rng.random_range(1..=3),
            Some(Slot::Quantity) if rng.random_bool(0.12) => 1,
            _ => 0,
        };
        counts[total] = (sum + more).max(2);
        if !rest && counts[total] > sum {
            plan.entries.push(EntryPlan { anchor: Some(Slot::Item), rest: true, ..EntryPlan::default() });
            let plain = plan.entries.len() - 1;
            picks.extend(picks.first().cloned());
            plan.owners[total].push(plain);
            for (at, token) in tokens.iter().enumerate() {
                if slot(token) == Some(Slot::Item) {
                    plan.owners[at].push(plain);
                }
            }
        }
    }
}
