//! Test files: one case a line.

use std::path::Path;

use anyhow::{Context as _, Result};
use oolong_intent::Case;

/// Reads all cases of a JSON Lines file; a bad line is named with its number and reason.
pub(crate) fn read_cases(path: &Path) -> Result<Vec<Case>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), index + 1)))
        .collect()
}
