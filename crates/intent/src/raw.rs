//! The contract's JSON shape of a frame, and the one way from it to a [`Frame`].

use serde::{Deserialize, Serialize};

use crate::frame::{
    Frame, FrameError, Fulfilment, Goods, Intent, Item, ModifierChoice, Prefer, Quantity, Target, When,
};

/// A parse as JSON: `{"frames": […]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawFrames {
    /// One frame a wish, in the order they were said.
    pub frames: Vec<RawFrame>,
}

/// A frame as JSON; fields that were not said are absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawFrame {
    /// What the shopper does.
    pub intent: Intent,
    /// Goods or cart entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<RawItem>,
    /// Brand id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The shopper's words for a place, or `here`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// `now`, `HH:MM` or `+N` minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Pickup or delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfilment: Option<Fulfilment>,
    /// Nearest, fastest, cheapest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefer: Option<Prefer>,
    /// `true` or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_now: Option<bool>,
    /// Minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<u32>,
    /// Voucher id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<String>,
}

/// An entry of a frame as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawItem {
    /// Item id, or `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Category id, said instead of an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The shopper's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// `group:modifier` or `group:modifier*portions`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<String>,
    /// `last`, `all`, a 1-based number, or an item id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<RawTarget>,
}

/// A target as JSON: a number or a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RawTarget {
    /// 1-based position in the cart.
    Nth(u32),
    /// `last`, `all` or an item id.
    Word(String),
}

impl TryFrom<RawFrame> for Frame {
    type Error = FrameError;

    fn try_from(raw: RawFrame) -> Result<Self, FrameError> {
        let intent = raw.intent;
        if intent == Intent::Other && raw != RawFrame::from(Self::new(Intent::Other)) {
            return Err(error("intent", "`other` without any field", "fields beside it"));
        }
        let items = raw
            .items
            .into_iter()
            .enumerate()
            .map(|(index, item)| checked_item(intent, item, &format!("items[{index}]")))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            intent,
            items,
            brand: raw.brand.map(|id| checked_id(id, "brand")).transpose()?,
            place: raw.place.map(|words| checked_text(words, "place")).transpose()?,
            when: raw.when.map(|text| checked_when(&text)).transpose()?,
            fulfilment: raw.fulfilment,
            prefer: raw.prefer,
            open_now: match raw.open_now {
                None => false,
                Some(true) => true,
                Some(false) => return Err(error("open_now", "true or nothing", "false")),
            },
            max_price: raw.max_price,
            voucher: raw.voucher.map(|id| checked_id(id, "voucher")).transpose()?,
        })
    }
}

impl From<Frame> for RawFrame {
    fn from(frame: Frame) -> Self {
        Self {
            intent: frame.intent,
            items: frame.items.into_iter().map(RawItem::from).collect(),
            brand: frame.brand,
            place: frame.place,
            when: frame.when.map(|when| when.to_string()),
            fulfilment: frame.fulfilment,
            prefer: frame.prefer,
            open_now: frame.open_now.then_some(true),
            max_price: frame.max_price,
            voucher: frame.voucher,
        }
    }
}

impl TryFrom<RawItem> for Item {
    type Error = FrameError;

    /// Reads an entry of a cart, where any shape that a frame allows is fine.
    fn try_from(raw: RawItem) -> Result<Self, FrameError> {
        checked_item(Intent::Change, raw, "item")
    }
}

impl From<Item> for RawItem {
    fn from(item: Item) -> Self {
        let (id, category) = match item.goods {
            Some(Goods::Item(id)) => (Some(id), None),
            Some(Goods::Category(id)) => (None, Some(id)),
            Some(Goods::Unknown) => (Some("unknown".to_owned()), None),
            None => (None, None),
        };
        Self {
            item: id,
            category,
            said: item.said,
            quantity: item.quantity.map(|quantity| quantity.get().into()),
            modifiers: item.modifiers.iter().map(ModifierChoice::to_string).collect(),
            target: item.target.map(|target| match target {
                Target::Last => RawTarget::Word("last".to_owned()),
                Target::All => RawTarget::Word("all".to_owned()),
                Target::Nth(position) => RawTarget::Nth(position.into()),
                Target::Item(id) => RawTarget::Word(id),
            }),
        }
    }
}

impl std::fmt::Display for ModifierChoice {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.portions {
            1 => write!(out, "{}:{}", self.group, self.modifier),
            portions => write!(out, "{}:{}*{portions}", self.group, self.modifier),
        }
    }
}

impl std::str::FromStr for ModifierChoice {
    type Err = FrameError;

    fn from_str(text: &str) -> Result<Self, FrameError> {
        let wrong = || error("modifiers", "group:modifier or group:modifier*portions (0 to 20)", text);
        let (group, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (modifier, portions) = match rest.rsplit_once('*') {
            Some((modifier, digits)) => (modifier, digits.parse().ok().filter(|&n: &u8| n <= 20).ok_or_else(wrong)?),
            None => (rest, 1),
        };
        if !is_id(group) || !is_id(modifier) {
            return Err(wrong());
        }
        Ok(Self { group: group.to_owned(), modifier: modifier.to_owned(), portions })
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Now => out.write_str("now"),
            Self::At(minutes) => write!(out, "{:02}:{:02}", minutes / 60, minutes % 60),
            Self::In(minutes) => write!(out, "+{minutes}"),
        }
    }
}

fn checked_item(intent: Intent, raw: RawItem, path: &str) -> Result<Item, FrameError> {
    let at = |field: &str| format!("{path}.{field}");
    let goods = match (raw.item, raw.category) {
        (Some(_), Some(category)) => return Err(error(at("category"), "an item or a category, not both", category)),
        (Some(id), None) if id == "unknown" => Some(Goods::Unknown),
        (Some(id), None) => Some(Goods::Item(checked_id(id, at("item"))?)),
        (None, Some(id)) => Some(Goods::Category(checked_id(id, at("category"))?)),
        (None, None) => None,
    };
    let said = raw.said.map(|words| checked_text(words, at("said"))).transpose()?;
    if goods == Some(Goods::Unknown) && said.is_none() {
        return Err(error(at("said"), "the shopper's words for an unknown item", "nothing"));
    }
    if intent == Intent::Order && goods.is_none() {
        return Err(error(at("item"), "an item, a category or unknown in an order", "nothing"));
    }
    let quantity = match raw.quantity {
        None if intent == Intent::Order => return Err(error(at("quantity"), "a quantity in an order", "nothing")),
        Some(count) if !intent.counts() => {
            return Err(error(at("quantity"), "no quantity with this intent", count));
        }
        None => None,
        Some(count) => Some(Quantity::new(count).ok_or_else(|| error(at("quantity"), "1 to 999", count))?),
    };
    let target = match raw.target {
        None => None,
        Some(_) if !intent.points() => {
            return Err(error(at("target"), "a target only in change and remove", "one"));
        }
        Some(RawTarget::Nth(position)) => match u16::try_from(position) {
            Ok(position) if position > 0 => Some(Target::Nth(position)),
            _ => return Err(error(at("target"), "a position from 1", position)),
        },
        Some(RawTarget::Word(word)) => Some(match word.as_str() {
            "last" => Target::Last,
            "all" => Target::All,
            _ => Target::Item(checked_id(word, at("target"))?),
        }),
    };
    let modifiers: Vec<ModifierChoice> = raw
        .modifiers
        .iter()
        .map(|text| text.parse().map_err(|wrong: FrameError| FrameError { path: at("modifiers"), ..wrong }))
        .collect::<Result<_, _>>()?;
    if goods == Some(Goods::Unknown) && !modifiers.is_empty() {
        return Err(error(at("modifiers"), "no modifiers on an unknown item", &raw.modifiers[0]));
    }
    Ok(Item { goods, said, quantity, modifiers, target })
}

fn checked_when(text: &str) -> Result<When, FrameError> {
    let wrong = || error("when", "now, HH:MM or +N minutes (at most a day)", text);
    if text == "now" {
        return Ok(When::Now);
    }
    if let Some(minutes) = text.strip_prefix('+') {
        let minutes = minutes.parse().ok().filter(|minutes| (1..=1440).contains(minutes));
        return minutes.map(When::In).ok_or_else(wrong);
    }
    let (hours, minutes) = text.split_once(':').filter(|_| text.len() == 5).ok_or_else(wrong)?;
    match (hours.parse::<u16>(), minutes.parse::<u16>()) {
        (Ok(hours), Ok(minutes)) if hours < 24 && minutes < 60 => Ok(When::At(hours * 60 + minutes)),
        _ => Err(wrong()),
    }
}

fn checked_id(id: String, path: impl Into<String>) -> Result<String, FrameError> {
    if is_id(&id) { Ok(id) } else { Err(error(path, "an id of 1 to 64 characters", id)) }
}

fn checked_text(text: String, path: impl Into<String>) -> Result<String, FrameError> {
    if text.trim().is_empty() || text.chars().count() > crate::MAX_CHARS {
        return Err(error(path, "words of the utterance", text));
    }
    Ok(text)
}

/// Ids are short and free of the separators of modifier notation; category ids may hold spaces.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.chars().count() <= 64 && !id.contains([':', '*']) && !id.chars().any(char::is_control)
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike, once, on the way out")]
fn error(path: impl Into<String>, expected: &'static str, found: impl ToString) -> FrameError {
    let found: String = found.to_string().chars().take(60).collect();
    FrameError { path: path.into(), expected, found }
}
