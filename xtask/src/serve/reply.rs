//! What a browser is told: status, headers, and which part of which file.

use std::{fs::Metadata, path::Path, time::UNIX_EPOCH};

use super::{Found, request::Request};

/// Head and body of a reply.
pub(super) struct Reply {
    pub(super) head: String,
    pub(super) body: Body,
}

pub(super) enum Body {
    Text(String),
    Part { found: Found, start: u64, length: u64 },
}

impl Reply {
    pub(super) fn to(request: &Request, find: &dyn Fn(&str) -> Option<Found>) -> Self {
        if request.method != "GET" && request.method != "HEAD" {
            return Self::error(405, "expected GET or HEAD");
        }
        let Some(path) = &request.path else { return Self::error(400, "expected a path within the site") };
        let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.clone() };
        let found = |path: &str| {
            find(path).and_then(|found| Some((found.file.metadata().ok().filter(Metadata::is_file)?, found)))
        };
        // As most hosts of static sites do: `lab` is answered by `lab.html`.
        let Some((metadata, found)) = found(&path).or_else(|| found(&format!("{path}.html"))) else {
            return Self::error(404, "no such file");
        };
        let reply = Self::file(request, &path, found, &metadata);
        if request.method == "HEAD" { Self { body: Body::Text(String::new()), ..reply } } else { reply }
    }

    pub(super) fn error(status: u16, text: &str) -> Self {
        let body = format!("{status}: {text}\n");
        let headers = format!("Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n", body.len());
        Self { head: head(status, &headers), body: Body::Text(body) }
    }

    fn file(request: &Request, path: &str, found: Found, metadata: &Metadata) -> Self {
        let size = metadata.len();
        let tag = tag(metadata);
        let caching = if !found.lasting {
            "no-store"
        } else if is_hashed(path) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let mut headers = format!("ETag: {tag}\r\nCache-Control: {caching}\r\n");
        if request.if_none_match.as_deref().is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag)) {
            return Self { head: head(304, &headers), body: Body::Text(String::new()) };
        }
        headers += &format!("Content-Type: {}\r\nAccept-Ranges: bytes\r\n", content_type(&found.file));
        // A range of another version of the file would be glued to the wrong bytes.
        let same = request.if_range.as_ref().is_none_or(|known| *known == tag);
        let range = request.range.as_deref().filter(|_| same).and_then(|range| parse_range(range, size));
        let (status, start, length) = match range {
            None => (200, 0, size),
            Some(None) => {
                headers += &format!("Content-Range: bytes */{size}\r\nContent-Length: 0\r\n");
                return Self { head: head(416, &headers), body: Body::Text(String::new()) };
            }
            Some(Some((first, last))) => {
                headers += &format!("Content-Range: bytes {first}-{last}/{size}\r\n");
                (206, first, last - first + 1)
            }
        };
        headers += &format!("Content-Length: {length}\r\n");
        Self { head: head(status, &headers), body: Body::Part { found, start, length } }
    }
}

fn head(status: u16, headers: &str) -> String {
    let reason = match status {
        200 => "OK",
        206 => "Partial Content",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        416 => "Range Not Satisfiable",
        _ => "Error",
    };
    format!("HTTP/1.1 {status} {reason}\r\n{headers}X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n")
}

/// Changes when the file does: cheap, and good enough for files that a build writes.
fn tag(metadata: &Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("\"{:x}-{:x}\"", metadata.len(), modified.map_or(0, |time| time.as_nanos()))
}

/// Whether a part of the path carries a hash of the content: `page-0123456789abcdef_bg.wasm`, `a-0123456789abcdef/b.js`.
fn is_hashed(path: &str) -> bool {
    path.split(['-', '_', '.', '/']).any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `None`: no range that is understood, so the whole file; `Some(None)`: a range outside of the file.
fn parse_range(text: &str, size: u64) -> Option<Option<(u64, u64)>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    if last.contains(',') {
        return None;
    }
    let end = size.checked_sub(1);
    match (first.parse::<u64>().ok(), last.parse::<u64>().ok()) {
        (Some(first), last) => {
            let last = last.unwrap_or(u64::MAX);
            Some(end.map(|end| (first, last.min(end))).filter(|(first, last)| first <= last))
        }
        (None, Some(count)) if first.is_empty() => {
            Some(end.filter(|_| count > 0).map(|end| (size.saturating_sub(count), end)))
        }
        _ => None,
    }
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (text, expected) in [
            ("bytes=0-1", Some(Some((0, 1)))),
            ("bytes=4-", Some(Some((4, 9)))),
            ("bytes=4-99", Some(Some((4, 9)))),
            ("bytes=-3", Some(Some((7, 9)))),
            ("bytes=-99", Some(Some((0, 9)))),
            ("bytes=10-", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=1-2,4-5", None),
            ("lines=1-2", None),
        ] {
            assert_eq!(parse_range(text, 10), expected, "{text}");
        }
    }

    #[test]
    fn only_hashed_names_are_immutable() {
        for (path, expected) in [
            ("oolong-0123456789abcdef_bg.wasm", true),
            ("snippets/a-0123456789abcdef/inline0.js", true),
            ("index.html", false),
            ("model/tiny.gguf", false),
        ] {
            assert_eq!(is_hashed(path), expected, "{path}");
        }
    }
}
