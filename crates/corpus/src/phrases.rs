//! What stands in the place of `{items}`: phrases of goods, one or a list of them.

use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    lexicon::Language,
    names::Lang,
    pattern::{Grouping, Line, Token},
    plan::slot,
    several::several,
    slot::Slot,
};

/// Puts phrases of goods in the place of `{items}` and `{item+}`.
pub fn goods(sentences: &Language, tokens: Vec<Token>, lang: Lang, brief: bool, rng: &mut SmallRng) -> Vec<Token> {
    let mut all = Vec::new();
    for token in tokens {
        match slot(&token) {
            Some(Slot::Items) => phrases(sentences, lang, brief, &mut all, rng),
            Some(Slot::ItemPlus) => {
                let counts =
                    |slot| matches!(slot, Slot::Quantity | Slot::Number | Slot::WrongQuantity | Slot::Category);
                let dressed = |slot| matches!(slot, Slot::Mod(_) | Slot::Top(..));
                let lines = sentences.parts.get("np").map_or(&[][..], Vec::as_slice);
                let fits = |line: &&Line| line.effects.is_empty() && !line.mentions(counts) && line.mentions(dressed);
                match lines.iter().filter(fits).collect::<Vec<_>>().choose(rng) {
                    Some(line) => all.extend(several(line.expand(rng), lang, rng)),
                    None => all.push(Token::Slot(Slot::Item)),
                }
            }
            _ => all.push(token),
        }
    }
    all
}

fn phrases(sentences: &Language, lang: Lang, brief: bool, all: &mut Vec<Token>, rng: &mut SmallRng) {
    let special = match rng.random_range(0..100) {
        0..10 => Some(("split", Grouping::Split)),
        10..21 => Some(("shared", Grouping::Shared)),
        21..27 => Some(("correction", Grouping::Near)),
        _ => None,
    };
    if let Some((part, grouping)) = special
        && let Some(line) = sentences.part(part, rng)
    {
        all.push(Token::Group(grouping, several(line.expand(rng), lang, rng), line.effects.clone()));
        if rng.random_bool(0.75) {
            return;
        }
        all.push(Token::Text(joint(lang, false, rng).to_owned()));
    }
    let count = match rng.random_range(0..100) {
        _ if brief => 1,
        0..55 => 1,
        55..80 => 2,
        80..91 => 3,
        _ => rng.random_range(4..=6),
    };
    // A list keeps to one manner: counts lead, or they follow, or there are none.
    let manner = rng.random_range(0..10);
    for index in 0..count {
        let Some(line) = (0..40).find_map(|_| {
            let line = sentences.part("np", rng)?;
            let tokens = line.expand(rng);
            (count == 1 || keeps(&tokens, manner)).then_some((tokens, line.effects.clone()))
        }) else {
            continue;
        };
        if index > 0 {
            all.push(Token::Text(joint(lang, index + 1 == count, rng).to_owned()));
        }
        all.push(Token::Group(Grouping::Near, several(line.0, lang, rng), line.1));
    }
}

/// Whether a phrase of a list has the list's manner.
fn keeps(tokens: &[Token], manner: u32) -> bool {
    let counts = |token: &Token| matches!(slot(token), Some(Slot::Quantity | Slot::Number));
    // "All hot" after one of several kinds would be said of every kind.
    let all = |token: &Token| matches!(token, Token::Text(text) if ["都", "全", "一律", "统一", " all ", "both"].iter().any(|word| text.contains(word)));
    if tokens.iter().any(all) {
        return false;
    }
    let first = tokens.iter().position(|token| slot(token).is_some());
    let leads = first.is_some_and(|at| counts(&tokens[at]));
    match manner {
        0..7 => leads,
        7..9 => first.is_some_and(|at| slot(&tokens[at]) == Some(Slot::Item)) && tokens.iter().any(counts),
        _ => !tokens.iter().any(counts) && first.is_some_and(|at| slot(&tokens[at]) == Some(Slot::Item)),
    }
}

fn joint(lang: Lang, last: bool, rng: &mut SmallRng) -> &'static str {
    let joints: &[&str] = match (lang, last) {
        (Lang::En, true) => &[
            " and ",
            " and ",
            " and ",
            ", ",
            " plus ",
            ", and ",
            " and also ",
            " & ",
            ", then ",
            " ",
            " with ",
            ". also ",
        ],
        (Lang::En, false) => &[", ", ", ", ", ", " and ", " and ", " plus ", "; ", " ", " "],
        (Lang::Zh, true) => {
            &["，", "，", "和", "，再来", "，还要", "，再加", "、", " ", "，外加", "再来", "，另外再要"]
        }
        (Lang::Zh, false) => &["，", "，", "、", " ", "，再来"],
    };
    joints.choose(rng).copied().unwrap_or(" ")
}
