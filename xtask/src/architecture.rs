//! ARCHITECTURE.md names every crate, or it is out of date.

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Checks that the code map has a line for every crate, and for `xtask`, `tests` and `training`.
///
/// # Errors
/// When a crate is not mentioned, or the file cannot be read.
pub fn check() -> Result<()> {
    let path = workspace::root().join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut places: Vec<String> = workspace::crates()?.into_iter().map(|name| format!("crates/{name}")).collect();
    places.extend(["xtask", "tests", "training"].map(str::to_owned));
    let missing = unmentioned(&text, &places);
    if !missing.is_empty() {
        bail!("ARCHITECTURE.md does not mention {}: add a line for each to its code map", missing.join(", "));
    }
    Ok(())
}

fn unmentioned(text: &str, places: &[String]) -> Vec<String> {
    places.iter().filter(|place| !text.contains(&format!("`{place}"))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_without_a_line_is_found() {
        let places = ["crates/nlu", "crates/cart"].map(str::to_owned);
        assert_eq!(unmentioned("### `crates/nlu`\nUnderstands.", &places), ["crates/cart"]);
    }
}
