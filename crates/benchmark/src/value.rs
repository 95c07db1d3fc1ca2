//! Values of a catalog: a name, or a name with arguments such as `Or(oat,soy)`.

use crate::exr::{Node, Tree};

/// What an alias stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// `oat_milk`, `2 liter`.
    Plain(String),
    /// `Or(oat_milk,soy_milk)`, `SHOT(2)`.
    Call(String, Vec<Value>),
}

impl Value {
    /// Reads `NAME` or `NAME(value,…)`; `None` when brackets do not match or a name is missing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('(') else {
            let sound = !text.is_empty() && !text.contains([')', ',']);
            return sound.then(|| Self::Plain(text.split_whitespace().collect::<Vec<_>>().join(" ")));
        };
        let inner = rest.trim_end().strip_suffix(')')?;
        let arguments = split(inner)?.into_iter().map(Self::parse).collect::<Option<Vec<_>>>()?;
        let name = name.trim();
        (!name.is_empty()).then(|| Self::Call(name.to_owned(), arguments))
    }

    /// The words of the names in it, in lower case: those that an alias may take over.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::Plain(name) => {
                name.split(['_', ' ', '-']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
            }
            Self::Call(..) => Vec::new(),
        }
    }

    /// As the inside of an EXR tree.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        match self {
            Self::Plain(name) => name.split_whitespace().map(|word| Node::Word(word.to_owned())).collect(),
            Self::Call(name, arguments) => {
                // The catalogs write `Or`, the trees `OR`; other constructors are the same in both.
                let label = if name.eq_ignore_ascii_case("or") { "OR".to_owned() } else { name.clone() };
                vec![Node::Tree(Tree { label, children: arguments.iter().flat_map(Self::nodes).collect() })]
            }
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(name) => out.write_str(name),
            Self::Call(name, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(Self::to_string).collect();
                write!(out, "{name}({})", arguments.join(","))
            }
        }
    }
}

/// Splits at commas outside brackets; `None` when brackets do not match.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (depth == 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read() {
        assert_eq!(Value::parse(" 2  liter "), Some(Value::Plain("2 liter".to_owned())));
        assert_eq!(Value::parse("Or(oat,soy)").map(|value| value.to_string()), Some("Or(oat,soy)".to_owned()));
        assert_eq!(Value::parse("Or(oat"), None);
        assert_eq!(Value::parse(""), None);
    }
}
