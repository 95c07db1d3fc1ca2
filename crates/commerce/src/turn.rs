//! What one utterance has done so far: several frames of it end in one card.

use std::collections::BTreeMap;

use oolong_catalog::Campaign;
use oolong_intent::ModifierChoice;

use crate::{
    answer::{Also, Answer, CartChange, Details, Entry, EntryKind, Refused},
    cart::{Cart, Line, LineId},
    pricing::{Totals, line_price},
    state::Order,
};

/// The work of one utterance.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// The lines as they stood when the shopper spoke: "the second one" means the second of these.
    pub(crate) lines: Vec<LineId>,
    touched: Vec<LineId>,
    kinds: BTreeMap<LineId, EntryKind>,
    removed: Vec<Entry>,
    refused: Vec<Refused>,
    /// Further cards.
    pub(crate) answers: Vec<Answer>,
    /// Whether place, time or way changed.
    pub(crate) details: bool,
}

impl Turn {
    pub(crate) fn new(cart: &Cart) -> Self {
        Self { lines: cart.lines().iter().map(|line| line.id).collect(), ..Self::default() }
    }

    pub(crate) fn added(&mut self, id: LineId, count: u16) {
        let before = match self.kinds.get(&id) {
            Some(EntryKind::Added(before)) => *before,
            _ => 0,
        };
        self.kinds.insert(id, EntryKind::Added(before.saturating_add(count)));
        self.touch(id);
    }

    pub(crate) fn changed(&mut self, id: LineId) {
        self.kinds.entry(id).or_insert(EntryKind::Changed);
        self.touch(id);
    }

    pub(crate) fn removed(&mut self, campaign: &Campaign, line: Line) {
        self.kinds.remove(&line.id);
        self.touched.retain(|id| *id != line.id);
        let price = line_price(campaign, &line);
        self.removed.push(Entry { kind: EntryKind::Removed(line.quantity), line, price });
    }

    pub(crate) fn refuse(&mut self, item: &str, choices: Vec<ModifierChoice>) {
        let item = item.to_owned();
        self.refused.extend(choices.into_iter().map(|choice| Refused {
            item: item.clone(),
            said: choice.to_string(),
            choice: Some(choice),
        }));
    }

    pub(crate) fn refuse_words(&mut self, item: &str, said: &str) {
        self.refused.push(Refused { item: item.to_owned(), choice: None, said: said.to_owned() });
    }

    /// Lines that were added or changed, in the order of speech.
    pub(crate) fn touched(&self) -> &[LineId] {
        &self.touched
    }

    /// One card for the cart, if anything happened to it, before all others.
    pub(crate) fn finish(
        mut self,
        campaign: &Campaign,
        order: &Order,
        also: Vec<Also>,
        now: Option<i64>,
    ) -> Vec<Answer> {
        let mut entries = self.removed;
        for id in &self.touched {
            if let (Some(line), Some(kind)) = (order.cart.line(*id), self.kinds.get(id)) {
                let price = match kind {
                    // What came costs this much; the line may have had some before.
                    EntryKind::Added(count) => line_price(campaign, &Line { quantity: *count, ..line.clone() }),
                    EntryKind::Changed | EntryKind::Removed(_) => line_price(campaign, line),
                };
                entries.push(Entry { kind: *kind, line: line.clone(), price });
            }
        }
        if entries.is_empty() && self.refused.is_empty() && !self.details {
            return self.answers;
        }
        let details = self.details.then(|| Details::from(order));
        let total = Totals::of(campaign, order, now).total;
        let change = CartChange { entries, refused: self.refused, also, details, total };
        self.answers.insert(0, Answer::Cart(change));
        self.answers
    }

    fn touch(&mut self, id: LineId) {
        self.touched.retain(|known| *known != id);
        self.touched.push(id);
    }
}

impl From<&Order> for Details {
    fn from(order: &Order) -> Self {
        Self { fulfilment: order.fulfilment, place: order.place.clone(), when: order.when }
    }
}
