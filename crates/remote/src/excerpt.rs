//! The part of a campaign that a sentence may refer to: all of it that is sent.

use std::collections::HashSet;

use oolong_catalog::{Campaign, Discount, Entity, Gazetteer, Meaning};
use oolong_intent::{Context, Goods, Target};

/// The most items that are sent, beyond those that the sentence names.
///
/// A shopper's own words for something ("the purple one") name nothing, so the agent is shown some of the menu as well; a
/// prompt must stay small enough to be answered within the deadline.
const MAX_ITEMS: usize = 40;
/// The most vouchers that are sent.
const MAX_VOUCHERS: usize = 12;

/// Cuts `campaign` down to what `text` may refer to. What remains is a sound campaign with the same ids.
#[must_use]
pub fn excerpt(text: &str, context: &Context, campaign: &Campaign, gazetteer: &Gazetteer) -> Campaign {
    let named = Named::new(text, context, campaign, gazetteer);
    let mut cut = campaign.clone();
    cut.note = None;
    cut.names.truncate(1);
    let mut room = MAX_ITEMS;
    // Named items are always in; the others as far as there is room, those of a brand or category that was named first.
    let mut kept: HashSet<String> = named.items.clone();
    for rank in 0..3 {
        for (brand, item) in campaign.items() {
            let near = match rank {
                0 => named.categories.contains(&item.category) && named.serves(&brand.id),
                1 => named.serves(&brand.id),
                _ => true,
            };
            if near && room > 0 && kept.insert(item.id.clone()) {
                room -= 1;
            }
        }
    }
    for brand in &mut cut.brands {
        brand.menu.retain(|item| kept.contains(&item.id));
    }
    let mut room = MAX_VOUCHERS;
    cut.vouchers.retain(|voucher| {
        let sound = match &voucher.discount {
            Discount::Item { item: Some(item), .. } | Discount::FixedPrice { item: Some(item), .. } => {
                kept.contains(item)
            }
            _ => true,
        };
        let wanted = sound && (named.vouchers.contains(&voucher.id) || room > 0);
        room = room.saturating_sub(usize::from(wanted));
        wanted
    });
    let used: HashSet<&str> = cut
        .brands
        .iter()
        .flat_map(|brand| &brand.menu)
        .flat_map(|item| &item.modifier_groups)
        .map(String::as_str)
        .collect();
    let used: HashSet<String> = used.into_iter().map(str::to_owned).collect();
    cut.modifier_groups.retain(|group| used.contains(&group.id));
    cut
}

/// What a sentence and its context name.
#[derive(Default)]
struct Named {
    items: HashSet<String>,
    categories: HashSet<String>,
    brands: HashSet<String>,
    vouchers: HashSet<String>,
}

impl Named {
    fn new(text: &str, context: &Context, campaign: &Campaign, gazetteer: &Gazetteer) -> Self {
        let mut named = Self::default();
        let categories = campaign.categories();
        for mention in gazetteer.mentions(text) {
            let Meaning::Names(entities) = mention.meaning else { continue };
            for entity in entities {
                match entity {
                    Entity::Item(brand, item) => drop(named.items.insert(campaign.brands[brand].menu[item].id.clone())),
                    Entity::Category(at) => drop(named.categories.insert(categories[at].0.to_owned())),
                    Entity::Brand(at) => drop(named.brands.insert(campaign.brands[at].id.clone())),
                    Entity::Voucher(at) => drop(named.vouchers.insert(campaign.vouchers[at].id.clone())),
                    Entity::Modifier(..) => {}
                }
            }
        }
        named.brands.extend(context.brand.clone());
        for item in &context.cart {
            if let Some(Goods::Item(id)) = &item.goods {
                named.items.insert(id.clone());
            }
            if let Some(Target::Item(id)) = &item.target {
                named.items.insert(id.clone());
            }
        }
        named
    }

    /// Whether a brand is in scope: it was named, or none was.
    fn serves(&self, brand: &str) -> bool {
        self.brands.is_empty() || self.brands.contains(brand)
    }
}
