//! The cart: lines with ids that outlive every change of order or quantity.

use oolong_intent::ModifierChoice;
use serde::{Deserialize, Serialize};

/// The most of one line; more is capped, never refused.
pub const MAX_QUANTITY: u16 = 999;

/// A line's name for life: buttons and answers keep pointing at the right line while others come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineId(u32);

impl LineId {
    /// The number, for keys of lists.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

/// Some number of one item, all made alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Id of the line.
    pub id: LineId,
    /// Id of the menu item.
    pub item: String,
    /// 1 to [`MAX_QUANTITY`].
    pub quantity: u16,
    /// What was said about it, sorted; defaults are not filled in.
    #[serde(default, with = "choices")]
    pub modifiers: Vec<ModifierChoice>,
}

/// Lines in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    lines: Vec<Line>,
    next: u32,
}

impl Cart {
    /// All lines, in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The line with this id.
    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many pieces in all.
    #[must_use]
    pub fn pieces(&self) -> u32 {
        self.lines.iter().map(|line| u32::from(line.quantity)).sum()
    }

    /// Adds to the line that is made alike, or as a new line at the end.
    pub fn add(&mut self, item: &str, quantity: u16, mut modifiers: Vec<ModifierChoice>) -> LineId {
        modifiers.sort();
        let alike = self.lines.iter_mut().find(|line| line.item == item && line.modifiers == modifiers);
        if let Some(line) = alike {
            line.quantity = line.quantity.saturating_add(quantity).min(MAX_QUANTITY);
            return line.id;
        }
        let line =
            Line { id: self.fresh(), item: item.to_owned(), quantity: quantity.clamp(1, MAX_QUANTITY), modifiers };
        let id = line.id;
        self.lines.push(line);
        id
    }

    /// Sets a line's quantity; 0 takes the line out.
    pub fn set_quantity(&mut self, id: LineId, quantity: u16) {
        if quantity == 0 {
            self.remove(id);
        } else if let Some(line) = self.lines.iter_mut().find(|line| line.id == id) {
            line.quantity = quantity.min(MAX_QUANTITY);
        }
    }

    /// Takes a line out.
    pub fn remove(&mut self, id: LineId) -> Option<Line> {
        let at = self.lines.iter().position(|line| line.id == id)?;
        Some(self.lines.remove(at))
    }

    /// Makes `count` pieces of a line a line of their own right after it; the whole line when it has no more than that.
    pub fn split(&mut self, id: LineId, count: u16) -> LineId {
        let Some(at) = self.lines.iter().position(|line| line.id == id) else { return id };
        if count == 0 || self.lines[at].quantity <= count {
            return id;
        }
        let fresh = self.fresh();
        self.lines[at].quantity -= count;
        let part = Line { id: fresh, quantity: count, ..self.lines[at].clone() };
        self.lines.insert(at + 1, part);
        fresh
    }

    /// Makes a line another item with other modifiers, and joins it with a line that is now alike: the id that remains.
    pub fn make(&mut self, id: LineId, item: &str, mut modifiers: Vec<ModifierChoice>) -> LineId {
        modifiers.sort();
        let Some(at) = self.lines.iter().position(|line| line.id == id) else { return id };
        item.clone_into(&mut self.lines[at].item);
        self.lines[at].modifiers = modifiers;
        let alike = |other: &Line| {
            other.id != id && other.item == self.lines[at].item && other.modifiers == self.lines[at].modifiers
        };
        let Some(twin) = self.lines.iter().position(alike) else { return id };
        let (first, second) = (at.min(twin), at.max(twin));
        let gone = self.lines.remove(second);
        let kept = &mut self.lines[first];
        kept.quantity = kept.quantity.saturating_add(gone.quantity).min(MAX_QUANTITY);
        kept.id
    }

    /// Empties the cart; ids are not used again.
    pub fn clear(&mut self) {
        self.lines.clear();
    }

    /// Makes a cart that was stored somewhere sound again: lines that `keep` refuses go, quantities and ids are mended.
    pub fn mend(&mut self, keep: impl Fn(&mut Line) -> bool) {
        self.lines.retain_mut(|line| line.quantity > 0 && keep(line));
        let mut seen = Vec::with_capacity(self.lines.len());
        for line in &mut self.lines {
            line.quantity = line.quantity.min(MAX_QUANTITY);
            line.modifiers.sort();
            if seen.contains(&line.id) || line.id.0 >= u32::MAX / 2 {
                line.id = LineId(seen.iter().map(|id: &LineId| id.0).max().map_or(0, |most| most + 1));
            }
            seen.push(line.id);
        }
        let most = seen.iter().map(|id| id.0 + 1).max().unwrap_or(0);
        self.next = if self.next < u32::MAX / 2 { self.next.max(most) } else { most };
    }

    fn fresh(&mut self) -> LineId {
        let id = LineId(self.next);
        self.next = self.next.wrapping_add(1);
        id
    }
}

/// Modifiers in the contract's notation, so that a stored cart reads like a frame.
mod choices {
    use oolong_intent::ModifierChoice;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(list: &[ModifierChoice], sink: S) -> Result<S::Ok, S::Error> {
        sink.collect_seq(list.iter().map(ModifierChoice::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<ModifierChoice>, D::Error> {
        Vec::<String>::deserialize(source)?.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
    }
}
