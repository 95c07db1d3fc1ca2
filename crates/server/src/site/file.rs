//! One file: its bytes, its compressed forms, and all that its headers say.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use axum::body::Bytes;
use axum::http::HeaderValue;
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use super::headers::{Keep, content_type, is_compressible, keep};

/// Files up to this size, in bytes, are held in memory; larger ones (models) are read each time.
const MAX_HELD: u64 = 32 << 20;

/// A file of the page.
#[derive(Debug)]
pub(crate) struct File {
    /// Size in bytes.
    pub(crate) size: u64,
    /// `Content-Type`.
    pub(crate) kind: &'static str,
    /// How long it may be kept.
    pub(crate) keep: Keep,
    /// Whether it is worth compressing.
    pub(crate) compressible: bool,
    /// The bytes, or where they are.
    pub(crate) content: Content,
    /// Another `Content-Security-Policy` than that of all files.
    pub(crate) policy: Option<HeaderValue>,
    hash: String,
    brotli: OnceCell<Bytes>,
    gzip: OnceCell<Bytes>,
}

/// The bytes of a file.
#[derive(Debug)]
pub(crate) enum Content {
    /// In memory.
    Held(Bytes),
    /// On disk.
    OnDisk(PathBuf),
}

/// A form in which a file can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Identity,
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
}

impl File {
    /// Reads the file at `path`, which the page calls `name`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn open(name: &str, path: &Path) -> Result<Self> {
        let mut file = std::fs::File::open(path)?;
        if file.metadata()?.len() <= MAX_HELD {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            return Ok(Self::held(name, bytes));
        }
        let (mut hash, mut size, mut piece) = (Sha256::new(), 0, vec![0; 64 << 10]);
        loop {
            let read = file.read(&mut piece)?;
            if read == 0 {
                return Ok(Self::new(name, size, &hash.finalize(), Content::OnDisk(path.to_owned())));
            }
            hash.update(&piece[..read]);
            size += read as u64;
        }
    }

    /// A file of these bytes.
    pub(crate) fn held(name: &str, bytes: Vec<u8>) -> Self {
        let hash = Sha256::digest(&bytes);
        Self::new(name, bytes.len() as u64, &hash, Content::Held(bytes.into()))
    }

    /// A file of these bytes that nobody may keep.
    pub(crate) fn unkept(name: &str, bytes: Vec<u8>) -> Self {
        Self { keep: Keep::Never, ..Self::held(name, bytes) }
    }

    /// A file of packed stores: small in any coding, whatever its name says.
    pub(crate) fn packed(name: &str, bytes: Vec<u8>) -> Self {
        Self { compressible: true, ..Self::held(name, bytes) }
    }

    /// The bytes, if they are in memory.
    pub(crate) fn bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Held(bytes) => Some(bytes),
            Content::OnDisk(_) => None,
        }
    }

    /// A strong validator: another one for each coding, because the bytes differ.
    pub(crate) fn etag(&self, coding: Coding) -> String {
        format!("\"{}{}\"", self.hash, coding.suffix())
    }

    /// The compressed bytes, made at the first call.
    pub(crate) async fn compressed(self: &Arc<Self>, coding: Coding) -> Option<Bytes> {
        let cell = match coding {
            Coding::Identity => return None,
            Coding::Brotli => &self.brotli,
            Coding::Gzip => &self.gzip,
        };
        let bytes = self.bytes().filter(|_| self.compressible)?.clone();
        let made = cell.get_or_try_init(|| async move {
            let compress = move || if coding == Coding::Brotli { brotli(&bytes) } else { gzip(&bytes) };
            let made = tokio::task::spawn_blocking(compress).await;
            made.map_err(std::io::Error::other)?.map(Bytes::from)
        });
        made.await.ok().cloned()
    }

    fn new(name: &str, size: u64, hash: &[u8], content: Content) -> Self {
        Self {
            size,
            kind: content_type(name),
            keep: keep(name),
            compressible: is_compressible(name) && matches!(content, Content::Held(_)),
            content,
            policy: None,
            hash: hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
            brotli: OnceCell::new(),
            gzip: OnceCell::new(),
        }
    }
}

impl Coding {
    /// The value of `Content-Encoding`.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
        }
    }
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    // 9 of 11: the last two steps take ten times as long for a few per cent.
    let parameters = brotli::enc::BrotliEncoderParams { quality: 9, lgwin: 22, ..Default::default() };
    let mut made = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut made, &parameters)?;
    Ok(made)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::read::GzEncoder::new(bytes, flate2::Compression::new(6));
    let mut made = Vec::new();
    encoder.read_to_end(&mut made)?;
    Ok(made)
}
