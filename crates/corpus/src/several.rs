//! A list of modifiers: "white rice, black beans, no cheese and extra guac", with or without commas.

use rand::{
    Rng,
    rngs::SmallRng,
    seq::{IndexedRandom, SliceRandom},
};

use crate::{
    names::Lang,
    pattern::Token,
    plan::slot,
    slot::{Portion, Slot},
};

/// Puts two to nine modifiers in the place of each `{tops}`.
pub fn several(tokens: Vec<Token>, lang: Lang, rng: &mut SmallRng) -> Vec<Token> {
    let mut all = Vec::new();
    for token in tokens {
        if slot(&token) == Some(Slot::Several) { list(lang, &mut all, rng) } else { all.push(token) }
    }
    all
}

fn list(lang: Lang, all: &mut Vec<Token>, rng: &mut SmallRng) {
    let count = *[2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 9].choose(rng).unwrap_or(&3);
    let (joint, last) = match lang {
        Lang::En => *[
            (", ", " and "),
            (", ", ", "),
            (" ", " "),
            (" ", " "),
            (" ", " and "),
            (" ", " and "),
            (" and ", " and "),
            (", ", ", and "),
        ]
        .choose(rng)
        .unwrap_or(&(", ", " and ")),
        Lang::Zh => *[("、", "、"), ("，", "，"), (" ", " "), ("", ""), ("和", "和"), ("、", "和")]
            .choose(rng)
            .unwrap_or(&("、", "和")),
    };
    // Few items have more than two choices of the exclusive kind.
    let chosen = rng.random_range(0..=2).min(count - 1);
    let mut exclusive: Vec<usize> = (0..count).collect();
    exclusive.shuffle(rng);
    exclusive.truncate(chosen);
    for index in 0..count {
        if index > 0 {
            all.push(Token::Text((if index + 1 == count { last } else { joint }).to_owned()));
        }
        let number = u8::try_from(index + 1).unwrap_or(u8::MAX);
        if exclusive.contains(&index) {
            all.push(Token::Slot(Slot::Mod(number)));
            continue;
        }
        let (words, portion) = match (rng.random_range(0..100), lang) {
            (0..6, Lang::En) => ("no ", Portion::Without),
            (6..8, Lang::En) => ("light ", Portion::One),
            (8..14, Lang::En) => ("extra ", Portion::Double),
            (0..8, Lang::Zh) => ("不要", Portion::Without),
            (8..16, Lang::Zh) => ("双份", Portion::Double),
            _ => ("", Portion::One),
        };
        all.push(Token::Text(words.to_owned()));
        all.push(Token::Slot(Slot::Top(number, portion)));
    }
}
