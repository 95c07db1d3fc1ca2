//! The test cases of a run: read in slices, checked, counted, hashed.

use std::{
    cell::RefCell,
    io::{BufReader, Cursor, Read},
    rc::Rc,
};

use oolong_catalog::Campaign;
use oolong_intent::Case;
use oolong_protocol::{FromLab, LabTrouble, LabTroubleKind};
use oolong_report::{Cases, Format, Problems};
use sha2::{Digest, Sha256};
use web_sys::{AbortSignal, File};

use super::{files::Pieces, slices::Slices};
use crate::{digest::hex, scope::say};

/// A case with its answer takes some 2 kB, and the largest report about as much again: this many fit everywhere.
const MOST: usize = 200_000;
/// What the sample cases are called in reports.
const SAMPLES: &str = "sample-cases.jsonl";
/// So much is asked of the browser at once.
const PIECE: usize = 1 << 18;

/// Sound cases, and what is wrong with the other lines.
pub(super) struct CaseFile {
    pub(super) name: String,
    pub(super) cases: Vec<Case>,
    pub(super) problems: Problems,
    pub(super) sha256: String,
}

/// Reads `file`, or sample cases for the campaign where there is none.
pub(super) async fn read(
    id: u32,
    file: Option<&File>,
    campaign: &Campaign,
    signal: &AbortSignal,
) -> Result<CaseFile, LabTrouble> {
    let (name, total, source): (String, u64, Box<dyn Read>) = match file {
        Some(file) => (file.name(), bytes(file.size()), Box::new(Pieces::new(file)?)),
        None => {
            let text = oolong_report::write_cases(&oolong_report::template(campaign), Format::JsonLines)
                .map_err(|error| LabTrouble::new(LabTroubleKind::Fault, error.to_string()))?;
            (SAMPLES.to_owned(), text.len() as u64, Box::new(Cursor::new(text.into_bytes())))
        }
    };
    let tally = Rc::new(RefCell::new(Tally::default()));
    let counted = Counted { source, tally: Rc::clone(&tally) };
    let reader = BufReader::with_capacity(PIECE, counted);
    let (mut cases, mut problems) = (Vec::new(), Problems::default());
    let mut slices = Slices::new(signal);
    for case in Cases::new(reader, Format::of(&name), campaign) {
        match case {
            Ok(_) if cases.len() == MOST => {
                return Err(LabTrouble::new(LabTroubleKind::TooMany, format!("{name} has more than {MOST} cases")));
            }
            Ok(case) => cases.push(case),
            Err(problem) => problems.add(problem),
        }
        slices.breathe(|| say(&FromLab::Reading { id, read: tally.borrow().read, total })).await?;
    }
    let sha256 = hex(&tally.take().hasher.finalize());
    Ok(CaseFile { name, cases, problems, sha256 })
}

#[derive(Default)]
struct Tally {
    read: u64,
    hasher: Sha256,
}

/// Counts and hashes what passes through, so that a large file is read once.
struct Counted {
    source: Box<dyn Read>,
    tally: Rc<RefCell<Tally>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.source.read(buffer)?;
        let mut tally = self.tally.borrow_mut();
        tally.read += length as u64;
        tally.hasher.update(&buffer[..length]);
        Ok(length)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are whole, and far below 2^53")]
fn bytes(size: f64) -> u64 {
    size as u64
}
