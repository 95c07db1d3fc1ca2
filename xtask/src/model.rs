//! The committed model: is it the file that its manifest pins?

use std::{fmt::Write, path::Path};

use anyhow::{Context, Result, bail};
use oolong_protocol::ModelManifest;
use sha2::{Digest, Sha256};

/// The most that a visitor is asked to download for the model, in bytes.
pub const LIMIT: u64 = 9_000_000;

/// Reads the manifest in `folder` and checks the file beside it.
///
/// # Errors
/// When either cannot be read, or the file is not the pinned one, or is too large.
pub fn verify(folder: &Path) -> Result<ModelManifest> {
    let path = folder.join("model.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let manifest: ModelManifest =
        serde_json::from_str(&text).with_context(|| format!("{} is not a manifest", path.display()))?;
    let file = folder.join(&manifest.file);
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let (size, sha256) = (bytes.len() as u64, hex(&Sha256::digest(&bytes)));
    if size != manifest.bytes {
        bail!("{} has {size} bytes, its manifest says {}", file.display(), manifest.bytes);
    }
    if sha256 != manifest.sha256 {
        bail!("{} has SHA-256 {sha256}, its manifest says {}", file.display(), manifest.sha256);
    }
    if size > LIMIT {
        bail!("{} has {size} bytes, the limit is {LIMIT}", file.display());
    }
    if !(0.0..=1.0).contains(&manifest.threshold) {
        bail!("{}: expected a threshold from 0 to 1, found {}", path.display(), manifest.threshold);
    }
    Ok(manifest)
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
