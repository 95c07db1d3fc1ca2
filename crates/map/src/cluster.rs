//! Dots that would lie on each other, put together.
//!
//! Clusters depend on dots and the whole zoom step alone, not on where the screen is: panning moves them, never remakes
//! them. The first dot that is free takes every free dot within a radius; with cells as wide as the radius each cell is
//! looked at a bounded number of times, so the work grows with the number of dots only.

use std::collections::HashMap;

use crate::mercator::World;

/// From this zoom step on nothing is put together; what lies on each other is fanned out.
pub(crate) const FAN: u8 = 17;

/// Dots in groups, for one zoom step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    step: u8,
    /// Where each group is, and where its members end in `members`.
    groups: Vec<(World, usize)>,
    members: Vec<u32>,
}

impl Clusters {
    /// Groups the dots for a zoom step; numbers are places in `dots`.
    #[must_use]
    pub fn of(dots: &[World], step: u8) -> Self {
        let radius = radius(step) / (256.0 * f64::from(step).exp2());
        let cell = |dot: &World| ((dot.x / radius) as i64, (dot.y / radius) as i64);
        let mut cells: HashMap<(i64, i64), Vec<u32>> = HashMap::new();
        for (at, dot) in dots.iter().enumerate() {
            cells.entry(cell(dot)).or_default().push(at as u32);
        }
        let mut taken = vec![false; dots.len()];
        let mut clusters = Self { step, groups: Vec::new(), members: Vec::with_capacity(dots.len()) };
        for (first, seed) in dots.iter().enumerate() {
            if taken[first] {
                continue;
            }
            let (column, row) = cell(seed);
            let start = clusters.members.len();
            for place in (column - 1..=column + 1).flat_map(|x| (row - 1..=row + 1).map(move |y| (x, y))) {
                let Some(free) = cells.get_mut(&place) else { continue };
                free.retain(|at| {
                    let dot = dots[*at as usize];
                    let near = (dot.x - seed.x).powi(2) + (dot.y - seed.y).powi(2) <= radius * radius;
                    if near {
                        clusters.members.push(*at);
                        taken[*at as usize] = true;
                    }
                    !near
                });
            }
            clusters.members[start..].sort_unstable();
            let group = &clusters.members[start..];
            let sum = group.iter().fold(World::default(), |sum, at| {
                let dot = dots[*at as usize];
                World { x: sum.x + dot.x, y: sum.y + dot.y }
            });
            let number = group.len().max(1) as f64;
            clusters.groups.push((World { x: sum.x / number, y: sum.y / number }, clusters.members.len()));
        }
        clusters
    }

    /// The zoom step that it is for.
    #[must_use]
    pub fn step(&self) -> u8 {
        self.step
    }

    /// How many groups there are, single dots included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Middle and members of a group; nothing for a number that is none.
    #[must_use]
    pub fn group(&self, at: usize) -> Option<(World, &[u32])> {
        let (middle, end) = self.groups.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.groups[before].1);
        Some((*middle, &self.members[start..*end]))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (World, &[u32])> {
        (0..self.len()).filter_map(|at| self.group(at))
    }
}

/// How near dots must be to be put together, CSS pixels.
fn radius(step: u8) -> f64 {
    match step {
        ..=13 => 60.0,
        14 => 40.0,
        15 => 26.0,
        16 => 18.0,
        _ => 14.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mercator::LonLat;

    #[test]
    fn what_is_near_is_one_group_and_apart_when_larger() {
        let dots =
            [(121.47, 31.23), (121.471, 31.231), (121.60, 31.30)].map(|(lon, lat)| LonLat { lon, lat }.project());
        let far = Clusters::of(&dots, 11);
        assert_eq!(far.iter().map(|(_, members)| members.to_vec()).collect::<Vec<_>>(), [vec![0, 1], vec![2]]);
        assert_eq!(Clusters::of(&dots, 17).len(), 3);
        assert_eq!(far.group(2), None);
    }

    proptest! {
        #[test]
        fn every_dot_is_in_one_group(
            places in prop::collection::vec((121.0..122.0f64, 31.0..32.0f64), 0..300), step in 3u8..20,
        ) {
            let dots: Vec<World> = places.iter().map(|(lon, lat)| LonLat { lon: *lon, lat: *lat }.project()).collect();
            let clusters = Clusters::of(&dots, step);
            let mut all: Vec<u32> = clusters.iter().flat_map(|(_, members)| members.to_vec()).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..dots.len() as u32).collect::<Vec<_>>());
        }
    }
}
