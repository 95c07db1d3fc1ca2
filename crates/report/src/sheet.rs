//! One row per case, for a spreadsheet.

use oolong_intent::Context;

use crate::answer::compact;
use crate::cases::table;
use crate::evaluation::Evaluation;

const COLUMNS: [&str; 12] =
    ["id", "lang", "text", "context", "tags", "right", "confidence", "ms", "expected", "found", "differs", "trouble"];

/// The report as CSV, with a byte order mark for spreadsheets.
///
/// This is a table to look at; [`crate::write_cases`] writes cases that can be read back.
///
/// # Errors
/// [`csv::Error`] if a row cannot be written, which does not happen in memory.
pub fn csv(run: &Evaluation) -> Result<String, csv::Error> {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    for one in run.judged() {
        let context = if one.case.context == Context::default() {
            String::new()
        } else {
            serde_json::to_string(&one.case.context).unwrap_or_default()
        };
        let row = [
            one.case.id.clone(),
            one.case.lang.clone(),
            one.case.text.clone(),
            context,
            one.case.tags.join(";"),
            one.right.to_string(),
            format!("{:.4}", one.answer.confidence),
            format!("{:.2}", one.answer.ms),
            compact(&one.case.frames),
            compact(&one.answer.frames),
            if one.right { String::new() } else { one.differs().join(";") },
            one.answer.trouble.clone().unwrap_or_default(),
        ];
        rows.push(row.into_iter().map(harmless).collect());
    }
    table(&rows)
}

/// A cell that a spreadsheet would run as a formula begins with an apostrophe, which it shows as text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}
