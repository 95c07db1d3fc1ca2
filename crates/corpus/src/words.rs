//! Free words: places and goods that no menu has. Mostly words that nobody has seen, else a model learns them by heart.

use rand::{Rng, seq::IndexedRandom};

use crate::{
    lexicon::{Language, Lexicon},
    names::{Lang, is_han, lang_of, pick, pseudo_han, pseudo_name, pseudo_word},
    pattern::Token,
};

/// A place, bare.
pub fn place(lexicon: &Lexicon, lang: Lang, rng: &mut impl Rng) -> String {
    if rng.random_bool(0.4)
        && let Some(place) = listed(language(lexicon, lang), "places", rng)
    {
        return place;
    }
    let number = rng.random_range(1..=40_u32);
    let room = rng.random_range(101..=2999_u32);
    match lang {
        Lang::En => {
            let name = pseudo_name(rng);
            let kinds =
                ["Street", "Road", "Square", "Tower", "Station", "Mall", "Park", "Plaza", "Lane", "Hotel", "Bridge"];
            let kind = kinds.choose(rng).unwrap_or(&"Road");
            match rng.random_range(0..12) {
                0 => format!("{number} {name} {kind}"),
                1 => format!("room {room}"),
                2 => format!("building {number}"),
                3 => format!("gate {number}"),
                4 => format!("the {name} building"),
                5 => format!("{name} {}", pseudo_name(rng)),
                6 => format!("{}'s {}", name, ["place", "office", "flat", "desk"].choose(rng).unwrap_or(&"place")),
                7 => name,
                8 => format!("{} campus", pseudo_word(rng)),
                _ => format!("{name} {kind}"),
            }
        }
        Lang::Zh => {
            let length = rng.random_range(2..=3);
            let name = pseudo_han(&lexicon.characters, length, rng);
            let kinds = [
                "路",
                "街",
                "广场",
                "大厦",
                "地铁站",
                "小区",
                "公园",
                "商场",
                "大学",
                "花园",
                "中心",
                "酒店",
                "医院",
                "桥",
                "巷",
                "里",
                "城",
                "宿舍",
            ];
            let kind = kinds.choose(rng).unwrap_or(&"路");
            match rng.random_range(0..12) {
                0 => format!("{name}路{number}号"),
                1 => format!("{number}号楼"),
                2 => format!("{name}大厦{}楼", number % 30 + 1),
                3 => format!("{number}栋{room}"),
                4 => format!("{name}{kind}{}门", ["东", "西", "南", "北", "正"].choose(rng).unwrap_or(&"东")),
                5 => format!("{room}室"),
                6 => name,
                _ => format!("{name}{kind}"),
            }
        }
    }
}

/// Food or drink that no menu has.
pub fn unknown(lexicon: &Lexicon, lang: Lang, rng: &mut impl Rng) -> String {
    let listed = listed(language(lexicon, lang), "unknown", rng).unwrap_or_else(|| pseudo_word(rng));
    match rng.random_range(0..100) {
        0..40 => listed,
        40..65 => {
            // A grocer sells umbrellas too; to ask a tea shop for one is no order at all.
            let trade = lexicon.trades.choose(rng).filter(|trade| trade.trade != "grocery");
            let item = trade.and_then(|trade| trade.items.choose(rng));
            let name = item.and_then(|item| pick(&item.names, lang, rng).cloned()).unwrap_or(listed);
            if lang_of(&name) == Lang::En { name.to_lowercase() } else { name }
        }
        _ if lang == Lang::En => {
            let end = listed.rsplit(' ').next().unwrap_or_default().to_owned();
            match rng.random_range(0..3) {
                0 => pseudo_word(rng),
                1 => format!("{} {}", pseudo_word(rng), pseudo_word(rng)),
                _ => format!("{} {end}", pseudo_word(rng)),
            }
        }
        _ => {
            let keep = rng.random_range(0..=2);
            let skip = listed.chars().count().saturating_sub(keep);
            let length = rng.random_range(2..=3);
            pseudo_han(&lexicon.characters, length, rng)
                + &listed.chars().skip(skip).filter(|&c| is_han(c)).collect::<String>()
        }
    }
}

/// The sentences of a language.
pub fn language(lexicon: &Lexicon, lang: Lang) -> &Language {
    match lang {
        Lang::En => &lexicon.en,
        Lang::Zh => &lexicon.zh,
    }
}

fn listed(language: &Language, part: &str, rng: &mut impl Rng) -> Option<String> {
    let tokens = language.part(part, rng)?.expand(rng);
    let text = tokens.iter().map(|token| if let Token::Text(text) = token { text.as_str() } else { "" });
    Some(text.collect())
}
