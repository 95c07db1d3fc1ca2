//! What every visitor's browser learns of the country: places with names, an overview, and which tiles there are.

use std::collections::{BTreeMap, HashMap};

use crate::Directory;
use crate::codec::Writer;
use crate::directory::{self, CELL, PlaceKind};
use crate::geo::Grid;
use crate::store::{Names, Store};

/// Most districts and landmarks that every visitor's browser learns.
const PLACES: usize = 3_000;

/// Places with names and the overview.
pub(super) fn survey(stores: &[Store], grid: &[Grid], packed: i32, tiles: Vec<directory::Leaf>) -> Directory {
    type Key<'a> = (PlaceKind, &'a Names, &'a Names);
    let mut brands: HashMap<&str, u32> = HashMap::new();
    let mut cells: BTreeMap<(i32, i32), u32> = BTreeMap::new();
    let mut named: HashMap<Key<'_>, (Vec<i32>, Vec<i32>)> = HashMap::new();
    let nothing = Names::default();
    for (store, place) in stores.iter().zip(grid) {
        *brands.entry(&store.brand).or_default() += 1;
        *cells.entry((place.x.div_euclid(CELL), place.y.div_euclid(CELL))).or_default() += 1;
        let keys = [
            (PlaceKind::City, &store.city, &nothing),
            (PlaceKind::District, &store.district, &store.city),
            (PlaceKind::Landmark, &store.landmark, &store.city),
        ];
        for key in keys.into_iter().filter(|(_, names, _)| !names.is_empty()) {
            let (xs, ys) = named.entry(key).or_default();
            xs.push(place.x);
            ys.push(place.y);
        }
    }
    let mut places: Vec<(Key<'_>, directory::Named)> = named
        .into_iter()
        .map(|(key, (xs, ys))| {
            let stores = xs.len() as u32;
            (
                key,
                directory::Named {
                    names: key.1.clone(),
                    kind: key.0,
                    at: Grid { x: median(xs), y: median(ys) },
                    stores,
                },
            )
        })
        .collect();
    places.sort_by(|(a, one), (b, other)| (a.0, other.stores, a).cmp(&(b.0, one.stores, b)));
    let cities = places.partition_point(|(key, _)| key.0 == PlaceKind::City);
    let mut others = places.split_off(cities);
    others.sort_by_key(|(_, place)| std::cmp::Reverse(place.stores));
    others.truncate(PLACES);
    others.sort_by_key(|(_, place)| place.kind);
    places.truncate(PLACES);
    places.append(&mut others);
    let mut brands: Vec<(String, u32)> = brands.into_iter().map(|(brand, stores)| (brand.to_owned(), stores)).collect();
    brands.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Directory {
        packed,
        count: stores.len() as u32,
        brands,
        places: places.into_iter().map(|(_, place)| place).collect(),
        cells: cells.into_iter().map(|((x, y), stores)| directory::Cell { x, y, stores }).collect(),
        tiles,
    }
}

fn median(mut values: Vec<i32>) -> i32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable(middle).1
}

pub(super) fn write_directory(directory: &Directory) -> Vec<u8> {
    let mut writer = Writer::new(*directory::MAGIC);
    writer.i32(directory.packed);
    writer.u64(directory.count.into());
    writer.count(directory.brands.len());
    for (brand, stores) in &directory.brands {
        writer.string(brand);
        writer.u64((*stores).into());
    }
    writer.count(directory.places.len());
    let mut last = Grid::default();
    for place in &directory.places {
        writer.names(&place.names);
        writer.bytes.push(match place.kind {
            PlaceKind::City => 0,
            PlaceKind::District => 1,
            PlaceKind::Landmark | PlaceKind::Store => 2,
        });
        write_grid(&mut writer, &mut last, place.at);
        writer.u64(place.stores.into());
    }
    writer.count(directory.cells.len());
    let mut last = (0, 0);
    for cell in &directory.cells {
        writer.i32(cell.x - last.0);
        writer.i32(cell.y - last.1);
        writer.u64(cell.stores.into());
        last = (cell.x, cell.y);
    }
    writer.count(directory.tiles.len());
    let mut corner = Grid::default();
    for leaf in &directory.tiles {
        write_grid(&mut writer, &mut corner, leaf.area.min);
        write_grid(&mut writer, &mut corner.clone(), leaf.area.max);
        writer.bytes.extend_from_slice(&leaf.hash);
        for value in [leaf.stores, leaf.bytes, leaf.sent] {
            writer.u64(value.into());
        }
    }
    writer.bytes
}

fn write_grid(writer: &mut Writer, last: &mut Grid, place: Grid) {
    writer.i32(place.x - last.x);
    writer.i32(place.y - last.y);
    *last = place;
}
