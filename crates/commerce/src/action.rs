//! What buttons do. An action carries everything it needs, so that a button of an old card still does what it says.

use oolong_intent::{Frame, Fulfilment, Intent, Item, ModifierChoice, Quantity};

use crate::{
    answer::{Answer, MenuScope},
    cart::LineId,
    dialogue::Dialogue,
    turn::Turn,
};

/// What a button does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Adds an item, or puts it in the place of a line.
    Add {
        /// Item id.
        item: String,
        /// How many.
        quantity: u16,
        /// How it should be made, as far as it offers that.
        modifiers: Vec<ModifierChoice>,
        /// The line that it takes the place of.
        replace: Option<LineId>,
    },
    /// Changes or removes one line as an utterance asked.
    Aim {
        /// The line that was meant.
        line: LineId,
        /// What to do.
        wish: Item,
        /// Whether to take it out.
        remove: bool,
    },
    /// Sets a line's quantity; 0 takes it out.
    SetQuantity(LineId, u16),
    /// Sets pickup or delivery.
    SetFulfilment(Fulfilment),
    /// Puts a voucher into the wallet.
    Claim(String),
    /// Uses a voucher for the order.
    UseVoucher(String),
    /// Does without a voucher again.
    DropVoucher(String),
    /// Shows part of the menu.
    ShowMenu(MenuScope),
    /// Shows the vouchers.
    ShowVouchers,
    /// Shows one item with its choices.
    ShowItem(String),
    /// Shows the summary.
    Checkout,
    /// Places the order.
    Place,
    /// Yes to what was asked.
    Yes,
    /// No to what was asked.
    No,
    /// Takes the last change back.
    Undo,
}

impl Dialogue {
    /// Does what a button says. Whatever waited for an answer is settled by it or dropped.
    pub(crate) fn press(&mut self, action: Action, turn: &mut Turn) {
        let pending = self.state.pending.take();
        self.state.asked = None;
        match action {
            Action::Add { item, quantity, modifiers, replace } => self.put(&item, quantity, &modifiers, replace, turn),
            Action::Aim { line, wish, remove: false } => self.change_line(line, &wish, turn),
            Action::Aim { line, wish, remove: true } => self.remove_line(line, wish.quantity.map(Quantity::get), turn),
            Action::SetQuantity(line, quantity) => {
                self.state.order.cart.set_quantity(line, quantity);
                self.state.focus = Some(line);
            }
            Action::SetFulfilment(way) => self.state.order.fulfilment = Some(way),
            Action::Claim(id) => self.claim(&id, turn),
            Action::UseVoucher(id) => self.use_voucher(Some(&id), turn),
            Action::DropVoucher(id) => self.state.order.vouchers.retain(|known| *known != id),
            Action::ShowMenu(scope) => self.show_menu(scope, turn),
            Action::ShowVouchers => self.find_voucher(&Frame::new(Intent::FindVoucher), turn),
            Action::ShowItem(id) => turn.answers.push(Answer::Items { items: vec![id], stock: false }),
            Action::Checkout => self.checkout(turn),
            Action::Place => self.place(turn),
            Action::Yes => self.confirm(pending, turn),
            Action::No => turn.answers.push(Answer::Declined),
            Action::Undo => {}
        }
    }
}
