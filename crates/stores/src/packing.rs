//! From stores to bytes: an order in which neighbours are together, tiles cut from it, a directory over them.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use sha2::{Digest, Sha256};

use crate::codec::Writer;
use crate::directory::{self, CELL, PlaceKind, tile_file};
use crate::geo::{Area, Grid, Point, View};
use crate::hours::{ALWAYS, Schedule};
use crate::numbered::{Numbered, split};
use crate::opening::Almanac;
use crate::reading::in_china;
use crate::store::{Names, Store};
use crate::tile::{self, CLOSED_FOR_GOOD, DELIVERY, HOLE, PICKUP, Pace};
use crate::{Directory, country};

/// Most stores of a tile.
const LEAF: usize = 1_200;

/// Most districts and landmarks that every visitor's browser learns.
const PLACES: usize = 3_000;

/// Packed stores, as files to be written.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// Everything, for servers: see [`crate::Pack`].
    pub country: Vec<u8>,
    /// For visitors: see [`Directory`].
    pub header: Vec<u8>,
    /// The header's file name, by its content.
    pub header_file: String,
    /// File names and bytes: see [`crate::Tile`].
    pub tiles: Vec<(String, Vec<u8>)>,
    /// What visitors download.
    pub sizes: Sizes,
}

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

/// Packs stores on the local day `packed_on` (days since 1970): hours that depend on dates are known for 60 days from it.
#[must_use]
pub fn pack(stores: &[Store], packed_on: i32) -> Packed {
    let places: Vec<Grid> = stores.iter().map(|store| store.point().to_grid()).collect();
    let mut order: Vec<(u64, u32)> = places.iter().enumerate().map(|(at, place)| (morton(*place), at as u32)).collect();
    order.sort_unstable();
    let mut cuts = Vec::new();
    cut(&order, 52, 0, &mut cuts);
    let mut almanac = Almanac::new(packed_on);
    let mut tiles = Vec::with_capacity(cuts.len());
    let mut start = 0;
    for end in cuts {
        let rows: Vec<&Store> = order[start..end].iter().map(|(_, at)| &stores[*at as usize]).collect();
        let grid: Vec<Grid> = order[start..end].iter().map(|(_, at)| places[*at as usize]).collect();
        tiles.push((area(&grid), rows.len() as u32, write_tile(start as u32, &rows, &grid, &mut almanac)));
        start = end;
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

/// Column and row bit by bit: neighbours get near numbers.
fn morton(place: Grid) -> u64 {
    let spread = |value: i32| (0..26).fold(0u64, |sum, bit| sum | u64::from(value as u32 >> bit & 1) << (2 * bit));
    spread(place.x + 18_000_000) | spread(place.y + 9_000_000) << 1
}

/// Cuts into squares, and those into quarters, until each has few stores; small quarters side by side stay together.
fn cut(order: &[(u64, u32)], bits: u32, start: usize, cuts: &mut Vec<usize>) {
    if order.is_empty() {
        return;
    }
    if order.len() <= LEAF || bits == 0 {
        cuts.extend((1..=order.len().div_ceil(LEAF)).map(|part| start + (part * LEAF).min(order.len())));
        return;
    }
    let (mut at, mut together) = (0, 0);
    for quarter in 0..4 {
        let end = at + order[at..].partition_point(|(code, _)| code >> (bits - 2) & 3 <= quarter);
        let size = end - at;
        if size <= LEAF && together > 0 && together + size <= LEAF {
            if let (true, Some(last)) = (size > 0, cuts.last_mut()) {
                *last = start + end;
            }
            together += size;
        } else {
            cut(&order[at..end], bits - 2, start + at, cuts);
            together = if size <= LEAF { size } else { 0 };
        }
        at = end;
    }
}

fn area(places: &[Grid]) -> Area {
    let first = places.first().copied().unwrap_or_default();
    places.iter().fold(Area { min: first, max: first }, |area, place| Area {
        min: Grid { x: area.min.x.min(place.x), y: area.min.y.min(place.y) },
        max: Grid { x: area.max.x.max(place.x), y: area.max.y.max(place.y) },
    })
}

/// Values with numbers, in the order in which they appear.
struct Words<T> {
    known: HashMap<T, u32>,
    order: Vec<T>,
}

impl<T: Hash + Eq + Clone> Words<T> {
    fn new() -> Self {
        Self { known: HashMap::new(), order: Vec::new() }
    }

    fn of(&mut self, value: T) -> u32 {
        let next = self.order.len() as u32;
        let order = &mut self.order;
        *self.known.entry(value).or_insert_with_key(|value| {
            order.push(value.clone());
            next
        })
    }
}

fn write_tile(base: u32, stores: &[&Store], places: &[Grid], almanac: &mut Almanac) -> Vec<u8> {
    let mut writer = Writer::new(*tile::MAGIC);
    writer.u64(base.into());
    writer.count(stores.len());
    for axis in [|place: &Grid| place.x, |place: &Grid| place.y] {
        let mut last = 0;
        for place in places {
            writer.i32(axis(place) - last);
            last = axis(place);
        }
    }
    let (mut brands, mut items) = (Words::<&str>::new(), Words::<&str>::new());
    let [mut cities, mut districts, mut landmarks] = [(); 3].map(|()| Words::<&Names>::new());
    let (mut heads, mut tails) = (Words::<(&str, &str)>::new(), Words::<(String, String)>::new());
    let (mut schedules, mut missing, mut paces) =
        (Words::<(&str, bool)>::new(), Words::<Vec<u32>>::new(), Words::<Pace>::new());
    let mut numbers = Vec::with_capacity(stores.len());
    let rows: Vec<[u32; 9]> = stores
        .iter()
        .map(|store| {
            let ((en, en_tail), (zh, zh_tail)) = (branch(&store.names.en), branch(&store.names.zh));
            let (tail, number) = unnumbered(en_tail, zh_tail);
            numbers.push(number);
            let lacks = store.unavailable.iter().map(|item| items.of(item)).collect();
            [
                brands.of(&store.brand),
                cities.of(&store.city),
                districts.of(&store.district),
                landmarks.of(&store.landmark),
                heads.of((en, zh)),
                tails.of(tail),
                schedules.of((store.hours.as_str(), in_china(store.point(), store.utc_offset_minutes))),
                missing.of(lacks),
                paces.of(Pace {
                    orders_per_minute: store.orders_per_minute,
                    ahead_minutes: store.ahead_minutes,
                    prep_minutes: store.prep_minutes,
                    utc_offset_minutes: store.utc_offset_minutes,
                }),
            ]
        })
        .collect();
    for words in [&brands.order, &items.order] {
        writer.count(words.len());
        words.iter().for_each(|word| writer.string(word));
    }
    for names in [&cities.order, &districts.order, &landmarks.order] {
        writer.count(names.len());
        names.iter().for_each(|names| writer.names(names));
    }
    writer.count(heads.order.len());
    for (en, zh) in &heads.order {
        writer.string(en);
        writer.string(zh);
    }
    writer.count(tails.order.len());
    for (en, zh) in &tails.order {
        writer.string(en);
        writer.string(zh);
    }
    writer.count(schedules.order.len());
    schedules.order.iter().for_each(|(text, china)| write_schedule(&mut writer, &almanac.look_up(text, *china).0));
    writer.count(missing.order.len());
    for set in &missing.order {
        writer.count(set.len());
        set.iter().for_each(|item| writer.u64((*item).into()));
    }
    writer.count(paces.order.len());
    for pace in &paces.order {
        for value in [pace.orders_per_minute, pace.ahead_minutes, pace.prep_minutes] {
            writer.u64(value.into());
        }
        writer.i32(pace.utc_offset_minutes.into());
    }
    for column in 0..9 {
        rows.iter().for_each(|row| writer.u64(row[column].into()));
    }
    numbers.iter().for_each(|number| writer.u64((*number).into()));
    for store in stores {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        writer.bytes.push(
            flag(store.pickup, PICKUP)
                | flag(store.delivery, DELIVERY)
                | flag(store.permanently_closed, CLOSED_FOR_GOOD),
        );
    }
    Numbered::write(&mut writer, stores.iter().map(|store| store.id.as_str()));
    Numbered::write(&mut writer, stores.iter().map(|store| store.address.as_str()));
    Numbered::write(&mut writer, stores.iter().map(|store| store.telephone.as_str()));
    writer.bytes
}

/// A name before and from its first bracket: the branches of a brand share the front.
fn branch(name: &str) -> (&str, &str) {
    name.split_at(name.find(" (").or_else(|| name.find(['（', '('])).unwrap_or(name.len()))
}

/// Branches at one place differ in a number that both languages have: it is kept beside, with a hole in the names.
fn unnumbered(en: &str, zh: &str) -> ((String, String), u32) {
    let as_they_are = ((en.to_owned(), zh.to_owned()), 0);
    let ((before, digits, after), (zh_before, zh_digits, zh_after)) = (split(en), split(zh));
    let number = digits.parse().unwrap_or(0);
    if digits != zh_digits || digits.starts_with('0') || number == 0 || en.contains(HOLE) || zh.contains(HOLE) {
        return as_they_are;
    }
    ((format!("{before}{HOLE}{after}"), format!("{zh_before}{HOLE}{zh_after}")), number)
}

fn write_schedule(writer: &mut Writer, schedule: &Schedule) {
    writer.string(&schedule.text);
    match schedule.known {
        None => writer.bytes.push(0),
        Some(ALWAYS) => writer.bytes.push(1),
        Some((first, until)) => {
            writer.bytes.push(2);
            writer.i32(first);
            writer.i32(until);
        }
    }
    let spans = |writer: &mut Writer, spans: &[crate::hours::Span]| {
        writer.count(spans.len());
        for span in spans {
            writer.u64(span.start.into());
            writer.u64(span.end.into());
            writer.bytes.push(span.unsure.into());
        }
    };
    schedule.week.iter().for_each(|day| spans(writer, day));
    writer.count(schedule.exceptions.len());
    for (day, exception) in &schedule.exceptions {
        writer.i32(*day);
        spans(writer, exception);
    }
}

/// Places with names and the overview.
fn survey(stores: &[Store], grid: &[Grid], packed: i32, tiles: Vec<directory::Leaf>) -> Directory {
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

fn write_directory(directory: &Directory) -> Vec<u8> {
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

fn sizes(directory: &Directory, header: &[u8], mut sent: Vec<u32>) -> Sizes {
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
fn compressed_sizes(parts: &[&[u8]]) -> Vec<u32> {
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

fn hash(bytes: &[u8]) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&Sha256::digest(bytes)[..8]);
    short
}
