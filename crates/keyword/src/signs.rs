//! What a stretch of units shows at a glance: enough to choose an intent.

use oolong_catalog::{Campaign, Entity};
use oolong_intent::{Context, Goods, Item};

use crate::cues::{Cue, CueSet};
use crate::units::{Kind, Unit};

/// A tally of some units.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signs {
    /// All cues that occur.
    pub(crate) cues: CueSet,
    /// Items and categories named.
    pub(crate) goods: usize,
    /// Those of them that are in the cart.
    pub(crate) in_cart: usize,
    pub(crate) modifiers: usize,
    pub(crate) numbers: usize,
    pub(crate) ordinals: usize,
    pub(crate) brands: usize,
    pub(crate) vouchers: usize,
    pub(crate) prices: usize,
    pub(crate) times: usize,
    pub(crate) words: usize,
}

impl Signs {
    pub(crate) fn of(units: &[Unit], campaign: &Campaign, context: &Context) -> Self {
        let mut signs = Self::default();
        for unit in units {
            match &unit.kind {
                Kind::Cue(set) => signs.cues.join(*set),
                Kind::Number(_, pronoun) => signs.numbers += usize::from(!pronoun),
                Kind::Ordinal(_) => signs.ordinals += 1,
                Kind::Clock(_) | Kind::Duration(_) => signs.times += 1,
                Kind::Price(_) => signs.prices += 1,
                Kind::Word(_) => signs.words += 1,
                Kind::Name(entities, _) => signs.name(unit, entities, campaign, context),
                Kind::Break | Kind::Place | Kind::Unknown => {}
            }
        }
        signs
    }

    pub(crate) fn has(&self, cue: Cue) -> bool {
        self.cues.has(cue)
    }

    pub(crate) fn any(&self, cues: &[Cue]) -> bool {
        self.cues.any(cues)
    }

    fn name(&mut self, unit: &Unit, entities: &[Entity], campaign: &Campaign, context: &Context) {
        if unit.is_goods() {
            self.goods += 1;
            self.in_cart += usize::from(entities.iter().any(|entity| in_cart(*entity, campaign, context)));
        } else if unit.is_modifier() {
            self.modifiers += 1;
        } else if matches!(entities.first(), Some(Entity::Brand(_))) {
            self.brands += 1;
        } else {
            self.vouchers += 1;
        }
    }
}

/// Whether the cart holds this item.
pub(crate) fn in_cart(entity: Entity, campaign: &Campaign, context: &Context) -> bool {
    context.cart.iter().any(|entry| is(entity, entry, campaign))
}

/// Whether the entry of the cart is this item.
pub(crate) fn is(entity: Entity, entry: &Item, campaign: &Campaign) -> bool {
    let Entity::Item(brand, index) = entity else { return false };
    matches!(&entry.goods, Some(Goods::Item(known)) if *known == campaign.brands[brand].menu[index].id)
}
