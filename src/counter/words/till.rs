//! Words about till.

/// These words in one language.
pub(crate) struct TillWords {
    pub(crate) title: &'static str,
}

pub(super) const EN: TillWords = TillWords { title: "Till" };

pub(super) const ZH: TillWords = TillWords { title: "收银台" };
