//! The end of an order: vouchers, summary, placing it, calling it off.

use oolong_catalog::Voucher;
use oolong_intent::{Asked, Frame, Fulfilment};

use crate::{
    answer::{Answer, Details, Question, Summary},
    dialogue::Dialogue,
    pricing::Totals,
    state::{Order, Pending, Placed},
    turn::Turn,
    voucher::saving,
};

impl Dialogue {
    /// Shows what would be ordered and asks for a yes; asks for the place first where that is missing.
    pub(crate) fn checkout(&mut self, turn: &mut Turn) {
        let order = &self.state.order;
        if order.cart.is_empty() {
            self.state.asked = Some(Asked::Item);
            return turn.answers.push(Answer::Ask(Question::Item));
        }
        if order.fulfilment == Some(Fulfilment::Delivery) && order.place.is_none() {
            self.state.asked = Some(Asked::Place);
            self.state.pending = Some(Pending::Checkout);
            return turn.answers.push(Answer::Ask(Question::Place));
        }
        let totals = self.totals();
        let summary = Summary {
            lines: order.cart.lines().iter().map(|line| (line.clone(), totals.line(line.id))).collect(),
            details: Details::from(order),
            subtotal: totals.subtotal,
            delivery_fee: totals.delivery_fee,
            savings: totals.savings,
            total: totals.total,
        };
        self.state.asked = Some(Asked::Confirm);
        self.state.pending = Some(Pending::Place);
        turn.answers.push(Answer::Summary(summary));
    }

    /// Places the order: without a ledger that ends on the device.
    pub(crate) fn place(&mut self, turn: &mut Turn) {
        if self.state.order.cart.is_empty() {
            return turn.answers.push(Answer::NothingThere);
        }
        let totals = self.totals();
        let number = self.state.placed.as_ref().map_or(1, |placed| placed.number.saturating_add(1));
        let order = std::mem::take(&mut self.state.order);
        // Line ids are never used again, so that old cards cannot point at new lines.
        self.state.order.cart = order.cart.clone();
        self.state.order.cart.clear();
        if !self.ledger {
            for id in &order.vouchers {
                if let Some(at) = self.state.wallet.iter().position(|held| held == id) {
                    self.state.wallet.remove(at);
                }
            }
        }
        self.state.brand = None;
        let placed = Placed { number, order, total: totals.total, cancelled: false };
        self.state.placed = Some(placed.clone());
        turn.answers.push(Answer::Placed(placed));
    }

    /// Calls off what is in the cart, or else the order placed last.
    pub(crate) fn cancel_order(&mut self, turn: &mut Turn) {
        if !self.state.order.cart.is_empty() {
            let mut cart = std::mem::take(&mut self.state.order).cart;
            cart.clear();
            self.state.order = Order { cart, ..Order::default() };
            self.state.brand = None;
            return turn.answers.push(Answer::Cancelled { placed: false });
        }
        if self.ledger {
            return turn.answers.push(Answer::Cancelled { placed: true });
        }
        match &mut self.state.placed {
            Some(placed) if !placed.cancelled => {
                placed.cancelled = true;
                turn.answers.push(Answer::Cancelled { placed: true });
            }
            _ => turn.answers.push(Answer::NothingThere),
        }
    }

    pub(crate) fn claim_voucher(&mut self, frame: &Frame, turn: &mut Turn) {
        match &frame.voucher {
            Some(id) => self.claim(&id.clone(), turn),
            None => {
                self.state.asked = Some(Asked::Voucher);
                self.find_voucher(frame, turn);
            }
        }
    }

    /// Puts a voucher into the wallet, unless the shopper has had as many as one may have.
    pub(crate) fn claim(&mut self, id: &str, turn: &mut Turn) {
        let Some(voucher) = self.campaign.voucher(id) else { return };
        if self.ledger {
            return turn.answers.push(Answer::Claimed { voucher: id.to_owned(), fresh: true });
        }
        let held = self.state.wallet.iter().filter(|held| *held == id).count();
        let fresh = held < usize::try_from(voucher.per_user).unwrap_or(usize::MAX);
        if fresh {
            self.state.wallet.push(id.to_owned());
        }
        turn.answers.push(Answer::Claimed { voucher: id.to_owned(), fresh });
    }

    /// Uses a voucher for the order; without an id the one that saves most, of the wallet first.
    pub(crate) fn use_voucher(&mut self, id: Option<&str>, turn: &mut Turn) {
        let campaign = self.campaign.clone();
        let Some(voucher) = id.map_or_else(|| self.best_voucher(), |id| campaign.voucher(id).cloned()) else {
            return turn.answers.push(Answer::NoVoucher);
        };
        let saving = match saving(&campaign, &voucher, &self.state.order, self.now) {
            Ok(saving) => saving,
            Err(why) => return turn.answers.push(Answer::VoucherMisfit { voucher: voucher.id, why }),
        };
        if !self.state.wallet.contains(&voucher.id) {
            match self.ledger {
                true => turn.answers.push(Answer::Claimed { voucher: voucher.id.clone(), fresh: true }),
                false => self.state.wallet.push(voucher.id.clone()),
            }
        }
        let used = &mut self.state.order.vouchers;
        // Only one voucher that stands alone, beside any that may be combined.
        let alone = |id: &String| *id != voucher.id && campaign.voucher(id).is_some_and(|other| !other.stackable);
        let replaced = if voucher.stackable { None } else { used.iter().find(|id| alone(id)).cloned() };
        used.retain(|id| Some(id) != replaced.as_ref());
        if !used.contains(&voucher.id) {
            used.push(voucher.id.clone());
        }
        turn.answers.push(Answer::VoucherUsed { voucher: voucher.id, saving, replaced });
    }

    fn best_voucher(&self) -> Option<Voucher> {
        let worth = |voucher: &Voucher| saving(&self.campaign, voucher, &self.state.order, self.now).unwrap_or(-1);
        let best_of = |held: bool| {
            let all = self.campaign.vouchers.iter();
            let fitting = all.filter(|voucher| self.state.wallet.contains(&voucher.id) == held && worth(voucher) >= 0);
            // `rev`, because the last of equals wins and the first should.
            fitting.rev().max_by_key(|voucher| worth(voucher)).cloned()
        };
        best_of(true).or_else(|| best_of(false))
    }
}

impl Order {
    /// Whether this voucher is used for it; [`Totals`] says how much that saves at the moment.
    #[must_use]
    pub fn uses(&self, voucher: &str) -> bool {
        self.vouchers.iter().any(|id| id == voucher)
    }

    /// The prices of it. See [`Totals::of`].
    #[must_use]
    pub fn totals(&self, campaign: &oolong_catalog::Campaign, now: Option<i64>) -> Totals {
        Totals::of(campaign, self, now)
    }
}
