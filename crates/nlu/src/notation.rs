//! The answer notation: aligned frames to marks, for training, and what the marks of one frame mean.
//!
//! ```text
//! frames   = frame (next frame)* end
//! frame    = INTENT field* entry*
//! field    = BRAND? VOUCHER? (place FIRST LAST | here)? (when TIME | now)? (pickup | delivery)?
//!            (nearest | fastest | cheapest)? open? (max AMOUNT)?          — in this order
//! entry    = + TARGET? (to)? GOODS? QUANTITY? modifier*
//! GOODS    = unit of an item or category | unknown FIRST LAST
//! TARGET   = last | all | unit of an ordinal or item                      — in change and remove
//! QUANTITY = unit of a number | rest NUMBER
//! modifier = unit of a modifier (without | double | NUMBER)?
//! ```
//! Capitals are units of the utterance, except INTENT. `to` stands before goods in `change` only (a swap).

use std::ops::Range;

use oolong_catalog::{Campaign, Entity, Meaning};
use oolong_intent::Intent;

use crate::aligned::{
    AlignedEntry, AlignedFrame, AlignedGoods, AlignedModifier, AlignedPlace, AlignedPortions, AlignedQuantity,
    AlignedTarget, AlignedWhen,
};
use crate::marks::Mark;
use crate::reading::{Reading, Unit};

/// Writes frames as marks; `None` where a part of a frame was not found by the gazetteer, so that no pointer could say it.
#[must_use]
pub fn write(frames: &[AlignedFrame], reading: &Reading, campaign: &Campaign) -> Option<Vec<Mark>> {
    let writer = Writer { reading, campaign };
    let mut marks = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        if index > 0 {
            marks.push(Mark::Next);
        }
        writer.frame(frame, &mut marks)?;
    }
    marks.push(Mark::End);
    Some(marks)
}

struct Writer<'a> {
    reading: &'a Reading,
    campaign: &'a Campaign,
}

impl Writer<'_> {
    fn frame(&self, frame: &AlignedFrame, marks: &mut Vec<Mark>) -> Option<()> {
        marks.push(Mark::Intent(frame.intent));
        if let Some((id, said)) = &frame.brand {
            marks.push(self.unit(said, |unit| {
                self.names(
                    unit,
                    |entity| matches!(entity, Entity::Brand(index) if self.campaign.brands[index].id == *id),
                )
            })?);
        }
        if let Some((id, said)) = &frame.voucher {
            marks.push(self.unit(said, |unit| {
                self.names(
                    unit,
                    |entity| matches!(entity, Entity::Voucher(index) if self.campaign.vouchers[index].id == *id),
                )
            })?);
        }
        match &frame.place {
            Some(AlignedPlace::Here) => marks.push(Mark::Here),
            Some(AlignedPlace::Words(said)) => {
                marks.push(Mark::Place);
                marks.extend(self.words(said)?);
            }
            None => {}
        }
        match &frame.when {
            Some(AlignedWhen::Now) => marks.push(Mark::Now),
            Some(AlignedWhen::Words(said)) => {
                let is_time = |unit: &Unit| {
                    matches!(unit.quantity(), Some(Meaning::Clock(_) | Meaning::Duration(_) | Meaning::Number(_)))
                };
                marks.extend([Mark::When, self.unit(said, is_time)?]);
            }
            None => {}
        }
        marks.extend(frame.fulfilment.map(Mark::Fulfil));
        marks.extend(frame.prefer.map(Mark::Prefer));
        if frame.open_now {
            marks.push(Mark::Open);
        }
        if let Some(said) = &frame.max_price {
            let is_amount = |unit: &Unit| matches!(unit.quantity(), Some(Meaning::Price(_) | Meaning::Number(_)));
            marks.extend([Mark::Max, self.unit(said, is_amount)?]);
        }
        frame.entries.iter().try_for_each(|entry| self.entry(frame.intent, entry, marks))
    }

    fn entry(&self, intent: Intent, entry: &AlignedEntry, marks: &mut Vec<Mark>) -> Option<()> {
        marks.push(Mark::Entry);
        match &entry.target {
            None => {}
            Some(AlignedTarget::Last) => marks.push(Mark::Last),
            Some(AlignedTarget::All) => marks.push(Mark::All),
            Some(AlignedTarget::Nth(_, said)) => {
                marks.push(self.unit(said, |unit| matches!(unit.quantity(), Some(Meaning::Ordinal(_))))?);
            }
            Some(AlignedTarget::Item(id, said)) => marks.push(self.unit(said, |unit| self.is_item(unit, id))?),
        }
        if entry.goods.is_some() && intent == Intent::Change {
            marks.push(Mark::To);
        }
        match &entry.goods {
            None => {}
            Some(AlignedGoods::Item(id, said)) => marks.push(self.unit(said, |unit| self.is_item(unit, id))?),
            Some(AlignedGoods::Category(id, said)) => {
                let categories = self.campaign.categories();
                let fits = |entity: Entity| matches!(entity, Entity::Category(index) if categories[index].0 == id);
                marks.push(self.unit(said, |unit| self.names(unit, fits))?);
            }
            // What a menu out of scope has is pointed at like any item; linking finds out that it is not to be had.
            Some(AlignedGoods::Unknown(said)) => {
                match self.unit(said, |unit| self.names(unit, |entity| matches!(entity, Entity::Item(..)))) {
                    Some(mark) if self.covers(mark, said) => marks.push(mark),
                    _ => {
                        marks.push(Mark::Unknown);
                        marks.extend(self.words(said)?);
                    }
                }
            }
        }
        match &entry.quantity {
            None => {}
            Some(AlignedQuantity::Said(said)) => marks.push(self.number(said)?),
            Some(AlignedQuantity::Rest(said)) => marks.extend([Mark::Rest, self.number(said)?]),
        }
        entry.modifiers.iter().try_for_each(|modifier| self.modifier(modifier, marks))
    }

    fn modifier(&self, modifier: &AlignedModifier, marks: &mut Vec<Mark>) -> Option<()> {
        let fits = |entity: Entity| {
            matches!(entity, Entity::Modifier(group, index)
                if self.campaign.modifier_groups[group].id == modifier.group
                    && self.campaign.modifier_groups[group].modifiers[index].id == modifier.modifier)
        };
        marks.push(self.unit(&modifier.said, |unit| self.names(unit, fits))?);
        match &modifier.portions {
            AlignedPortions::One => {}
            AlignedPortions::Without => marks.push(Mark::Without),
            AlignedPortions::Double => marks.push(Mark::Double),
            AlignedPortions::Said(said) => marks.push(self.number(said)?),
        }
        Some(())
    }

    fn number(&self, said: &Range<usize>) -> Option<Mark> {
        self.unit(said, |unit| matches!(unit.quantity(), Some(Meaning::Number(_))))
    }

    fn is_item(&self, unit: &Unit, id: &str) -> bool {
        self.names(
            unit,
            |entity| matches!(entity, Entity::Item(brand, index) if self.campaign.brands[brand].menu[index].id == id),
        )
    }

    fn names(&self, unit: &Unit, fits: impl Fn(Entity) -> bool) -> bool {
        unit.entities().iter().any(|entity| fits(*entity))
    }

    /// The first unit that lies in `said`, at least in part, and fits.
    fn unit(&self, said: &Range<usize>, fits: impl Fn(&Unit) -> bool) -> Option<Mark> {
        let index =
            self.reading.units.iter().position(|unit| unit.start < said.end && said.start < unit.end && fits(unit))?;
        u8::try_from(index).ok().map(Mark::Unit)
    }

    fn covers(&self, mark: Mark, said: &Range<usize>) -> bool {
        let Mark::Unit(index) = mark else { return false };
        self.reading.units.get(usize::from(index)).is_some_and(|unit| unit.start <= said.start && said.end <= unit.end)
    }

    /// First and last unit of some words.
    fn words(&self, said: &Range<usize>) -> Option<[Mark; 2]> {
        let inside = |unit: &Unit| unit.start < said.end && said.start < unit.end;
        let first = self.reading.units.iter().position(inside)?;
        let last = self.reading.units.iter().rposition(inside)?;
        Some([Mark::Unit(u8::try_from(first).ok()?), Mark::Unit(u8::try_from(last).ok()?)])
    }
}
