//! What a browser asks for.

use std::io::{self, Read};

/// The most that the head of a request may take.
const HEAD_LIMIT: usize = 32 * 1024;

/// The parts of a request that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// Decoded, without leading slash and query; `None` when it climbs out or cannot be decoded.
    pub(super) path: Option<String>,
    pub(super) range: Option<String>,
    pub(super) if_range: Option<String>,
    pub(super) if_none_match: Option<String>,
}

impl Request {
    /// `Ok(None)` is something that is not HTTP.
    pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut buffer = [0; 4096];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = stream.read(&mut buffer)?;
            if count == 0 || head.len() > HEAD_LIMIT {
                return Ok(None);
            }
            head.extend_from_slice(&buffer[..count]);
        }
        Ok(Self::parse(&String::from_utf8_lossy(&head)))
    }

    pub(super) fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let method = words.next()?.to_owned();
        let target = words.next()?;
        if !words.next()?.starts_with("HTTP/1.") {
            return None;
        }
        let mut request = Self { method, path: decoded(target), ..Self::default() };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = Some(value.trim().to_owned());
            match name.to_ascii_lowercase().as_str() {
                "range" => request.range = value,
                "if-range" => request.if_range = value,
                "if-none-match" => request.if_none_match = value,
                _ => {}
            }
        }
        Some(request)
    }
}

fn decoded(target: &str) -> Option<String> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = tail;
    }
    let path = String::from_utf8(bytes).ok()?;
    let climbs = path.split('/').any(|name| name == ".." || name.contains(['\\', '\0', ':'])) || path.starts_with('/');
    (!climbs).then_some(path)
}
