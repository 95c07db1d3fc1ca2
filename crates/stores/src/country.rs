//! All stores of a country in one file: the directory and every tile.

use crate::codec::{PackError, Reader};
use crate::directory::Directory;
use crate::geo::Point;
use crate::index::Index;
use crate::places::Place;
use crate::tile::Tile;

pub(crate) const MAGIC: &[u8; 4] = b"OSTc";

/// A whole country, loaded and ready to be searched.
#[derive(Debug)]
pub struct Pack {
    /// What visitors' browsers know.
    pub directory: Directory,
    /// Every store.
    pub index: Index,
}

impl Pack {
    /// Reads a whole country.
    ///
    /// # Errors
    /// Bytes of something else, of another version, cut short, damaged, or whose parts do not belong together.
    pub fn read(bytes: &[u8]) -> Result<Pack, PackError> {
        let mut reader = Reader::open(bytes, MAGIC, "country")?;
        let length = reader.count("directory")?;
        let directory = Directory::read(reader.take(length, "directory")?)?;
        let mut base = 0;
        let mut tiles = Vec::with_capacity(directory.tiles.len());
        for leaf in &directory.tiles {
            let tile = Tile::read(reader.take(leaf.bytes as usize, "tile")?)?;
            if tile.base != base || tile.len() != leaf.stores as usize {
                return Err(reader.damaged("tile"));
            }
            base += leaf.stores;
            tiles.push(tile);
        }
        reader.finish()?;
        Ok(Pack { directory, index: Index::new(tiles) })
    }

    /// Places that the text may mean, best first: cities, districts and landmarks, then stores.
    #[must_use]
    pub fn place(&self, text: &str, near: Option<Point>) -> Vec<Place> {
        let mut places = self.directory.place(text);
        if places.len() < 10 {
            places.extend(self.index.place(text, near));
            places.truncate(10);
        }
        places
    }
}
