//! CSV with JSON inside: records that span lines, columns in any order.

use std::io::BufRead;

use super::check::{RawCase, parse};
use super::lines::{Lines, MAX_BYTES};
use super::problem::Problem;

/// The columns, in the order in which they are written. The last two may be left out.
pub(super) const COLUMNS: [&str; 6] = ["id", "lang", "text", "frames", "context", "tags"];
const NEEDED: usize = 4;

const JSON_CELL: &str = "in CSV, put JSON in quotes and double the quotes inside it";

/// Reads records; the first one says which column is which.
pub(super) struct Table<R> {
    lines: Lines<R>,
    /// Position of each of [`COLUMNS`] in a record, once the header is read.
    header: Option<Header>,
    over: bool,
}

struct Header {
    places: [Option<usize>; COLUMNS.len()],
    width: usize,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(lines: Lines<R>) -> Self {
        Self { lines, header: None, over: false }
    }

    /// The next case and the line on which it begins.
    pub(super) fn next(&mut self) -> Option<Result<(u64, RawCase), Problem>> {
        while !self.over {
            let (line, cells) = match self.record()? {
                Ok(record) => record,
                Err(problem) => {
                    // Without a header nothing that follows can be understood.
                    self.over = self.header.is_none();
                    return Some(Err(problem));
                }
            };
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            match &self.header {
                Some(header) => return Some(case(line, header, &cells).map(|raw| (line, raw))),
                None => match header(line, &cells) {
                    Ok(header) => self.header = Some(header),
                    Err(problem) => {
                        self.over = true;
                        return Some(Err(problem));
                    }
                },
            }
        }
        None
    }

    /// Lines are taken together until their quotes are closed, so that the first line's number is known for certain.
    fn record(&mut self) -> Option<Result<(u64, Vec<String>), Problem>> {
        let (start, mut text) = match self.lines.next()? {
            Ok(first) => first,
            Err(problem) => return Some(Err(problem)),
        };
        let mut open = odd_quotes(&text);
        while open && text.len() <= MAX_BYTES {
            match self.lines.next() {
                Some(Ok((_, more))) => {
                    open ^= odd_quotes(&more);
                    text.push('\n');
                    text.push_str(&more);
                }
                Some(Err(problem)) => return Some(Err(problem)),
                None => break,
            }
        }
        if open {
            let reason = "expected a closing quote, found the end of the file or 1 MiB without one";
            let advice = "put a field with quotes inside in quotes and double those inside";
            return Some(Err(Problem::new(start, "", reason, advice)));
        }
        Some(cells(&text).map(|cells| (start, cells)).map_err(|error| {
            Problem::new(start, "", format!("expected CSV, found {error}"), "write the file with a spreadsheet")
        }))
    }
}

fn odd_quotes(text: &str) -> bool {
    text.bytes().filter(|&byte| byte == b'"').count() % 2 == 1
}

fn cells(record: &str) -> Result<Vec<String>, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(record.as_bytes());
    let mut cells = csv::StringRecord::new();
    reader.read_record(&mut cells)?;
    Ok(cells.iter().map(str::to_owned).collect())
}

fn header(line: u64, cells: &[String]) -> Result<Header, Problem> {
    const ADVICE: &str = "the first line is id,lang,text,frames,context,tags";
    let problem = |reason: String| Problem::new(line, "header", reason, ADVICE);
    let names: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
    if let [only] = names.as_slice()
        && only.contains([';', '\t'])
    {
        return Err(problem("expected columns separated by commas, found semicolons or tabs".to_owned()));
    }
    if let Some(strange) = names.iter().find(|name| !COLUMNS.contains(name)) {
        return Err(problem(format!("expected a known column, found {strange:?}")));
    }
    let places = COLUMNS.map(|column| names.iter().position(|name| *name == column));
    if let Some(missing) = (0..NEEDED).find(|&index| places[index].is_none()) {
        return Err(problem(format!("expected the column {}, found none", COLUMNS[missing])));
    }
    if places.iter().flatten().count() < names.len() {
        return Err(problem("expected each column once, found one twice".to_owned()));
    }
    Ok(Header { places, width: names.len() })
}

fn case(line: u64, header: &Header, cells: &[String]) -> Result<RawCase, Problem> {
    if cells.len() != header.width {
        let reason = format!("expected {} columns as in the header, found {}", header.width, cells.len());
        return Err(Problem::new(line, "", reason, "put fields that contain commas or quotes in quotes"));
    }
    let [id, lang, text, frames, context, tags] =
        header.places.map(|place| place.and_then(|place| cells.get(place)).map_or("", String::as_str));
    Ok(RawCase {
        id: id.to_owned(),
        lang: lang.trim().to_owned(),
        text: text.to_owned(),
        frames: parse(line, "frames", frames, JSON_CELL)?,
        context: if context.trim().is_empty() {
            oolong_intent::Context::default()
        } else {
            parse(line, "context", context, JSON_CELL)?
        },
        tags: if tags.trim_start().starts_with('[') {
            parse(line, "tags", tags, JSON_CELL)?
        } else {
            tags.split(';').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
        },
    })
}
