//! A text under construction that knows where each of its parts is said.

use std::ops::Range;

use oolong_nlu::{
    AlignedFrame, AlignedGoods, AlignedPlace, AlignedPortions, AlignedQuantity, AlignedTarget, AlignedWhen,
};
use rand::Rng;

/// What a number, time or amount in the text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A count or an ordinal.
    Count(u32),
    /// Minutes after midnight.
    At(u16),
    /// Minutes from now.
    In(u16),
    /// Minor units.
    Price(u32),
}

/// Text and the places of its parts.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    /// What has been written.
    pub text: String,
    /// What numbers in the text stand for.
    pub values: Vec<(Range<usize>, Value)>,
    /// Parts that come from slots: noise must not touch their punctuation.
    pub fixed: Vec<Range<usize>>,
}

impl Writer {
    /// Appends words of the pattern.
    pub fn words(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends the text of a slot.
    pub fn part(&mut self, text: &str, rng: &mut impl Rng) -> Range<usize> {
        let article = self.text.ends_with(" a ") || self.text == "a ";
        if article && text.to_lowercase().starts_with(['a', 'e', 'i', 'o']) && rng.random_bool(0.85) {
            self.text.insert(self.text.len() - 1, 'n');
        }
        // Latin words do not run into each other, whatever the language around them.
        let letter = |c: char| c.is_ascii_alphanumeric();
        if self.text.ends_with(letter) && text.starts_with(letter) && !self.text.ends_with(['x', 'X']) {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.fixed.push(start..self.text.len());
        start..self.text.len()
    }

    /// Appends the text of a slot that stands for a value.
    pub fn value(&mut self, text: &str, value: Value, rng: &mut impl Rng) -> Range<usize> {
        let said = self.part(text, rng);
        self.values.push((said.clone(), value));
        said
    }

    /// Notes that words already written stand for a number.
    pub fn note(&mut self, said: Range<usize>, value: Value) {
        self.fixed.push(said.clone());
        self.values.push((said, value));
    }

    /// Whether `name` would repeat the word before it: "with" + "with honey", 加 + 加蛋.
    pub fn repeats(&self, name: &str) -> bool {
        let before = self.text.trim_end();
        match (before.chars().last(), name.chars().next()) {
            (Some(last), Some(first)) if !first.is_ascii() => last == first,
            (Some(_), Some(_)) => {
                let last = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                let first = name.split(' ').next().unwrap_or_default();
                !last.is_empty() && last.eq_ignore_ascii_case(first)
            }
            _ => false,
        }
    }

    /// Replaces each character as `edit` says and moves all ranges along; `edit` gets position and character.
    /// Blanks at the ends of a range fall out of it.
    pub fn edit(&mut self, frames: &mut [AlignedFrame], mut edit: impl FnMut(usize, char, &mut String)) {
        let mut text = String::with_capacity(self.text.len() + 8);
        let mut moved = vec![0; self.text.len() + 1];
        for (at, character) in self.text.char_indices() {
            moved[at] = text.len();
            edit(at, character, &mut text);
        }
        moved[self.text.len()] = text.len();
        self.text = text;
        let all = self.values.iter_mut().map(|(said, _)| said).chain(&mut self.fixed);
        for said in all.chain(frames.iter_mut().flat_map(ranges_mut)) {
            let words = &self.text[moved[said.start]..moved[said.end]];
            let (lead, bare) = (words.len() - words.trim_start().len(), words.trim().len());
            *said = moved[said.start] + lead..moved[said.start] + lead + bare;
        }
    }

    /// Whether the byte lies in the text of a slot.
    pub fn is_fixed(&self, at: usize) -> bool {
        self.fixed.iter().any(|said| said.contains(&at))
    }
}

/// All ranges of a frame.
pub fn ranges_mut(frame: &mut AlignedFrame) -> Vec<&mut Range<usize>> {
    let mut all: Vec<&mut Range<usize>> = Vec::new();
    for entry in &mut frame.entries {
        match &mut entry.goods {
            Some(AlignedGoods::Item(_, said) | AlignedGoods::Category(_, said) | AlignedGoods::Unknown(said)) => {
                all.push(said);
            }
            None => {}
        }
        if let Some(AlignedTarget::Nth(_, said) | AlignedTarget::Item(_, said)) = &mut entry.target {
            all.push(said);
        }
        if let Some(AlignedQuantity::Said(said) | AlignedQuantity::Rest(said)) = &mut entry.quantity {
            all.push(said);
        }
        for modifier in &mut entry.modifiers {
            all.push(&mut modifier.said);
            if let AlignedPortions::Said(said) = &mut modifier.portions {
                all.push(said);
            }
        }
    }
    all.extend(frame.brand.iter_mut().chain(&mut frame.voucher).map(|(_, said)| said));
    if let Some(AlignedPlace::Words(said)) = &mut frame.place {
        all.push(said);
    }
    if let Some(AlignedWhen::Words(said)) = &mut frame.when {
        all.push(said);
    }
    all.extend(&mut frame.max_price);
    all
}
