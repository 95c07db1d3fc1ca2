//! Other ways to say a name that need no entry in a campaign: 不放糖 for 不加糖, "without sugar" for "no sugar", "lrg", "30 percent".

use crate::text::{Atom, AtomKind, atoms, key};

/// Words for "none of it" that may replace each other in front of what is left out.
const WITHOUT: [&str; 11] = [
    "no",
    "without",
    "without any",
    "zero",
    "0",
    "don't want any",
    "don't want",
    "do not want any",
    "skip the",
    "hold the",
    "leave out the",
];
const WITHOUT_HAN: [&str; 16] = [
    "不加",
    "无",
    "不要",
    "去",
    "别放",
    "别加",
    "不放",
    "免",
    "走",
    "不要加",
    "不要放",
    "不用加",
    "别给我放",
    "零",
    "不含",
    "唔要",
];
/// Sizes as they are abbreviated, and their superlatives.
const SIZES: [(&str, &[&str]); 6] = [
    ("large", &["lrg", "lge", "lg", "largest", "biggest"]),
    ("big", &["biggest", "largest"]),
    ("medium", &["med", "mid", "middle"]),
    ("small", &["sml", "sm", "smallest", "tiniest"]),
    ("extra large", &["xl", "xlarge", "x large"]),
    ("regular", &["reg"]),
];

/// Keys under which a modifier of this name may be found as well; they give way to names that campaigns do have.
#[must_use]
pub(crate) fn variants(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let mut found = Vec::new();
    let joined = |front: &str, rest: &str| key(&atoms(&format!("{front} {rest}")));
    if let Some(rest) = ["no ", "without ", "zero "].iter().find_map(|front| lower.strip_prefix(front)) {
        found.extend(WITHOUT.iter().map(|front| joined(front, rest)));
        found.push(joined(rest, "free"));
    }
    let longest = WITHOUT_HAN.iter().filter(|front| lower.starts_with(**front)).max_by_key(|front| front.len());
    if let Some(rest) = longest.and_then(|front| lower.strip_prefix(front)).filter(|rest| !rest.is_empty()) {
        found.extend(WITHOUT_HAN.iter().map(|front| joined(front, rest)));
    }
    if let Some((_, others)) = SIZES.iter().find(|(size, _)| *size == lower) {
        found.extend(others.iter().map(|other| joined(other, "")));
    }
    // "30% sugar" is also just "30%", which is how people answer the question.
    let pieces = atoms(&lower);
    if let [number, percent, _, ..] = &pieces[..]
        && number.kind == AtomKind::Digits
        && percent.norm == "%"
    {
        found.push(key(&pieces[..2]));
    }
    found
}

/// The singular of an English plural, for names such as "Lattes" of which one is wanted.
#[must_use]
pub(crate) fn singular(key: &str) -> Option<String> {
    let bare = key.strip_suffix('s').filter(|bare| bare.len() >= 3 && bare.is_ascii() && !bare.ends_with('s'))?;
    if let Some(stem) = bare.strip_suffix("ie").filter(|stem| stem.len() > 2) {
        return Some(format!("{stem}y"));
    }
    let shorter =
        bare.strip_suffix('e').filter(|stem| stem.ends_with("ch") || stem.ends_with("sh") || stem.ends_with("ss"));
    Some(shorter.unwrap_or(bare).to_owned())
}

/// "percent", "per cent", "pct", "%" after a number: how many atoms it takes.
#[must_use]
pub(crate) fn percent(rest: &[Atom]) -> Option<usize> {
    let word = |at: usize| rest.get(at).map_or("", |atom| atom.norm.as_str());
    match (word(0), word(1)) {
        ("%" | "percent" | "pct", _) => Some(1),
        ("per", "cent") => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_variants() {
        let has = |name: &str, key: &str| variants(name).iter().any(|variant| variant == key);
        assert!(has("No sugar", "withoutsugar") && has("no ice", "dontwantanyice") && has("no ice", "icefree"));
        assert!(has("不加糖", "别放糖") && has("去冰", "不要冰"));
        assert!(has("Large", "lrg") && has("30% sugar", "30%"));
        assert!(variants("oat milk").is_empty());
        assert_eq!(singular("lattes").as_deref(), Some("latte"));
        assert_eq!(singular("pastries").as_deref(), Some("pastry"));
        assert_eq!(singular("glass"), None);
    }
}
