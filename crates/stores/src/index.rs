//! Stores in memory, ready to be searched: a whole country on a server, some tiles in a browser.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::forest::{Forest, Summary};
use crate::geo::{Area, Grid};
use crate::hours::{Hours, Schedule};
use crate::query::Spoken;
use crate::store::{Names, Store};
use crate::text::Hay;
use crate::tile::{CLOSED_FOR_GOOD, DELIVERY, PICKUP, Tile};
use crate::typos::Vocabulary;

/// Loaded stores.
#[derive(Debug, Default)]
pub struct Index {
    pub(crate) tiles: Vec<Tile>,
    /// First slot of each tile.
    pub(crate) starts: Vec<u32>,
    /// Where the stores of each tile are.
    pub(crate) areas: Vec<Area>,
    /// What searching needs of each store, tile after tile.
    pub(crate) slots: Vec<Slot>,
    pub(crate) brands: Vec<String>,
    /// Items that are not sold somewhere, the most often missing first.
    pub(crate) items: Vec<String>,
    /// Sets of them.
    pub(crate) missing: Vec<Vec<u32>>,
    /// Different opening hours, the most frequent first: tile, schedule in it, offset from UTC.
    pub(crate) classes: Vec<(u32, u32, i16)>,
    pub(crate) forest: Forest,
    pub(crate) words: Vec<Words>,
    /// Made when it is needed first.
    vocabulary: OnceLock<Vocabulary>,
}

/// A store as searching sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) place: Grid,
    pub(crate) brand: u32,
    pub(crate) class: u32,
    pub(crate) missing: u32,
    pub(crate) prep_minutes: u16,
    pub(crate) flags: u8,
}

/// Dictionaries of a tile, folded.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) brands: Hay,
    pub(crate) cities: Hay,
    pub(crate) districts: Hay,
    pub(crate) landmarks: Hay,
    pub(crate) heads: Hay,
    pub(crate) tails: Hay,
}

impl Words {
    /// All of them, in the order of the fields.
    pub(crate) fn hays(&self) -> [&Hay; 6] {
        [&self.brands, &self.cities, &self.districts, &self.landmarks, &self.heads, &self.tails]
    }
}

/// The bit of a class of hours in a [`Summary`]; the rarest share one.
pub(crate) fn class_bit(class: u32) -> (usize, u64) {
    let bit = class.min(255);
    (bit as usize / 64, 1 << (bit % 64))
}

/// The bit of an item in a [`Summary`]; only the most often missing have one.
pub(crate) fn item_bit(item: u32) -> u64 {
    if item < 64 { 1 << item } else { 0 }
}

impl Index {
    /// Makes tiles searchable. Tiles that are there twice count once.
    #[must_use]
    pub fn new(mut tiles: Vec<Tile>) -> Index {
        tiles.sort_by_key(|tile| tile.base);
        let mut end = 0;
        tiles.retain(|tile| {
            let fresh = tile.base >= end && !tile.is_empty();
            end = if fresh { tile.indices().end } else { end };
            fresh
        });
        let mut index = Index { words: tiles.iter().map(fold).collect(), tiles, ..Index::default() };
        index.fill();
        index.plant();
        index
    }

    /// Adds tiles: all is made anew, which takes milliseconds for the tiles of a city.
    #[must_use]
    pub fn with(self, tiles: impl IntoIterator<Item = Tile>) -> Index {
        let mut all = self.tiles;
        all.extend(tiles);
        Index::new(all)
    }

    /// How many stores are loaded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The store with this index, in full; none if its tile is not loaded.
    #[must_use]
    pub fn store(&self, store: u32) -> Option<Store> {
        let (tile, row) = self.at(self.slot(store)?);
        tile.store(row)
    }

    /// What the store is called.
    #[must_use]
    pub fn names(&self, store: u32) -> Option<Names> {
        let (tile, row) = self.at(self.slot(store)?);
        Some(tile.names(row))
    }

    /// Whether the store is open at `now`, UTC seconds.
    #[must_use]
    pub fn hours(&self, store: u32, now: i64) -> Option<Hours> {
        let slot = self.slots[self.slot(store)? as usize];
        if slot.flags & CLOSED_FOR_GOOD != 0 {
            return Some(Hours::Closed { opens: None });
        }
        let (schedule, offset) = self.class(slot.class);
        Some(schedule.open_at(now, offset))
    }

    /// What a search has to be told for it to find this store by the store's own word, see [`Spoken`].
    #[must_use]
    pub fn spoken(&self, store: u32) -> Spoken {
        let mut spoken = Spoken::default();
        if let Some(slot) = self.slot(store) {
            let (word, bit) = class_bit(self.slots[slot as usize].class);
            spoken.0[word] |= bit;
        }
        spoken
    }

    /// When the store is open.
    #[must_use]
    pub fn schedule(&self, store: u32) -> Option<&Schedule> {
        let slot = self.slots[self.slot(store)? as usize];
        Some(self.class(slot.class).0)
    }

    /// The index of the store with this id. Looks through all of them; keep the answer.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<u32> {
        self.tiles.iter().find_map(|tile| {
            let row = (0..tile.len()).find(|row| tile.ids.get(*row) == id)?;
            Some(tile.base + row as u32)
        })
    }

    /// Indices of all loaded stores.
    pub fn stores(&self) -> impl Iterator<Item = u32> {
        self.tiles.iter().flat_map(Tile::indices)
    }

    /// All words of the loaded stores' names.
    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| Vocabulary::new(&self.words))
    }

    /// Slot of an index.
    pub(crate) fn slot(&self, store: u32) -> Option<u32> {
        let at = self.tiles.partition_point(|tile| tile.base <= store).checked_sub(1)?;
        self.tiles[at].indices().contains(&store).then(|| self.starts[at] + store - self.tiles[at].base)
    }

    /// Index of a slot.
    pub(crate) fn number(&self, slot: u32) -> u32 {
        let at = self.starts.partition_point(|start| *start <= slot) - 1;
        self.tiles[at].base + slot - self.starts[at]
    }

    fn at(&self, slot: u32) -> (&Tile, usize) {
        let at = self.starts.partition_point(|start| *start <= slot) - 1;
        (&self.tiles[at], (slot - self.starts[at]) as usize)
    }

    pub(crate) fn class(&self, class: u32) -> (&Schedule, i16) {
        let (tile, schedule, offset) = self.classes[class as usize];
        (&self.tiles[tile as usize].schedules[schedule as usize], offset)
    }

    /// Brings what is in the tiles' own dictionaries under common numbers.
    fn fill(&mut self) {
        let (mut brands, mut items, mut sets, mut classes) =
            <(Numbers<&str>, Numbers<&str>, Numbers<Vec<u32>>, Numbers<_>)>::default();
        let mut first: Vec<(u32, u32, i16)> = Vec::new();
        for (tile_at, tile) in self.tiles.iter().enumerate() {
            self.starts.push(self.slots.len() as u32);
            self.areas.push(Area::of(&tile.places));
            let brand: Vec<u32> = tile.brands.iter().map(|brand| brands.of(brand)).collect();
            let item: Vec<u32> = tile.items.iter().map(|item| items.of(item)).collect();
            let set = |set: &Vec<u32>| set.iter().map(|at| item[*at as usize]).collect::<Vec<u32>>();
            let set: Vec<u32> = tile.missing.iter().map(|missing| sets.of(set(missing))).collect();
            let mut known = HashMap::new();
            for (row, place) in tile.rows.iter().zip(&tile.places) {
                let pace = tile.paces[row.pace as usize];
                let class = *known.entry((row.schedule, pace.utc_offset_minutes)).or_insert_with(|| {
                    let class = classes.of((&tile.schedules[row.schedule as usize], pace.utc_offset_minutes));
                    if class as usize == first.len() {
                        first.push((tile_at as u32, row.schedule, pace.utc_offset_minutes));
                    }
                    class
                });
                self.slots.push(Slot {
                    place: *place,
                    brand: brand[row.brand as usize],
                    class,
                    missing: set[row.missing as usize],
                    prep_minutes: pace.prep_minutes,
                    flags: row.flags,
                });
            }
        }
        let (mut class_counts, mut item_counts) = (vec![0u32; first.len()], vec![0u32; items.known.len()]);
        let sets = sets.list();
        for slot in &self.slots {
            class_counts[slot.class as usize] += 1;
            sets[slot.missing as usize].iter().for_each(|item| item_counts[*item as usize] += 1);
        }
        let (class_ranks, item_ranks) = (ranks(&class_counts), ranks(&item_counts));
        self.slots.iter_mut().for_each(|slot| slot.class = class_ranks[slot.class as usize]);
        self.classes = ordered(first, &class_ranks);
        self.missing =
            sets.into_iter().map(|set| set.iter().map(|item| item_ranks[*item as usize]).collect()).collect();
        self.items = ordered(items.list(), &item_ranks).into_iter().map(str::to_owned).collect();
        self.brands = brands.list().into_iter().map(str::to_owned).collect();
    }

    fn plant(&mut self) {
        let mut brands = vec![Vec::new(); self.brands.len()];
        for (at, slot) in self.slots.iter().enumerate().filter(|(_, slot)| slot.flags & CLOSED_FOR_GOOD == 0) {
            brands[slot.brand as usize].push(at as u32);
        }
        let sets: Vec<u64> =
            self.missing.iter().map(|set| set.iter().fold(0, |bits, item| bits | item_bit(*item))).collect();
        let summary = |at: u32| {
            let slot = &self.slots[at as usize];
            let (word, bit) = class_bit(slot.class);
            let mut summary = Summary { missing: sets[slot.missing as usize], ..Summary::NONE };
            if slot.flags & DELIVERY != 0 {
                summary.delivery[word] = bit;
            }
            if slot.flags & PICKUP != 0 || slot.flags & DELIVERY == 0 {
                summary.pickup[word] = bit;
            }
            summary
        };
        self.forest = Forest::new(brands, |at| self.slots[at as usize].place, summary);
    }
}

/// Numbers for values in the order in which they appear.
struct Numbers<T> {
    known: HashMap<T, u32>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { known: HashMap::new() }
    }
}

impl<T: std::hash::Hash + Eq> Numbers<T> {
    fn of(&mut self, value: T) -> u32 {
        let next = self.known.len() as u32;
        *self.known.entry(value).or_insert(next)
    }

    fn list(self) -> Vec<T> {
        let mut list: Vec<(T, u32)> = self.known.into_iter().collect();
        list.sort_unstable_by_key(|(_, at)| *at);
        list.into_iter().map(|(value, _)| value).collect()
    }
}

/// The place of each when the largest count comes first.
fn ranks(counts: &[u32]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(counts[*at]));
    let mut ranks = vec![0; counts.len()];
    order.into_iter().enumerate().for_each(|(rank, at)| ranks[at] = rank as u32);
    ranks
}

fn ordered<T>(list: Vec<T>, ranks: &[u32]) -> Vec<T> {
    let mut ranked: Vec<(u32, T)> = ranks.iter().copied().zip(list).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, value)| value).collect()
}

fn fold(tile: &Tile) -> Words {
    let names = |names: &[Names]| Hay::new(names.iter().map(|names| [names.en.as_str(), names.zh.as_str()]));
    Words {
        brands: Hay::new(tile.brands.iter().map(|brand| [brand.as_str(), ""])),
        cities: names(&tile.cities),
        districts: names(&tile.districts),
        landmarks: names(&tile.landmarks),
        heads: names(&tile.heads),
        tails: names(&tile.tails),
    }
}
