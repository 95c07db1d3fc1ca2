//! Could a parser that makes no mistake write this gold tree? Asked of each case, without any parser.
//!
//! The frame that the gold means is put together from mentions that the gazetteer finds in the text, checked by the
//! campaign like any parser's, and written; the case is within reach if the result equals the gold. What is out of
//! reach was lost by the campaign, the gazetteer or the writing, and no training brings it back.

use oolong_intent::{Frame, Intent, RawFrame, RawItem};

use crate::exr::{Node, Tree, same};
use crate::foodordering::Notation;
use crate::menu::Menu;
use crate::units::Units;
use crate::value::Value;
use crate::writing::write;

/// `Ok` when within reach, else what is missing in the text.
pub(crate) fn reach(gold: &[Tree], text: &str, menu: &Menu, notation: Notation) -> Result<(), String> {
    // Where a name is said twice, either mention may be the goods.
    attempt(gold, text, menu, notation, false).or_else(|_| attempt(gold, text, menu, notation, true))
}

fn attempt(gold: &[Tree], text: &str, menu: &Menu, notation: Notation, last_first: bool) -> Result<(), String> {
    let mut units = Units::new(menu, text);
    units.last_first = last_first;
    let orders: Vec<&Tree> = match gold {
        [root] if root.label == "ORDER" => root.trees().collect(),
        trees => trees.iter().collect(),
    };
    let mut used = Vec::new();
    let mut entries: Vec<(Option<usize>, RawItem)> = Vec::new();
    for order in orders {
        entries.extend(entry(order, &units, menu, &mut used)?);
    }
    entries.sort_by_key(|(mention, _)| *mention);
    let (goods, changes): (Vec<_>, Vec<_>) =
        entries.into_iter().map(|(_, item)| item).partition(|item| item.item.is_some());
    let mut frames = Vec::new();
    for (intent, items) in [(Intent::Order, goods), (Intent::Change, changes)] {
        if !items.is_empty() {
            let frame = Frame::try_from(RawFrame { items, ..RawFrame::from(Frame::new(intent)) });
            frames.push(frame.map_err(|error| error.to_string())?);
        }
    }
    frames.iter().try_for_each(|frame| menu.campaign.check_frame(frame)).map_err(|error| error.to_string())?;
    let written = write(&frames, text, menu, notation);
    if same(&written, gold) { Ok(()) } else { Err(format!("written as {}", crate::exr::write(&written))) }
}

/// The entries of one gold order: one, or as many as its naming slot is filled.
fn entry(
    order: &Tree,
    units: &Units<'_>,
    menu: &Menu,
    used: &mut Vec<usize>,
) -> Result<Vec<(Option<usize>, RawItem)>, String> {
    let intent = menu.intents.iter().position(|name| *name == order.label).ok_or("no such intent")?;
    let mut number = 1;
    let (mut heads, mut wanted) = (Vec::new(), Vec::new());
    for part in order.trees() {
        if part.label == "NUMBER" {
            number = words(part).parse().map_err(|_| format!("number {}", words(part)))?;
        } else if is_head(part, intent, menu) {
            heads.push(part);
        } else {
            wanted.push(part);
        }
    }
    if number > 1 && !units.says_number(number) {
        return Err(format!("number {number}"));
    }
    // Goods without a naming slot, or named by one that is a modifier elsewhere.
    let mut named: Vec<(Option<usize>, Option<&str>)> = Vec::new();
    for head in heads {
        let (mention, id) =
            item(units, used, |id| fills(id, intent, Some(head), menu)).ok_or_else(|| head.to_string())?;
        named.push((Some(mention), Some(id)));
    }
    if named.is_empty() {
        if let Some((mention, id)) = item(units, used, |id| fills(id, intent, None, menu)) {
            named.push((Some(mention), Some(id)));
        } else if let Some(index) = wanted
            .iter()
            .position(|part| item(units, &mut used.clone(), |id| fills(id, intent, Some(part), menu)).is_some())
        {
            let part = wanted.remove(index);
            named.extend(
                item(units, used, |id| fills(id, intent, Some(part), menu)).map(|(at, id)| (Some(at), Some(id))),
            );
        } else {
            named.push((None, None));
        }
    }
    let mut modifiers = Vec::new();
    for part in wanted {
        modifiers.push(modifier(part, intent, units, menu).ok_or_else(|| part.to_string())?);
    }
    let mut entries: Vec<(Option<usize>, RawItem)> = named
        .into_iter()
        .map(|(mention, id)| {
            (mention, RawItem { item: id.map(str::to_owned), quantity: Some(1), ..RawItem::default() })
        })
        .collect();
    if let Some((_, first)) = entries.first_mut() {
        first.quantity = Some(number);
        first.modifiers = modifiers;
    }
    Ok(entries)
}

/// An unused mention that the linking would take for a fitting item.
fn item<'a>(units: &Units<'a>, used: &mut Vec<usize>, fits: impl Fn(&str) -> bool) -> Option<(usize, &'a str)> {
    let found = units
        .order()
        .filter(|mention| !used.contains(mention))
        .find_map(|mention| units.items(mention).next().filter(|id| fits(id)).map(|id| (mention, id)))?;
    used.push(found.0);
    Some(found)
}

/// A modifier as the contract writes it, from a mention in the text.
fn modifier(part: &Tree, intent: usize, units: &Units<'_>, menu: &Menu) -> Option<String> {
    let negated = part.label == "NOT";
    let part = if negated { part.trees().next()? } else { part };
    let qualifier = part.trees().find(|inner| inner.label == "QUANTITY");
    let slot = match qualifier {
        Some(_) => part.trees().find(|inner| inner.label != "QUANTITY")?,
        None => part,
    };
    (0..units.mentions.len()).find_map(|mention| {
        let (group, modifier) = units.modifier(mention, &menu.groups[intent])?;
        let choice = menu.choices.get(&(group.to_owned(), modifier.to_owned()))?;
        // Little is read beside the word; of much, a parser may also know without that.
        let much = qualifier.is_some() && is(qualifier, menu.extra.as_ref());
        let qualified = qualifier.is_none() || much || is(qualifier, units.qualifier(mention));
        let fits = choice.slot == slot.label && is(Some(slot), Some(&choice.value)) && qualified;
        let portions = if negated {
            "*0"
        } else if much {
            "*2"
        } else {
            ""
        };
        fits.then(|| format!("{group}:{modifier}{portions}"))
    })
}

fn is_head(part: &Tree, intent: usize, menu: &Menu) -> bool {
    menu.items.values().any(|goods| {
        goods.head && goods.intent == intent && goods.slot.as_ref().is_some_and(|(slot, _)| *slot == part.label)
    })
}

fn fills(id: &str, intent: usize, part: Option<&Tree>, menu: &Menu) -> bool {
    let Some(goods) = menu.items.get(id).filter(|goods| goods.intent == intent) else { return false };
    match (&goods.slot, part) {
        (None, None) => true,
        (Some((slot, value)), Some(part)) => *slot == part.label && is(Some(part), Some(value)),
        _ => false,
    }
}

/// Whether the inside of a tree is this value, in whichever case the set writes it.
fn is(tree: Option<&Tree>, value: Option<&Value>) -> bool {
    match (tree, value) {
        (None, None) => true,
        (Some(tree), Some(value)) => {
            let mut expected = Tree::new(&tree.label, value.nodes());
            let plain = tree.clone();
            if !same(std::slice::from_ref(&plain), std::slice::from_ref(&expected)) {
                expected.shout();
            }
            same(std::slice::from_ref(&plain), std::slice::from_ref(&expected))
        }
        _ => false,
    }
}

fn words(tree: &Tree) -> String {
    let words: Vec<&str> = tree
        .children
        .iter()
        .filter_map(|child| match child {
            Node::Word(word) => Some(word.as_str()),
            Node::Tree(_) => None,
        })
        .collect();
    words.join(" ")
}
