//! `GET /stores/…`: the packed stores for browsers, as files of the site.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::Shop;
use super::problem::Refused;
use crate::site::{File, answer};

/// The header's name for browsers; it is confirmed at each visit, all other files are kept forever.
pub(crate) const DIRECTORY: &str = "directory";

/// The files by name.
#[derive(Debug)]
pub(crate) struct Tiles(HashMap<String, Arc<File>>);

impl Tiles {
    /// Files of these names and bytes.
    pub(crate) fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let file = |(name, bytes): (String, Vec<u8>)| {
            let file = File::packed(&name, bytes);
            (name, Arc::new(file))
        };
        Self(files.into_iter().map(file).collect())
    }
}

/// A tile, or the directory of tiles.
pub(crate) async fn file(State(shop): State<Arc<Shop>>, Path(name): Path<String>, request: Request) -> Response {
    let file = shop.tiles.0.get(&name).filter(|_| [Method::GET, Method::HEAD].contains(request.method()));
    match file {
        Some(file) => answer(Arc::clone(file), request.method(), request.headers()).await,
        None => Refused::unreadable(StatusCode::NOT_FOUND, "there is no such file of stores").into_response(),
    }
}
