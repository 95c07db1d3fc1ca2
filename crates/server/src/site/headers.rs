//! What a browser is told about a file, by its name alone.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What the page may do: the same words as in `index.html`, where a static host leaves them to the browser.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";
/// Speech is typed by the browser, stores near by are found, and tills read codes, each where somebody wishes so; nothing
/// else of the device is used.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(self), display-capture=(), encrypted-media=(), \
    geolocation=(self), gyroscope=(), hid=(), magnetometer=(), microphone=(self), midi=(), payment=(), \
    publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()";

/// How long a browser may keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Its name changes with its bytes.
    Forever,
    /// As long as its validator is confirmed each time.
    Confirmed,
    /// Not at all.
    Never,
}

impl Keep {
    /// The value of `Cache-Control`.
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::Forever => "public, max-age=31536000, immutable",
            Self::Confirmed => "no-cache",
            Self::Never => "no-store",
        }
    }
}

/// How long the file called `name` may be kept.
pub(crate) fn keep(name: &str) -> Keep {
    // The script that decides what is kept is never kept itself without asking.
    if name != super::page::SERVICE_WORKER && is_hashed(name) { Keep::Forever } else { Keep::Confirmed }
}

/// The media type of the file called `name`.
pub(crate) fn content_type(name: &str) -> &'static str {
    match extension(name) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether the file called `name` gets smaller by compression; models and pictures do not.
pub(crate) fn is_compressible(name: &str) -> bool {
    matches!(
        extension(name),
        "html" | "js" | "mjs" | "css" | "json" | "map" | "webmanifest" | "wasm" | "svg" | "txt" | "md" | "csv"
    )
}

/// Headers of every file.
pub(crate) fn secure(headers: &mut HeaderMap, kind: &str) {
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if kind.starts_with("text/html") {
        // Harmless: the page opens no window and needs none that opened it; frames are not concerned.
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
}

/// Whether 12 to 16 hexadecimal digits stand between `-`, `_`, `.` and `/` somewhere in the name, as in
/// `oolong-page-c50a82031543c9d6_bg.wasm` and `worker-0123456789abcdef/oolong-worker.js`.
fn is_hashed(name: &str) -> bool {
    let is_hash = |piece: &str| {
        (12..=16).contains(&piece.len()) && piece.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let pieces: Vec<&str> = name.split(['-', '_', '.', '/']).collect();
    // What stands first or last has nothing on one of its sides.
    pieces.len() > 2 && pieces[1..pieces.len() - 1].iter().any(|piece| is_hash(piece))
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_that_of_the_page() {
        let page = include_str!("../../../../index.html");
        assert!(page.contains(&format!("http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"")), "{POLICY}");
    }

    #[test]
    fn only_names_with_a_hash_are_kept_forever() {
        let check = |name: &str, expected: Keep| assert_eq!(keep(name), expected, "{name}");
        check("oolong-page-c50a82031543c9d6_bg.wasm", Keep::Forever);
        check("worker-0123456789abcdef/oolong-worker.js", Keep::Forever);
        check("boot-81561f17c3a2c4a.js", Keep::Forever);
        check("model/oolong-0b889df8b7e1.gguf", Keep::Forever);
        check("oolong-worker_bg.wasm", Keep::Confirmed);
        check("index.html", Keep::Confirmed);
        check("oolong-page-C50A82031543C9D6.js", Keep::Confirmed);
        check("page-c50a820315.js", Keep::Confirmed);
        check("page-c50a82031543c9d6a.js", Keep::Confirmed);
        check("0123456789abcdef", Keep::Confirmed);
        check("sw.js", Keep::Confirmed);
    }

    #[test]
    fn types_are_what_browsers_insist_on() {
        assert_eq!(content_type("a/b_bg.wasm"), "application/wasm");
        assert_eq!(content_type("a.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("model.gguf"), "application/octet-stream");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
        assert!(!is_compressible("model.gguf"));
    }
}
