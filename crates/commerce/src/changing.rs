//! What is in the cart changes: made differently, swapped, more, fewer, gone.

use oolong_intent::{Frame, Goods, Item, ModifierChoice, Quantity, Target};

use crate::{
    answer::Answer,
    cart::{Line, LineId},
    dialogue::Dialogue,
    modifiers::{after, offers},
    state::Pending,
    turn::Turn,
};

/// Which lines an entry is about.
enum Aim {
    Lines(Vec<LineId>),
    Several(Vec<LineId>),
    Nothing(Answer),
}

impl Dialogue {
    pub(crate) fn change(&mut self, frame: &Frame, pending: Option<&Pending>, turn: &mut Turn) {
        self.details(frame, turn);
        let checkout = pending == Some(&Pending::Checkout);
        if let (Some(Pending::Goods(choice)), [entry]) = (pending, &frame.items[..]) {
            // The answer to "which one?" may come as "the second one" or as one more wish about it.
            if let (None, Some(Target::Nth(position))) = (&entry.goods, &entry.target) {
                let mut choice = choice.clone();
                choice.modifiers.extend(entry.modifiers.iter().cloned());
                return self.pick(&choice, usize::from(*position) - 1, turn);
            }
            if let Some(Goods::Item(id)) = entry.goods.as_ref().filter(|_| entry.target.is_none()) {
                let said: Vec<_> = choice.modifiers.iter().chain(&entry.modifiers).cloned().collect();
                let quantity = entry.quantity.map_or(choice.quantity, Quantity::get);
                return self.put(id, quantity, &said, choice.replace, turn);
            }
            if self.state.order.cart.is_empty() && entry.goods.is_none() {
                let mut choice = choice.clone();
                choice.modifiers.extend(entry.modifiers.iter().cloned());
                choice.quantity = entry.quantity.map_or(choice.quantity, Quantity::get);
                return self.offer(choice, turn);
            }
        }
        for entry in &frame.items {
            self.change_entry(frame, entry, turn);
        }
        if let Some(voucher) = &frame.voucher {
            self.use_voucher(Some(voucher), turn);
        }
        self.go_on_to_checkout(checkout && frame.items.is_empty(), turn);
    }

    fn change_entry(&mut self, frame: &Frame, entry: &Item, turn: &mut Turn) {
        let in_cart = |id: &String| self.state.order.cart.lines().iter().any(|line| line.item == *id);
        // An item without a target is what it should become, unless it is in the cart: then it is the one meant.
        let named = match (&entry.target, &entry.goods) {
            (None, Some(Goods::Item(id))) if in_cart(id) => Some(Target::Item(id.clone())),
            _ => None,
        };
        let new = if named.is_some() { None } else { entry.goods.clone() };
        if self.state.order.cart.is_empty() {
            match new {
                Some(Goods::Item(id)) => {
                    return self.put(&id, entry.quantity.map_or(1, Quantity::get), &entry.modifiers, None, turn);
                }
                Some(_) => {}
                None => return turn.answers.push(Answer::NothingThere),
            }
        }
        let lines = match self.aim(named.as_ref().or(entry.target.as_ref()), &entry.modifiers, turn) {
            Aim::Lines(lines) => lines,
            Aim::Several(lines) => return self.ask_which(&lines, entry, false, turn),
            Aim::Nothing(answer) => match (&new, self.state.order.cart.is_empty()) {
                (Some(Goods::Unknown | Goods::Category(_)), true) => Vec::new(),
                _ => return turn.answers.push(answer),
            },
        };
        match new {
            Some(Goods::Unknown) => {
                self.unknown(entry.said.as_deref().unwrap_or_default(), entry.quantity.map_or(1, Quantity::get), turn);
            }
            Some(Goods::Category(id)) => {
                let quantity = entry.quantity.map_or(1, Quantity::get);
                self.offer_category(&id, frame, quantity, &entry.modifiers, lines.last().copied(), turn);
            }
            goods => {
                let wish = Item { goods, ..entry.clone() };
                for line in lines {
                    self.change_line(line, &wish, turn);
                }
            }
        }
    }

    /// Changes one line as `wish` says; with a smaller quantity beside it, only so many pieces of the line.
    pub(crate) fn change_line(&mut self, id: LineId, wish: &Item, turn: &mut Turn) {
        let campaign = self.campaign.clone();
        let Some(line) = self.state.order.cart.line(id).cloned() else { return };
        let new = match &wish.goods {
            Some(Goods::Item(item)) => item.clone(),
            _ => line.item.clone(),
        };
        let Some((_, item)) = campaign.item(&new) else { return };
        let kept: Vec<ModifierChoice> =
            line.modifiers.iter().filter(|choice| offers(&campaign, item, choice)).cloned().collect();
        let (modifiers, refused) = after(&campaign, item, &kept, &wish.modifiers);
        turn.refuse(&new, refused);
        let remade = new != line.item || modifiers != line.modifiers;
        let mut id = id;
        if let Some(quantity) = wish.quantity.map(Quantity::get) {
            if remade && quantity < line.quantity {
                id = self.state.order.cart.split(id, quantity);
            } else {
                self.state.order.cart.set_quantity(id, quantity);
            }
        }
        if remade {
            id = self.state.order.cart.make(id, &new, modifiers);
        }
        if remade || wish.quantity.is_some() || wish.modifiers.is_empty() {
            turn.changed(id);
        } else if let Some(line) = self.state.order.cart.line(id)
            && wish.modifiers.iter().any(|choice| line.modifiers.contains(choice))
        {
            // Nothing changed because it already is as wished; showing the line says so.
            turn.changed(id);
        }
    }

    pub(crate) fn remove(&mut self, frame: &Frame, turn: &mut Turn) {
        if self.state.order.cart.is_empty() && turn.lines.is_empty() {
            return turn.answers.push(Answer::NothingThere);
        }
        let whole = [Item::default()];
        for entry in if frame.items.is_empty() { &whole[..] } else { &frame.items[..] } {
            let named = match &entry.goods {
                Some(Goods::Item(id)) => Some(Target::Item(id.clone())),
                _ => None,
            };
            match self.aim(entry.target.as_ref().or(named.as_ref()), &entry.modifiers, turn) {
                Aim::Lines(lines) => {
                    for line in lines {
                        self.remove_line(line, entry.quantity.map(Quantity::get), turn);
                    }
                }
                Aim::Several(lines) => self.ask_which(&lines, entry, true, turn),
                Aim::Nothing(answer) => turn.answers.push(answer),
            }
        }
        if self.state.order.cart.is_empty() {
            self.state.order.vouchers.clear();
        }
    }

    /// Takes `count` pieces of a line out, or all of it.
    pub(crate) fn remove_line(&mut self, id: LineId, count: Option<u16>, turn: &mut Turn) {
        let Some(line) = self.state.order.cart.line(id).cloned() else { return };
        let count = count.map_or(line.quantity, |count| count.min(line.quantity));
        self.state.order.cart.set_quantity(id, line.quantity - count);
        turn.removed(&self.campaign, Line { quantity: count, ..line });
    }

    fn ask_which(&mut self, lines: &[LineId], wish: &Item, remove: bool, turn: &mut Turn) {
        let wish = Item { target: None, ..wish.clone() };
        let lines = lines.iter().filter_map(|id| self.state.order.cart.line(*id)).cloned().collect();
        turn.answers.push(Answer::WhichLine { lines, wish, remove });
    }

    fn aim(&self, target: Option<&Target>, modifiers: &[ModifierChoice], turn: &Turn) -> Aim {
        let cart = &self.state.order.cart;
        let Some(last) = cart.lines().last() else { return Aim::Nothing(Answer::NothingThere) };
        match target {
            None => Aim::Lines(vec![self.spoken_about(modifiers).unwrap_or(last.id)]),
            Some(Target::Last) => Aim::Lines(vec![self.state.focus.unwrap_or(last.id)]),
            Some(Target::All) => Aim::Lines(cart.lines().iter().map(|line| line.id).collect()),
            Some(Target::Nth(position)) => match turn.lines.get(usize::from(*position) - 1) {
                Some(id) => Aim::Lines(vec![*id]),
                None => Aim::Nothing(Answer::NoSuchPosition { position: *position, lines: turn.lines.len() }),
            },
            Some(Target::Item(item)) => {
                let of_item: Vec<&Line> = cart.lines().iter().filter(|line| line.item == *item).collect();
                // "Remove the iced latte" means the one that is iced.
                let so_made: Vec<&Line> = of_item
                    .iter()
                    .copied()
                    .filter(|line| modifiers.iter().all(|choice| line.modifiers.contains(choice)))
                    .collect();
                match (&of_item[..], &so_made[..]) {
                    ([], _) => Aim::Nothing(Answer::NotInCart { item: item.clone() }),
                    ([one], _) => Aim::Lines(vec![one.id]),
                    (_, [one]) if !modifiers.is_empty() => Aim::Lines(vec![one.id]),
                    (several, _) => Aim::Several(several.iter().map(|line| line.id).collect()),
                }
            }
        }
    }

    /// The line just spoken about, if it can be made as said; otherwise the last one that can.
    fn spoken_about(&self, said: &[ModifierChoice]) -> Option<LineId> {
        let can = |line: &Line| {
            let item = self.campaign.item(&line.item);
            item.is_some_and(|(_, item)| said.iter().all(|choice| offers(&self.campaign, item, choice)))
        };
        let cart = &self.state.order.cart;
        let focus = self.state.focus.and_then(|id| cart.line(id));
        focus
            .filter(|line| can(line))
            .or_else(|| cart.lines().iter().rev().find(|line| can(line)))
            .or(focus)
            .map(|line| line.id)
    }
}
