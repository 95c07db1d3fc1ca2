//! What the shops of a synthetic campaign may sell, and what can be chosen about it.

use std::collections::BTreeMap;

use oolong_catalog::{Campaign, Modifier, ModifierGroup, Select};
use rand::{
    Rng,
    seq::{IndexedRandom, SliceRandom},
};

use crate::{
    lexicon::Lexicon,
    names::{Lang, is_han, lang_of, pseudo_han, pseudo_name},
    trades::{Trade, TradeGroup},
};

/// Which languages the campaign's names are in.
#[derive(Clone, Copy, Debug)]
pub enum Spoken {
    /// English and Chinese.
    Both,
    /// One of them.
    Only(Lang),
}

/// An item that a shop may take into its menu.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its names.
    pub names: Vec<String>,
    /// Id of its category.
    pub category: String,
    /// Ids of its groups.
    pub groups: Vec<String>,
    /// Minor units.
    pub price: i64,
    /// Measure words.
    pub measures: Vec<String>,
}

/// One variant of each group of the trade; returns base id → id in the campaign.
pub fn draw_groups(
    trade: &Trade,
    mark: &str,
    spoken: Spoken,
    campaign: &mut Campaign,
    kinds: &mut Vec<String>,
    rng: &mut impl Rng,
) -> BTreeMap<String, String> {
    let mut variants: BTreeMap<&str, Vec<&TradeGroup>> = BTreeMap::new();
    for (id, group) in &trade.groups {
        variants.entry(base(id)).or_default().push(group);
    }
    let mut found = BTreeMap::new();
    for (base, variants) in variants {
        let Some(group) = variants.choose(rng) else { continue };
        let mut modifiers: Vec<Modifier> = Vec::new();
        for modifier in &group.modifiers {
            if modifiers.len() >= 2 && rng.random_bool(0.12) {
                continue;
            }
            let names = renamed(&modifier.names, spoken, 0.2, rng);
            let mut id = if rng.random_bool(0.8) { slug(&names[0]) } else { format!("m{}", modifiers.len() + 1) };
            if modifiers.iter().any(|other| other.id == id) {
                id = format!("{id}-{}", modifiers.len());
            }
            modifiers.push(Modifier { id, names, price: modifier.price });
        }
        let default = modifiers.choose(rng).filter(|_| group.select == Select::One && rng.random_bool(0.5));
        let id = format!("{mark}{base}");
        campaign.modifier_groups.push(ModifierGroup {
            id: id.clone(),
            names: renamed(&group.names, spoken, 0.2, rng),
            select: group.select,
            default: default.map(|modifier| modifier.id.clone()),
            modifiers,
        });
        kinds.push(group.kind.clone());
        found.insert(base.to_owned(), id);
    }
    found
}

/// `size-b` is a variant of `size`.
fn base(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((base, variant)) if variant.len() == 1 => base,
        _ => id,
    }
}

/// Everything that shops of the trade may sell in this campaign.
pub fn draw_stock(
    trade: &Trade,
    mark: &str,
    groups: &BTreeMap<String, String>,
    pseudo: bool,
    lexicon: &Lexicon,
    rng: &mut impl Rng,
) -> Vec<Draft> {
    let mut stock: Vec<Draft> = Vec::new();
    let mut add = |names: Vec<String>, category: &str, wanted: &[String], price: i64| {
        let groups = wanted.iter().filter_map(|id| groups.get(base(id)).cloned()).collect();
        let category = format!("{mark}{category}");
        stock.push(Draft { names, category, groups, price, measures: trade.measures_zh.clone() });
    };
    for item in trade.items.choose_multiple(rng, 14) {
        let names = if pseudo { pseudo_names(&item.names, lexicon, rng) } else { item.names.clone() };
        add(names, &item.category, &item.groups, item.price);
    }
    for parts in &trade.parts {
        for _ in 0..rng.random_range(1..=5) {
            let (Some(first), Some(second)) = (parts.prefix.choose(rng), parts.base.choose(rng)) else { continue };
            let mut names = vec![format!("{} {}", first.0, second.0), format!("{}{}", first.1, second.1)];
            if pseudo {
                names = pseudo_names(&names, lexicon, rng);
            }
            add(names, &parts.category, &parts.groups, 100 * rng.random_range(8..40));
        }
    }
    stock
}

/// Names of the same shape with words that do not exist; a last word is sometimes kept, as in "Brovlen Tea".
fn pseudo_names(names: &[String], lexicon: &Lexicon, rng: &mut impl Rng) -> Vec<String> {
    let keep = rng.random_bool(0.35);
    names
        .iter()
        .take(rng.random_range(2..=5))
        .chain(names.iter().rev().take(1))
        .map(|name| match lang_of(name) {
            Lang::Zh => {
                let end: String = name.chars().skip(name.chars().count().saturating_sub(2)).filter(|_| keep).collect();
                let length = rng.random_range(if keep { 1..=2 } else { 2..=4 });
                pseudo_han(&lexicon.characters, length, rng) + &end
            }
            Lang::En => match name.rsplit_once(' ').filter(|_| keep) {
                Some((_, end)) => format!("{} {end}", pseudo_name(rng)),
                None if rng.random_bool(0.4) => format!("{} {}", pseudo_name(rng), pseudo_name(rng)),
                None => pseudo_name(rng),
            },
        })
        .collect()
}

/// A shop does not use every name: some are dropped, at least one stays.
pub fn renamed(names: &[String], spoken: Spoken, drop: f64, rng: &mut impl Rng) -> Vec<String> {
    let fits = |name: &&String| match spoken {
        Spoken::Both => true,
        Spoken::Only(lang) => lang_of(name) == lang,
    };
    let mut kept: Vec<String> = Vec::new();
    for name in names.iter().filter(fits) {
        let first = !kept.iter().any(|other| lang_of(other) == lang_of(name));
        if (first || !rng.random_bool(drop)) && !kept.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            kept.push(name.clone());
        }
    }
    if kept.is_empty() {
        return names.to_vec();
    }
    if rng.random_bool(0.15) {
        kept.shuffle(rng);
    }
    kept
}

/// An id made of a name.
pub fn slug(name: &str) -> String {
    let plain: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || is_han(c) { c } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "x".to_owned() } else { parts.join("-") }
}
