//! Files that are there whole or not at all, and standard output that may be closed early.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::NamedTempFile;

/// A file that is written beside its place and moved there when it is whole.
pub(crate) struct Output {
    path: PathBuf,
    file: NamedTempFile,
}

impl Output {
    /// Makes sure, before any work is done, that something can be written at `path` and that nothing of `inputs` is
    /// there.
    pub(crate) fn open(path: &Path, inputs: &[&Path]) -> Result<Self> {
        let cannot = || format!("cannot write {}", path.display());
        ensure!(!path.is_dir(), "{}: it is a directory", cannot());
        let same = |input: &&Path| match (input.canonicalize(), path.canonicalize()) {
            (Ok(input), Ok(output)) => input == output,
            _ => false,
        };
        ensure!(!inputs.iter().any(same), "{}: it is read in the same run; name another file", cannot());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = builder().tempfile_in(folder).with_context(cannot)?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes `text` and moves the file to its place.
    pub(crate) fn finish(mut self, text: &str) -> Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        self.file.write_all(text.as_bytes()).with_context(cannot)?;
        self.file.flush().with_context(cannot)?;
        self.file.persist(&self.path).with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(())
    }
}

/// Temporary files are for their owner alone by default; a report is as readable as any other new file.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".oolong-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Prints to standard output; a reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("standard output"),
        _ => Ok(()),
    }
}
