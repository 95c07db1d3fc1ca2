//! From the pinned manifest to verified bytes: out of the browser's storage, or over the network.

use js_sys::Uint8Array;
use oolong_protocol::{ModelManifest, Stage, Trouble, TroubleKind};
use web_sys::AbortSignal;

use crate::{
    cache::Shelf,
    digest::sha256,
    download::{Partial, Progress},
    scope::trouble,
};

const MANIFEST: &str = include_str!("../../../public/model/model.json");

/// Bytes that have the pinned hash.
pub(crate) struct Verified {
    /// The file.
    pub(crate) bytes: Uint8Array,
    /// Whether it came from the browser's storage.
    pub(crate) cached: bool,
    /// Whether it is in the browser's storage now.
    pub(crate) kept: bool,
}

/// The model that this worker was built for.
pub(crate) fn manifest() -> Result<ModelManifest, Trouble> {
    serde_json::from_str(MANIFEST)
        .map_err(|error| trouble(TroubleKind::Model, format!("the manifest compiled into the worker: {error}")))
}

/// Where the model file lies: `url` itself, or the manifest's file in it where `url` is a folder.
pub(crate) fn file_url(url: &str, manifest: &ModelManifest) -> String {
    if url.ends_with('/') { format!("{url}{}", manifest.file) } else { url.to_owned() }
}

/// Gets the file and checks length and hash. What came of a broken download stays in `partial`.
pub(crate) async fn fetch(
    url: &str,
    manifest: &ModelManifest,
    partial: &mut Option<Partial>,
    signal: &AbortSignal,
    report: impl Fn(Stage, Progress),
) -> Result<Verified, Trouble> {
    let shelf = Shelf::new(url, &manifest.sha256);
    if let Some(bytes) = shelf.take().await {
        report(Stage::Verify, Progress { received: u64::from(bytes.length()), bytes_per_second: 0.0 });
        if check(&bytes, manifest).await.is_ok() {
            return Ok(Verified { bytes, cached: true, kept: true });
        }
        shelf.clear().await;
    }
    let total = u32::try_from(manifest.bytes)
        .map_err(|_| trouble(TroubleKind::Model, format!("a model of {} bytes is too large", manifest.bytes)))?;
    let partial = match partial {
        Some(partial) if partial.is_of(url, total) => partial,
        other => other.insert(Partial::new(url, total)),
    };
    let mut again = true;
    loop {
        partial.complete(signal, |progress| report(Stage::Download, progress)).await?;
        report(Stage::Verify, Progress { received: manifest.bytes, bytes_per_second: 0.0 });
        match check(partial.bytes(), manifest).await {
            Ok(()) => break,
            // The server's file may have changed between two parts of it: once more, in one piece.
            Err(_) if partial.is_mixed() && again => {
                again = false;
                partial.clear();
            }
            Err(trouble) => {
                partial.clear();
                return Err(trouble);
            }
        }
    }
    if signal.aborted() {
        return Err(trouble(TroubleKind::Cancelled, "the download was stopped"));
    }
    let bytes = partial.bytes().clone();
    let kept = shelf.put(&bytes).await;
    Ok(Verified { bytes, cached: false, kept })
}

async fn check(bytes: &Uint8Array, manifest: &ModelManifest) -> Result<(), Trouble> {
    let length = u64::from(bytes.length());
    if length != manifest.bytes {
        let detail = format!("expected the model file of {} bytes, found {length}", manifest.bytes);
        return Err(trouble(TroubleKind::Integrity, detail));
    }
    let found = sha256(bytes).await;
    if found == manifest.sha256 {
        return Ok(());
    }
    let detail = format!("expected a model file with SHA-256 {}, found {found}", manifest.sha256);
    Err(trouble(TroubleKind::Integrity, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_manifest_is_sound() {
        let manifest = manifest().expect("the manifest is read");
        assert_eq!(manifest.sha256.len(), 64);
        assert!(manifest.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        assert!((0.0..=1.0).contains(&manifest.threshold));
        assert_eq!(file_url("http://a/model/", &manifest), format!("http://a/model/{}", manifest.file));
        assert_eq!(file_url("http://a/b.gguf", &manifest), "http://a/b.gguf");
    }
}
