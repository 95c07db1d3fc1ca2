//! Where one wish ends and the next begins: "take off the tart" | "and add a scone".

use std::ops::Range;

use oolong_catalog::Campaign;
use oolong_intent::{Context, Intent};

use crate::intents::said;
use crate::signs::Signs;
use crate::units::Unit;

/// More wishes than people put into one sentence; what follows belongs to the last one.
const MOST: usize = 3;

/// The stretches of `units` that are one wish each, in order; they cover all units.
pub(crate) fn wishes(units: &[Unit], campaign: &Campaign, context: &Context) -> Vec<Range<usize>> {
    let mut wishes: Vec<Wish> = Vec::new();
    for range in clauses(units) {
        let signs = Signs::of(&units[range.clone()], campaign, context);
        let next = Wish::new(range, signs, context);
        let full = wishes.len() == MOST;
        match wishes.last_mut() {
            Some(last) if full || last.takes(&next, context) => last.join(&next),
            _ => wishes.push(next),
        }
    }
    wishes.into_iter().map(|wish| wish.range).collect()
}

struct Wish {
    range: Range<usize>,
    intent: Option<Intent>,
    /// Goods were named without a word for what to do with them.
    bare: bool,
    signs: Signs,
}

impl Wish {
    fn new(range: Range<usize>, signs: Signs, context: &Context) -> Self {
        let said = said(&signs, context);
        let new = signs.numbers > 0 || signs.in_cart < signs.goods;
        let bare = said.is_none() && signs.goods > 0 && new;
        Self { range, intent: said.or(bare.then_some(Intent::Order)), bare, signs }
    }

    /// Whether what comes next is still about the same.
    fn takes(&self, next: &Self, context: &Context) -> bool {
        use Intent::{
            AskMenu, CancelOrder, Change, CheckStock, ClaimVoucher, FindStore, FindVoucher, Order, OrderStatus, Other,
            Remove, UseVoucher,
        };
        let (Some(intent), Some(then)) = (self.intent, next.intent) else { return true };
        let asks = |intent| matches!(intent, FindStore | CheckStock | AskMenu | FindVoucher | OrderStatus);
        let pointed = !context.cart.is_empty() && next.signs.ordinals + next.signs.in_cart > 0;
        match (intent, then) {
            (Other, _) => true,
            (_, Other) => self.bare && self.signs.numbers == 0,
            _ if intent == then => true,
            // "The plum cake, is it sold out?", "the plum cake, take it off"
            (Order, _) if self.bare && next.signs.goods == 0 && (asks(then) || then == Remove) => true,
            (Order, Change) => !pointed,
            (Change | Remove, Order) => next.bare && next.signs.numbers == 0,
            (CancelOrder, Remove) | (Remove, CancelOrder) => true,
            (ClaimVoucher | UseVoucher, FindVoucher) | (FindVoucher, ClaimVoucher | UseVoucher) => true,
            (_, Order) if asks(intent) => next.bare,
            _ if asks(intent) && asks(then) => next.signs.goods == 0,
            _ => false,
        }
    }

    fn join(&mut self, next: &Self) {
        self.range.end = next.range.end;
        self.bare = (self.bare || self.intent.is_none()) && (next.bare || next.intent.is_none());
        self.intent = self.intent.or(next.intent);
        self.signs.goods += next.signs.goods;
        self.signs.numbers += next.signs.numbers;
        self.signs.in_cart += next.signs.in_cart;
    }
}

/// Stretches between punctuation and joints; a joint belongs to what it introduces.
fn clauses(units: &[Unit]) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for (index, unit) in units.iter().enumerate() {
        if unit.parts() && index > start {
            clauses.push(start..index);
            start = index;
        }
    }
    if start < units.len() {
        clauses.push(start..units.len());
    }
    clauses
}
