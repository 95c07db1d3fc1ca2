//! The built site, as it is or with some of its files altered.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use xtask::{
    serve::{Found, Server},
    workspace,
};

/// What a path answers with instead of the built file.
#[derive(Clone, Debug)]
pub enum Altered {
    /// 404.
    Gone,
    /// Other bytes; the name's extension decides on the content type.
    Bytes {
        /// Extension, as in `"html"`.
        extension: &'static str,
        /// The whole file.
        bytes: Vec<u8>,
    },
    /// The built file at this speed.
    Slow {
        /// Bytes a second.
        bytes_per_second: u32,
    },
    /// The built file, but the connection ends early.
    Cut {
        /// Bytes that arrive.
        after: u64,
    },
}

/// The site on a port of its own; its alterations can be changed while it is served.
pub struct Site {
    server: Server,
    altered: Arc<Mutex<HashMap<String, Found>>>,
    folder: PathBuf,
}

impl Site {
    /// Serves what `cargo xtask test --only site` has built.
    ///
    /// # Panics
    /// When it was not built.
    #[must_use]
    pub fn start() -> Self {
        Self::on_port(0)
    }

    /// As [`Self::start`], on the port of a site that was stopped.
    ///
    /// # Panics
    /// When the site was not built or the port is taken.
    #[must_use]
    pub fn on_port(port: u16) -> Self {
        let dist = workspace::dist();
        assert!(dist.join("index.html").is_file(), "the site is not built: run `cargo xtask test --only site`");
        let altered: Arc<Mutex<HashMap<String, Found>>> = Arc::default();
        let shared = Arc::clone(&altered);
        let server = Server::start(port, move |path| {
            let altered = shared.lock().unwrap_or_else(PoisonError::into_inner);
            Some(altered.get(path).cloned().unwrap_or_else(|| dist.join(path).into()))
        });
        let server = server.expect("a free port");
        let folder = std::env::temp_dir().join(format!("oolong-site-{}-{}", std::process::id(), server.port()));
        Self { server, altered, folder }
    }

    /// The address of the page.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The port, for a later [`Self::on_port`].
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Alters a path from now on.
    ///
    /// # Panics
    /// When the altered file cannot be written.
    pub fn alter(&self, path: &str, altered: Altered) {
        let built = || Found::from(workspace::dist().join(path));
        let found = match altered {
            Altered::Gone => Found::from(self.folder.join("gone")),
            Altered::Slow { bytes_per_second } => Found { bytes_per_second: Some(bytes_per_second), ..built() },
            Altered::Cut { after } => Found { cut_after: Some(after), ..built() },
            Altered::Bytes { extension, bytes } => {
                std::fs::create_dir_all(&self.folder).expect("a temporary folder");
                let file = self.folder.join(format!("{}.{extension}", path.replace('/', "-")));
                std::fs::write(&file, bytes).expect("a temporary file");
                Found { lasting: false, ..file.into() }
            }
        };
        self.altered.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), found);
    }

    /// Serves a path as it was built again.
    pub fn restore(&self, path: &str) {
        self.altered.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The path of the model below the site's root.
///
/// # Panics
/// When the manifest cannot be read.
#[must_use]
pub fn model_path() -> String {
    let files = xtask::site::files(&workspace::dist()).expect("the site is built");
    files.into_iter().find(|file| file.ends_with(".gguf")).expect("the site has a model")
}

/// A file of the built site.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn read(path: &Path) -> Vec<u8> {
    let file = workspace::dist().join(path);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
