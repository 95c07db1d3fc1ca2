//! What the model gets to read: the utterance as numbered units, with what the gazetteer took them for.

use std::fmt::Write as _;

use oolong_catalog::text::{Atom, AtomKind, atoms};
use oolong_catalog::{Campaign, Entity, Gazetteer, Meaning, Mention, Select};
use oolong_intent::{Context, Goods, Utterance};

use crate::marks::{self, MAX_UNITS};

/// An utterance cut into units that can be pointed at.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The utterance.
    pub text: String,
    /// Its units in order; at most [`MAX_UNITS`].
    pub units: Vec<Unit>,
    /// Whether the utterance had more units than can be pointed at.
    pub cut: bool,
    prompt: Vec<Piece>,
    header: String,
}

/// A word, or a mention of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What the gazetteer took it for; `None` is an ordinary word.
    pub mention: Option<Mention>,
}

/// A part of the prompt: a unit by position, or punctuation between units.
#[derive(Clone, Debug)]
enum Piece {
    Unit(usize, String),
    Punctuation(&'static str),
}

impl Unit {
    /// The entities that the unit names.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        match &self.mention {
            Some(Mention { meaning: Meaning::Names(entities), .. }) => entities,
            _ => &[],
        }
    }

    /// What the unit says beside names: a number, a time, a price.
    #[must_use]
    pub fn quantity(&self) -> Option<&Meaning> {
        self.mention.as_ref().map(|mention| &mention.meaning).filter(|meaning| !matches!(meaning, Meaning::Names(_)))
    }
}

impl Reading {
    /// Reads an utterance with the eyes of a campaign.
    #[must_use]
    pub fn new(utterance: &Utterance, context: &Context, campaign: &Campaign, gazetteer: &Gazetteer) -> Self {
        let text = utterance.as_str();
        let mut reading =
            Self { text: text.to_owned(), units: Vec::new(), cut: false, prompt: Vec::new(), header: header(context) };
        let mut groups = Vec::new();
        let mut mentions = gazetteer.mentions(text).into_iter().peekable();
        for atom in atoms(text) {
            if mentions.peek().is_some_and(|mention| mention.end <= atom.start) {
                mentions.next();
            }
            match mentions.peek() {
                Some(mention) if mention.start == atom.start => {
                    let said = describe(mention, text, context, campaign, &mut groups);
                    reading.add(Unit { start: mention.start, end: mention.end, mention: Some(mention.clone()) }, said);
                }
                Some(mention) if mention.start < atom.start => {}
                _ => match punctuation(&atom) {
                    Some(mark) => reading.prompt.push(Piece::Punctuation(mark)),
                    None if atom.kind == AtomKind::Punctuation => {}
                    None => reading.add(Unit { start: atom.start, end: atom.end, mention: None }, atom.norm),
                },
            }
        }
        reading
    }

    /// The prompt as text, with units numbered from `first`.
    #[must_use]
    pub fn prompt(&self, first: usize) -> String {
        let mut prompt = self.header.clone();
        for piece in &self.prompt {
            match piece {
                Piece::Unit(index, said) => {
                    let _ = write!(prompt, "<|{}|>{said}", index + first);
                }
                Piece::Punctuation(mark) => prompt.push_str(mark),
            }
        }
        prompt.push_str(marks::PARSE);
        prompt
    }

    /// The words from unit `from` to unit `to`, in whichever order they are given.
    #[must_use]
    pub fn words(&self, from: usize, to: usize) -> Option<(usize, usize, &str)> {
        let (first, last) = (from.min(to), from.max(to));
        let (start, end) = (self.units.get(first)?.start, self.units.get(last)?.end);
        Some((start, end, self.text.get(start..end)?))
    }

    fn add(&mut self, unit: Unit, said: String) {
        if self.units.len() == MAX_UNITS {
            self.cut = true;
            return;
        }
        self.prompt.push(Piece::Unit(self.units.len(), said));
        self.units.push(unit);
    }
}

fn header(context: &Context) -> String {
    let mut header = context.asked.map(marks::asked_token).unwrap_or_default();
    if context.brand.is_some() {
        header.push_str(marks::SCOPE);
    }
    if !context.cart.is_empty() {
        let _ = write!(header, "<|cart{}|>", context.cart.len().min(3));
    }
    header
}

/// A mention as the model sees it: its roles, and its words only where they may mean something else.
fn describe(mention: &Mention, text: &str, context: &Context, campaign: &Campaign, groups: &mut Vec<usize>) -> String {
    let words = &text[mention.start..mention.end];
    let entities = match &mention.meaning {
        Meaning::Names(entities) => entities,
        Meaning::Number(value) => return format!("{}{}", marks::NUMBER, number_words(*value, words)),
        Meaning::Ordinal(_) => return marks::ORDINAL.to_owned(),
        Meaning::Clock(_) => return marks::CLOCK.to_owned(),
        Meaning::Duration(_) => return marks::DURATION.to_owned(),
        Meaning::Price(_) => return marks::PRICE.to_owned(),
    };
    let mut roles = String::new();
    let in_cart =
        |id: &str| context.cart.iter().any(|entry| matches!(&entry.goods, Some(Goods::Item(known)) if known == id));
    let mut item = None;
    let (mut category, mut brand, mut voucher, mut modifier) = (false, false, false, None);
    for entity in entities {
        match *entity {
            Entity::Item(brand, index) => {
                item = Some(item.unwrap_or(false) || in_cart(&campaign.brands[brand].menu[index].id));
            }
            Entity::Category(_) => category = true,
            Entity::Brand(_) => brand = true,
            Entity::Voucher(_) => voucher = true,
            Entity::Modifier(group, _) => modifier = modifier.or(Some(group)),
        }
    }
    match item {
        Some(true) => roles.push_str(marks::CART_ITEM),
        Some(false) => roles.push_str(marks::ITEM),
        None if category => roles.push_str(marks::CATEGORY),
        None => {}
    }
    if brand {
        roles.push_str(marks::BRAND);
    }
    if voucher {
        roles.push_str(marks::VOUCHER);
    }
    if let Some(group) = modifier {
        let number = groups.iter().position(|known| *known == group).unwrap_or_else(|| {
            groups.push(group);
            groups.len() - 1
        });
        roles.push_str(&marks::modifier_token(number, campaign.modifier_groups[group].select == Select::Many));
    }
    if mention.fuzzy {
        roles.push_str(marks::FUZZY);
        atoms(words).iter().for_each(|atom| roles.push_str(&atom.norm));
    }
    roles
}

/// A number as digits, with its measure word; "one" stays a word because it is often a pronoun.
fn number_words(value: u32, words: &str) -> String {
    let lower = words.to_lowercase();
    if lower == "one" {
        return lower;
    }
    let measure: String =
        words.chars().last().filter(|last| !last.is_ascii() && value_of(*last).is_none()).into_iter().collect();
    format!("{value}{measure}")
}

fn value_of(character: char) -> Option<usize> {
    "零一二三四五六七八九十百两俩仨兩倆".chars().position(|digit| digit == character)
}

/// Punctuation that structures a sentence, in one form for both languages; the rest is silent.
fn punctuation(atom: &Atom) -> Option<&'static str> {
    if atom.kind != AtomKind::Punctuation {
        return None;
    }
    Some(match atom.norm.as_str() {
        "," | "，" | "、" | "､" => ",",
        "." | "。" | "…" => ".",
        "?" | "？" => "?",
        "!" | "！" => "!",
        ";" | "；" => ";",
        ":" | "：" => ":",
        _ => return None,
    })
}
