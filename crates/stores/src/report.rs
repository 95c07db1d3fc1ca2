//! What reading a file found wrong: every problem is a line, nothing is lost without one.

use std::fmt;

/// Something wrong in a file of stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which feature, from 0; none for the file as a whole.
    pub feature: Option<usize>,
    /// Its id, empty if it has none.
    pub id: String,
    /// Which property.
    pub field: &'static str,
    /// What should be there.
    pub expected: String,
    /// What is.
    pub found: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.feature {
            Some(feature) if self.id.is_empty() => write!(formatter, "feature {feature}: ")?,
            Some(feature) => write!(formatter, "feature {feature} ({}): ", self.id)?,
            None => {}
        }
        write!(formatter, "{}: expected {}, found {}", self.field, self.expected, self.found)
    }
}

/// How reading went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Features in the file.
    pub read: usize,
    /// Stores that came of them.
    pub taken: usize,
    /// Why features were not taken, or the file not read to its end.
    pub errors: Vec<Problem>,
    /// What was taken with a doubt.
    pub warnings: Vec<Problem>,
}
