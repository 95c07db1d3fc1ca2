//! Goods come into the cart: by name, by category with a choice, or by something that only resembles a name.

use oolong_catalog::MenuItem;
use oolong_intent::{Asked, Frame, Fulfilment, Goods, Item, ModifierChoice, Prefer, Quantity};

use crate::{
    answer::{Answer, Choice, Question},
    cart::LineId,
    dialogue::Dialogue,
    modifiers::{after, unanswered},
    nearest::nearest,
    pricing::unit_price,
    state::Pending,
    turn::Turn,
};

/// How many options a choice shows.
const OPTIONS: usize = 12;

impl Dialogue {
    pub(crate) fn order(&mut self, frame: &Frame, pending: Option<Pending>, turn: &mut Turn) {
        self.details(frame, turn);
        let checkout = pending == Some(Pending::Checkout);
        for entry in &frame.items {
            self.order_entry(frame, entry, pending.as_ref(), turn);
        }
        if let Some(voucher) = &frame.voucher {
            self.use_voucher(Some(voucher), turn);
        }
        if frame.items.is_empty() {
            if let Some(Pending::Goods(choice)) = pending {
                self.offer(choice, turn);
            } else if frame.brand.is_some() {
                let scope = crate::answer::MenuScope { brand: frame.brand.clone(), ..Default::default() };
                self.show_menu(scope, turn);
                self.state.asked = Some(Asked::Item);
            } else if !turn.details && frame.voucher.is_none() {
                self.state.asked = Some(Asked::Item);
                turn.answers.push(Answer::Ask(Question::Item));
            }
        }
        self.go_on_to_checkout(checkout && frame.items.is_empty(), turn);
    }

    fn order_entry(&mut self, frame: &Frame, entry: &Item, pending: Option<&Pending>, turn: &mut Turn) {
        let quantity = entry.quantity.map_or(1, Quantity::get);
        match &entry.goods {
            Some(Goods::Item(id)) => match pending {
                // "The mocha" after "three coffees, iced": which of them is new, how many and how is not.
                Some(Pending::Goods(choice)) if choice.options.contains(id) => {
                    let quantity = if quantity == 1 { choice.quantity } else { quantity };
                    let said: Vec<_> = choice.modifiers.iter().chain(&entry.modifiers).cloned().collect();
                    self.put(id, quantity, &said, choice.replace, turn);
                }
                _ => self.put(id, quantity, &entry.modifiers, None, turn),
            },
            Some(Goods::Category(id)) => self.offer_category(id, frame, quantity, &entry.modifiers, None, turn),
            Some(Goods::Unknown) => self.unknown(entry.said.as_deref().unwrap_or_default(), quantity, turn),
            None => {}
        }
    }

    /// Puts an item into the cart, or in the place of a line.
    pub(crate) fn put(
        &mut self,
        id: &str,
        quantity: u16,
        said: &[ModifierChoice],
        replace: Option<LineId>,
        turn: &mut Turn,
    ) {
        let campaign = self.campaign.clone();
        // No parser of this project gives an id that the campaign lacks; a foreign one is answered all the same.
        let Some((_, item)) = campaign.item(id) else { return self.unknown(id, quantity, turn) };
        if let Some(line) = replace.filter(|line| self.state.order.cart.line(*line).is_some()) {
            let wish = Item { goods: Some(Goods::Item(id.to_owned())), modifiers: said.to_vec(), ..Item::default() };
            self.change_line(line, &wish, turn);
            return;
        }
        let (modifiers, refused) = after(&campaign, item, &[], said);
        turn.refuse(id, refused);
        let line = self.state.order.cart.add(id, quantity, modifiers);
        turn.added(line, quantity);
    }

    /// Shows the items of a category that the shopper may mean.
    pub(crate) fn offer_category(
        &mut self,
        category: &str,
        frame: &Frame,
        quantity: u16,
        modifiers: &[ModifierChoice],
        replace: Option<LineId>,
        turn: &mut Turn,
    ) {
        let brand = frame.brand.as_ref().or(self.state.brand.as_ref());
        let campaign = self.campaign.clone();
        let affordable = |item: &MenuItem| {
            frame.max_price.is_none_or(|most| unit_price(&campaign, &item.id, modifiers) <= i64::from(most))
        };
        let within = |only: Option<&String>| -> Vec<&MenuItem> {
            let of_brand = campaign.items().filter(|(known, _)| only.is_none_or(|id| *id == known.id));
            of_brand.map(|(_, item)| item).filter(|item| item.category == category && affordable(item)).collect()
        };
        let mut found = within(brand);
        if found.is_empty() && frame.brand.is_none() {
            found = within(None);
        }
        if frame.prefer == Some(Prefer::Cheapest) {
            found.sort_by_key(|item| unit_price(&campaign, &item.id, modifiers));
        }
        if let [only] = found[..] {
            return self.put(&only.id, quantity, modifiers, replace, turn);
        }
        let options = found.into_iter().take(OPTIONS).map(|item| item.id.clone()).collect();
        let category = Some(category.to_owned());
        self.offer(Choice { category, options, quantity, modifiers: modifiers.to_vec(), replace }, turn);
    }

    /// Asks which of several items it may be.
    pub(crate) fn offer(&mut self, choice: Choice, turn: &mut Turn) {
        self.state.asked = Some(Asked::Item);
        turn.answers.push(Answer::Choice(choice.clone()));
        self.state.pending = Some(Pending::Goods(choice));
    }

    /// Takes one of the items that were offered.
    pub(crate) fn pick(&mut self, choice: &Choice, index: usize, turn: &mut Turn) {
        match choice.options.get(index) {
            Some(id) => self.put(id, choice.quantity, &choice.modifiers, choice.replace, turn),
            None => turn.answers.push(Answer::NoSuchPosition {
                position: u16::try_from(index + 1).unwrap_or(u16::MAX),
                lines: choice.options.len(),
            }),
        }
    }

    /// Says that no menu in scope has it, with what comes near.
    pub(crate) fn unknown(&mut self, said: &str, quantity: u16, turn: &mut Turn) {
        let near = nearest(&self.campaign, said, 4);
        let exact = near
            .first()
            .and_then(|id| self.campaign.item(id))
            .is_some_and(|(_, item)| item.names.iter().any(|name| name.to_lowercase() == said.to_lowercase()));
        if !near.is_empty() {
            let options = near.clone();
            let choice = Choice { category: None, options, quantity, modifiers: Vec::new(), replace: None };
            self.state.asked = Some(Asked::Item);
            self.state.pending = Some(Pending::Goods(choice));
        }
        turn.answers.push(Answer::Unknown { said: said.to_owned(), quantity, nearest: near, exact });
    }

    /// Takes over place, time and way.
    pub(crate) fn details(&mut self, frame: &Frame, turn: &mut Turn) {
        let order = &mut self.state.order;
        if let Some(way) = frame.fulfilment {
            order.fulfilment = Some(way);
            turn.details = true;
        }
        if let Some(place) = frame.place.as_ref().filter(|place| *place != "here") {
            order.place = Some(place.clone());
            turn.details = true;
        }
        if let Some(when) = frame.when {
            order.when = Some(when);
            turn.details = true;
        }
    }

    /// Asks for what an order cannot do without, one thing at a time.
    pub(crate) fn ask_what_is_missing(&mut self, turn: &mut Turn) {
        if self.state.asked.is_some() || self.state.pending.is_some() {
            return;
        }
        let campaign = self.campaign.clone();
        for id in turn.touched().to_vec() {
            let Some(line) = self.state.order.cart.line(id).cloned() else { continue };
            let Some((_, item)) = campaign.item(&line.item) else { continue };
            let Some(group) = unanswered(&campaign, item, &line.modifiers).next() else { continue };
            self.state.asked = Asked::ALL.into_iter().find(|asked| asked.name() == group.id);
            self.state.focus = Some(id);
            let question = Question::Group { line: id, item: line.item, group: group.id.clone() };
            turn.answers.push(Answer::Ask(question));
            return;
        }
        let order = &self.state.order;
        if turn.details && order.fulfilment == Some(Fulfilment::Delivery) && order.place.is_none() {
            self.state.asked = Some(Asked::Place);
            turn.answers.push(Answer::Ask(Question::Place));
        }
    }

    /// Goes on to the summary when only the place was missing and now is there.
    pub(crate) fn go_on_to_checkout(&mut self, wanted: bool, turn: &mut Turn) {
        let order = &self.state.order;
        if wanted && order.place.is_some() && !order.cart.is_empty() {
            self.checkout(turn);
        }
    }
}
