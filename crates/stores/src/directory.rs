//! The header that every visitor loads: places, how many stores are where, and which tiles there are.

use serde::{Deserialize, Serialize};

use crate::codec::{PackError, Reader};
use crate::geo::{Area, Grid, Point, Sight, View};
use crate::store::Names;

pub(crate) const MAGIC: &[u8; 4] = b"OSTd";

/// Cells of the overview per degree, as grid steps: a quarter of a degree.
pub(crate) const CELL: i32 = 25_000;

/// The header of packed stores.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// Local day of packing, days since 1970.
    pub(crate) packed: i32,
    /// Number of all stores.
    pub(crate) count: u32,
    /// Brands with their number of stores.
    pub(crate) brands: Vec<(String, u32)>,
    /// Cities, districts, landmarks with a name.
    pub(crate) places: Vec<Named>,
    /// How many stores are in each cell that has any.
    pub(crate) cells: Vec<Cell>,
    pub(crate) tiles: Vec<Leaf>,
}

/// What kind of place a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// A city.
    City,
    /// A district of a city.
    District,
    /// A square, a mall, a station: what a store is in or near.
    Landmark,
    /// A store.
    Store,
}

/// A place with a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    pub(crate) names: Names,
    pub(crate) kind: PlaceKind,
    pub(crate) at: Grid,
    pub(crate) stores: u32,
}

/// A cell of the overview: column, row, number of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) stores: u32,
}

/// A tile, as the directory knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) area: Area,
    pub(crate) stores: u32,
    pub(crate) hash: [u8; 8],
    /// Bytes as stored, and as sent with brotli.
    pub(crate) bytes: u32,
    pub(crate) sent: u32,
}

/// Stores too many to be shown one by one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Where to draw it.
    pub point: Point,
    /// How many stores.
    pub stores: u32,
    /// What it covers.
    pub bounds: View,
}

/// What to do for a view: load these tiles, draw those clusters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Numbers of tiles, nearest to the middle first.
    pub tiles: Vec<u32>,
    /// What the tiles do not show.
    pub clusters: Vec<Cluster>,
    /// Bytes that the tiles take on the way, with brotli.
    pub bytes: u32,
}

impl Directory {
    /// Reads a header.
    ///
    /// # Errors
    /// Bytes of something else, of another version, cut short or damaged.
    pub fn read(bytes: &[u8]) -> Result<Directory, PackError> {
        let mut reader = Reader::open(bytes, MAGIC, "directory")?;
        let packed = reader.i32("date")?;
        let count = reader.u32("number of stores")?;
        let brands = reader.list("brands", |reader| Ok((reader.string("brand")?, reader.u32("number of stores")?)))?;
        let mut last = Grid::default();
        let places = reader.list("places", |reader| {
            let names = reader.names("place")?;
            let kind = match reader.byte("kind of place")? {
                0 => PlaceKind::City,
                1 => PlaceKind::District,
                2 => PlaceKind::Landmark,
                _ => return Err(reader.damaged("kind of place")),
            };
            last = read_grid(reader, last)?;
            Ok(Named { names, kind, at: last, stores: reader.u32("number of stores")? })
        })?;
        let mut place = (0i32, 0i32);
        let cells = reader.list("cells", |reader| {
            let mut next = |last: i32| {
                let step = reader.i32("cell")?;
                last.checked_add(step).filter(|cell| cell.abs() <= 720).ok_or_else(|| reader.damaged("cell"))
            };
            place = (next(place.0)?, next(place.1)?);
            Ok(Cell { x: place.0, y: place.1, stores: reader.u32("number of stores")? })
        })?;
        let mut corner = Grid::default();
        let tiles = reader.list("tiles", |reader| {
            corner = read_grid(reader, corner)?;
            let max = read_grid(reader, corner)?;
            let mut hash = [0; 8];
            hash.copy_from_slice(reader.take(8, "hash")?);
            let [stores, bytes, sent] = [reader.u32("tile")?, reader.u32("tile")?, reader.u32("tile")?];
            Ok(Leaf { area: Area { min: corner, max }, stores, hash, bytes, sent })
        })?;
        let stores = tiles.iter().try_fold(0u32, |sum, leaf| sum.checked_add(leaf.stores));
        if stores != Some(count) {
            return Err(reader.damaged("number of stores"));
        }
        reader.finish()?;
        Ok(Self { packed, count, brands, places, cells, tiles })
    }

    /// Bytes with brotli that a visitor may have to download for a city, the header included.
    pub const VISIT: u32 = 150_000;

    /// Number of stores in all.
    #[must_use]
    pub fn stores(&self) -> u32 {
        self.count
    }

    /// Number of tiles.
    #[must_use]
    pub fn tiles(&self) -> u32 {
        self.tiles.len() as u32
    }

    /// Day of packing, days since 1970 in local time: hours that depend on dates are known for 60 days from it.
    #[must_use]
    pub fn packed_on(&self) -> i32 {
        self.packed
    }

    /// Brands with their number of stores, most first.
    #[must_use]
    pub fn brands(&self) -> &[(String, u32)] {
        &self.brands
    }

    /// Cities with their number of stores, most first.
    pub fn cities(&self) -> impl Iterator<Item = (&Names, Point, u32)> {
        let cities = self.places.iter().filter(|place| place.kind == PlaceKind::City);
        cities.map(|city| (&city.names, city.at.to_point(), city.stores))
    }

    /// File name of a tile.
    #[must_use]
    pub fn tile_file(&self, tile: u32) -> Option<String> {
        self.tiles.get(tile as usize).map(|leaf| tile_file(leaf.hash))
    }

    /// The tile that has the store with this index.
    #[must_use]
    pub fn tile_of(&self, store: u32) -> Option<u32> {
        let mut end = 0;
        let at = self.tiles.iter().position(|leaf| {
            end += leaf.stores;
            store < end
        })?;
        Some(at as u32)
    }

    /// Which tiles to load for a view so that no more than `budget` bytes are on the way; clusters for the rest.
    ///
    /// A view wider than two degrees is drawn from the overview alone.
    #[must_use]
    pub fn plan(&self, view: View, budget: u32) -> Plan {
        let boxes = view.boxes();
        if view.width() > 2.0 || view.north - view.south > 2.0 {
            let columns = (view.width() / 12.0).max(0.25);
            return Plan { clusters: self.overview(&boxes, columns), ..Plan::default() };
        }
        let middle = Sight::from(view.centre());
        let mut met: Vec<(f64, usize)> = (self.tiles.iter().enumerate())
            .filter(|(_, leaf)| boxes.iter().any(|area| area.meets(&leaf.area)))
            .map(|(at, leaf)| {
                let bounds = leaf.area.view();
                (middle.closeness_of_box([bounds.west, bounds.south, bounds.east, bounds.north]), at)
            })
            .collect();
        met.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut plan = Plan::default();
        for (_, at) in met {
            let leaf = &self.tiles[at];
            if plan.bytes.saturating_add(leaf.sent) <= budget {
                plan.bytes += leaf.sent;
                plan.tiles.push(at as u32);
            } else {
                let bounds = leaf.area.view();
                plan.clusters.push(Cluster { point: bounds.centre(), stores: leaf.stores, bounds });
            }
        }
        plan
    }

    /// Cells of the overview in view, put together into squares of about so many degrees.
    fn overview(&self, boxes: &[Area], degrees: f64) -> Vec<Cluster> {
        let step = ((degrees * crate::geo::STEPS / f64::from(CELL)).round() as i32).clamp(1, 720);
        let mut sums = std::collections::BTreeMap::new();
        for cell in &self.cells {
            let min = Grid { x: cell.x * CELL, y: cell.y * CELL };
            let area = Area { min, max: Grid { x: min.x + CELL, y: min.y + CELL } };
            if boxes.iter().any(|shown| shown.meets(&area)) {
                let sum =
                    sums.entry((cell.x.div_euclid(step), cell.y.div_euclid(step))).or_insert((0u32, 0.0, 0.0, area));
                let middle = Grid { x: min.x + CELL / 2, y: min.y + CELL / 2 }.to_point();
                sum.0 = sum.0.saturating_add(cell.stores);
                sum.1 += middle.lon * f64::from(cell.stores);
                sum.2 += middle.lat * f64::from(cell.stores);
                let (a, b) = (&mut sum.3, area);
                *a = Area {
                    min: Grid { x: a.min.x.min(b.min.x), y: a.min.y.min(b.min.y) },
                    max: Grid { x: a.max.x.max(b.max.x), y: a.max.y.max(b.max.y) },
                };
            }
        }
        let clusters = sums.into_values().filter(|sum| sum.0 > 0).map(|(stores, lon, lat, area)| Cluster {
            point: Point { lon: lon / f64::from(stores), lat: lat / f64::from(stores) },
            stores,
            bounds: area.view(),
        });
        clusters.collect()
    }
}

/// Name of a tile's file: by its content, so that it can be kept for ever.
pub(crate) fn tile_file(hash: [u8; 8]) -> String {
    format!("stores-{:016x}.tile", u64::from_be_bytes(hash))
}

fn read_grid(reader: &mut Reader<'_>, last: Grid) -> Result<Grid, PackError> {
    let mut next = |last: i32, limit: i32| {
        let step = reader.i32("position")?;
        last.checked_add(step).filter(|value| value.abs() <= limit).ok_or_else(|| reader.damaged("position"))
    };
    Ok(Grid { x: next(last.x, 18_000_000)?, y: next(last.y, 9_000_000)? })
}
