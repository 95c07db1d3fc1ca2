//! More names for the values of a catalog, by the general ways in which English shortens names.
//!
//! Alias files list full names; people say "vinegar" for "red wine vinegar" and "mayo" for "mayonnaise". A shortening
//! becomes a name only if it can mean nothing else in the whole catalog. No word of any catalog is known to this code.

use std::collections::{HashMap, HashSet};

use crate::schema::Slot;
use crate::value::Value;

/// Words that do not begin or end a name.
const FUNCTION_WORDS: [&str; 11] = ["a", "all", "an", "and", "every", "for", "in", "of", "on", "the", "with"];
/// A word of at least this many letters is clipped, to [`CLIPPED`] letters: "mayo", "guac".
const CLIPPABLE: usize = 8;
const CLIPPED: usize = 4;
/// The longest name that a campaign takes.
const LONGEST: usize = 80;

/// A value with all its names: those of the alias file first.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// What is meant.
    pub(crate) value: Value,
    /// Never empty.
    pub(crate) names: Vec<String>,
}

/// The values of each slot with their names, in file order.
pub(crate) fn name(slots: &[&Slot]) -> Vec<Vec<Named>> {
    let mut short = Shortenings::default();
    for slot in slots {
        for (alias, _) in &slot.aliases {
            short.known.insert(key(alias));
            short.words.extend(words(alias).into_iter().map(str::to_owned));
        }
    }
    for slot in slots {
        for (alias, value) in &slot.aliases {
            for shorter in shorten(alias, value, &slot.name, &short.words) {
                // "All toppings" is not just "toppings": that says which slot comes, not what fills it.
                if slots.iter().any(|slot| names_slot(&shorter, &slot.name)) {
                    continue;
                }
                short.meant.entry(key(&shorter)).or_default().insert(value.clone());
            }
        }
    }
    slots.iter().map(|slot| short.values(slot)).collect()
}

#[derive(Default)]
struct Shortenings {
    /// Keys of the names that stand in alias files.
    known: HashSet<String>,
    /// All words of all names.
    words: HashSet<String>,
    /// What each shortening could mean.
    meant: HashMap<String, HashSet<Value>>,
}

impl Shortenings {
    fn values(&self, slot: &Slot) -> Vec<Named> {
        let mut values: Vec<Named> = Vec::new();
        let mut add = |value: &Value, name: String| {
            if name.chars().count() > LONGEST {
                return;
            }
            match values.iter_mut().find(|known| known.value == *value) {
                Some(known) if known.names.contains(&name) => {}
                Some(known) => known.names.push(name),
                None => values.push(Named { value: value.clone(), names: vec![name] }),
            }
        };
        for (alias, value) in &slot.aliases {
            add(value, alias.clone());
        }
        for (alias, value) in &slot.aliases {
            for shorter in shorten(alias, value, &slot.name, &self.words) {
                let key = key(&shorter);
                if !self.known.contains(&key) && self.meant.get(&key).is_some_and(|values| values.len() == 1) {
                    add(value, shorter);
                }
            }
        }
        values.extend(all_of(slot, &values));
        let affixed: Vec<(Value, String)> = values_with_affixes(&values, slot);
        for (value, name) in affixed {
            if let Some(known) = values.iter_mut().find(|known| known.value == value)
                && !known.names.contains(&name)
            {
                known.names.push(name);
            }
        }
        values
    }
}

/// "All the toppings" of a slot that can be filled several times, where its file has no words for that.
fn all_of(slot: &Slot, values: &[Named]) -> Option<Named> {
    let plural = format!("{}s", slot.name.replace('_', " ").to_lowercase());
    let value = Value::Plain(format!("all {plural}").replace(' ', "_"));
    let names = vec![format!("all {plural}"), format!("all the {plural}"), format!("all of the {plural}")];
    let missing = !values.iter().any(|known| known.value == value || known.names.contains(&names[0]));
    (slot.negatable && slot.qualified && missing).then_some(Named { value, names })
}

/// "large" + "size", "side of" + "chips": the affixes that a schema allows.
///
/// A lone function word is left to the parser: a name that ends with "on" would draw in whatever stands there.
fn values_with_affixes(values: &[Named], slot: &Slot) -> Vec<(Value, String)> {
    let telling = |affix: &&String| !is_function_word(affix);
    let mut affixed = Vec::new();
    for named in values {
        for name in &named.names {
            let before = slot.prefixes.iter().filter(telling).map(|prefix| format!("{prefix} {name}"));
            let after = slot.suffixes.iter().filter(telling).map(|suffix| format!("{name} {suffix}"));
            affixed.extend(before.chain(after).map(|name| (named.value.clone(), name)));
        }
    }
    affixed.retain(|(_, name)| name.chars().count() <= LONGEST);
    affixed
}

/// Ways to say `alias` in fewer words or letters.
fn shorten(alias: &str, value: &Value, slot: &str, vocabulary: &HashSet<String>) -> Vec<String> {
    let words = words(alias);
    let mut shorter = Vec::new();
    if words.len() > 2 && words.contains(&"and") {
        shorter.push(words.iter().copied().filter(|word| *word != "and").collect::<Vec<_>>().join(" "));
    }
    let own_words = value.words();
    for start in 1..words.len() {
        let rest = &words[start..];
        let says_enough = rest.len() > 1 || own_words.iter().any(|word| same_word(word, rest[0]));
        if says_enough && rest[0].len() > 2 && !is_function_word(rest[0]) && !names_slot(rest[0], slot) {
            shorter.push(rest.join(" "));
        }
    }
    if let Some((last, rest)) = words.split_last()
        && !rest.is_empty()
        && rest.iter().all(|word| !is_function_word(word))
        && (rest.len() > 1 || names_slot(last, slot))
    {
        shorter.push(rest.join(" "));
    }
    if let [word] = words.as_slice() {
        shorter.extend(clip(word, vocabulary));
    }
    if let Some(one) = alias.strip_suffix('s').filter(|one| one.len() > 4 && !one.ends_with('s')) {
        shorter.push(one.to_owned());
    }
    shorter
}

/// The first letters of a long word, unless another word of the catalog begins like it.
fn clip(word: &str, vocabulary: &HashSet<String>) -> Option<String> {
    let clipped = word
        .get(..CLIPPED)
        .filter(|_| word.len() >= CLIPPABLE && word.bytes().all(|letter| letter.is_ascii_alphabetic()))?;
    let alone = vocabulary.iter().filter(|other| other.starts_with(clipped)).all(|other| same_word(other, word));
    alone.then(|| clipped.to_owned())
}

/// Words without the free-standing hyphens of "1 - liter".
fn words(name: &str) -> Vec<&str> {
    name.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect()
}

fn key(name: &str) -> String {
    name.to_lowercase().chars().filter(|character| character.is_alphanumeric()).collect()
}

fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.contains(&word)
}

/// "toppings" says no more than the slot TOPPING does.
fn names_slot(word: &str, slot: &str) -> bool {
    slot.split('_').any(|part| {
        let part = part.to_lowercase();
        same_word(word, &part) || word == format!("{part}d")
    })
}

/// Whether two words are one but for the plural.
fn same_word(left: &str, right: &str) -> bool {
    let bare = |word: &str| word.strip_suffix("es").or_else(|| word.strip_suffix('s')).unwrap_or(word).to_owned();
    left == right || bare(left) == bare(right) || left.trim_end_matches('s') == right.trim_end_matches('s')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(aliases: &[(&str, &str)], value: &str, expected: &[&str]) {
        let slot = Slot {
            name: "SAUCE".to_owned(),
            path: String::new(),
            qualified: false,
            negatable: false,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            aliases: aliases
                .iter()
                .map(|(alias, value)| ((*alias).to_owned(), Value::Plain((*value).to_owned())))
                .collect(),
        };
        let named = name(&[&slot]).remove(0);
        let found = named.into_iter().find(|named| named.value.to_string() == value).expect("in the slot");
        assert_eq!(found.names, expected);
    }

    #[test]
    fn names_are_shortened_where_nothing_else_is_meant() {
        let aliases = [("old fig vinegar", "fig_vinegar"), ("nut and oat sauce", "nut_sauce"), ("fig jam", "fig_jam")];
        check(&aliases, "fig_vinegar", &["old fig vinegar", "fig vinegar", "vinegar", "old fig"]);
        check(&aliases, "nut_sauce", &["nut and oat sauce", "nut oat sauce", "oat sauce"]);
        check(&[("tamarillonaise", "tamarillo")], "tamarillo", &["tamarillonaise", "tama"]);
        check(&[("tamarillonaise", "a"), ("tamarind", "b")], "a", &["tamarillonaise"]);
    }
}
