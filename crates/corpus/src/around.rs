//! What is said around an order about how, where, when and for how much.

use rand::{rngs::SmallRng, seq::IndexedRandom};

use crate::{
    fill::Clause,
    lexicon::Language,
    names::Lang,
    pattern::Token,
    plan::slot,
    slot::{Effect, Slot},
};

/// Adds a clause about how, where and when, unless the sentence says that already.
pub fn add(clause: &mut Clause, sentences: &Language, lang: Lang, head: bool, rng: &mut SmallRng) {
    let Some(line) = sentences.part(if head { "head" } else { "tail" }, rng) else { return };
    let mut tokens = line.expand(rng);
    let said = fields(&clause.tokens, &clause.effects);
    if fields(&tokens, &line.effects).iter().any(|field| said.contains(field)) {
        return;
    }
    clause.effects.extend(&line.effects);
    if head {
        if lang == Lang::En {
            tokens.push(Token::Text(" ".to_owned()));
        }
        tokens.append(&mut clause.tokens);
        clause.tokens = tokens;
    } else {
        let joints = if lang == Lang::En { [" ", " ", ", ", ". "] } else { ["，", "，", "", " "] };
        clause.tokens.push(Token::Text((*joints.choose(rng).unwrap_or(&" ")).to_owned()));
        clause.tokens.append(&mut tokens);
    }
}

/// The fields of a frame that tokens and effects set.
fn fields(tokens: &[Token], effects: &[Effect]) -> Vec<&'static str> {
    let of_slot = |token: &Token| match slot(token)? {
        Slot::Brand => Some("brand"),
        Slot::Voucher => Some("voucher"),
        Slot::Place => Some("place"),
        Slot::Time | Slot::Duration => Some("when"),
        Slot::Price => Some("price"),
        _ => None,
    };
    let of_effect = |effect: &Effect| match effect {
        Effect::Here => Some("place"),
        Effect::Prefer(_) => Some("prefer"),
        Effect::OpenNow => Some("open"),
        Effect::Now => Some("when"),
        Effect::Fulfilment(_) => Some("fulfilment"),
        Effect::TargetLast | Effect::TargetAll | Effect::Quantity(_) => None,
    };
    tokens.iter().filter_map(of_slot).chain(effects.iter().filter_map(of_effect)).collect()
}
