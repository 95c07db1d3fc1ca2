//! Cases back to text, so that what was read can be edited in the other format.

use oolong_intent::{Case, Context, RawFrame};
use serde::Serialize;

use super::comma::COLUMNS;
use super::read::Format;

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    lang: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    context: &'a Context,
    frames: Vec<RawFrame>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
}

/// Writes cases so that [`super::Cases`] reads the same ones back.
///
/// CSV begins with a byte order mark: without it spreadsheets show Chinese as noise.
///
/// # Errors
/// What could not be written as JSON or CSV; for cases that were read by this crate there is no such thing.
pub fn write_cases<'a>(cases: impl IntoIterator<Item = &'a Case>, format: Format) -> Result<String, csv::Error> {
    match format {
        Format::JsonLines => cases.into_iter().map(|case| Ok(json(&line(case))? + "\n")).collect(),
        Format::Csv => {
            let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
            for case in cases {
                let line = line(case);
                rows.push(vec![
                    case.id.clone(),
                    case.lang.clone(),
                    case.text.clone(),
                    json(&line.frames)?,
                    if is_blank(line.context) { String::new() } else { json(line.context)? },
                    if plain(&case.tags) { case.tags.join(";") } else { json(&case.tags)? },
                ]);
            }
            table(&rows)
        }
    }
}

/// Rows as CSV text with a byte order mark.
pub(crate) fn table(rows: &[Vec<String>]) -> Result<String, csv::Error> {
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    rows.iter().try_for_each(|row| writer.write_record(row))?;
    writer.flush()?;
    drop(writer);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn line(case: &Case) -> Line<'_> {
    Line {
        id: &case.id,
        lang: &case.lang,
        text: &case.text,
        context: &case.context,
        frames: case.frames.iter().cloned().map(RawFrame::from).collect(),
        tags: &case.tags,
    }
}

fn is_blank(context: &Context) -> bool {
    *context == Context::default()
}

/// Whether tags can be joined by semicolons and come apart again as they were.
fn plain(tags: &[String]) -> bool {
    tags.iter().all(|tag| !tag.contains(';') && !tag.starts_with('[') && tag.trim() == tag && !tag.is_empty())
}

fn json(value: &(impl Serialize + ?Sized)) -> Result<String, csv::Error> {
    serde_json::to_string(value).map_err(|error| csv::Error::from(std::io::Error::from(error)))
}
