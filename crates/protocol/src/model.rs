//! The model file that a build is made for.

use serde::{Deserialize, Serialize};

/// `public/model/model.json`: which file is loaded, and the hash that it must have.
///
/// It is compiled into the worker, so a file that was exchanged on the server or on the way is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelManifest {
    /// File name beside the manifest.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Confidence (0 to 1) below which an answer is asked about instead of acted upon.
    pub threshold: f32,
}
