//! From stores to bytes: an order in which neighbours are together, tiles cut from it, a directory over them.

mod cutting;
mod sizes;
mod survey;
mod tiles;

use sha2::{Digest, Sha256};

pub use sizes::Sizes;

use crate::codec::Writer;
use crate::country;
use crate::directory::{self, tile_file};
use crate::geo::{Area, Grid};
use crate::opening::Almanac;
use crate::store::Store;
use cutting::cut;
use sizes::{compressed_sizes, sizes};
use survey::{survey, write_directory};
use tiles::write_tile;

/// Packed stores, as files to be written.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// Everything, for servers: see [`crate::Pack`].
    pub country: Vec<u8>,
    /// For visitors: see [`crate::Directory`].
    pub header: Vec<u8>,
    /// The header's file name, by its content.
    pub header_file: String,
    /// File names and bytes: see [`crate::Tile`].
    pub tiles: Vec<(String, Vec<u8>)>,
    /// What visitors download.
    pub sizes: Sizes,
}

/// Packs stores on the local day `packed_on` (days since 1970): hours that depend on dates are known for 60 days from it.
#[must_use]
pub fn pack(stores: &[Store], packed_on: i32) -> Packed {
    let places: Vec<Grid> = stores.iter().map(|store| store.point().to_grid()).collect();
    let (order, cuts) = cut(&places);
    let mut almanac = Almanac::new(packed_on);
    let mut tiles = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let base = cut.start as u32;
        let members = &order[cut];
        let rows: Vec<&Store> = members.iter().map(|at| &stores[*at]).collect();
        let grid: Vec<Grid> = members.iter().map(|at| places[*at]).collect();
        tiles.push((Area::of(&grid), rows.len() as u32, write_tile(base, &rows, &grid, &mut almanac)));
    }
    let sent = compressed_sizes(&tiles.iter().map(|(.., bytes)| bytes.as_slice()).collect::<Vec<_>>());
    let leaves: Vec<directory::Leaf> = tiles
        .iter()
        .zip(&sent)
        .map(|((area, stores, bytes), sent)| directory::Leaf {
            area: *area,
            stores: *stores,
            hash: hash(bytes),
            bytes: bytes.len() as u32,
            sent: *sent,
        })
        .collect();
    let directory = survey(stores, &places, packed_on, leaves);
    let header = write_directory(&directory);
    let mut country = Writer::new(*country::MAGIC);
    country.count(header.len());
    country.bytes.extend_from_slice(&header);
    tiles.iter().for_each(|(.., bytes)| country.bytes.extend_from_slice(bytes));
    let sizes = sizes(&directory, &header, sent);
    let header_file = format!("stores-{:016x}.idx", u64::from_be_bytes(hash(&header)));
    let tiles = directory.tiles.iter().zip(tiles).map(|(leaf, (.., bytes))| (tile_file(leaf.hash), bytes)).collect();
    Packed { country: country.bytes, header, header_file, tiles, sizes }
}

fn hash(bytes: &[u8]) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&Sha256::digest(bytes)[..8]);
    short
}
