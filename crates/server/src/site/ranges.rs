//! `Range: bytes=…`, as far as downloads that go on need it: one range.
//!
//! Source: RFC 9110, 14.

/// What a request asks of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it: nothing else was asked, or nothing that is understood.
    Whole,
    /// The bytes from the first to the second, both included.
    Bytes(u64, u64),
    /// Bytes that it does not have.
    Outside,
}

/// Reads the value of a `Range` header for a file of `size` bytes.
pub(crate) fn part(value: &str, size: u64) -> Part {
    let Some(spec) = value.trim().strip_prefix("bytes=") else { return Part::Whole };
    // Several ranges would need a multipart answer, which a server may decline.
    let Some((first, last)) = spec.split_once('-').filter(|_| !spec.contains(',')) else { return Part::Whole };
    let number = |text: &str| {
        let text = text.trim();
        if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<u64>().ok() } else { None }
    };
    match (number(first), number(last)) {
        (None, Some(count)) if first.trim().is_empty() => {
            if count == 0 || size == 0 {
                Part::Outside
            } else {
                Part::Bytes(size - count.min(size), size - 1)
            }
        }
        (Some(first), Some(last)) if first > last => Part::Whole,
        (Some(first), _) if first >= size => Part::Outside,
        (Some(first), Some(last)) => Part::Bytes(first, last.min(size - 1)),
        (Some(first), None) if last.trim().is_empty() => Part::Bytes(first, size - 1),
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_range_is_understood() {
        let check = |value: &str, expected: Part| assert_eq!(part(value, 100), expected, "{value}");
        check("bytes=0-9", Part::Bytes(0, 9));
        check("bytes=40-", Part::Bytes(40, 99));
        check("bytes=40-1000", Part::Bytes(40, 99));
        check("bytes=-10", Part::Bytes(90, 99));
        check("bytes=-1000", Part::Bytes(0, 99));
        check("bytes=-0", Part::Outside);
        check("bytes=100-", Part::Outside);
        check("bytes=9-0", Part::Whole);
        check("bytes=0-1,5-6", Part::Whole);
        check("bytes=-", Part::Whole);
        check("bytes=a-b", Part::Whole);
        check("bytes=+1-2", Part::Whole);
        check("pages=1-2", Part::Whole);
        assert_eq!(part("bytes=0-", 0), Part::Outside);
    }

    proptest! {
        #[test]
        fn no_range_leaves_the_file(value in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in any::<u64>()) {
            if let Part::Bytes(first, last) = part(&value, size) {
                prop_assert!(first <= last && last < size);
            }
        }
    }
}
