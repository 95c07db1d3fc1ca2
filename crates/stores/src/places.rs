//! What people type for a place, as points: landmarks, districts, cities, stores.

use serde::{Deserialize, Serialize};

use crate::directory::{Directory, Named, PlaceKind};
use crate::geo::Point;
use crate::index::Index;
use crate::query::Query;
use crate::store::Names;
use crate::text::key;
use crate::typos::is_slip;

/// Most places of an answer.
const MOST: usize = 10;

/// Endings that people leave out.
const ENDINGS: [&str; 11] = ["市", "区", "县", "站", "店", "city", "district", "station", "自治州", "地区", "county"];

/// A place that a text may mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What it is called.
    pub name: Names,
    /// What it is.
    pub kind: PlaceKind,
    /// Where it is.
    pub point: Point,
    /// How many stores are there.
    pub stores: u32,
}

/// How well a name fits, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Exact,
    Prefix,
    Inside,
    Slip,
    SlipWithEnding,
}

impl Directory {
    /// Cities, districts and landmarks that the text may mean, best first: exact before beginning before inside, then the
    /// one with more stores; where there is none, those that were meant if one slip was made.
    #[must_use]
    pub fn place(&self, text: &str) -> Vec<Place> {
        let wanted = key(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let bare = bare(&wanted);
        let mut found = self.fitting(|name| fit(&wanted, bare, name));
        if found.is_empty() {
            found = self.fitting(|name| slip(&wanted, bare, name));
        }
        found.sort_by_key(|(fit, place)| (*fit, std::cmp::Reverse(place.stores)));
        found.truncate(MOST);
        found.into_iter().map(|(_, place)| place.shown()).collect()
    }

    /// Places of which a name fits, with the better fit.
    fn fitting(&self, fit: impl Fn(&str) -> Option<Fit>) -> Vec<(Fit, &Named)> {
        let fits =
            |place: &Named| [&place.names.en, &place.names.zh].into_iter().filter_map(|name| fit(&key(name))).min();
        self.places.iter().filter_map(|place| Some((fits(place)?, place))).collect()
    }
}

impl Named {
    fn shown(&self) -> Place {
        Place { name: self.names.clone(), kind: self.kind, point: self.at.to_point(), stores: self.stores }
    }
}

impl Index {
    /// Loaded stores that the text may mean, the nearest to `near` first.
    #[must_use]
    pub fn place(&self, text: &str, near: Option<Point>) -> Vec<Place> {
        let query = Query { text: Some(text.to_owned()), near, limit: MOST, ..Query::default() };
        let stores = self.find(&query, &|_| None).into_iter().filter_map(|hit| self.store(hit.store));
        stores
            .map(|store| Place { point: store.point(), name: store.names, kind: PlaceKind::Store, stores: 1 })
            .collect()
    }
}

fn fit(wanted: &str, bare_wanted: &str, name: &str) -> Option<Fit> {
    if name.is_empty() {
        None
    } else if name == wanted || bare(name) == bare_wanted {
        Some(Fit::Exact)
    } else if name.starts_with(wanted) || name.starts_with(bare_wanted) {
        Some(Fit::Prefix)
    } else {
        name.contains(wanted).then_some(Fit::Inside)
    }
}

/// Whole names first: of 南衫区 the ending that all districts share says nothing.
fn slip(wanted: &str, bare_wanted: &str, name: &str) -> Option<Fit> {
    if is_slip(bare_wanted, bare(name)) {
        Some(Fit::Slip)
    } else {
        is_slip(wanted, name).then_some(Fit::SlipWithEnding)
    }
}

/// The name without an ending that people leave out, unless nothing would remain.
fn bare(name: &str) -> &str {
    let endings = ENDINGS.iter().filter_map(|ending| name.strip_suffix(ending));
    endings.filter(|rest| rest.chars().count() > 1).min_by_key(|rest| rest.len()).unwrap_or(name)
}
