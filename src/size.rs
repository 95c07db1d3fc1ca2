//! Bytes as people read them.

/// `8.4 MB`, with the unit that makes the number readable.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn the_unit_makes_the_number_readable() {
        for (bytes, text) in [(999, "999 B"), (64_200, "64 kB"), (4_591_104, "4.6 MB")] {
            assert_eq!(size(bytes), text);
        }
    }
}
