//! Which words of an utterance name something in this campaign, or say a number, a time or a price.

use std::collections::{HashMap, HashSet};

use crate::campaign::Campaign;
use crate::clock;
use crate::fuzzy::{allowed_slips, slips, syllables};
use crate::numbers;
use crate::text::{Atom, AtomKind, atoms, is_han, key};
use crate::variants::{percent, singular, variants};

/// English words that are themselves and never a slip of a name ("could" is not "cold"): those of ordinary requests.
const COMMON_WORDS: &str = include_str!("common_words.txt");

/// The longest name that is looked for, in atoms.
const MAX_ATOMS: usize = 24;
/// A word that is part of more items' names than this says too little to point at one.
const MAX_SHARED: usize = 4;

/// Something of the campaign that has names; numbers are positions in the campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// Brand and position in its menu.
    Item(usize, usize),
    /// Position among [`Campaign::categories`].
    Category(usize),
    /// Group and modifier.
    Modifier(usize, usize),
    /// Brand.
    Brand(usize),
    /// Voucher.
    Voucher(usize),
}

/// What a stretch of an utterance says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It names these; never empty, in campaign order.
    Names(Vec<Entity>),
    /// A count.
    Number(u32),
    /// A position: "the second".
    Ordinal(u16),
    /// A clock time in minutes after midnight.
    Clock(u16),
    /// Minutes.
    Duration(u16),
    /// Hundredths of the currency's unit.
    Price(u32),
}

/// A stretch of an utterance that says something to this campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it says.
    pub meaning: Meaning,
    /// Whether it only resembles a name: a slip, a homophone, part of a name.
    pub fuzzy: bool,
}

/// An index over all names of a campaign.
#[derive(Debug)]
pub struct Gazetteer {
    exact: HashMap<String, Vec<Entity>>,
    sounds: HashMap<String, Vec<Entity>>,
    parts: HashMap<String, Vec<Entity>>,
    /// Keys that no campaign lists but people say: see [`variants`].
    variants: HashMap<String, Vec<Entity>>,
    /// Latin names by first letter, for slips.
    spelled: HashMap<char, Vec<String>>,
    common: HashSet<&'static str>,
}

/// A possible mention over `atoms` atoms, with its weight in the choice between overlapping ones.
struct Proposal {
    atoms: usize,
    weight: i32,
    meaning: Meaning,
    fuzzy: bool,
}

impl Gazetteer {
    /// Indexes the names of `campaign`.
    #[must_use]
    pub fn new(campaign: &Campaign) -> Self {
        let mut index = Self {
            exact: HashMap::new(),
            sounds: HashMap::new(),
            parts: HashMap::new(),
            variants: HashMap::new(),
            spelled: HashMap::new(),
            common: COMMON_WORDS.lines().collect(),
        };
        for (brand_index, brand) in campaign.brands.iter().enumerate() {
            index.add_all(Entity::Brand(brand_index), &brand.names);
            for (item_index, item) in brand.menu.iter().enumerate() {
                let entity = Entity::Item(brand_index, item_index);
                index.add_all(entity, &item.names);
                item.names.iter().for_each(|name| index.add_parts(entity, name));
            }
        }
        for (category_index, (_, names)) in campaign.categories().into_iter().enumerate() {
            for name in names {
                let entity = Entity::Category(category_index);
                index.add(entity, name);
                index.add_variants(entity, singular(&key(&atoms(name))));
            }
        }
        for (group_index, group) in campaign.modifier_groups.iter().enumerate() {
            for (modifier_index, modifier) in group.modifiers.iter().enumerate() {
                let entity = Entity::Modifier(group_index, modifier_index);
                index.add_all(entity, &modifier.names);
                modifier.names.iter().for_each(|name| index.add_variants(entity, variants(name)));
            }
        }
        for (voucher_index, voucher) in campaign.vouchers.iter().enumerate() {
            index.add_all(Entity::Voucher(voucher_index), &voucher.names);
        }
        index.finish();
        index
    }

    /// The mentions in `text`, in order and not overlapping: of all ways to cover the text, the one whose names are longest.
    #[must_use]
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let atoms = atoms(text);
        // best[i] is the best cover of atoms i.. ; chosen from the end.
        let mut best: Vec<(i32, Option<Proposal>)> = (0..=atoms.len()).map(|_| (0, None)).collect();
        for start in (0..atoms.len()).rev() {
            best[start].0 = best[start + 1].0;
            for proposal in self.proposals(&atoms, start) {
                let weight = proposal.weight + best[start + proposal.atoms].0;
                if weight > best[start].0 {
                    best[start] = (weight, Some(proposal));
                }
            }
        }
        let mut mentions = Vec::new();
        let mut at = 0;
        while at < atoms.len() {
            match best[at].1.take() {
                None => at += 1,
                Some(Proposal { atoms: count, meaning, fuzzy, .. }) => {
                    mentions.push(Mention { start: atoms[at].start, end: atoms[at + count - 1].end, meaning, fuzzy });
                    at += count;
                }
            }
        }
        mentions
    }

    fn add_all(&mut self, entity: Entity, names: &[String]) {
        names.iter().for_each(|name| self.add(entity, name));
    }

    fn add(&mut self, entity: Entity, name: &str) {
        let key = key(&atoms(name));
        if key.is_empty() {
            return;
        }
        if key.chars().count() > 1
            && let Some(sound) = syllables(&key)
        {
            self.sounds.entry(sound).or_default().push(entity);
        }
        if let Some(first) = key.chars().next().filter(|_| key.is_ascii() && key.len() >= 5) {
            self.spelled.entry(first).or_default().push(key.clone());
        }
        self.exact.entry(key).or_default().push(entity);
    }

    fn add_variants(&mut self, entity: Entity, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            self.variants.entry(key).or_default().push(entity);
        }
    }

    /// Words and runs of characters that belong to a name and may stand for it: "the strawberry one", 葡萄的.
    fn add_parts(&mut self, entity: Entity, name: &str) {
        let atoms = atoms(name);
        for atom in atoms.iter().filter(|atom| atom.kind == AtomKind::Word && atom.norm.len() >= 4) {
            self.parts.entry(atom.norm.clone()).or_default().push(entity);
        }
        let characters: Vec<char> = name.chars().filter(|character| is_han(*character)).collect();
        for start in 0..characters.len() {
            for end in start + 2..=characters.len().min(start + 5) {
                if end - start < characters.len() {
                    self.parts.entry(characters[start..end].iter().collect()).or_default().push(entity);
                }
            }
        }
    }

    fn finish(&mut self) {
        for (key, entities) in std::mem::take(&mut self.variants) {
            // A name that a campaign does list goes before what others might be called.
            self.exact.entry(key).or_insert(entities);
        }
        for entities in self.exact.values_mut().chain(self.sounds.values_mut()).chain(self.parts.values_mut()) {
            entities.sort_unstable();
            entities.dedup();
        }
        self.parts.retain(|part, entities| entities.len() <= MAX_SHARED && !self.common.contains(part.as_str()));
        for names in self.spelled.values_mut() {
            names.sort_unstable();
            names.dedup();
        }
    }

    fn proposals(&self, atoms: &[Atom], start: usize) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        let rest = &atoms[start..];
        let mut joined = String::new();
        let mut said = 0;
        for (count, atom) in rest.iter().enumerate().take(MAX_ATOMS).map(|(index, atom)| (index + 1, atom)) {
            let silent = atom.kind == AtomKind::Punctuation && atom.norm != "%";
            if silent && (count == 1 || !matches!(atom.norm.as_str(), "-" | "." | "·" | "&" | "/")) {
                break;
            }
            joined.push_str(&key(std::slice::from_ref(atom)));
            if silent {
                continue;
            }
            said += 1;
            self.propose_name(&joined, &rest[..count], said, &mut proposals);
        }
        propose_quantities(rest, &mut proposals);
        self.propose_percentage(rest, &mut proposals);
        proposals
    }

    /// "thirty percent" where a modifier is called "30% sugar".
    fn propose_percentage(&self, atoms: &[Atom], proposals: &mut Vec<Proposal>) {
        let Some(number) = numbers::plain(atoms) else { return };
        let Some(more) = percent(&atoms[number.atoms..]) else { return };
        // "thirty percent sugar" is the whole name.
        let mut taken = number.atoms + more;
        let mut joined = format!("{}%", number.value);
        let whole = atoms.get(taken).map(|next| format!("{joined}{}", key(std::slice::from_ref(next))));
        if let Some(whole) = whole.filter(|whole| self.exact.contains_key(whole)) {
            joined = whole;
            taken += 1;
        }
        if let Some(entities) = self.exact.get(&joined) {
            let weight = width(atoms[..taken].iter().flat_map(|atom| atom.norm.chars())) - 4;
            proposals.push(Proposal { atoms: taken, weight, meaning: Meaning::Names(entities.clone()), fuzzy: false });
        }
    }

    fn propose_name(&self, joined: &str, covered: &[Atom], said: usize, proposals: &mut Vec<Proposal>) {
        let letters = i32::try_from(joined.chars().count()).unwrap_or(i32::MAX / 100);
        let size = width(joined.chars());
        let mut propose = |weight: i32, entities: &[Entity], fuzzy: bool| {
            let meaning = Meaning::Names(entities.to_vec());
            proposals.push(Proposal { atoms: covered.len(), weight, meaning, fuzzy });
        };
        if let Some(entities) = self.exact.get(joined).or_else(|| self.singular(joined, covered)) {
            propose(size - 4, entities, false);
            return;
        }
        if letters > 1
            && let Some(entities) = syllables(joined).and_then(|sound| self.sounds.get(&sound))
        {
            propose(size - 24, entities, true);
            return;
        }
        if said == 1 && self.common.contains(joined) {
            return;
        }
        if covered.iter().all(|atom| atom.kind == AtomKind::Word || atom.norm == "-")
            && !covered.iter().all(|atom| self.common.contains(atom.norm.as_str()) || atom.norm.len() < 4)
            && let Some((name, entities)) = self.resembling(joined)
            && self.keeps_edges(name, covered)
        {
            propose(size - 24, entities, true);
            return;
        }
        if let Some(entities) = self.parts.get(joined).filter(|_| letters >= 4 || covered[0].kind == AtomKind::Han) {
            propose(size / 2 - 8, entities, true);
            return;
        }
        if let Some(entities) = self.abbreviated(joined).filter(|_| said == 1 && covered[0].kind == AtomKind::Word) {
            propose(size / 2 - 8, entities, true);
        }
    }

    /// "capp" for the one thing whose name begins like that.
    fn abbreviated(&self, joined: &str) -> Option<&Vec<Entity>> {
        if joined.len() < 4 {
            return None;
        }
        let names = self.spelled.get(&joined.chars().next()?)?;
        let from = names.partition_point(|name| name.as_str() < joined);
        let mut meant =
            names[from..].iter().take_while(|name| name.starts_with(joined)).filter_map(|name| self.exact.get(name));
        let first = meant.next()?;
        meant.all(|other| other == first).then_some(first)
    }

    /// "lattes", "croissants", "sandwiches": the name without the ending.
    fn singular(&self, joined: &str, covered: &[Atom]) -> Option<&Vec<Entity>> {
        if covered.last().is_none_or(|atom| atom.kind != AtomKind::Word || atom.norm.len() < 4) {
            return None;
        }
        let bare = joined.strip_suffix('s')?;
        let shorter =
            bare.strip_suffix('e').filter(|_| bare.ends_with("he") || bare.ends_with("se") || bare.ends_with("oe"));
        let with_y = bare.strip_suffix("ie").map(|stem| format!("{stem}y"));
        self.exact
            .get(bare)
            .or_else(|| shorter.and_then(|word| self.exact.get(word)))
            .or_else(|| with_y.and_then(|word| self.exact.get(&word)))
    }

    /// The names that a Latin word is closest to, within the slips allowed for its length.
    fn resembling(&self, joined: &str) -> Option<(&str, &Vec<Entity>)> {
        if !joined.is_ascii() || joined.len() < 5 || joined.len() > 40 {
            return None;
        }
        let bare = joined.strip_suffix('s').filter(|bare| bare.len() >= 5);
        let first = joined.chars().next()?;
        let mut closest: Option<(usize, &String)> = None;
        for name in self.spelled.get(&first)? {
            let most = allowed_slips(name.len().min(joined.len()));
            let distance =
                slips(joined, name, most).into_iter().chain(bare.and_then(|bare| slips(bare, name, most))).min();
            if let Some(distance) = distance.filter(|distance| closest.is_none_or(|(least, _)| *distance < least)) {
                closest = Some((distance, name));
            }
        }
        let name = closest?.1;
        Some((name, self.exact.get(name)?))
    }

    /// Whether ordinary words at the edges of a resembling stretch are part of the name too: "with onions" is not a slip of
    /// "white onions", nor "pepper and" one of "pepperoni".
    fn keeps_edges(&self, name: &str, covered: &[Atom]) -> bool {
        let ordinary = |atom: &Atom| atom.norm.len() < 4 || self.common.contains(atom.norm.as_str());
        let (Some(first), Some(last)) = (covered.first(), covered.last()) else { return false };
        covered.len() == 1
            || ((!ordinary(first) || name.starts_with(&first.norm)) && (!ordinary(last) || name.ends_with(&last.norm)))
    }
}

/// How much text says, for the choice between mentions: a Chinese character about as much as three letters.
fn width(said: impl Iterator<Item = char>) -> i32 {
    said.map(|character| if is_han(character) { 30 } else { 10 }).sum()
}

fn propose_quantities(atoms: &[Atom], proposals: &mut Vec<Proposal>) {
    let mut propose = |count: usize, bonus: i32, meaning: Meaning| {
        let said = atoms[..count].iter().flat_map(|atom| atom.norm.chars());
        proposals.push(Proposal { atoms: count, weight: width(said) + bonus, meaning, fuzzy: false });
    };
    if let Some(found) = numbers::count(atoms) {
        propose(found.atoms, -6, Meaning::Number(found.value));
    }
    if let Some(found) = numbers::ordinal(atoms) {
        propose(found.atoms, -5, Meaning::Ordinal(u16::try_from(found.value).unwrap_or(u16::MAX)));
    }
    if let Some(found) = clock::clock(atoms) {
        propose(found.atoms, -5, Meaning::Clock(u16::try_from(found.value).unwrap_or(0)));
    }
    if let Some(found) = clock::duration(atoms) {
        propose(found.atoms, -5, Meaning::Duration(u16::try_from(found.value).unwrap_or(1)));
    }
    if let Some(found) = numbers::money(atoms) {
        propose(found.atoms, -5, Meaning::Price(found.value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn campaign() -> Campaign {
        Campaign::from_json(include_bytes!("../tests/corner.json")).expect("the fixture is sound")
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = Gazetteer::new(&campaign())
            .mentions(text)
            .into_iter()
            .map(|mention| {
                let mark = if mention.fuzzy { "~" } else { "" };
                let what = match mention.meaning {
                    Meaning::Names(entities) => format!("{:?}", entities[0]),
                    other => format!("{other:?}"),
                };
                format!("{mark}{}={what}", &text[mention.start..mention.end])
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn names_and_quantities_are_found() {
        check("two large mosslattes", &["two=Number(2)", "large=Modifier(0, 1)", "mosslattes=Item(0, 0)"]);
        check("a moss  latte", &["moss  latte=Item(0, 0)"]);
        check("a late note", &[]);
        check("mossltte, L", &["~mossltte=Item(0, 0)", "L=Modifier(0, 1)"]);
        check("来两杯苔藓拿铁大杯", &["两杯=Number(2)", "苔藓拿铁=Item(0, 0)", "大杯=Modifier(0, 1)"]);
        check("台藓拿帖", &["~台藓拿帖=Item(0, 0)"]);
        check("could i", &[]);
        check("9.9 cup", &["9.9 cup=Voucher(0)"]);
        check("one quin", &["one=Number(1)", "~quin=Item(0, 1)"]);
        check("the fig one", &["one=Number(1)"]);
        check("the quince one", &["~quince=Item(0, 1)", "one=Number(1)"]);
        check("at half past three for 20 yuan", &["half past three=Clock(930)", "20 yuan=Price(2000)"]);
    }
}
