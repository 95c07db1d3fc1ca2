//! SHA-256 of the model file.

use js_sys::Uint8Array;
use sha2::{Digest, Sha256};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::SubtleCrypto;

use crate::scope::scope;

/// SHA-256 in lower-case hexadecimal; by the browser where it offers that, else by our own code.
///
/// Browsers keep `crypto.subtle` from pages without TLS, and a demo on the local network is such a page.
pub(crate) async fn sha256(bytes: &Uint8Array) -> String {
    match native(bytes).await {
        Some(digest) => hex(&digest),
        None => hex(&Sha256::digest(bytes.to_vec())),
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn native(bytes: &Uint8Array) -> Option<Vec<u8>> {
    let subtle: SubtleCrypto = scope().crypto().ok()?.subtle();
    if AsRef::<JsValue>::as_ref(&subtle).is_undefined() {
        return None;
    }
    let digest = subtle.digest_with_str_and_js_u8_array("SHA-256", bytes).ok()?;
    let digest = JsFuture::from(digest).await.ok()?;
    Some(Uint8Array::new(digest.unchecked_ref()).to_vec())
}
