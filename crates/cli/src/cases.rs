//! Test files from disk, with a bar for those who wait.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};
use oolong_catalog::Campaign;
use oolong_intent::Case;
use oolong_report::{Cases, Format, Problems};
use sha2::{Digest, Sha256};

/// Sound cases, what is wrong with the other lines, and the SHA-256 of the file.
pub(crate) struct CaseFile {
    pub(crate) cases: Vec<Case>,
    pub(crate) problems: Problems,
    pub(crate) sha256: String,
}

impl CaseFile {
    /// Reads the whole file.
    pub(crate) fn read(path: &Path, campaign: &Campaign) -> Result<Self> {
        let mut hasher = Sha256::new();
        let mut cases = Vec::new();
        let reader = Hashing { inner: open(path)?, hasher: &mut hasher };
        let problems = scan(reader, path, campaign, |case| cases.push(case))?;
        let sha256 = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { cases, problems, sha256 })
    }
}

/// Hands each sound case of the file to `take`, and returns what is wrong with the others; keeps no case itself.
pub(crate) fn lint(path: &Path, campaign: &Campaign, take: impl FnMut(Case)) -> Result<Problems> {
    scan(open(path)?, path, campaign, take)
}

/// A bar on standard error, which is there only if that is a terminal.
pub(crate) fn bar(length: usize, unit: &str) -> Result<ProgressBar> {
    let bar = ProgressBar::new(length as u64);
    let style = format!("{{bar:30}} {{pos}} of {{len}} {unit}, {{eta}} left");
    bar.set_style(ProgressStyle::with_template(&style)?);
    Ok(bar)
}

fn open(path: &Path) -> Result<File> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let directory = file.metadata().is_ok_and(|metadata| metadata.is_dir());
    anyhow::ensure!(!directory, "cannot read {}: it is a directory", path.display());
    Ok(file)
}

fn scan(reader: impl Read, path: &Path, campaign: &Campaign, mut take: impl FnMut(Case)) -> Result<Problems> {
    let length = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let bar = ProgressBar::new(length);
    bar.set_style(ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes} checked")?);
    let mut problems = Problems::default();
    let reader = BufReader::with_capacity(1 << 16, bar.wrap_read(reader));
    for case in Cases::new(reader, Format::of(&path.to_string_lossy()), campaign) {
        match case {
            Ok(case) => take(case),
            Err(problem) => problems.add(problem),
        }
    }
    bar.finish_and_clear();
    Ok(problems)
}

/// Hashes what passes through, so that a large file is read once.
struct Hashing<'a, R> {
    inner: R,
    hasher: &'a mut Sha256,
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        Ok(length)
    }
}
