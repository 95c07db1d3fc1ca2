//! Files that the user gave, and the site's campaign.

use std::io::{Error, Read};

use js_sys::Uint8Array;
use oolong_catalog::Campaign;
use oolong_protocol::{LabTrouble, LabTroubleKind};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileReaderSync, Response};

use crate::{
    digest::sha256,
    scope::{reason, scope},
};

/// The files of a message, by their places in it.
#[derive(Default)]
pub(super) struct Files {
    given: Vec<Option<File>>,
}

/// A campaign and the SHA-256 of its file.
pub(super) struct CampaignFile {
    pub(super) campaign: Campaign,
    pub(super) sha256: String,
}

impl Files {
    pub(super) fn from_list(list: &js_sys::Array) -> Self {
        Self { given: list.iter().map(|value| value.dyn_into::<File>().ok()).collect() }
    }

    /// The file at a place, if there is one.
    pub(super) fn at(&self, place: usize) -> Option<&File> {
        self.given.get(place)?.as_ref()
    }
}

/// The campaign in `file`, or the site's own.
pub(super) async fn campaign(file: Option<&File>, url: &str) -> Result<CampaignFile, LabTrouble> {
    let bytes = match file {
        Some(file) => bytes(file).await?,
        None => fetched(url).await?,
    };
    let campaign = Campaign::from_json(&bytes.to_vec())
        .map_err(|error| LabTrouble::new(LabTroubleKind::Campaign, error.to_string()))?;
    Ok(CampaignFile { campaign, sha256: sha256(&bytes).await })
}

/// A file as text.
pub(super) async fn text(file: &File) -> Result<String, LabTrouble> {
    let bytes = bytes(file).await?.to_vec();
    String::from_utf8(bytes).map_err(|_| {
        let detail = format!("{}: expected UTF-8 text, found bytes of another encoding", file.name());
        LabTrouble::new(LabTroubleKind::File, detail)
    })
}

/// Reads a file piece by piece, so that a large one is never in memory as a whole.
pub(super) struct Pieces {
    file: File,
    reader: FileReaderSync,
    at: f64,
}

impl Pieces {
    pub(super) fn new(file: &File) -> Result<Self, LabTrouble> {
        let reader = FileReaderSync::new().map_err(|thrown| unreadable(file, &thrown))?;
        Ok(Self { file: file.clone(), reader, at: 0.0 })
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let end = self.file.size().min(self.at + f64::from(u32::try_from(buffer.len()).unwrap_or(u32::MAX)));
        let piece = self.file.slice_with_f64_and_f64(self.at, end);
        let piece = piece.and_then(|piece| self.reader.read_as_array_buffer(&piece));
        let piece = piece.map_err(|thrown| Error::other(reason(&thrown)))?;
        let piece = Uint8Array::new_with_byte_offset(&piece, 0);
        let length = piece.length();
        piece.copy_to(&mut buffer[..length as usize]);
        self.at += f64::from(length);
        Ok(length as usize)
    }
}

async fn bytes(file: &File) -> Result<Uint8Array, LabTrouble> {
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|thrown| unreadable(file, &thrown))?;
    Ok(Uint8Array::new(&buffer))
}

async fn fetched(url: &str) -> Result<Uint8Array, LabTrouble> {
    let broken = |thrown: JsValue| {
        LabTrouble::new(LabTroubleKind::Download, format!("the site's campaign: {}", reason(&thrown)))
    };
    let response = JsFuture::from(scope().fetch_with_str(url)).await.map_err(broken)?;
    let response: Response = response.dyn_into().map_err(broken)?;
    if !response.ok() {
        let detail = format!("the site's campaign: expected a file, the server answered with {}", response.status());
        return Err(LabTrouble::new(LabTroubleKind::Download, detail));
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(broken)?).await.map_err(broken)?;
    Ok(Uint8Array::new(&buffer))
}

fn unreadable(file: &File, thrown: &JsValue) -> LabTrouble {
    LabTrouble::new(LabTroubleKind::File, format!("{}: {}", file.name(), reason(thrown)))
}
