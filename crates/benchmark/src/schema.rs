//! A skill's catalog as published: `schema.json` and one alias file for each slot.

use serde::Deserialize;

use crate::error::BenchmarkError;
use crate::value::Value;

/// A catalog: what can be ordered, what can be said about it, and in which words.
#[derive(Clone, Debug)]
pub struct Skill {
    /// Name of the catalog's folder.
    pub name: String,
    /// In file order.
    pub intents: Vec<Intent>,
}

/// Something that can be ordered.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Label of its tree.
    pub name: String,
    /// In file order.
    pub slots: Vec<Slot>,
    /// Words for the thing itself.
    pub entity_names: Vec<String>,
}

/// Something that can be said about it.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Label of its tree.
    pub name: String,
    /// Its alias file, relative to the catalog.
    pub path: String,
    /// Whether "extra" and "light" go with it.
    pub qualified: bool,
    /// Whether "no" goes with it.
    pub negatable: bool,
    /// Words that may stand before a name.
    pub prefixes: Vec<String>,
    /// Words that may stand after a name.
    pub suffixes: Vec<String>,
    /// What is said for what, in file order.
    pub aliases: Vec<(String, Value)>,
}

#[derive(Deserialize)]
struct RawSchema {
    intents: Vec<RawIntent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawIntent {
    name: String,
    slots: Vec<RawSlot>,
    #[serde(default)]
    entity_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSlot {
    #[serde(alias = "slotname")]
    slot_name: String,
    path: String,
    #[serde(default)]
    qualified: bool,
    #[serde(default)]
    negatable: bool,
    #[serde(default)]
    optional_prefixes: Vec<String>,
    #[serde(default)]
    optional_suffixes: Vec<String>,
}

impl Skill {
    /// Reads the catalog `name`; `read` gives the text of a file by its path within the catalog.
    ///
    /// # Errors
    /// [`BenchmarkError`] with the file, and with the line where there is one.
    pub fn read(name: &str, read: &dyn Fn(&str) -> Result<String, BenchmarkError>) -> Result<Self, BenchmarkError> {
        let file = "schema.json";
        let schema: RawSchema = serde_json::from_str(&without_trailing_commas(&read(file)?)).map_err(|error| {
            BenchmarkError::line(
                &format!("{name}/{file}"),
                error.line(),
                "a schema with intents, each with name and slots",
                &error.to_string(),
            )
        })?;
        let mut intents = Vec::new();
        for intent in schema.intents {
            let slots = intent.slots.into_iter().map(|slot| read_slot(name, slot, read)).collect::<Result<_, _>>()?;
            intents.push(Intent { name: intent.name, slots, entity_names: intent.entity_names });
        }
        if intents.is_empty() {
            return Err(BenchmarkError::Empty { file: format!("{name}/{file}") });
        }
        Ok(Self { name: name.to_owned(), intents })
    }
}

impl Slot {
    /// Whether it is about the order's form, not about the goods: the number, the qualifiers, the word "no".
    pub(crate) fn is_formal(&self) -> bool {
        matches!(self.name.as_str(), "NUMBER" | "QUANTITY" | "NOT")
    }
}

fn read_slot(
    skill: &str,
    raw: RawSlot,
    read: &dyn Fn(&str) -> Result<String, BenchmarkError>,
) -> Result<Slot, BenchmarkError> {
    let mut aliases = Vec::new();
    for (index, line) in read(&raw.path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = || {
            let expected = "words, a tab and SLOT(value)";
            BenchmarkError::line(&format!("{skill}/{}", raw.path), index + 1, expected, line)
        };
        let (words, meaning) = line.split_once('\t').ok_or_else(wrong)?;
        let meaning = meaning.split('\t').next().unwrap_or_default();
        match Value::parse(meaning) {
            Some(Value::Call(_, mut arguments)) if arguments.len() == 1 && !words.trim().is_empty() => {
                aliases.extend(arguments.pop().map(|value| (words.trim().to_owned(), value)));
            }
            _ => return Err(wrong()),
        }
    }
    Ok(Slot {
        name: raw.slot_name,
        path: raw.path,
        qualified: raw.qualified,
        negatable: raw.negatable,
        prefixes: raw.optional_prefixes,
        suffixes: raw.optional_suffixes,
        aliases,
    })
}

/// The published schemas have commas before closing brackets, which JSON does not.
fn without_trailing_commas(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        let dangling = character == ',' && text[at + 1..].trim_start().starts_with([']', '}']);
        if quoted || !dangling {
            clean.push(character);
        }
        quoted ^= character == '"' && !escaped;
        escaped = quoted && character == '\\' && !escaped;
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skill(aliases: &'static str) -> Result<Skill, BenchmarkError> {
        Skill::read("stall", &move |path| {
            Ok(match path {
                "schema.json" => {
                    r#"{"intents":[{"name":"BUN_ORDER","slots":[{"slotName":"BUN_TYPE","path":"a.txt"},]},]}"#
                }
                _ => aliases,
            }
            .to_owned())
        })
    }

    #[test]
    fn catalogs_are_read() {
        let read = skill("fig bun\tBUN_TYPE(fig)\n\nbun\tBUN_TYPE(Or(fig,nut))\n").expect("sound");
        assert_eq!(read.intents[0].slots[0].aliases[1].1.to_string(), "Or(fig,nut)");
        let error = skill("fig bun\tBUN_TYPE(fig)\nnut bun").unwrap_err().to_string();
        assert_eq!(error, "stall/a.txt:2: expected words, a tab and SLOT(value), found nut bun");
    }
}
