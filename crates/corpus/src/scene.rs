//! What the agent knows when a sentence is said: a cart to point into, a brand, a question.

use oolong_intent::{Asked, Context, Goods, Item, ModifierChoice, Quantity};
use rand::{
    Rng,
    rngs::SmallRng,
    seq::{IndexedRandom, SliceRandom},
};

use crate::{
    campaign::World,
    choose::{self, Reject},
    fill::Scene,
    lexicon::{Drawn, Lexicon, Section, points_at_cart},
    names::Lang,
    numbers,
    pattern::Grouping,
    slot::Effect,
};

/// A context in which the lines make sense, sometimes with more in it than they need.
///
/// # Errors
/// Nothing in the campaign that the question could be about.
pub fn draw<'a>(
    world: &'a World,
    lexicon: &'a Lexicon,
    lang: Lang,
    drawn: &[Drawn],
    rng: &mut SmallRng,
) -> Result<Scene<'a>, Reject> {
    let mut context = Context::default();
    let wants = |test: fn(&Section) -> bool| drawn.iter().any(|(section, _)| test(section));
    if wants(|section| section.brand) || rng.random_bool(0.2) {
        context.brand = world.campaign.brands.choose(rng).map(|brand| brand.id.clone());
    }
    context.asked = drawn.iter().find_map(|(section, _)| section.asked);
    if context.asked == Some(Asked::Brand) {
        // Nobody asks for a brand that is settled.
        context.brand = None;
    }
    let needed = wants(|section| section.cart || section.intent.points());
    let mut cart = Vec::new();
    if needed || rng.random_bool(0.25) {
        let points =
            drawn.iter().any(|(section, line)| line.mentions(points_at_cart) || section.grouping == Grouping::Shared);
        let all = drawn.iter().any(|(_, line)| line.effects.contains(&Effect::TargetAll));
        let least = if points || all { 2 } else { 1 };
        let count = rng.random_range(1..=4_usize).min(rng.random_range(1..=4)).max(if rng.random_bool(0.8) {
            least
        } else {
            1
        });
        let known = context.brand.as_ref().and_then(|id| world.campaign.brands.iter().position(|it| it.id == *id));
        let brand = known.or_else(|| rng.random_bool(0.8).then(|| rng.random_range(0..world.campaign.brands.len())));
        let mut products = world.scope(brand);
        products.shuffle(rng);
        if let Some(asked) = context.asked.filter(|&asked| choose::asks_for_modifier(asked)) {
            let about =
                |&at: &usize| world.products[at].groups.iter().any(|&it| choose::is_about(&world.kinds[it], asked));
            products.retain(about);
            if products.is_empty() {
                return Err("nobody would ask that here");
            }
        }
        products.truncate(count);
        context.cart = products.iter().map(|&at| cart_item(world, at, rng)).collect();
        cart = products;
    }
    if context.asked.is_none() && rng.random_bool(0.05) {
        context.asked = Asked::ALL.choose(rng).copied();
    }
    Ok(Scene { world, lexicon, lang, context, cart })
}

fn cart_item(world: &World, product: usize, rng: &mut SmallRng) -> Item {
    let item = world.item(product);
    let count = if rng.random_bool(0.65) { 1 } else { numbers::quantity(rng) };
    let mut modifiers = Vec::new();
    let groups = &world.products[product].groups;
    let chosen = rng.random_range(0..=2);
    for &group in groups.choose_multiple(rng, chosen) {
        let group = &world.campaign.modifier_groups[group];
        if let Some(modifier) = group.modifiers.choose(rng) {
            modifiers.push(ModifierChoice { group: group.id.clone(), modifier: modifier.id.clone(), portions: 1 });
        }
    }
    Item { goods: Some(Goods::Item(item.id.clone())), quantity: Quantity::new(count), modifiers, ..Item::default() }
}
