//! The data files, read once: sentence patterns of both languages, trades, brands, vouchers.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};
use oolong_intent::{Asked, Intent};
use pinyin::ToPinyin;
use rand::{Rng, seq::IndexedRandom};
use serde::Deserialize;

use crate::{
    names::is_han,
    pattern::{Grouping, Line},
    seed::{self, Seed},
    slot::Slot,
    trades::{Trade, VoucherKind},
};

/// All that the generator draws from.
#[derive(Debug)]
pub struct Lexicon {
    /// English sentences.
    pub en: Language,
    /// Chinese sentences.
    pub zh: Language,
    /// Kinds of shops.
    pub trades: Vec<Trade>,
    /// Names of brands.
    pub brands: Vec<Vec<String>>,
    /// Kinds of vouchers.
    pub vouchers: Vec<VoucherKind>,
    /// Chinese characters in use, for names that nobody has seen.
    pub characters: Vec<char>,
    /// Characters that sound alike, tones aside.
    pub homophones: HashMap<char, Vec<char>>,
}

/// The sentences of one language.
#[derive(Debug, Default)]
pub struct Language {
    /// Sections that are intents.
    pub sections: Vec<Section>,
    /// The other sections, by name: `np`, `tail`, `before`, `places` …
    pub parts: BTreeMap<String, Vec<Line>>,
    /// What joins two wishes, blanks included.
    pub joiners: Vec<String>,
    /// Whole sentences.
    pub seeds: Vec<Seed>,
}

/// Sentences of one intent, with what they need.
#[derive(Clone, Debug)]
pub struct Section {
    /// Of which intent.
    pub intent: Intent,
    /// Whether there must be a cart.
    pub cart: bool,
    /// Whether the context must have a brand.
    pub brand: bool,
    /// How modifiers and goods, or modifiers and targets, belong together.
    pub grouping: Grouping,
    /// What was asked.
    pub asked: Option<Asked>,
    /// The sentences.
    pub lines: Vec<Line>,
}

/// A line with the section it stands in.
pub type Drawn<'a> = (&'a Section, &'a Line);

impl Lexicon {
    /// Reads the folder of data files and that of the seed corpus.
    ///
    /// # Errors
    /// The file and line that cannot be read.
    pub fn read(data: &Path, seeds: &Path) -> Result<Self> {
        let mut trades = Vec::new();
        let (mut brands, mut vouchers) = (Vec::new(), Vec::new());
        for path in files(&data.join("trades"), "json")? {
            let text = std::fs::read_to_string(&path)?;
            let value: serde_json::Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
            let place = || path.display().to_string();
            if let Some(list) = value.get("brands") {
                brands = Vec::<Names>::deserialize(list).with_context(place)?.into_iter().map(|it| it.names).collect();
            } else if let Some(list) = value.get("vouchers") {
                vouchers = Vec::<VoucherKind>::deserialize(list).with_context(place)?;
            } else {
                trades.push(Trade::deserialize(&value).with_context(place)?);
            }
        }
        let (mut en, mut zh) = (Language::read(&data.join("en"))?, Language::read(&data.join("zh"))?);
        en.seeds = seed::read(&seeds.join("en")).context("the English seed corpus")?;
        zh.seeds = seed::read(&seeds.join("zh")).context("the Chinese seed corpus")?;
        let characters = characters(data)?;
        let homophones = homophones(&characters);
        Ok(Self { en, zh, trades, brands, vouchers, characters, homophones })
    }
}

#[derive(Deserialize)]
struct Names {
    names: Vec<String>,
}

impl Language {
    /// A line of one of the parts.
    pub fn part(&self, name: &str, rng: &mut impl Rng) -> Option<&Line> {
        self.parts.get(name).and_then(|lines| lines.choose_weighted(rng, |line| line.weight).ok())
    }

    fn read(folder: &Path) -> Result<Self> {
        let mut language = Self::default();
        let mut wrong = Vec::new();
        for path in files(folder, "txt")? {
            let text = std::fs::read_to_string(&path)?;
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if stem == "joiners" {
                let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
                language.joiners = lines.map(str::to_owned).collect();
                continue;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            language.read_sections(&stem, &text, |line, error| wrong.push(format!("{name}:{line}: {error:#}")))?;
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(language)
    }

    /// Tells `wrong` of every line that cannot be read, so that they can be mended at one go.
    fn read_sections(&mut self, stem: &str, text: &str, mut wrong: impl FnMut(usize, anyhow::Error)) -> Result<()> {
        let mut header = stem.to_owned();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(inner) = header_of(line) {
                header = inner.to_owned();
                if let Some(section) = Section::parse(&header)? {
                    self.sections.push(section);
                }
                continue;
            }
            let line = match Line::parse(line) {
                Ok(line) => line,
                Err(error) => {
                    wrong(index + 1, error);
                    continue;
                }
            };
            if header == "other" && !self.sections.iter().any(|section| section.intent == Intent::Other) {
                self.sections.extend(Section::parse("other")?);
            }
            let name = header.split(' ').next().unwrap_or_default();
            match self.sections.last_mut() {
                Some(section) if intent(name) == Some(section.intent) => section.lines.push(line),
                _ => self.parts.entry(name.to_owned()).or_default().push(line),
            }
        }
        Ok(())
    }
}

/// What stands in a header, which is alone on its line; `[a|b]{item}` is a sentence.
pub fn header_of(line: &str) -> Option<&str> {
    let inner = line.trim_end().strip_prefix('[')?.strip_suffix(']')?;
    let sound = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '=' | ' ' | '+');
    inner.chars().all(sound).then_some(inner)
}

fn intent(name: &str) -> Option<Intent> {
    Intent::ALL.into_iter().find(|intent| intent.name() == name)
}

impl Section {
    /// Reads a header; `None` when it does not name an intent.
    ///
    /// # Errors
    /// An unknown option.
    pub fn parse(header: &str) -> Result<Option<Self>> {
        let mut words = header.split_whitespace();
        let Some(intent) = words.next().and_then(intent) else { return Ok(None) };
        let mut section =
            Self { intent, cart: false, brand: false, grouping: Grouping::Near, asked: None, lines: Vec::new() };
        for word in words {
            match word {
                "cart" => section.cart = true,
                "brand" => section.brand = true,
                "shared" => section.grouping = Grouping::Shared,
                "split" => section.grouping = Grouping::Split,
                _ => {
                    let asked = word.strip_prefix("asked=");
                    let asked = asked.and_then(|name| Asked::ALL.into_iter().find(|asked| asked.name() == name));
                    section.asked = Some(asked.with_context(|| format!("unknown option `{word}` in `[{header}]`"))?);
                }
            }
        }
        Ok(Some(section))
    }
}

/// Whether a slot needs something in the cart to point at.
pub fn points_at_cart(slot: Slot) -> bool {
    matches!(slot, Slot::Cart | Slot::Ordinal)
}

/// The files of a folder that have an extension, sorted by name; at least one.
///
/// # Errors
/// There is no such folder, or none in it.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))?;
    let mut found: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    if found.is_empty() {
        bail!("no .{extension} file in {}", folder.display());
    }
    found.sort();
    Ok(found)
}

/// Every Chinese character of the data: common ones only, so that nothing looks out of place.
fn characters(data: &Path) -> Result<Vec<char>> {
    let mut found = BTreeSet::new();
    for (folder, extension) in [("zh", "txt"), ("trades", "json")] {
        for path in files(&data.join(folder), extension)? {
            found.extend(std::fs::read_to_string(path)?.chars().filter(|&c| is_han(c)));
        }
    }
    Ok(found.into_iter().collect())
}

fn homophones(characters: &[char]) -> HashMap<char, Vec<char>> {
    let mut sounds: BTreeMap<&str, Vec<char>> = BTreeMap::new();
    for &character in characters {
        if let Some(sound) = character.to_pinyin() {
            sounds.entry(sound.plain()).or_default().push(character);
        }
    }
    let alike = sounds.into_values().filter(|group| group.len() > 1);
    alike
        .flat_map(|group| {
            let others = |own: char| group.iter().copied().filter(|&c| c != own).collect();
            group.iter().map(|&own| (own, others(own))).collect::<Vec<_>>()
        })
        .collect()
}
