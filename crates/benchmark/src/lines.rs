//! Files of one JSON object a line.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::BenchmarkError;

/// A line of a set: what all sets have, and the set's own gold and remarks.
#[derive(Debug, Deserialize)]
pub(crate) struct Line<G> {
    /// Unique in its file.
    pub(crate) id: String,
    /// What was said.
    pub(crate) text: String,
    /// What it means, in the set's own notation.
    pub(crate) gold: G,
}

/// Reads every line of `text`; `file` is only for the error.
///
/// # Errors
/// [`BenchmarkError::Line`] for the first line that is not of this shape, [`BenchmarkError::Empty`] without any.
pub(crate) fn read_lines<L: DeserializeOwned>(file: &str, text: &str) -> Result<Vec<L>, BenchmarkError> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let read = serde_json::from_str(line).map_err(|error| {
            let expected = format!("a case as a JSON object with id, text and gold ({error})");
            BenchmarkError::line(file, index + 1, expected, line)
        })?;
        lines.push(read);
    }
    if lines.is_empty() { Err(BenchmarkError::Empty { file: file.to_owned() }) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_is_named() {
        let text = "{\"id\":\"1\",\"text\":\"a tea\",\"gold\":{}}\n\n{\"id\":2}\n";
        let error = read_lines::<Line<serde_json::Value>>("cases.jsonl", text).unwrap_err();
        assert!(error.to_string().starts_with("cases.jsonl:3: expected a case"), "{error}");
        assert!(read_lines::<Line<serde_json::Value>>("cases.jsonl", "\n").unwrap_err().to_string().contains("none"));
    }
}
