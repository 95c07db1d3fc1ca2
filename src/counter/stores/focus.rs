//! What the keyboard is at on the map. A mark's number means something else in the next picture, and there is a new picture
//! at every word of a store; a store stays who it is.

use oolong_map::{Mark, Target, World, next};

use super::easel::Easel;

/// A place of the keyboard's mark, whatever the picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Focus {
    /// Where this store is, alone or among others.
    Store(String),
    /// The crowd at this place.
    Crowd(World),
}

impl Focus {
    /// What a mark of the picture stands for; of a group, its first store.
    pub(super) fn of(target: Target, easel: &Easel) -> Option<Self> {
        let number = match target {
            Target::Store(number) => number,
            Target::Group(number) => *easel.clusters.group(number as usize)?.1.first()?,
            Target::Crowd(number) => return easel.crowds.get(number as usize).map(|crowd| Self::Crowd(crowd.at)),
        };
        let shelved = easel.dots.as_ref()?.stores.get(number as usize)?;
        Some(Self::Store(shelved.store.id.clone()))
    }

    /// Its mark in the picture; none where it is out of view or gone.
    pub(super) fn mark(&self, easel: &Easel) -> Option<Mark> {
        let number = match self {
            Self::Store(id) => {
                let stores = &easel.dots.as_ref()?.stores;
                Some(stores.iter().position(|shelved| shelved.store.id == *id)? as u32)
            }
            Self::Crowd(_) => None,
        };
        let is_it = |target| match (target, self) {
            (Target::Store(other), Self::Store(_)) => number == Some(other),
            (Target::Group(group), Self::Store(_)) => {
                let group = easel.clusters.group(group as usize).zip(number);
                group.is_some_and(|((_, members), number)| members.contains(&number))
            }
            (Target::Crowd(crowd), Self::Crowd(at)) => {
                easel.crowds.get(crowd as usize).is_some_and(|crowd| crowd.at == *at)
            }
            _ => false,
        };
        easel.marks.iter().find(|mark| is_it(mark.target)).copied()
    }
}

/// The mark that Tab goes to from this one; none where the key is the browser's: past the last mark, backwards out of the
/// map, and once the keyboard has left the marks (`left`), because otherwise the way out were one press for each mark.
pub(super) fn onward(marks: &[Mark], from: Option<Target>, forward: bool, left: bool) -> Option<Target> {
    if left || (from.is_none() && !forward) {
        return None;
    }
    next(marks, from, forward)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use oolong_map::{Bounds, Crowd, LonLat, View};

    use super::*;
    use crate::stores::{
        search::{Dots, Kept},
        sieve,
        stock::Shelved,
    };

    /// Stores by letter, each a street farther to the east.
    fn dots(letters: &str) -> Kept<Dots> {
        let shelved = letters.chars().map(|letter| {
            let lon = 121.0 + 0.01 * f64::from(u32::from(letter) - u32::from('a'));
            let store = oolong_stores::Store { id: letter.to_string(), lon, lat: 31.0, ..sieve::tests::store() };
            Arc::new(Shelved { number: u32::from(letter), at: LonLat { lon, lat: 31.0 }.project(), store })
        });
        let stores: Vec<_> = shelved.collect();
        Kept::new(Dots { places: stores.iter().map(|shelved| shelved.at).collect(), stores })
    }

    fn view(zoom: f64) -> View {
        View::new(LonLat { lon: 121.02, lat: 31.0 }, zoom, (800.0, 600.0), 1.0)
    }

    #[test]
    fn the_mark_stays_with_its_store() {
        let mut easel = Easel::default();
        easel.arrange(&view(14.0), &dots("abcd"), &[]);
        let focus = Focus::of(Target::Store(2), &easel).unwrap();
        for (zoom, letters, expected) in [
            (14.0, "abcd", Some((Target::Store(2), 1))),
            // A store has closed, another one has opened.
            (14.0, "bcd", Some((Target::Store(1), 1))),
            (14.0, "abxcd", Some((Target::Store(3), 1))),
            // From far away it is one of several.
            (8.0, "abcd", Some((Target::Group(0), 4))),
            (14.0, "abd", None),
        ] {
            easel.arrange(&view(zoom), &dots(letters), &[]);
            let found = focus.mark(&easel).map(|mark| (mark.target, mark.count));
            assert_eq!(found, expected, "{letters} at {zoom}");
        }
    }

    #[test]
    fn a_crowd_is_known_by_its_place() {
        let crowd = |lon| Crowd {
            at: LonLat { lon, lat: 31.0 }.project(),
            count: 9,
            bounds: Bounds { west: lon, south: 31.0, east: lon, north: 31.0 },
        };
        let mut easel = Easel::default();
        easel.arrange(&view(14.0), &dots(""), &[crowd(121.01), crowd(121.02)]);
        let focus = Focus::of(Target::Crowd(1), &easel).unwrap();
        easel.arrange(&view(14.0), &dots(""), &[crowd(121.02)]);
        assert_eq!(focus.mark(&easel).map(|mark| mark.target), Some(Target::Crowd(0)));
        easel.arrange(&view(14.0), &dots(""), &[]);
        assert_eq!(focus.mark(&easel), None);
    }

    #[test]
    fn tab_leaves_past_the_ends_and_after_escape() {
        let mut easel = Easel::default();
        easel.arrange(&view(14.0), &dots("abc"), &[]);
        let at = |number: u32| Some(Target::Store(number));
        for (from, forward, left, expected) in [
            (None, true, false, at(0)),
            (at(0), true, false, at(1)),
            (at(2), true, false, None),
            (at(1), false, false, at(0)),
            (at(0), false, false, None),
            (None, false, false, None),
            (None, true, true, None),
            (None, false, true, None),
        ] {
            assert_eq!(onward(&easel.marks, from, forward, left), expected, "{from:?}, {forward}, {left}");
        }
    }
}
