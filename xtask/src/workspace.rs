//! Where things lie, and what time it is.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};

/// The repository.
#[must_use]
pub fn root() -> PathBuf {
    // Cargo says at run time which checkout it runs for. What was compiled in may be another one, where two share a
    // target folder.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(|| package.clone(), Path::to_path_buf)
}

/// The built site; `OOLONG_DIST` points at another one.
#[must_use]
pub fn dist() -> PathBuf {
    std::env::var_os("OOLONG_DIST").map_or_else(|| root().join("dist"), PathBuf::from)
}

/// Build output and reports.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Names of the folders in `crates/`, sorted.
///
/// # Errors
/// When the folder cannot be read.
pub fn crates() -> Result<Vec<String>> {
    let folder = root().join("crates");
    let mut names = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The version of a package that `Cargo.lock` pins.
///
/// # Errors
/// When the lock file cannot be read or lacks the package.
pub fn locked_version(package: &str) -> Result<String> {
    let path = root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    version_in(&lock, package).with_context(|| format!("{} pins no {package}", path.display()))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    Some(lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

/// A clock for durations.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this crate never runs in WebAssembly")]
pub fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_a_lock_file() {
        let lock =
            "[[package]]\nname = \"tea\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"milk\"\nversion = \"4.0.0\"\n";
        assert_eq!(version_in(lock, "milk").as_deref(), Some("4.0.0"));
        assert_eq!(version_in(lock, "sugar"), None);
    }
}
