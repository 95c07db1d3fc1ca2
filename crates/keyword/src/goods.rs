//! From units to ids: goods in the scope of a brand, entries of the cart by name.

use oolong_catalog::{Brand, Campaign, Entity};
use oolong_intent::{Context, Goods};

use crate::signs::in_cart;
use crate::units::Unit;

/// The item of the scope that the unit names, else its category, else unknown.
pub(crate) fn goods(unit: &Unit, campaign: &Campaign, scope: Option<&Brand>) -> Goods {
    let sold = |brand: usize| scope.is_none_or(|scope| campaign.brands[brand].id == scope.id);
    let item = unit.entities().iter().find_map(|entity| match *entity {
        Entity::Item(brand, index) if sold(brand) => Some(Goods::Item(campaign.brands[brand].menu[index].id.clone())),
        _ => None,
    });
    let category = || {
        let categories = campaign.categories();
        unit.entities().iter().find_map(|entity| match *entity {
            Entity::Category(index) => categories.get(index).map(|(id, _)| Goods::Category((*id).to_owned())),
            _ => None,
        })
    };
    item.or_else(category).unwrap_or(Goods::Unknown)
}

/// The id of the item that the unit names, preferably one that is in the cart.
pub(crate) fn named(unit: &Unit, campaign: &Campaign, scope: Option<&Brand>, context: &Context) -> Option<String> {
    let items = || unit.entities().iter().filter(|entity| matches!(entity, Entity::Item(..)));
    let held = items().find(|entity| in_cart(**entity, campaign, context));
    let sold = || {
        items().find(|entity| {
            matches!(**entity, Entity::Item(brand, _) if scope.is_some_and(|scope| campaign.brands[brand].id == scope.id))
        })
    };
    match held.or_else(sold).or_else(|| items().next())? {
        Entity::Item(brand, index) => Some(campaign.brands[*brand].menu[*index].id.clone()),
        _ => None,
    }
}
