//! The pattern language of the data files: `(a|b)`, `[x]`, `{slot}`, ` => effects`.
//!
//! A [`Line`] is parsed once and expanded often; an expansion is a flat list of [`Token`]s, with all draws made.

use anyhow::{Context as _, Result, bail, ensure};
use rand::{Rng, seq::IndexedRandom};

use crate::slot::{Effect, Slot};

/// One line of a data file.
#[derive(Clone, Debug)]
pub struct Line {
    nodes: Vec<Node>,
    /// What the line means beside its slots.
    pub effects: Vec<Effect>,
    /// How often it is drawn: lines with many wordings more often, but not in proportion.
    pub weight: f64,
}

/// A piece of an expanded line.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// Words as they stand.
    Text(String),
    /// A place to be filled.
    Slot(Slot),
    /// Goods that belong together: an expansion of an `np.txt` line.
    Group(Grouping, Vec<Token>, Vec<Effect>),
}

/// How slots of a group belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// A modifier belongs to the nearest item.
    Near,
    /// Versions of one item.
    Split,
    /// Modifiers belong to every item.
    Shared,
}

#[derive(Clone, Debug)]
enum Node {
    Text(String),
    Slot(Slot),
    Choice { options: Vec<Vec<Node>>, optional: bool },
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it: an unknown slot or effect, a bracket without its partner.
    pub fn parse(line: &str) -> Result<Self> {
        let (pattern, effects) = effects(line)?;
        let mut rest = pattern.trim_end();
        let mut options = alternatives(&mut rest, None)?;
        let nodes =
            if options.len() == 1 { options.remove(0) } else { vec![Node::Choice { options, optional: false }] };
        let weight = wordings(&nodes).min(36.0).sqrt();
        Ok(Self { nodes, effects, weight })
    }

    /// Reads a sentence of the seed corpus, with slots as `[words](slot)` and everything else literal.
    ///
    /// # Errors
    /// An unknown slot or effect, a bracket without its partner.
    pub fn annotated(line: &str) -> Result<Self> {
        let (mut rest, effects) = effects(line)?;
        let mut nodes = Vec::new();
        while let Some((text, after)) = rest.split_once('[') {
            let (words, after) = after.split_once("](").context("`[` without `](slot)`")?;
            let (name, after) = after.split_once(')').context("`(` without `)`")?;
            ensure!(!words.is_empty() && !words.contains('['), "nothing, or a bracket, within `[…]`");
            nodes.push(Node::Text(text.to_owned()));
            nodes.push(Node::Slot(Slot::parse(name).with_context(|| format!("unknown slot `({name})`"))?));
            rest = after;
        }
        ensure!(!rest.contains(']'), "`]` without its partner");
        nodes.push(Node::Text(rest.to_owned()));
        nodes.retain(|node| !matches!(node, Node::Text(text) if text.is_empty()));
        Ok(Self { nodes, effects, weight: 1.0 })
    }

    /// Makes all draws.
    pub fn expand(&self, rng: &mut impl Rng) -> Vec<Token> {
        let mut tokens = Vec::new();
        expand_into(&self.nodes, rng, &mut tokens);
        tokens
    }

    /// Whether the slot may occur in an expansion.
    pub fn mentions(&self, wanted: impl Fn(Slot) -> bool + Copy) -> bool {
        mentions(&self.nodes, wanted)
    }
}

/// Parts a line from the effects behind its ` => `.
fn effects(line: &str) -> Result<(&str, Vec<Effect>)> {
    let (pattern, effects) = line.split_once(" => ").unwrap_or((line, ""));
    let effects = effects.split(',').map(str::trim).filter(|text| !text.is_empty());
    let read = effects.map(|text| Effect::parse(text).with_context(|| format!("unknown effect `{text}`")));
    Ok((pattern, read.collect::<Result<_>>()?))
}

/// Reads alternatives up to `close`, which is consumed, or to the end of the line.
fn alternatives(rest: &mut &str, close: Option<char>) -> Result<Vec<Vec<Node>>> {
    let mut options = vec![Vec::new()];
    let mut text = String::new();
    let flush = |text: &mut String, options: &mut Vec<Vec<Node>>| {
        if let Some(last) = options.last_mut()
            && !text.is_empty()
        {
            last.push(Node::Text(std::mem::take(text)));
        }
    };
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        *rest = characters.as_str();
        match character {
            '(' | '[' => {
                flush(&mut text, &mut options);
                let (closing, optional) = if character == '(' { (')', false) } else { (']', true) };
                let inner = alternatives(rest, Some(closing))?;
                characters = rest.chars();
                push(&mut options, Node::Choice { options: inner, optional });
            }
            '{' => {
                flush(&mut text, &mut options);
                let (name, after) = rest.split_once('}').context("`{` without `}`")?;
                push(
                    &mut options,
                    Node::Slot(Slot::parse(name).with_context(|| format!("unknown slot `{{{name}}}`"))?),
                );
                *rest = after;
                characters = rest.chars();
            }
            '|' if close.is_some() => {
                flush(&mut text, &mut options);
                options.push(Vec::new());
            }
            ')' | ']' | '}' if Some(character) == close => {
                flush(&mut text, &mut options);
                return Ok(options);
            }
            ')' if text.ends_with([':', ';']) => text.push(character),
            ')' | ']' | '}' => bail!("`{character}` without its partner"),
            _ => text.push(character),
        }
    }
    *rest = "";
    flush(&mut text, &mut options);
    if let Some(close) = close { bail!("`{close}` is missing") } else { Ok(options) }
}

fn push(options: &mut [Vec<Node>], node: Node) {
    if let Some(last) = options.last_mut() {
        last.push(node);
    }
}

fn expand_into(nodes: &[Node], rng: &mut impl Rng, tokens: &mut Vec<Token>) {
    for node in nodes {
        match node {
            Node::Slot(slot) => tokens.push(Token::Slot(*slot)),
            Node::Text(text) => match tokens.last_mut() {
                Some(Token::Text(last)) => last.push_str(text),
                _ => tokens.push(Token::Text(text.clone())),
            },
            Node::Choice { optional: true, .. } if rng.random() => {}
            Node::Choice { options, .. } => {
                if let Some(option) = options.choose(rng) {
                    expand_into(option, rng, tokens);
                }
            }
        }
    }
}

fn wordings(nodes: &[Node]) -> f64 {
    nodes
        .iter()
        .map(|node| match node {
            Node::Choice { options, optional } => {
                options.iter().map(|option| wordings(option)).sum::<f64>() + f64::from(u8::from(*optional))
            }
            Node::Text(_) | Node::Slot(_) => 1.0,
        })
        .product()
}

fn mentions(nodes: &[Node], wanted: impl Fn(Slot) -> bool + Copy) -> bool {
    nodes.iter().any(|node| match node {
        Node::Slot(slot) => wanted(*slot),
        Node::Choice { options, .. } => options.iter().any(|option| mentions(option, wanted)),
        Node::Text(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::{SeedableRng, rngs::SmallRng};

    use oolong_intent::Prefer;

    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let mut rng = SmallRng::seed_from_u64(1);
        let line = Line::parse(line).expect("the line is sound");
        let found: BTreeSet<String> = (0..100)
            .map(|_| {
                let tokens = line.expand(&mut rng);
                let show = |token: &Token| match token {
                    Token::Text(text) => text.clone(),
                    other => format!("<{other:?}>"),
                };
                tokens.iter().map(show).collect()
            })
            .collect();
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lines_expand_to_all_their_wordings() {
        check("plain words", &["plain words"]);
        check("(a|b|)c", &["ac", "bc", "c"]);
        check("x[ y|z]", &["x", "x y", "xz"]);
        check("(a[b]|(c|d)e)", &["a", "ab", "ce", "de"]);
        check("no {top*0}", &["no <Slot(Top(1, Without))>"]);
        check("{mod2}{a1}", &["<Slot(Mod(2))><Slot(PartOne(0))>"]);
    }

    #[test]
    fn annotated_sentences_keep_only_their_slots() {
        let line = Line::annotated("um [two](q) [flat whites](item) (hot) => when=now").expect("sound");
        let tokens = line.expand(&mut SmallRng::seed_from_u64(1));
        let text = |text: &str| Token::Text(text.to_owned());
        let slots = [Token::Slot(Slot::Quantity), text(" "), Token::Slot(Slot::Item)];
        assert_eq!(tokens, [&[text("um ")], &slots[..], &[text(" (hot)")]].concat());
        for line in ["[two](q", "two](q)", "[two]", "[](q)", "[two](dozen)"] {
            assert!(Line::annotated(line).is_err(), "{line}");
        }
    }

    #[test]
    fn wrong_lines_are_refused() {
        for line in ["(a|b", "a]", "{nothing}", "{item", "x => colour=red", "{item*2}"] {
            assert!(Line::parse(line).is_err(), "{line}");
        }
        let line = Line::parse("go => place=here, prefer=nearest").expect("two effects");
        assert_eq!(line.effects, [Effect::Here, Effect::Prefer(Prefer::Nearest)]);
    }
}
