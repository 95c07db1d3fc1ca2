//! Gold and got side by side, one field a row.
//!
//! Whether a field differs is asked of [`frames_match`] with frames that have nothing but that field, so that rows and
//! verdict cannot disagree.

use oolong_intent::{Frame, Goods, Intent, Item, RawFrame, RawItem, frames_match};
use serde::Serialize;
use serde_json::Value;

use crate::confusion::pairs;

/// One field of the gold answer beside the same field of the answer that was got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `items[0].quantity`, with `frames[1].` before it where there are several frames.
    pub path: String,
    /// What it should be.
    pub gold: Option<String>,
    /// What it is.
    pub got: Option<String>,
    /// Whether that makes the answer wrong.
    pub differs: bool,
}

/// All fields that either side has.
#[must_use]
pub fn rows(gold: &[Frame], got: &[Frame]) -> Vec<Row> {
    let several = gold.len() > 1 || got.len() > 1;
    let mut rows = Vec::new();
    for (index, (left, right)) in pairs(gold, got).into_iter().enumerate() {
        let prefix = if several { format!("frames[{index}].") } else { String::new() };
        frame_rows(&prefix, left.map(|at| &gold[at]), right.map(|at| &got[at]), &mut rows);
    }
    rows
}

/// A field's name and the frame that has that field only.
type Field = (&'static str, fn(&Frame) -> Frame);

const FIELDS: [Field; 9] = [
    ("intent", |frame| Frame::new(frame.intent)),
    ("brand", |frame| Frame { brand: frame.brand.clone(), ..blank() }),
    ("place", |frame| Frame { place: frame.place.clone(), ..blank() }),
    ("when", |frame| Frame { when: frame.when, ..blank() }),
    ("fulfilment", |frame| Frame { fulfilment: frame.fulfilment, ..blank() }),
    ("prefer", |frame| Frame { prefer: frame.prefer, ..blank() }),
    ("open_now", |frame| Frame { open_now: frame.open_now, ..blank() }),
    ("max_price", |frame| Frame { max_price: frame.max_price, ..blank() }),
    ("voucher", |frame| Frame { voucher: frame.voucher.clone(), ..blank() }),
];

/// A field's name and the item that has that field only.
type ItemField = (&'static str, fn(&Item) -> Item);

const ITEM_FIELDS: [ItemField; 4] = [
    ("item", |item| Item { goods: item.goods.clone(), ..Item::default() }),
    ("quantity", |item| Item { quantity: item.quantity, ..Item::default() }),
    ("modifiers", |item| Item { modifiers: item.modifiers.clone(), ..Item::default() }),
    ("target", |item| Item { target: item.target.clone(), ..Item::default() }),
];

fn blank() -> Frame {
    Frame::new(Intent::Chat)
}

fn frame_rows(prefix: &str, gold: Option<&Frame>, got: Option<&Frame>, rows: &mut Vec<Row>) {
    for (name, only) in FIELDS {
        let shown = |frame: Option<&Frame>| frame.and_then(|frame| value(&RawFrame::from(only(frame)), name));
        let (left, right) = (gold.map(only), got.map(only));
        // The intent of the blank frames is no part of them.
        let shown = if name == "intent" {
            (gold.map(|frame| frame.intent.name().to_owned()), got.map(|frame| frame.intent.name().to_owned()))
        } else {
            (shown(gold), shown(got))
        };
        let differs = match (&left, &right) {
            (Some(left), Some(right)) => !frames_match(std::slice::from_ref(left), std::slice::from_ref(right)),
            _ => shown.0.is_some() || shown.1.is_some(),
        };
        if shown.0.is_some() || shown.1.is_some() {
            rows.push(Row { path: format!("{prefix}{name}"), gold: shown.0, got: shown.1, differs });
        }
    }
    let items = |frame: Option<&Frame>| frame.map(|frame| frame.items.clone()).unwrap_or_default();
    for (index, (left, right)) in paired(&items(gold), &items(got)).into_iter().enumerate() {
        item_rows(&format!("{prefix}items[{index}]"), left.as_ref(), right.as_ref(), rows);
    }
}

fn item_rows(prefix: &str, gold: Option<&Item>, got: Option<&Item>, rows: &mut Vec<Row>) {
    let start = rows.len();
    for (name, only) in ITEM_FIELDS {
        let shown = |item: Option<&Item>| item.and_then(|item| item_value(item, name));
        let (left, right) = (shown(gold), shown(got));
        if left.is_none() && right.is_none() {
            continue;
        }
        let differs = match (gold, got) {
            (Some(gold), Some(got)) => !same(&only(gold), &only(got)),
            _ => true,
        };
        rows.push(Row { path: format!("{prefix}.{name}"), gold: left, got: right, differs });
    }
    // An entry without any field is still one too many or too few.
    if rows.len() == start && gold.is_some() != got.is_some() {
        let entry = |item: Option<&Item>| item.map(|_| "{}".to_owned());
        rows.push(Row { path: prefix.to_owned(), gold: entry(gold), got: entry(got), differs: true });
    }
}

fn same(gold: &Item, got: &Item) -> bool {
    let frame = |item: &Item| [Frame { items: vec![item.clone()], ..blank() }];
    frames_match(&frame(gold), &frame(got))
}

/// Pairs equal items first, then those of the same goods, then by order; in the order of `gold`.
fn paired(gold: &[Item], got: &[Item]) -> Vec<(Option<Item>, Option<Item>)> {
    let mut left: Vec<Option<&Item>> = got.iter().map(Some).collect();
    let mut partners: Vec<Option<Item>> = vec![None; gold.len()];
    let likenesses: [fn(&Item, &Item) -> bool; 3] =
        [same, |gold, got| gold.goods == got.goods && gold.goods.is_some(), |_, _| true];
    for alike in likenesses {
        for (item, partner) in gold.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            if let Some(found) = left.iter_mut().find(|found| found.is_some_and(|found| alike(item, found))) {
                *partner = found.take().cloned();
            }
        }
    }
    let surplus = left.into_iter().flatten().map(|item| (None, Some(item.clone())));
    gold.iter().cloned().map(Some).zip(partners).chain(surplus).collect()
}

fn value(raw: &impl Serialize, name: &str) -> Option<String> {
    match serde_json::to_value(raw).ok()?.get(name)? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn item_value(item: &Item, name: &str) -> Option<String> {
    match (name, &item.goods) {
        ("item", Some(Goods::Category(id))) => Some(format!("category {id}")),
        ("item", Some(Goods::Unknown)) => Some(match &item.said {
            Some(said) => format!("unknown “{said}”"),
            None => "unknown".to_owned(),
        }),
        ("modifiers", _) if item.modifiers.is_empty() => None,
        ("modifiers", _) => {
            let mut words: Vec<String> = item.modifiers.iter().map(ToString::to_string).collect();
            words.sort();
            Some(words.join(", "))
        }
        _ => value(&RawItem::from(item.clone()), name),
    }
}
