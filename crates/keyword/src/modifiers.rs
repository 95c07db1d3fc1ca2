//! Which modifiers an entry gets: those that the item offers, in the group that the item has.

use oolong_catalog::{Brand, Campaign, Entity, MenuItem, ModifierGroup, Select};
use oolong_intent::{Context, Goods, Item, ModifierChoice, Target, Unfit};

use crate::portions::Choice;
use crate::units::Unit;

/// Adds `choices` to `item`; tells what the item does not offer.
pub(crate) fn choose(
    item: &mut Item,
    choices: &[Choice],
    (units, text): (&[Unit], &str),
    (campaign, scope, context): (&Campaign, Option<&Brand>, &Context),
) -> Vec<Unfit> {
    let offers = offers(item, campaign, scope, context);
    let mut unfit = Vec::new();
    for choice in choices {
        let unit = &units[choice.unit];
        let named = || {
            unit.entities().iter().filter_map(|entity| match *entity {
                Entity::Modifier(group, modifier) => Some((&campaign.modifier_groups[group], modifier)),
                _ => None,
            })
        };
        let offered =
            named().find(|(group, _)| offers.as_ref().is_none_or(|offers| offers.contains(&group.id.as_str())));
        let Some((group, modifier)) = offered.or_else(|| named().next().filter(|_| item.goods.is_none())) else {
            if let (Some(Goods::Item(id)), Some(said)) = (&item.goods, text.get(unit.start..unit.end)) {
                unfit.push(Unfit { item: id.clone(), said: said.to_owned() });
            }
            continue;
        };
        let (modifier, portions) = match (group.select, choice.portions) {
            (Select::One, 0) => without(group, modifier),
            (Select::One, _) => (modifier, 1),
            (Select::Many, portions) => (modifier, portions),
        };
        let id = &group.modifiers[modifier].id;
        // Of a choice of one, and of the same thing said twice, the last word counts.
        item.modifiers
            .retain(|known| known.group != group.id || (group.select == Select::Many && known.modifier != *id));
        item.modifiers.push(ModifierChoice { group: group.id.clone(), modifier: id.clone(), portions });
    }
    unfit
}

/// The groups that may be chosen from; `None` is any.
fn offers<'a>(item: &Item, campaign: &'a Campaign, scope: Option<&Brand>, context: &Context) -> Option<Vec<&'a str>> {
    let groups = |found: &'a MenuItem| found.modifier_groups.iter().map(String::as_str).collect::<Vec<_>>();
    let of = |id: &str| campaign.item(id).map(|(_, found)| groups(found));
    let held = |entry: &Item| match &entry.goods {
        Some(Goods::Item(id)) => of(id),
        _ => None,
    };
    match (&item.goods, &item.target) {
        (Some(Goods::Item(id)), _) | (None, Some(Target::Item(id))) => of(id),
        (Some(Goods::Category(category)), _) => {
            let brands = campaign.brands.iter().filter(|brand| scope.is_none_or(|scope| scope.id == brand.id));
            let items = brands.flat_map(|brand| &brand.menu).filter(|found| found.category == *category);
            Some(items.flat_map(groups).collect())
        }
        (Some(Goods::Unknown), _) => Some(Vec::new()),
        (None, Some(Target::Nth(position))) => {
            usize::from(*position).checked_sub(1).and_then(|index| context.cart.get(index)).and_then(held)
        }
        (None, Some(Target::Last) | None) => context.cart.last().and_then(held),
        (None, Some(Target::All)) => Some(context.cart.iter().filter_map(held).flatten().collect()),
    }
}

/// "No ice" of a choice of one is that group's own word for none, where it has one.
fn without(group: &ModifierGroup, modifier: usize) -> (usize, u8) {
    const NONE: [&str; 9] = ["no ", "without", "zero", "un", "去", "无", "不", "免", "走"];
    let none = group.modifiers.iter().position(|modifier| {
        modifier.names.iter().any(|name| NONE.iter().any(|start| name.to_lowercase().starts_with(start)))
    });
    none.map_or((modifier, 0), |none| (none, 1))
}
