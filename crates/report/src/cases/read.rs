//! One case after another from a file of either format, in the memory of one case and the ids seen.

use std::io::BufRead;

use oolong_catalog::Campaign;
use oolong_intent::Case;

use super::check::{Check, RawCase};
use super::comma::Table;
use super::lines::Lines;
use super::problem::Problem;

/// How cases are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// A table with the columns `id,lang,text,frames,context,tags`.
    Csv,
}

impl Format {
    /// CSV for names that end in `.csv`, JSON Lines for all others.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) { Self::Csv } else { Self::JsonLines }
    }
}

/// The cases of a file, in order: each is sound, its ids are the campaign's, and its id is new; or it is a [`Problem`].
///
/// A problem does not end the file: the next call goes on behind it.
pub struct Cases<'a, R> {
    source: Source<R>,
    check: Check<'a>,
}

enum Source<R> {
    JsonLines(Lines<R>),
    Csv(Table<R>),
}

impl<'a, R: BufRead> Cases<'a, R> {
    /// Reads from `reader`, without buffering beyond it, and checks against `campaign`.
    pub fn new(reader: R, format: Format, campaign: &'a Campaign) -> Self {
        let lines = Lines::new(reader);
        let source = match format {
            Format::JsonLines => Source::JsonLines(lines),
            Format::Csv => Source::Csv(Table::new(lines)),
        };
        Self { source, check: Check::new(campaign) }
    }
}

impl<R: BufRead> Iterator for Cases<'_, R> {
    type Item = Result<Case, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = match &mut self.source {
            Source::JsonLines(lines) => loop {
                match lines.next()? {
                    Ok((_, text)) if text.trim().is_empty() => {}
                    Ok((line, text)) => break RawCase::from_json(line, &text).map(|raw| (line, raw)),
                    Err(problem) => break Err(problem),
                }
            },
            Source::Csv(table) => table.next()?,
        };
        Some(read.and_then(|(line, raw)| self.check.case(line, raw)))
    }
}
