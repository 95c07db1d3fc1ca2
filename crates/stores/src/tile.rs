//! A tile: up to some hundreds of neighbouring stores as columns, with its own dictionaries.

use crate::codec::{PackError, Reader};
use crate::geo::Grid;
use crate::hours::{Schedule, Span};
use crate::numbered::Numbered;
use crate::store::{Names, Store};

pub(crate) const MAGIC: &[u8; 4] = b"OSTt";

pub(crate) const PICKUP: u8 = 1;
pub(crate) const DELIVERY: u8 = 2;
pub(crate) const CLOSED_FOR_GOOD: u8 = 4;

/// Where a branch's number goes in its name.
pub(crate) const HOLE: char = '\0';

/// Neighbouring stores, read from bytes and checked: every index is within its dictionary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tile {
    /// Index of its first store in the whole country; the others follow.
    pub(crate) base: u32,
    pub(crate) places: Vec<Grid>,
    pub(crate) brands: Vec<String>,
    pub(crate) items: Vec<String>,
    pub(crate) cities: Vec<Names>,
    pub(crate) districts: Vec<Names>,
    pub(crate) landmarks: Vec<Names>,
    /// Fronts of names, mostly what the brand is called.
    pub(crate) heads: Vec<Names>,
    /// Rests of names, mostly the branch.
    pub(crate) tails: Vec<Names>,
    pub(crate) schedules: Vec<Schedule>,
    /// Sets of items that are not sold.
    pub(crate) missing: Vec<Vec<u32>>,
    /// Minutes: orders per minute, ahead, preparation, offset from UTC.
    pub(crate) paces: Vec<Pace>,
    pub(crate) rows: Vec<Row>,
    pub(crate) ids: Numbered,
    pub(crate) addresses: Numbered,
    pub(crate) telephones: Numbered,
}

/// How fast and when in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pace {
    pub(crate) orders_per_minute: u16,
    pub(crate) ahead_minutes: u16,
    pub(crate) prep_minutes: u16,
    pub(crate) utc_offset_minutes: i16,
}

/// One store as indices into the tile's dictionaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) brand: u32,
    pub(crate) city: u32,
    pub(crate) district: u32,
    pub(crate) landmark: u32,
    pub(crate) head: u32,
    pub(crate) tail: u32,
    pub(crate) schedule: u32,
    pub(crate) missing: u32,
    pub(crate) pace: u32,
    /// Of the branch; 0 if it has none.
    pub(crate) number: u32,
    pub(crate) flags: u8,
}

/// What a column of indices is called, how many entries its dictionary has, and where it goes.
type Column = (&'static str, usize, fn(&mut Row) -> &mut u32);

impl Tile {
    /// Reads a tile.
    ///
    /// # Errors
    /// Bytes of something else, of another version, cut short or damaged.
    pub fn read(bytes: &[u8]) -> Result<Tile, PackError> {
        let mut reader = Reader::open(bytes, MAGIC, "tile")?;
        let tile = Self::columns(&mut reader)?;
        reader.finish()?;
        Ok(tile)
    }

    /// How many stores it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Indices of its stores in the whole country.
    #[must_use]
    pub fn indices(&self) -> std::ops::Range<u32> {
        self.base..self.base + self.rows.len() as u32
    }

    /// Store number `row` of the tile, in full.
    #[must_use]
    pub fn store(&self, row: usize) -> Option<Store> {
        let found = self.rows.get(row)?;
        let point = self.places[row].to_point();
        let pace = self.paces[found.pace as usize];
        let missing = &self.missing[found.missing as usize];
        Some(Store {
            id: self.ids.get(row),
            brand: self.brands[found.brand as usize].clone(),
            names: self.names(row),
            lon: point.lon,
            lat: point.lat,
            city: self.cities[found.city as usize].clone(),
            district: self.districts[found.district as usize].clone(),
            landmark: self.landmarks[found.landmark as usize].clone(),
            address: self.addresses.get(row),
            telephone: self.telephones.get(row),
            hours: self.schedules[found.schedule as usize].text.clone(),
            pickup: found.flags & PICKUP != 0,
            delivery: found.flags & DELIVERY != 0,
            unavailable: missing.iter().map(|item| self.items[*item as usize].clone()).collect(),
            orders_per_minute: pace.orders_per_minute,
            ahead_minutes: pace.ahead_minutes,
            prep_minutes: pace.prep_minutes,
            permanently_closed: found.flags & CLOSED_FOR_GOOD != 0,
            utc_offset_minutes: pace.utc_offset_minutes,
        })
    }

    pub(crate) fn names(&self, row: usize) -> Names {
        let found = &self.rows[row];
        let (head, tail) = (&self.heads[found.head as usize], &self.tails[found.tail as usize]);
        let whole = |head: &str, tail: &str| match found.number {
            0 => format!("{head}{tail}"),
            number => format!("{head}{}", tail.replacen(HOLE, &number.to_string(), 1)),
        };
        Names { en: whole(&head.en, &tail.en), zh: whole(&head.zh, &tail.zh) }
    }

    fn columns(reader: &mut Reader<'_>) -> Result<Tile, PackError> {
        let base = reader.u32("first index")?;
        let count = reader.count("number of stores")?;
        if base.checked_add(count as u32).is_none() {
            return Err(reader.damaged("first index"));
        }
        let places = read_places(reader, count)?;
        let brands = reader.list("brands", |reader| reader.string("brand"))?;
        let items = reader.list("items", |reader| reader.string("item"))?;
        let cities = reader.list("cities", |reader| reader.names("city"))?;
        let districts = reader.list("districts", |reader| reader.names("district"))?;
        let landmarks = reader.list("landmarks", |reader| reader.names("landmark"))?;
        let heads = reader.list("names", |reader| reader.names("name"))?;
        let tails = reader.list("names", |reader| reader.names("name"))?;
        let schedules = reader.list("hours", read_schedule)?;
        let missing = reader
            .list("unavailable items", |reader| reader.list("item", |reader| reader.index(items.len(), "item")))?;
        let paces = reader.list("capacities", |reader| {
            Ok(Pace {
                orders_per_minute: reader.u16("orders per minute")?,
                ahead_minutes: reader.u16("minutes ahead")?,
                prep_minutes: reader.u16("minutes to make")?,
                utc_offset_minutes: i16::try_from(reader.i32("offset")?).map_err(|_| reader.damaged("offset"))?,
            })
        })?;
        let mut rows = vec![Row::default(); count];
        let limits: [Column; 9] = [
            ("brand", brands.len(), |row| &mut row.brand),
            ("city", cities.len(), |row| &mut row.city),
            ("district", districts.len(), |row| &mut row.district),
            ("landmark", landmarks.len(), |row| &mut row.landmark),
            ("name", heads.len(), |row| &mut row.head),
            ("name", tails.len(), |row| &mut row.tail),
            ("hours", schedules.len(), |row| &mut row.schedule),
            ("unavailable items", missing.len(), |row| &mut row.missing),
            ("capacity", paces.len(), |row| &mut row.pace),
        ];
        for (what, limit, column) in limits {
            for row in &mut rows {
                *column(row) = reader.index(limit, what)?;
            }
        }
        for row in &mut rows {
            row.number = reader.u32("number of a branch")?;
        }
        for row in &mut rows {
            row.flags = reader.byte("flags")?;
        }
        let ids = Numbered::read(reader, count, "id")?;
        let addresses = Numbered::read(reader, count, "address")?;
        let telephones = Numbered::read(reader, count, "telephone")?;
        Ok(Tile {
            base,
            places,
            brands,
            items,
            cities,
            districts,
            landmarks,
            heads,
            tails,
            schedules,
            missing,
            paces,
            rows,
            ids,
            addresses,
            telephones,
        })
    }
}

fn read_places(reader: &mut Reader<'_>, count: usize) -> Result<Vec<Grid>, PackError> {
    let mut places = vec![Grid::default(); count];
    let mut last = 0i32;
    for place in &mut places {
        last = last.checked_add(reader.i32("longitude")?).ok_or_else(|| reader.damaged("longitude"))?;
        place.x = last;
    }
    last = 0;
    for place in &mut places {
        last = last.checked_add(reader.i32("latitude")?).ok_or_else(|| reader.damaged("latitude"))?;
        place.y = last;
    }
    match places.iter().all(|place| place.x.abs() <= 18_000_000 && place.y.abs() <= 9_000_000) {
        true => Ok(places),
        false => Err(reader.damaged("position")),
    }
}

fn read_schedule(reader: &mut Reader<'_>) -> Result<Schedule, PackError> {
    let text = reader.string("hours")?;
    let known = match reader.byte("hours")? {
        0 => None,
        1 => Some(crate::hours::ALWAYS),
        2 => Some((reader.i32("hours")?, reader.i32("hours")?)),
        _ => return Err(reader.damaged("hours")),
    };
    let mut week: [Vec<Span>; 7] = Default::default();
    for day in &mut week {
        *day = read_spans(reader)?;
    }
    let mut exceptions: Vec<(i32, Vec<Span>)> =
        reader.list("exceptional days", |reader| Ok((reader.i32("day")?, read_spans(reader)?)))?;
    exceptions.sort_by_key(|(day, _)| *day);
    Ok(Schedule { text, known, week, exceptions })
}

fn read_spans(reader: &mut Reader<'_>) -> Result<Vec<Span>, PackError> {
    reader.list("opening times", |reader| {
        let (start, end) = (reader.u16("opening time")?, reader.u16("closing time")?);
        let unsure = reader.byte("opening time")? != 0;
        if start < end && end <= crate::hours::DAY {
            Ok(Span { start, end, unsure })
        } else {
            Err(reader.damaged("opening time"))
        }
    })
}
