//! The page's files, as they were when the server started: a deploy that is half done is never served.
//!
//! Paths are looked up in a list of what there is, so no path leads anywhere else. Files that begin with a dot are not
//! in it.

mod file;
mod headers;
mod page;
mod ranges;
mod reply;
mod tiles;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use file::Coding;
pub(crate) use file::File;
pub(crate) use reply::answer;
pub use tiles::MapTiles;

/// All files by path, without the leading slash.
#[derive(Debug)]
pub(crate) struct Site {
    files: HashMap<String, Arc<File>>,
}

impl Site {
    /// Reads `folder`. With `agent` and `shop`, the page is told of them; without `service_worker`, browsers are told to
    /// forget what they kept.
    ///
    /// # Errors
    /// When something in the folder cannot be read.
    pub(crate) fn open(folder: &Path, agent: bool, shop: bool, service_worker: bool) -> Result<Self> {
        let mut files = HashMap::new();
        walk(folder, "", &mut files).with_context(|| format!("--site {}", folder.display()))?;
        if files.is_empty() {
            anyhow::bail!("--site {}: expected the built page, found no files", folder.display());
        }
        let mut site = Self { files };
        if agent {
            site.replace(page::INDEX, page::with_agent);
        }
        if shop {
            site.replace(page::INDEX, page::with_shop);
        }
        if !service_worker {
            let off = site.files.get(page::SERVICE_WORKER_OFF).and_then(|file| file.bytes());
            let off = off.with_context(|| {
                format!("--no-service-worker: {} has no {}", folder.display(), page::SERVICE_WORKER_OFF)
            })?;
            site.files
                .insert(page::SERVICE_WORKER.to_owned(), Arc::new(File::unkept(page::SERVICE_WORKER, off.to_vec())));
        }
        Ok(site)
    }

    /// Puts pictures of another host under the map.
    pub(crate) fn with_tiles(mut self, tiles: &MapTiles, attribution: &str) -> Self {
        self.replace(page::INDEX, |page| tiles.told(page, attribution));
        if let Some(file) = self.files.get_mut(page::INDEX).and_then(Arc::get_mut) {
            file.policy = tiles.policy();
        }
        self
    }

    /// The file that answers the path of a URL.
    pub(crate) fn find(&self, path: &str) -> Option<Arc<File>> {
        let path = page::decoded(path.strip_prefix('/')?)?;
        let names = match path.as_str() {
            // The till is the same page in another mode.
            "" | "till" => [page::INDEX.to_owned(), String::new()],
            "lab" => ["lab.html".to_owned(), String::new()],
            folder if folder.ends_with('/') => [format!("{folder}{}", page::INDEX), String::new()],
            file => [file.to_owned(), format!("{file}.html")],
        };
        names.iter().find_map(|name| self.files.get(name)).cloned()
    }

    /// Compresses what can be compressed, so that no visitor waits for it.
    pub(crate) fn compress(&self) -> impl Future<Output = ()> + Send + use<> {
        let files: Vec<Arc<File>> = self.files.values().cloned().collect();
        async move {
            for file in files {
                for coding in [Coding::Brotli, Coding::Gzip] {
                    file.compressed(coding).await;
                }
            }
        }
    }

    fn replace(&mut self, name: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) {
        if let Some(bytes) = self.files.get(name).and_then(|file| file.bytes()) {
            let file = File::held(name, change(bytes));
            self.files.insert(name.to_owned(), Arc::new(file));
        }
    }
}

fn walk(folder: &Path, prefix: &str, files: &mut HashMap<String, Arc<File>>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().filter(|name| !name.starts_with('.')).map(str::to_owned) else {
            continue;
        };
        let (path, name) = (entry.path(), format!("{prefix}{name}"));
        // Links are followed for files only: a link to a folder may lead round in circles.
        if entry.file_type()?.is_dir() {
            walk(&path, &format!("{name}/"), files)?;
        } else if path.is_file() {
            let file = File::open(&name, &path).with_context(|| name.clone())?;
            files.insert(name, Arc::new(file));
        }
    }
    Ok(())
}
