//! The utterance as units: names, quantities, cue words, punctuation, and words that say nothing here.

use oolong_catalog::text::{Atom, AtomKind, atoms};
use oolong_catalog::{Entity, Gazetteer, Meaning, Mention};

use crate::cues::{Cue, CueSet, Cues};

/// A stretch of the utterance.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

/// What a unit is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// It names these; `true` when the words only resemble the names.
    Name(Vec<Entity>, bool),
    /// A count; `true` when it is the word "one", which often counts nothing.
    Number(u32, bool),
    Ordinal(u16),
    Clock(u16),
    Duration(u16),
    Price(u32),
    Cue(CueSet),
    /// A word that nothing is known about; `true` when it is one Chinese character.
    Word(bool),
    Break,
    /// Words for a place.
    Place,
    /// Words for goods that no menu has.
    Unknown,
}

impl Unit {
    pub(crate) fn has(&self, cue: Cue) -> bool {
        self.cues().has(cue)
    }

    pub(crate) fn cues(&self) -> CueSet {
        match self.kind {
            Kind::Cue(set) => set,
            _ => CueSet::default(),
        }
    }

    pub(crate) fn entities(&self) -> &[Entity] {
        match &self.kind {
            Kind::Name(entities, _) => entities,
            _ => &[],
        }
    }

    pub(crate) fn is_modifier(&self) -> bool {
        self.entities().iter().any(|entity| matches!(entity, Entity::Modifier(..)))
    }

    pub(crate) fn is_item(&self) -> bool {
        self.entities().iter().any(|entity| matches!(entity, Entity::Item(..)))
    }

    /// An item, a category or unknown goods; a word that is also a modifier is not.
    pub(crate) fn is_goods(&self) -> bool {
        let category = self.entities().iter().any(|entity| matches!(entity, Entity::Category(_)));
        self.is_item() || (category && !self.is_modifier()) || matches!(self.kind, Kind::Unknown)
    }

    /// Where one noun phrase ends and another may begin.
    pub(crate) fn parts(&self) -> bool {
        matches!(self.kind, Kind::Break) || self.has(Cue::Joint)
    }

    pub(crate) fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Word(_))
    }
}

/// Cuts `text` into units, and gives the mentions that they came from.
pub(crate) fn units(text: &str, gazetteer: &Gazetteer, cues: &Cues) -> (Vec<Unit>, Vec<Mention>) {
    let mentions = gazetteer.mentions(text);
    let atoms = atoms(text);
    let mut units = Vec::new();
    let (mut at, mut next) = (0, 0);
    while let Some(atom) = atoms.get(at) {
        while mentions.get(next).is_some_and(|mention| mention.end <= atom.start) {
            next += 1;
        }
        let mention = mentions.get(next).filter(|mention| mention.start == atom.start);
        let cue = cues.at(&atoms[at..]).filter(|(count, _)| {
            let end = atoms[at + count - 1].end;
            mentions[next..].iter().take_while(|mention| mention.start < end).all(|mention| yields(mention, atom, end))
        });
        let (end, kind) = match (cue, mention) {
            (Some((count, set)), _) => (atoms[at + count - 1].end, Kind::Cue(set)),
            (None, Some(mention)) => (mention.end, meaning(mention, atom, units.last())),
            (None, None) => (atom.end, plain(atom)),
        };
        units.push(Unit { start: atom.start, end, kind });
        while atoms.get(at).is_some_and(|atom| atom.start < end) {
            at += 1;
        }
    }
    (units, mentions)
}

/// Whether a cue from `first` to `end` goes before a mention: it must say more than the name does.
fn yields(mention: &Mention, first: &Atom, end: usize) -> bool {
    let named = matches!(mention.meaning, Meaning::Names(_)) && !mention.fuzzy;
    let longer = mention.start > first.start || mention.end < end;
    if mention.fuzzy && mention.start > first.start {
        // What a cue covers in part only sounded like a name by chance.
        return true;
    }
    mention.start >= first.start && mention.end <= end && (longer || (!named && !is_quantity(mention)))
}

fn is_quantity(mention: &Mention) -> bool {
    !matches!(mention.meaning, Meaning::Names(_))
}

fn meaning(mention: &Mention, first: &Atom, before: Option<&Unit>) -> Kind {
    let opens =
        before.is_none_or(|unit| unit.parts() || unit.cues().any(&[Cue::Order, Cue::Want, Cue::Remove, Cue::Cancel]));
    match &mention.meaning {
        Meaning::Names(entities) => Kind::Name(entities.clone(), mention.fuzzy),
        Meaning::Number(value) => Kind::Number(*value, first.norm == "one" && first.end == mention.end && !opens),
        Meaning::Ordinal(position) => Kind::Ordinal((*position).max(1)),
        Meaning::Clock(minutes) => Kind::Clock((*minutes).min(1439)),
        Meaning::Duration(minutes) => Kind::Duration((*minutes).clamp(1, 1440)),
        Meaning::Price(hundredths) => Kind::Price(*hundredths),
    }
}

fn plain(atom: &Atom) -> Kind {
    match atom.kind {
        AtomKind::Han => Kind::Word(true),
        AtomKind::Word | AtomKind::Digits => Kind::Word(false),
        AtomKind::Punctuation if matches!(atom.norm.as_str(), "'" | "’" | "-" | "#" | "~" | "～") => {
            Kind::Cue(filler())
        }
        AtomKind::Punctuation => Kind::Break,
    }
}

fn filler() -> CueSet {
    let mut set = CueSet::default();
    set.add(Cue::Filler);
    set
}
