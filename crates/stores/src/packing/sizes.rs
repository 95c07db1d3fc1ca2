//! What visitors download, compressed as it is sent.

use crate::Directory;
use crate::geo::{Point, View};
use crate::store::Names;

/// Bytes on the way to a visitor, with brotli at quality 5 (what a server does while sending).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The header.
    pub header: u32,
    /// A tile in the middle.
    pub median_tile: u32,
    /// The largest tile.
    pub largest_tile: u32,
    /// Header and tiles for 12 × 12 km around the middle of a city, at most, within [`Directory::VISIT`],
    pub city_view: u32,
    /// and if every tile were loaded and none shown as a cluster, in the city where that is most,
    pub whole_view: u32,
    /// which city that is,
    pub city: Names,
    /// and how many stores those tiles have.
    pub city_stores: u32,
}

/// The sizes of a packed country, whose tiles are `sent` in so many bytes.
pub(super) fn sizes(directory: &Directory, header: &[u8], mut sent: Vec<u32>) -> Sizes {
    let header = compressed_size(header);
    let mut most_sent = 0;
    let mut city = |point: Point| {
        let plan = directory.plan(View::around(point, 6_000.0, 6_000.0), u32::MAX);
        let visit =
            directory.plan(View::around(point, 6_000.0, 6_000.0), Directory::VISIT.saturating_sub(header)).bytes;
        most_sent = most_sent.max(visit);
        (plan.bytes, plan.tiles.iter().map(|tile| directory.tiles[*tile as usize].stores).sum())
    };
    let most = directory.cities().map(|(names, point, _)| (city(point), names)).max_by_key(|((bytes, _), _)| *bytes);
    let ((bytes, city_stores), names) = most.map_or(((0, 0), Names::default()), |(most, names)| (most, names.clone()));
    sent.sort_unstable();
    Sizes {
        header,
        median_tile: sent.get(sent.len() / 2).copied().unwrap_or_default(),
        largest_tile: sent.last().copied().unwrap_or_default(),
        city_view: header + most_sent,
        whole_view: header + bytes,
        city: names,
        city_stores,
    }
}

/// Compresses on as many threads as there are cores: it is most of the work of packing.
pub(super) fn compressed_sizes(parts: &[&[u8]]) -> Vec<u32> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
    let share = parts.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let shares: Vec<_> = parts
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().map(|bytes| compressed_size(bytes)).collect::<Vec<u32>>()))
            .collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_default()).collect()
    })
}

fn compressed_size(bytes: &[u8]) -> u32 {
    let mut sink = Count(0);
    let mut input = bytes;
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    match brotli::BrotliCompress(&mut input, &mut sink, &parameters) {
        Ok(_) => sink.0,
        // Writing to a counter does not fail; if it did, uncompressed is what would be sent.
        Err(_) => bytes.len() as u32,
    }
}

struct Count(u32);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u32;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
