//! Searching by text: what is called as was typed, then what was meant if one slip was made.

use std::collections::BTreeMap;

use crate::geo::{Area, Sight, View};
use crate::index::{Index, Words};
use crate::search::{Filter, nearest_first};
use crate::text::Needle;
use crate::tile::Row;
use crate::typos::Meant;

/// Which atoms of a needle each entry of a tile's dictionaries has.
#[derive(Clone)]
struct Marks([Vec<u64>; 6]);

impl Marks {
    fn new(needle: &Needle, words: &Words) -> Marks {
        Marks(words.hays().map(|hay| needle.marks(hay)))
    }

    /// Of all entries together: where that is not enough, no store of the tile needs a look.
    fn all(&self) -> u64 {
        self.0.iter().flatten().fold(0, |all, marks| all | marks)
    }

    fn of(&self, row: &Row) -> u64 {
        let entries = [row.brand, row.city, row.district, row.landmark, row.head, row.tail];
        self.0.iter().zip(entries).fold(0, |marks, (hay, entry)| marks | hay[entry as usize])
    }
}

impl Index {
    /// Stores whose names have what the text says, the best match first, then the nearest. Where there are fewer than
    /// `wanted`, those follow whose names have it but for one slip in a word.
    pub(crate) fn named(
        &self,
        text: &str,
        view: Option<View>,
        sight: Option<&Sight>,
        filter: &Filter<'_>,
        wanted: usize,
    ) -> Vec<(u32, f64)> {
        let Some(needle) = Needle::new(text) else { return Vec::new() };
        let (needle, shown) = (&needle, view.map(|view| view.boxes()));
        let look = Look { index: self, shown: shown.as_ref().map(|boxes| boxes.as_ref()), sight, filter, wanted };
        let mut found = look.through(0..self.tiles.len(), |tile| {
            let marks = Marks::new(needle, &self.words[tile]);
            needle.missing(marks.all())?;
            Some(move |row: &Row| needle.missing(marks.of(row)))
        });
        if found.len() < wanted {
            let tiles = needle.meant(self.vocabulary());
            found.extend(look.through(tiles.keys().copied(), |tile| {
                let typed = Marks::new(needle, &self.words[tile]);
                let mut marks = typed.clone();
                for Meant { hay, entry, atoms } in tiles.get(&tile)? {
                    marks.0[*hay][*entry] |= atoms;
                }
                needle.missing(marks.all())?;
                // Those that were found as typed are there already.
                Some(move |row: &Row| match needle.missing(typed.of(row)) {
                    Some(_) => None,
                    None => needle.missing(marks.of(row)),
                })
            }));
            found.truncate(wanted);
        }
        found
    }
}

/// Which of the stores that fit a text are wanted.
struct Look<'a> {
    index: &'a Index,
    shown: Option<&'a [Area]>,
    sight: Option<&'a Sight>,
    filter: &'a Filter<'a>,
    wanted: usize,
}

impl Look<'_> {
    /// Goes through tiles, which come in the order of their stores, the nearest first, until all that are wanted lack
    /// nothing and are nearer than the next tile.
    /// `missing` is made for each tile: how much a row lacks, if it fits; nothing where no row can fit.
    fn through<F: Fn(&Row) -> Option<u32>>(
        &self,
        tiles: impl Iterator<Item = usize>,
        missing: impl Fn(usize) -> Option<F>,
    ) -> Vec<(u32, f64)> {
        let area = |tile: usize| &self.index.areas[tile];
        let tiles =
            tiles.filter(|tile| self.shown.is_none_or(|shown| shown.iter().any(|part| part.meets(area(*tile)))));
        let closeness = |tile: usize| self.sight.map_or(0.0, |sight| sight.closeness_of_area(area(tile)));
        let mut tiles: Vec<(f64, usize)> = tiles.map(|tile| (closeness(tile), tile)).collect();
        tiles.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut levels: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
        for (closeness, tile) in tiles {
            if let Some(perfect) = levels.get_mut(&0).filter(|perfect| perfect.len() >= self.wanted) {
                nearest_first(perfect, self.wanted);
                // Where nothing is near or far, those that come first in the country come first.
                if self.sight.is_none() || perfect.last().is_some_and(|(_, furthest)| *furthest < closeness) {
                    break;
                }
            }
            if let Some(missing) = missing(tile) {
                self.rows(tile, missing, &mut levels);
            }
        }
        let mut found = Vec::new();
        for (_, mut level) in levels {
            nearest_first(&mut level, self.wanted);
            found.append(&mut level);
        }
        found.truncate(self.wanted);
        found
    }

    fn rows(&self, tile: usize, missing: impl Fn(&Row) -> Option<u32>, levels: &mut BTreeMap<u32, Vec<(u32, f64)>>) {
        let (index, stores) = (self.index, &self.index.tiles[tile]);
        for (at, row) in stores.rows.iter().enumerate() {
            let Some(missing) = missing(row) else { continue };
            let slot = index.starts[tile] + at as u32;
            let is_shown = |shown: &[Area]| shown.iter().any(|area| area.contains(stores.places[at]));
            if self.shown.is_none_or(is_shown) && self.filter.pass(index, slot) {
                let closeness = self.sight.map_or(0.0, |sight| index.closeness(sight, slot));
                levels.entry(missing).or_default().push((slot, closeness));
            }
        }
    }
}
