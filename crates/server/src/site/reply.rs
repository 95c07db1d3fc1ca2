//! A file over HTTP: unchanged, a part of it, compressed, or all of it.

use std::io::SeekFrom;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures::stream;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::file::{Coding, Content, File};
use super::headers::secure;
use super::ranges::{Part, part};

/// Bytes that are read from disk at a time.
const PIECE: u64 = 64 << 10;

/// The response to a GET or HEAD of `file`.
pub(crate) async fn answer(file: Arc<File>, method: &Method, request: &HeaderMap) -> Response {
    let part = wanted(&file, method, request);
    let coding = if part == Part::Whole { coding(&file, request) } else { Coding::Identity };
    let compressed = file.compressed(coding).await;
    let coding = if compressed.is_some() { coding } else { Coding::Identity };
    let mut response = Response::new(Body::empty());
    describe(response.headers_mut(), &file, coding);
    if is_known(&file, request) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    let (first, length) = match part {
        Part::Whole => (0, file.size),
        Part::Bytes(first, last) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes {first}-{last}/{}", file.size));
            (first, last - first + 1)
        }
        Part::Outside => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{}", file.size));
            return response;
        }
    };
    let length = compressed.as_ref().map_or(length, |bytes| bytes.len() as u64);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if method == Method::HEAD {
        return response;
    }
    let body = match (compressed, &file.content) {
        (Some(bytes), _) => Ok(bytes.into()),
        (None, Content::Held(bytes)) => Ok(slice(bytes, first, length).into()),
        (None, Content::OnDisk(path)) => from_disk(path, first, length).await,
    };
    match body {
        Ok(body) => *response.body_mut() = body,
        Err(_) => {
            tracing::error!("a file of the site cannot be read any more");
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
    }
    response
}

/// Which part is wanted: a range counts only for GET, and only of the very file that was begun.
fn wanted(file: &File, method: &Method, request: &HeaderMap) -> Part {
    let text = |name: HeaderName| request.get(name).and_then(|value| value.to_str().ok());
    let Some(range) = text(header::RANGE).filter(|_| method == Method::GET) else { return Part::Whole };
    let same = request.get(header::IF_RANGE).is_none_or(|tag| tag.as_bytes() == file.etag(Coding::Identity).as_bytes());
    if same { part(range, file.size) } else { Part::Whole }
}

/// Whether the client has the file already, in whichever coding.
fn is_known(file: &File, request: &HeaderMap) -> bool {
    let Some(tags) = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else { return false };
    let known = [Coding::Identity, Coding::Brotli, Coding::Gzip].map(|coding| file.etag(coding));
    tags.split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || known.iter().any(|known| known == tag))
}

/// The best coding that the client takes.
fn coding(file: &File, request: &HeaderMap) -> Coding {
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        accepted.split(',').any(|entry| {
            let (coding, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let weight = weight.trim().trim_start_matches("q=");
            coding.trim().eq_ignore_ascii_case(name) && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
        })
    };
    match file.compressible {
        true if takes("br") => Coding::Brotli,
        true if takes("gzip") => Coding::Gzip,
        _ => Coding::Identity,
    }
}

fn describe(headers: &mut HeaderMap, file: &File, coding: Coding) {
    secure(headers, file.kind);
    if let Some(policy) = &file.policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.keep.value()));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    set(headers, header::ETAG, &file.etag(coding));
    if file.compressible {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if let Some(name) = coding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // All values are made of digits and punctuation.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn slice(bytes: &Bytes, first: u64, length: u64) -> Bytes {
    let (first, length) = (usize::try_from(first).unwrap_or_default(), usize::try_from(length).unwrap_or_default());
    bytes.slice(first..first + length)
}

async fn from_disk(path: &std::path::Path, first: u64, length: u64) -> std::io::Result<Body> {
    let mut file = tokio::fs::File::open(path).await?;
    file.seek(SeekFrom::Start(first)).await?;
    let pieces = stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        let mut piece = vec![0; usize::try_from(left.min(PIECE)).unwrap_or_default()];
        file.read_exact(&mut piece).await?;
        let left = left - piece.len() as u64;
        Ok(Some((Bytes::from(piece), (file, left))))
    });
    Ok(Body::from_stream(pieces))
}
