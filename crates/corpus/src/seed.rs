//! The seed corpus: whole sentences with annotated slots, `[two](q) [flat whites](item)`, one or two wishes a line.
//!
//! The bracketed words are only there for the reader; the generator fills the slot anew. One line in ten is held out.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use oolong_intent::Intent;

use crate::{
    lexicon::{Section, files, header_of},
    pattern::Line,
};

/// What share of the lines is never trained on: one in so many.
const HELD_OUT: u64 = 10;

/// One sentence.
#[derive(Debug)]
pub struct Seed {
    /// Its wishes, in order; what joins them belongs to the first one's words.
    pub wishes: Vec<(Section, Line)>,
    /// Whether it is kept for measuring.
    pub held_out: bool,
    /// File and line.
    pub place: String,
}

impl Seed {
    /// Its intents, in order.
    pub fn intents(&self) -> impl Iterator<Item = Intent> + '_ {
        self.wishes.iter().map(|(section, _)| section.intent)
    }

    /// Whether a part of it fulfils `test`.
    pub fn any(&self, test: impl Fn(&Section) -> bool) -> bool {
        self.wishes.iter().any(|(section, _)| test(section))
    }
}

/// Reads all files of a folder.
///
/// # Errors
/// Every line that cannot be read, with file and number.
pub fn read(folder: &Path) -> Result<Vec<Seed>> {
    let (mut seeds, mut wrong) = (Vec::new(), Vec::new());
    for path in files(folder, "txt")? {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut sections: Vec<Section> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let read = match header_of(line) {
                Some(header) => headed(header).map(|read| sections = read),
                None => sentence(line, &sections, format!("{name}:{}", index + 1)).map(|seed| seeds.push(seed)),
            };
            if let Err(error) = read {
                wrong.push(format!("{name}:{}: {error:#}", index + 1));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(seeds)
}

/// `remove+order cart`: the sections of both wishes, which share the options.
fn headed(header: &str) -> Result<Vec<Section>> {
    let (intents, options) = header.split_once(' ').unwrap_or((header, ""));
    intents
        .split('+')
        .map(|intent| {
            Section::parse(&format!("{intent} {options}"))?.with_context(|| format!("`{intent}` is no intent"))
        })
        .collect()
}

fn sentence(line: &str, sections: &[Section], place: String) -> Result<Seed> {
    ensure!(!sections.is_empty(), "a sentence before the first `[intent]`");
    let halves: Vec<&str> = line.split("||").collect();
    ensure!(halves.len() == sections.len(), "{} wishes where the header has {}", halves.len(), sections.len());
    let wishes = halves.iter().zip(sections).map(|(half, section)| Ok((section.clone(), Line::annotated(half)?)));
    // FNV-1a: the same lines are held out on every machine and whatever is added beside them.
    let hash = line
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Ok(Seed { wishes: wishes.collect::<Result<_>>()?, held_out: (hash >> 32).is_multiple_of(HELD_OUT), place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_wishes_are_two_sections() {
        let sections = headed("remove+order cart").expect("sound");
        let seed =
            sentence("drop the [bagel](cart) || and add [a](q) [bun](item) => when=now", &sections, String::new())
                .expect("ok");
        assert_eq!(seed.intents().collect::<Vec<_>>(), [Intent::Remove, Intent::Order]);
        assert_eq!(seed.wishes[1].1.effects.len(), 1);
        assert!(sentence("only one", &sections, String::new()).is_err());
        assert!(sentence("[x](nothing) || y", &sections, String::new()).is_err());
    }
}
