//! The contract's test cases.

use oolong_intent::Case;
use xtask::workspace;

/// The cases of a file in `tests/contract/`.
///
/// # Panics
/// When the file cannot be read or a line is not a case.
#[must_use]
pub fn read(file: &str) -> Vec<Case> {
    let path = workspace::root().join("tests/contract").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let case = |(index, line)| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}:{}: {error}", path.display(), index + 1))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(case).collect()
}
