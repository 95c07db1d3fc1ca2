//! The grammar of the answer, made for one utterance: only units that exist, and only where their kind belongs.
//!
//! Syntax: llguidance's Lark dialect, `<[7]>` is the token with id 7, `<[7,9]>` one of several.

use std::fmt::Write as _;

use oolong_catalog::{Entity, Meaning};
use oolong_intent::{Context, Intent};

use crate::marks::Mark;
use crate::reading::{Reading, Unit};

/// Most entries in a frame, modifiers on an entry, and frames in an answer.
const MAX_ENTRIES: usize = 12;
const MAX_MODIFIERS: usize = 16;
const MAX_FRAMES: usize = 4;

/// Writes the grammar. `id` gives the token id of a mark.
#[must_use]
pub(crate) fn grammar(reading: &Reading, context: &Context, id: impl Fn(Mark) -> u32) -> String {
    let terminals = Terminals::new(reading, &id);
    let one = |mark: Mark| format!("<[{}]>", id(mark));
    let mut frames: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut rule = |name: &str, alternatives: &[String]| {
        if alternatives.is_empty() {
            return false;
        }
        let _ = writeln!(text, "{name}: {}", alternatives.join(" | "));
        true
    };

    let mut fields: Vec<String> = Vec::new();
    fields.extend(terminals.brands.clone());
    fields.extend(terminals.vouchers.clone());
    match &terminals.words {
        Some(words) => fields.push(format!("({} | {} {words} {words})", one(Mark::Here), one(Mark::Place))),
        None => fields.push(one(Mark::Here)),
    }
    match &terminals.times {
        Some(times) => fields.push(format!("({} | {} {times})", one(Mark::Now), one(Mark::When))),
        None => fields.push(one(Mark::Now)),
    }
    let choice = |marks: &[Mark]| one_of(marks.iter().map(|mark| id(*mark)));
    fields.extend(choice(&[
        Mark::Fulfil(oolong_intent::Fulfilment::Pickup),
        Mark::Fulfil(oolong_intent::Fulfilment::Delivery),
    ]));
    fields.extend(choice(&[
        Mark::Prefer(oolong_intent::Prefer::Nearest),
        Mark::Prefer(oolong_intent::Prefer::Fastest),
        Mark::Prefer(oolong_intent::Prefer::Cheapest),
    ]));
    fields.push(one(Mark::Open));
    fields.extend(terminals.amounts.as_ref().map(|amounts| format!("({} {amounts})", one(Mark::Max))));
    let fields = fields.iter().map(|field| format!("{field}?")).collect::<Vec<_>>().join(" ");
    rule("fields", &[fields]);

    let mut goods: Vec<String> = terminals.goods.iter().cloned().collect();
    goods.extend(terminals.words.as_ref().map(|words| format!("{} {words} {words}", one(Mark::Unknown))));
    let goods = if rule("goods", &goods) { Some("goods") } else { None };
    let quantity = terminals
        .numbers
        .as_ref()
        .map(|numbers| format!("({numbers} | {} {numbers})?", one(Mark::Rest)))
        .unwrap_or_default();
    let portions = match &terminals.numbers {
        Some(numbers) => format!("({} | {} | {numbers})?", one(Mark::Without), one(Mark::Double)),
        None => format!("({} | {})?", one(Mark::Without), one(Mark::Double)),
    };
    let modifiers = terminals
        .modifiers
        .as_ref()
        .map(|units| format!("({units} {portions}){{0,{MAX_MODIFIERS}}}"))
        .unwrap_or_default();
    let mut targets = vec![one(Mark::Last), one(Mark::All)];
    targets.extend(terminals.targets.clone());
    rule("target", &targets);
    let entry = one(Mark::Entry);
    let has_goods = goods.is_some_and(|_| rule("asked_entry", &[format!("{entry} goods {modifiers}")]));
    if has_goods {
        rule("order_entry", &[format!("{entry} goods {quantity} {modifiers}")]);
    }
    let swap = if has_goods { format!("({} goods)?", one(Mark::To)) } else { String::new() };
    rule("change_entry", &[format!("{entry} target? {swap} {quantity} {modifiers}")]);
    rule(
        "remove_entry",
        &[format!(
            "{entry} target {}",
            terminals.numbers.as_ref().map(|numbers| format!("{numbers}?")).unwrap_or_default()
        )],
    );

    for intent in Intent::ALL {
        let word = one(Mark::Intent(intent));
        let entries = match intent {
            // Without a cart there is nothing to change or remove but the order itself.
            Intent::Remove if context.cart.is_empty() => "remove_entry{0,2}".to_owned(),
            Intent::Change => format!("change_entry{{0,{MAX_ENTRIES}}}"),
            Intent::Remove => format!("remove_entry{{1,{MAX_ENTRIES}}}"),
            Intent::Order if has_goods => format!("order_entry{{0,{MAX_ENTRIES}}}"),
            Intent::FindStore
            | Intent::CheckStock
            | Intent::FindVoucher
            | Intent::ClaimVoucher
            | Intent::UseVoucher
            | Intent::AskMenu
                if has_goods =>
            {
                format!("asked_entry{{0,{MAX_ENTRIES}}}")
            }
            _ => String::new(),
        };
        frames.push(match intent {
            Intent::Confirm
            | Intent::Deny
            | Intent::Chat
            | Intent::Other
            | Intent::CancelOrder
            | Intent::OrderStatus => word,
            _ => format!("{word} fields {entries}"),
        });
    }
    rule("frame", &frames);
    format!("start: frame ({} frame){{0,{}}}\n{text}", one(Mark::Next), MAX_FRAMES - 1)
}

/// Which units may stand where, each as a set of token ids; `None` where there is no such unit.
struct Terminals {
    brands: Option<String>,
    vouchers: Option<String>,
    goods: Option<String>,
    modifiers: Option<String>,
    targets: Option<String>,
    numbers: Option<String>,
    times: Option<String>,
    amounts: Option<String>,
    words: Option<String>,
}

impl Terminals {
    fn new(reading: &Reading, id: &impl Fn(Mark) -> u32) -> Self {
        let units = |fits: &dyn Fn(&Unit) -> bool| {
            let marks = reading.units.iter().enumerate().filter(|(_, unit)| fits(unit));
            one_of(marks.filter_map(|(index, _)| u8::try_from(index).ok()).map(|index| id(Mark::Unit(index))))
        };
        let names = |fits: fn(&Entity) -> bool| units(&move |unit: &Unit| unit.entities().iter().any(fits));
        Self {
            brands: names(|entity| matches!(entity, Entity::Brand(_))),
            vouchers: names(|entity| matches!(entity, Entity::Voucher(_))),
            goods: names(|entity| matches!(entity, Entity::Item(..) | Entity::Category(_))),
            modifiers: names(|entity| matches!(entity, Entity::Modifier(..))),
            targets: units(&|unit| {
                matches!(unit.quantity(), Some(Meaning::Ordinal(_)))
                    || unit.entities().iter().any(|entity| matches!(entity, Entity::Item(..)))
            }),
            numbers: units(&|unit| matches!(unit.quantity(), Some(Meaning::Number(_)))),
            times: units(&|unit| {
                matches!(unit.quantity(), Some(Meaning::Clock(_) | Meaning::Duration(_) | Meaning::Number(_)))
            }),
            amounts: units(&|unit| matches!(unit.quantity(), Some(Meaning::Price(_) | Meaning::Number(_)))),
            words: units(&|_| true),
        }
    }
}

fn one_of(ids: impl Iterator<Item = u32>) -> Option<String> {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    (!ids.is_empty()).then(|| format!("<[{}]>", ids.join(",")))
}
