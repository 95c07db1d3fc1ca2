//! What the gazetteer finds in an utterance, as far as writing and the ceiling need it.

use oolong_catalog::text::{AtomKind, atoms};
use oolong_catalog::{Entity, Meaning, Mention};

use crate::menu::Menu;
use crate::value::Value;

/// Words before a noun that begin another thing to order.
const DETERMINERS: [&str; 9] = ["a", "an", "another", "one", "some", "plus", "also", "my", "then"];
/// More words than this between two names are more than "and", "with", "on the side with".
const CLOSE: usize = 4;

/// The mentions of one utterance.
pub(crate) struct Units<'a> {
    menu: &'a Menu,
    text: &'a str,
    pub(crate) mentions: Vec<Mention>,
    /// Whether [`Self::order`] goes from the end.
    pub(crate) last_first: bool,
}

impl<'a> Units<'a> {
    pub(crate) fn new(menu: &'a Menu, text: &'a str) -> Self {
        Self { menu, text, mentions: menu.gazetteer.mentions(text), last_first: false }
    }

    /// The positions of the mentions.
    pub(crate) fn order(&self) -> impl Iterator<Item = usize> + use<> {
        let (count, last_first) = (self.mentions.len(), self.last_first);
        (0..count).map(move |index| if last_first { count - 1 - index } else { index })
    }

    /// The ids of the items that the mention may be, the parser's choice first.
    pub(crate) fn items(&self, mention: usize) -> impl Iterator<Item = &'a str> {
        let menu = self.menu;
        self.entities(mention).iter().filter_map(move |entity| match *entity {
            Entity::Item(brand, index) => Some(menu.campaign.brands[brand].menu[index].id.as_str()),
            _ => None,
        })
    }

    /// The modifier that the mention is for an item with these groups: the first that fits, as in linking.
    pub(crate) fn modifier(&self, mention: usize, groups: &[String]) -> Option<(&'a str, &'a str)> {
        let menu = self.menu;
        self.entities(mention).iter().find_map(|entity| match *entity {
            Entity::Modifier(group, index) => {
                let group = &menu.campaign.modifier_groups[group];
                groups.contains(&group.id).then(|| (group.id.as_str(), group.modifiers[index].id.as_str()))
            }
            _ => None,
        })
    }

    /// The mentions that may be this modifier.
    pub(crate) fn mentions_of(&self, group: &str, modifier: &str) -> impl Iterator<Item = usize> {
        (0..self.mentions.len()).filter(move |mention| {
            self.entities(*mention).iter().any(|entity| match *entity {
                Entity::Modifier(position, index) => {
                    let known = &self.menu.campaign.modifier_groups[position];
                    known.id == group && known.modifiers[index].id == modifier
                }
                _ => false,
            })
        })
    }

    /// The qualifier whose words stand right before the mention, with or without an article.
    pub(crate) fn qualifier(&self, mention: usize) -> Option<&'a Value> {
        let before = self.text.get(..self.mentions.get(mention)?.start)?;
        let words: Vec<String> = atoms(before).into_iter().map(|atom| atom.norm).collect();
        let bare = words.strip_suffix(&["the".to_owned()]).or_else(|| words.strip_suffix(&["some".to_owned()]));
        let said = |words: &[String]| self.menu.qualifiers.iter().find(|(alias, _)| words.ends_with(alias));
        said(&words).or_else(|| bare.and_then(said)).map(|(_, value)| value)
    }

    /// Whether this count was said.
    pub(crate) fn says_number(&self, number: u32) -> bool {
        self.mentions.iter().any(|mention| mention.meaning == Meaning::Number(number))
    }

    /// Whether nothing but a few linking words stands between two mentions: "chips and dip", not "chips and a dip".
    pub(crate) fn close(&self, left: usize, right: usize) -> bool {
        let (Some(left), Some(right)) = (self.mentions.get(left), self.mentions.get(right)) else { return false };
        let Some(between) = self.text.get(left.end..right.start) else { return false };
        let counted = self
            .mentions
            .iter()
            .filter(|mention| mention.start >= left.end && mention.end <= right.start)
            .any(|mention| matches!(mention.meaning, Meaning::Number(_)));
        let words: Vec<_> = atoms(between).into_iter().filter(|atom| atom.kind != AtomKind::Punctuation).collect();
        !counted && words.len() <= CLOSE && words.iter().all(|word| !DETERMINERS.contains(&word.norm.as_str()))
    }

    fn entities(&self, mention: usize) -> &[Entity] {
        match self.mentions.get(mention).map(|mention| &mention.meaning) {
            Some(Meaning::Names(entities)) => entities,
            _ => &[],
        }
    }
}
