//! What the head of a response means for a download of which some bytes are already there.
//!
//! Pure, so that every odd server is a line of a test.

use oolong_protocol::{Trouble, TroubleKind};

use crate::scope::trouble;

/// The parts of a response's head that matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// HTTP status.
    pub(crate) status: u16,
    /// `Content-Type`.
    pub(crate) content_type: Option<String>,
    /// `Content-Length`; with `Content-Encoding` it counts other bytes than those that arrive.
    pub(crate) content_length: Option<u64>,
    /// `Content-Range`.
    pub(crate) content_range: Option<String>,
    /// Whether the body is compressed on the way.
    pub(crate) encoded: bool,
}

/// What to do with the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It continues what is there.
    Append,
    /// It is the whole file: forget what is there.
    FromStart,
    /// It does not fit what is there: forget that and ask for the whole file.
    AskAgain,
    /// It is not our file.
    Refuse(Trouble),
}

/// Judges a response to a request for the bytes from `have` on, of a file of `total` bytes.
pub(crate) fn judge(head: &Head, have: u64, total: u64) -> Verdict {
    match head.status {
        206 if have > 0 => match head.content_range.as_deref().and_then(range) {
            Some((start, size)) if start == have && size.is_none_or(|size| size == total) => Verdict::Append,
            _ => Verdict::AskAgain,
        },
        416 if have > 0 => Verdict::AskAgain,
        200 => whole(head, total),
        status => Verdict::Refuse(trouble(
            TroubleKind::Download,
            format!("expected the model file, the server answered with status {status}"),
        )),
    }
}

/// The header that makes a server send the rest only of the very file that was begun.
///
/// Weak validators are not allowed there (RFC 9110, 13.1.5); without a strong one the hash has to notice a mixture.
pub(crate) fn validator(etag: Option<String>, last_modified: Option<String>) -> Option<String> {
    etag.filter(|etag| !etag.starts_with("W/")).or(last_modified)
}

fn whole(head: &Head, total: u64) -> Verdict {
    let kind = head.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("text/html") {
        let detail = format!("expected the model file of {total} bytes, found a web page ({kind})");
        return Verdict::Refuse(trouble(TroubleKind::Integrity, detail));
    }
    match head.content_length {
        Some(found) if !head.encoded && found != total => Verdict::Refuse(trouble(
            TroubleKind::Integrity,
            format!("expected the model file of {total} bytes, the server offers {found}"),
        )),
        _ => Verdict::FromStart,
    }
}

/// First byte and size of the file in `bytes 100-199/200`; the size may be `*`.
fn range(text: &str) -> Option<(u64, Option<u64>)> {
    let (bounds, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let start = bounds.split_once('-')?.0.parse().ok()?;
    let size = if size == "*" { None } else { Some(size.parse().ok()?) };
    Some((start, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16) -> Head {
        Head { status, ..Head::default() }
    }

    fn ranged(text: &str) -> Head {
        Head { content_range: Some(text.to_owned()), ..head(206) }
    }

    #[track_caller]
    fn check(head: &Head, have: u64, expected: &str) {
        let found = match judge(head, have, 100) {
            Verdict::Refuse(trouble) => format!("{:?}: {}", trouble.kind, trouble.detail),
            verdict => format!("{verdict:?}"),
        };
        assert!(found.starts_with(expected), "expected {expected}, found {found}");
    }

    #[test]
    fn a_rest_is_appended_only_where_it_fits() {
        check(&ranged("bytes 40-99/100"), 40, "Append");
        check(&ranged("bytes 40-99/*"), 40, "Append");
        check(&ranged("bytes 0-99/100"), 40, "AskAgain");
        check(&ranged("bytes 40-199/200"), 40, "AskAgain");
        check(&ranged("pages 1-2/3"), 40, "AskAgain");
        check(&head(206), 40, "AskAgain");
        check(&head(416), 40, "AskAgain");
        check(&head(200), 40, "FromStart");
    }

    #[test]
    fn what_is_not_our_file_is_refused() {
        check(&head(404), 0, "Download: expected the model file, the server answered with status 404");
        check(&head(206), 0, "Download");
        check(&head(416), 0, "Download");
        let page = Head { content_type: Some("Text/HTML; charset=utf-8".to_owned()), ..head(200) };
        check(&page, 0, "Integrity: expected the model file of 100 bytes, found a web page");
        let short = Head { content_length: Some(99), ..head(200) };
        check(&short, 0, "Integrity: expected the model file of 100 bytes, the server offers 99");
        check(&Head { encoded: true, ..short }, 0, "FromStart");
        check(&Head { content_length: Some(100), ..head(200) }, 0, "FromStart");
    }

    #[test]
    fn only_strong_validators_are_sent() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(validator(some("\"a\""), some("Mon")), some("\"a\""));
        assert_eq!(validator(some("W/\"a\""), some("Mon")), some("Mon"));
        assert_eq!(validator(some("W/\"a\""), None), None);
    }
}
