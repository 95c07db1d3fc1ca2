//! From a frame with places to the contract's frame: the values are known here, nothing is read from the text again.

use std::ops::Range;

use oolong_catalog::Campaign;
use oolong_intent::{Context, Frame, Goods, Intent, Item, ModifierChoice, Quantity, RawFrame, Target, When};
use oolong_nlu::{
    AlignedEntry, AlignedFrame, AlignedGoods, AlignedPlace, AlignedPortions, AlignedQuantity, AlignedTarget,
    AlignedWhen, Sample,
};

use crate::{choose::Reject, writer::Value};

/// A sample and what the numbers in it stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// Text, context, frames with places.
    pub sample: Sample,
    /// What numbers, times and amounts in the text stand for.
    pub values: Vec<(Range<usize>, Value)>,
}

impl Labelled {
    /// The contract's frames.
    ///
    /// # Errors
    /// What is unsound; the sample is then of no use.
    pub fn frames(&self, campaign: &Campaign) -> Result<Vec<Frame>, Reject> {
        let read = |frame| {
            let frame = self.frame(frame)?;
            let raw = RawFrame::from(frame);
            let frame = Frame::try_from(raw).map_err(|_| "an unsound frame")?;
            campaign.check_frame(&frame).map_err(|_| "a frame that does not fit the campaign")?;
            Ok(frame)
        };
        self.sample.frames.iter().map(read).collect()
    }

    fn frame(&self, aligned: &AlignedFrame) -> Result<Frame, Reject> {
        let Context { brand: known, .. } = &self.sample.context;
        let mut frame = Frame::new(aligned.intent);
        for entry in &aligned.entries {
            frame.items.push(self.item(entry, aligned)?);
        }
        let brand = aligned.brand.as_ref().map(|(id, _)| id.clone());
        frame.brand = brand.filter(|id| known.as_ref() != Some(id));
        frame.voucher = aligned.voucher.as_ref().map(|(id, _)| id.clone());
        frame.place = aligned.place.as_ref().map(|place| match place {
            AlignedPlace::Here => "here".to_owned(),
            AlignedPlace::Words(said) => self.words(said),
        });
        frame.when = match &aligned.when {
            None => None,
            Some(AlignedWhen::Now) => Some(When::Now),
            Some(AlignedWhen::Words(said)) => match self.value(said)? {
                Value::At(minutes) => Some(When::At(minutes)),
                Value::In(minutes) => Some(When::In(minutes)),
                Value::Count(_) | Value::Price(_) => return Err("a time that is none"),
            },
        };
        frame.fulfilment = aligned.fulfilment;
        frame.prefer = aligned.prefer;
        frame.open_now = aligned.open_now;
        frame.max_price = match &aligned.max_price {
            None => None,
            Some(said) => match self.value(said)? {
                Value::Price(amount) => Some(amount),
                _ => return Err("an amount that is none"),
            },
        };
        Ok(frame)
    }

    fn item(&self, entry: &AlignedEntry, frame: &AlignedFrame) -> Result<Item, Reject> {
        let mut item = Item::default();
        match &entry.goods {
            Some(AlignedGoods::Item(id, _)) => item.goods = Some(Goods::Item(id.clone())),
            Some(AlignedGoods::Category(id, _)) => item.goods = Some(Goods::Category(id.clone())),
            Some(AlignedGoods::Unknown(said)) => {
                item.goods = Some(Goods::Unknown);
                item.said = Some(self.words(said));
            }
            None => {}
        }
        let count = match &entry.quantity {
            None if frame.intent == Intent::Order => Some(1),
            None => None,
            Some(AlignedQuantity::Said(said)) => Some(self.count(said)?),
            Some(AlignedQuantity::Rest(said)) => {
                let total = self.count(said)?;
                let mut taken = 0;
                for other in &frame.entries {
                    if other.goods == entry.goods && !matches!(other.quantity, Some(AlignedQuantity::Rest(_))) {
                        taken += match &other.quantity {
                            Some(AlignedQuantity::Said(said)) => self.count(said)?,
                            _ => 1,
                        };
                    }
                }
                Some(total.checked_sub(taken).ok_or("a split of more than there is")?)
            }
        };
        item.quantity = count.map(|count| Quantity::new(count).ok_or("no such quantity")).transpose()?;
        item.target = entry.target.as_ref().map(|target| match target {
            AlignedTarget::Last => Target::Last,
            AlignedTarget::All => Target::All,
            AlignedTarget::Nth(position, _) => Target::Nth(*position),
            AlignedTarget::Item(id, _) => Target::Item(id.clone()),
        });
        for modifier in &entry.modifiers {
            let portions = match &modifier.portions {
                AlignedPortions::One => 1,
                AlignedPortions::Without => 0,
                AlignedPortions::Double => 2,
                AlignedPortions::Said(said) => u8::try_from(self.count(said)?).map_err(|_| "too many portions")?,
            };
            let (group, modifier) = (modifier.group.clone(), modifier.modifier.clone());
            item.modifiers.push(ModifierChoice { group, modifier, portions });
        }
        Ok(item)
    }

    fn count(&self, said: &Range<usize>) -> Result<u32, Reject> {
        match self.value(said)? {
            Value::Count(count) => Ok(count),
            _ => Err("a count that is none"),
        }
    }

    fn value(&self, said: &Range<usize>) -> Result<Value, Reject> {
        self.values.iter().find(|(range, _)| range == said).map(|(_, value)| *value).ok_or("no value at this place")
    }

    fn words(&self, said: &Range<usize>) -> String {
        self.sample.text[said.clone()].to_owned()
    }
}
