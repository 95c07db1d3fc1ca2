//! The goods of an order: which, how many, and which modifier goes with which.

use oolong_catalog::Campaign;

use crate::cues::Cue;
use crate::portions::{Choice, choice, counted};
use crate::units::{Kind, Unit};

/// Goods with all that was said of them; without goods it is a part of the phrase beside it ("two of them hot").
#[derive(Clone, Debug, Default)]
pub(crate) struct Phrase {
    pub(crate) goods: Option<usize>,
    pub(crate) count: Option<u32>,
    pub(crate) choices: Vec<Choice>,
}

/// Reads the goods of a wish.
pub(crate) fn phrases(units: &[Unit], text: &str, campaign: &Campaign) -> Vec<Phrase> {
    let mut scan = Scan {
        units,
        text,
        campaign,
        done: Vec::new(),
        ahead: Phrase::default(),
        parted: true,
        fix: false,
        all: All::No,
    };
    for index in 0..units.len() {
        scan.read(index);
    }
    scan.finish()
}

#[derive(Clone, Copy, PartialEq)]
enum All {
    No,
    /// What comes is for all.
    Next,
    /// The next number is for each.
    Each,
}

struct Scan<'a> {
    units: &'a [Unit],
    text: &'a str,
    campaign: &'a Campaign,
    done: Vec<Phrase>,
    /// What was said before the goods that it belongs to.
    ahead: Phrase,
    /// Whether a joint or punctuation came since the last goods.
    parted: bool,
    /// Whether the shopper takes something back.
    fix: bool,
    all: All,
}

impl Scan<'_> {
    fn read(&mut self, index: usize) {
        let unit = &self.units[index];
        if unit.is_goods() && !self.describes(index) {
            return self.goods(index);
        }
        match unit.kind {
            Kind::Number(count, pronoun) => self.number(index, count, pronoun),
            Kind::Name(..) if unit.is_modifier() => self.modifier(index),
            Kind::Break => self.parted = true,
            Kind::Cue(set) => {
                self.parted |= set.any(&[Cue::Joint, Cue::Order]);
                self.fix |= set.has(Cue::Fix) && !self.governs(index);
                if set.has(Cue::All) && index > 0 {
                    self.spread(index - 1);
                }
                if set.any(&[Cue::All, Cue::Each]) && self.ahead.count.is_none() {
                    self.all = if set.has(Cue::Each) { All::Each } else { All::Next };
                }
            }
            _ => {}
        }
    }

    /// A word that is an item and a modifier too is a modifier right beside another item.
    fn describes(&self, index: usize) -> bool {
        let beside = |at: Option<usize>| at.and_then(|at| self.units.get(at)).is_some_and(Unit::is_goods);
        self.units[index].is_modifier() && (beside(index.checked_sub(1)) || beside(Some(index + 1)))
    }

    /// "No" before a modifier leaves it out; elsewhere it takes something back.
    fn governs(&self, index: usize) -> bool {
        self.units[index].has(Cue::Without) && self.units.get(index + 1).is_some_and(Unit::is_modifier)
    }

    fn goods(&mut self, index: usize) {
        let ahead = std::mem::take(&mut self.ahead);
        // "…, and the scone warm": a name said again without a number is the one before.
        let again = self.done.iter().position(|known| self.same(known.goods, index)).filter(|_| ahead.count.is_none());
        if let Some(known) = again.filter(|_| self.parted && ahead.choices.is_empty()) {
            let known = self.done.remove(known);
            self.done.push(known);
        } else if self.fix
            && let Some(last) = self.done.last_mut()
        {
            last.goods = Some(index);
            last.count = ahead.count.or(last.count);
            last.choices.extend(ahead.choices);
        } else {
            self.done.push(Phrase { goods: Some(index), ..ahead });
        }
        (self.parted, self.fix, self.all) = (false, false, All::No);
    }

    fn same(&self, known: Option<usize>, index: usize) -> bool {
        known.is_some_and(|known| {
            self.units[known].is_item() && self.units[known].entities() == self.units[index].entities()
        })
    }

    /// "Cream in all of them": the modifier before, with nothing but small words between, is for all.
    fn spread(&mut self, mut index: usize) {
        while index > 0 && self.units[index].cues().any(&[Cue::Filler, Cue::Near]) {
            index -= 1;
        }
        let last = self.done.last().and_then(|last| last.choices.last()).copied();
        if let Some(choice) = last.filter(|choice| choice.unit == index) {
            self.done.iter_mut().for_each(|phrase| phrase.choices.push(choice));
        }
    }

    fn number(&mut self, index: usize, count: u32, pronoun: bool) {
        let leads = self.leads(index);
        let after_name = index > 0 && !self.units[index - 1].entities().is_empty();
        if pronoun && !leads && (after_name || self.done.is_empty()) && !self.parted {
            return;
        }
        match self.all {
            All::Each => {
                self.done.iter_mut().for_each(|phrase| phrase.count = phrase.count.or(Some(count)));
                self.all = All::Next;
                return;
            }
            // "All five iced" says no number anew.
            All::Next if !leads => return,
            All::Next | All::No => {}
        }
        let portions = counted(self.units, index, self.text, self.campaign).is_some();
        let Some(last) = self.done.last_mut() else {
            return self.ahead(count);
        };
        let trails = last.count.is_none() && !self.parted;
        if leads && !trails {
            return self.ahead(count);
        }
        if portions {
            return;
        }
        if self.fix || last.count.is_none() {
            last.count = Some(count);
            self.fix = false;
        } else {
            self.done.push(Phrase { count: Some(count), ..Phrase::default() });
        }
    }

    /// A number before its goods; a second one without goods between leaves a part: "one hot, one iced scone".
    fn ahead(&mut self, count: u32) {
        if self.fix || self.ahead.count.is_none() || self.ahead.choices.is_empty() {
            self.ahead.count = Some(count);
            self.fix = false;
        } else {
            let part = std::mem::replace(&mut self.ahead, Phrase { count: Some(count), ..Phrase::default() });
            self.done.push(part);
        }
    }

    fn modifier(&mut self, index: usize) {
        let mut choice = choice(self.units, index);
        if let Some(portions) = index.checked_sub(1).and_then(|before| {
            let before = if self.units[before].has(Cue::Extra) { before.saturating_sub(1) } else { before };
            counted(self.units, before, self.text, self.campaign)
        }) {
            choice.portions = if self.done.is_empty() { choice.portions } else { portions };
        }
        let leads = self.leads(index);
        let styled = self
            .done
            .last()
            .is_some_and(|last| last.goods.is_some_and(|goods| last.choices.iter().any(|known| known.unit < goods)));
        if self.done.is_empty() || (leads && (self.parted || self.ahead.count.is_some() || styled)) {
            self.ahead.choices.push(choice);
        } else if self.all != All::No {
            self.done.iter_mut().for_each(|phrase| phrase.choices.push(choice));
        } else if let Some(last) = self.done.last_mut() {
            last.choices.push(choice);
        }
        self.fix = false;
    }

    /// Whether goods follow with nothing but modifiers and small words between.
    fn leads(&self, index: usize) -> bool {
        let mut skipped = 0;
        for unit in &self.units[index + 1..] {
            match &unit.kind {
                _ if unit.is_goods() => return true,
                Kind::Word(_) => skipped += 1,
                Kind::Name(..) if unit.is_modifier() => {}
                Kind::Cue(set)
                    if set.any(&[Cue::Filler, Cue::Generic, Cue::Extra, Cue::Into]) && !set.has(Cue::Joint) => {}
                _ => return false,
            }
            if skipped > 3 {
                return false;
            }
        }
        false
    }

    /// Gives parts the goods beside them, and takes their count from it.
    fn finish(mut self) -> Vec<Phrase> {
        if let Some(last) = self.done.last_mut() {
            last.choices.append(&mut self.ahead.choices);
        }
        let mut whole: Vec<Phrase> = Vec::new();
        let mut waiting: Vec<Phrase> = Vec::new();
        let mut owner: Option<usize> = None;
        for phrase in self.done {
            match (phrase.goods, owner) {
                (None, None) => waiting.push(phrase),
                (None, Some(owner)) => {
                    let taken = phrase.count.unwrap_or(1);
                    let base = whole[owner].clone();
                    whole[owner].count = Some(base.count.unwrap_or(1).saturating_sub(taken));
                    whole.push(Phrase { choices: [base.choices, phrase.choices].concat(), ..phrase });
                    if let Some(part) = whole.last_mut() {
                        part.goods = base.goods;
                    }
                }
                (Some(_), _) => {
                    whole.extend(waiting.drain(..).map(|part| Phrase { goods: phrase.goods, ..part }));
                    owner = Some(whole.len());
                    whole.push(phrase);
                }
            }
        }
        whole.retain(|phrase| phrase.count != Some(0) && phrase.goods.is_some());
        whole
    }
}
