//! Which goods and which modifiers a sentence will name.

use std::collections::HashSet;

use oolong_catalog::Select;
use oolong_intent::Asked;
use rand::{Rng, seq::IndexedRandom};

use crate::{
    campaign::World,
    names::{Lang, is_measured, lang_of, part_of, pick},
    slot::Portion,
};

/// Why a sentence was thrown away.
pub type Reject = &'static str;

/// How goods are called: by a whole name, or by a part of one that no other item has ("the strawberry one").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The words.
    pub words: String,
    /// Whether they are only a part of the name.
    pub part: bool,
}

/// A modifier by position: group, modifier.
pub type Choice = (usize, usize);

/// What modifiers a slot may take.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// Whether the slot is for groups where many can be had.
    pub many: bool,
    /// How it is said.
    pub portion: Portion,
    /// What was asked.
    pub asked: Option<Asked>,
}

/// A product in scope that has enough to choose from, and the name that it is called by.
pub fn product(
    world: &World,
    scope: Option<usize>,
    lang: Lang,
    (mods, tops): (usize, usize),
    taken: &HashSet<usize>,
    rng: &mut impl Rng,
) -> Result<(usize, Called), Reject> {
    let enough = |at: &usize| {
        let groups = &world.products[*at].groups;
        let has = |many: bool| groups.iter().filter(|&&group| is_many(world, group) == many).count();
        !taken.contains(at) && has(false) >= mods && (tops == 0 || has(true) > 0)
    };
    let fitting: Vec<usize> = world.scope(scope).into_iter().filter(enough).collect();
    for _ in 0..6 {
        let chosen = *fitting.choose(rng).ok_or("no item with such modifiers")?;
        let name = pick(&world.item(chosen).names, lang, rng).ok_or("no name")?;
        let meant = world.resolve(name, scope).ok_or("no item of that name")?;
        if enough(&meant) {
            let others: Vec<usize> = world.scope(scope).into_iter().filter(|&at| at != meant).collect();
            let called = called(world, name, &others, 0.05, rng);
            return Ok((meant, called));
        }
    }
    Err("names are shared")
}

/// A modifier of one of the groups `pool`, its name unlike any other in the groups `known`; not of a group where one of
/// `used` is chosen already, and none of `barred`.
pub fn modifier(
    world: &World,
    pool: &[usize],
    known: &[usize],
    (used, barred): (&[Choice], &[Choice]),
    need: Need,
    rng: &mut impl Rng,
) -> Result<Choice, Reject> {
    let groups = &world.campaign.modifier_groups;
    let mut fitting = Vec::new();
    for &group in pool {
        if need.asked.is_some_and(|asked| !is_about(&world.kinds[group], asked)) {
            continue;
        }
        let many = is_many(world, group);
        if !many && used.iter().any(|&(other, _)| other == group) {
            continue;
        }
        for (index, modifier) in groups[group].modifiers.iter().enumerate() {
            let measured = modifier.names.iter().any(|name| is_measured(name));
            let fits = match (need.many, many) {
                (true, true) => need.portion == Portion::Said || !measured,
                (false, false) => true,
                // "no coriander" is one of many, and yet it is said like a choice.
                (false, true) => measured && need.asked.is_none(),
                (true, false) => false,
            };
            let free = |taken: &[Choice]| !taken.contains(&(group, index));
            if fits && free(used) && free(barred) && !is_ambiguous(world, (group, index), known) {
                fitting.push((group, index));
            }
        }
    }
    // Groups first, so that a long list of toppings does not crowd out the sizes.
    let mut found: Vec<usize> = fitting.iter().map(|&(group, _)| group).collect();
    found.dedup();
    let group = *found.choose(rng).ok_or("no modifier left")?;
    let of_group: Vec<Choice> = fitting.into_iter().filter(|&(other, _)| other == group).collect();
    of_group.choose(rng).copied().ok_or("no modifier left")
}

/// Another modifier of the same group.
pub fn other_modifier(world: &World, (group, index): Choice, rng: &mut impl Rng) -> Option<Choice> {
    let others: Vec<usize> =
        (0..world.campaign.modifier_groups[group].modifiers.len()).filter(|&it| it != index).collect();
    others.choose(rng).map(|&other| (group, other))
}

/// A name of the modifier that fits behind what has been written.
pub fn modifier_name(
    world: &World,
    (group, index): Choice,
    lang: Lang,
    fits: impl Fn(&str) -> bool,
    rng: &mut impl Rng,
) -> Result<String, Reject> {
    let names = &world.campaign.modifier_groups[group].modifiers[index].names;
    let good: Vec<String> = names.iter().filter(|name| fits(name)).cloned().collect();
    pick(&good, lang, rng).cloned().ok_or("no name fits here")
}

/// Whether many modifiers of the group can be had at once.
pub fn is_many(world: &World, group: usize) -> bool {
    world.campaign.modifier_groups[group].select == Select::Many
}

/// Whether the group answers the question.
pub fn is_about(kind: &str, asked: Asked) -> bool {
    match asked {
        Asked::Size => matches!(kind, "size" | "portion"),
        Asked::Temperature => kind == "temperature",
        Asked::Sugar => kind == "sugar",
        Asked::Milk => kind == "milk",
        Asked::Topping => matches!(kind, "topping" | "syrup" | "sauce" | "shots"),
        _ => true,
    }
}

/// Whether the question is about a modifier group at all.
pub fn asks_for_modifier(asked: Asked) -> bool {
    matches!(asked, Asked::Size | Asked::Temperature | Asked::Sugar | Asked::Milk | Asked::Topping)
}

/// A name in the other language, or none, would be odd; the same name in two groups would be unclear.
fn is_ambiguous(world: &World, (group, index): Choice, known: &[usize]) -> bool {
    let groups = &world.campaign.modifier_groups;
    let names = &groups[group].modifiers[index].names;
    known.iter().any(|&other| {
        groups[other].modifiers.iter().enumerate().any(|(at, modifier)| {
            (other, at) != (group, index)
                && modifier.names.iter().any(|name| names.iter().any(|own| own.eq_ignore_ascii_case(name)))
        })
    })
}

/// A name that singles an entry of the cart out.
pub fn cart_name(
    world: &World,
    cart: &[usize],
    entry: usize,
    lang: Lang,
    rng: &mut impl Rng,
) -> Result<Called, Reject> {
    let name = pick(&world.item(cart[entry]).names, lang, rng).ok_or("no name")?;
    let same = |&at: &usize| world.item(at).names.iter().any(|other| other.eq_ignore_ascii_case(name));
    if cart.iter().filter(|at| same(at)).count() != 1 {
        return Err("two in the cart of that name");
    }
    let others: Vec<usize> = cart.iter().copied().filter(|&at| at != cart[entry]).collect();
    Ok(called(world, name, &others, 0.1, rng))
}

/// The name, or now and then a part of it that none of `others` has and that names nothing itself.
fn called(world: &World, name: &str, others: &[usize], often: f64, rng: &mut impl Rng) -> Called {
    let whole = Called { words: name.to_owned(), part: false };
    let Some(part) = rng.random_bool(often).then(|| part_of(name, rng)).flatten() else { return whole };
    let lower = part.to_lowercase();
    let shared = others.iter().any(|&at| world.item(at).names.iter().any(|name| name.to_lowercase().contains(&lower)));
    let named = world.phrases.iter().any(|phrase| phrase.text == lower);
    if shared || named { whole } else { Called { words: part, part: true } }
}

/// An item that can be had elsewhere, but not where the shopper wants it.
pub fn elsewhere(world: &World, scope: usize, lang: Lang, rng: &mut impl Rng) -> Result<String, Reject> {
    let others: Vec<usize> = (0..world.products.len()).filter(|&at| world.products[at].brand != scope).collect();
    let chosen = *others.choose(rng).ok_or("no other brand")?;
    let name = pick(&world.item(chosen).names, lang, rng).ok_or("no name")?;
    if world.resolve(name, Some(scope)).is_some() {
        return Err("the brand has it too");
    }
    Ok(if lang_of(name) == Lang::En && rng.random_bool(0.7) { name.to_lowercase() } else { name.clone() })
}
