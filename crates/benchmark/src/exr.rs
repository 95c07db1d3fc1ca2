//! EXR trees, the notation of PIZZA and FoodOrdering, and unordered exact match over them.

/// A labelled tree whose children are trees and words in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    /// `PIZZAORDER`, `TOPPING`, `OR`.
    pub(crate) label: String,
    /// What it holds.
    pub(crate) children: Vec<Node>,
}

/// A child of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// A tree.
    Tree(Tree),
    /// A word.
    Word(String),
}

/// Whether two lists of trees are equal when the order of children and of top-level trees does not count.
///
/// This is the metric of both papers; it agrees with `score_exr.py` of the test kit. What cannot be read equals nothing.
#[must_use]
pub fn unordered_match(found: &str, gold: &str) -> bool {
    match (parse(found), parse(gold)) {
        (Some(found), Some(gold)) => same(&found, &gold),
        _ => false,
    }
}

/// Reads top-level trees; `None` when the brackets do not fit.
pub(crate) fn parse(text: &str) -> Option<Vec<Tree>> {
    let tokens = tokens(text);
    let mut at = 0;
    let mut trees = Vec::new();
    while at < tokens.len() {
        trees.push(tree(&tokens, &mut at)?);
    }
    Some(trees)
}

/// Whether two lists of trees are equal but for order.
pub(crate) fn same(left: &[Tree], right: &[Tree]) -> bool {
    let key = |trees: &[Tree]| {
        let mut keys: Vec<String> = trees.iter().map(Tree::canonical).collect();
        keys.sort();
        keys
    };
    key(left) == key(right)
}

/// The trees as text, in the spacing of the published files.
pub(crate) fn write(trees: &[Tree]) -> String {
    trees.iter().map(Tree::to_string).collect::<Vec<_>>().join(" ")
}

impl Tree {
    /// A tree around one list of nodes.
    pub(crate) fn new(label: &str, children: Vec<Node>) -> Self {
        Self { label: label.to_owned(), children }
    }

    /// The children that are trees.
    pub(crate) fn trees(&self) -> impl Iterator<Item = &Tree> {
        self.children.iter().filter_map(|child| match child {
            Node::Tree(tree) => Some(tree),
            Node::Word(_) => None,
        })
    }

    /// Upper-cases every word, as PIZZA writes its values.
    pub(crate) fn shout(&mut self) {
        for child in &mut self.children {
            match child {
                Node::Tree(tree) => tree.shout(),
                Node::Word(word) => *word = word.to_uppercase(),
            }
        }
    }

    fn canonical(&self) -> String {
        let mut children: Vec<String> = self
            .children
            .iter()
            .map(|child| match child {
                Node::Tree(tree) => tree.canonical(),
                Node::Word(word) => word.clone(),
            })
            .collect();
        children.sort();
        format!("({} {})", self.label, children.join(" "))
    }
}

impl std::fmt::Display for Tree {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "({} ", self.label)?;
        for child in &self.children {
            match child {
                Node::Tree(tree) => write!(out, "{tree} ")?,
                Node::Word(word) => write!(out, "{word} ")?,
            }
        }
        out.write_str(")")
    }
}

/// Words of letters, digits and `._-`; every other visible character but the comma is a token of its own.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut open = false;
    for character in text.chars() {
        let inner = character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
        match tokens.last_mut().filter(|_| open && inner) {
            Some(last) => last.push(character),
            None if character.is_whitespace() || character == ',' => {}
            None => tokens.push(character.to_string()),
        }
        open = inner;
    }
    tokens
}

fn tree(tokens: &[String], at: &mut usize) -> Option<Tree> {
    if tokens.get(*at)? != "(" {
        return None;
    }
    let label = tokens.get(*at + 1)?.clone();
    *at += 2;
    let mut children = Vec::new();
    loop {
        match tokens.get(*at)?.as_str() {
            ")" => {
                *at += 1;
                return Some(Tree { label, children });
            }
            "(" => children.push(Node::Tree(tree(tokens, at)?)),
            word => {
                children.push(Node::Word(word.to_owned()));
                *at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: &str, right: &str, expected: bool) {
        assert_eq!(unordered_match(left, right), expected, "{left} / {right}");
    }

    #[test]
    fn order_does_not_count_and_all_else_does() {
        check("(A (B x ) (C y ) )", "(A (C y)(B x))", true);
        check("(A (B x ) ) (A (B y ) )", "(A (B y ) ) (A (B x ) )", true);
        check("(A (B x ) )", "(A (B x ) (B x ) )", false);
        check("(A (B x ) )", "(A (B X ) )", false);
        check("(A (B x )", "(A (B x ) )", false);
        check("", "(A x )", false);
        check("(A (T (OR a, b-c ) ) )", "(A (T (OR b-c a ) ) )", true);
    }

    #[test]
    fn trees_are_written_as_published() {
        let text = "(A (N 1 ) (NOT (T x ) ) )";
        assert_eq!(write(&parse(text).expect("sound")), text);
    }
}
