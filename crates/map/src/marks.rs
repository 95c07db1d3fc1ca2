//! What stands on the screen and can be pointed at: stores, clusters, crowds.

use crate::{
    cluster::{Clusters, FAN},
    mercator::World,
    view::{Bounds, View},
};

/// Stores of which only the number is known, because their tile is not loaded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crowd {
    /// Where.
    pub at: World,
    /// How many.
    pub count: u32,
    /// What they cover.
    pub bounds: Bounds,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The dot with this number.
    Store(u32),
    /// The group with this number in the clusters.
    Group(u32),
    /// The crowd with this number.
    Crowd(u32),
}

/// Something on the screen that can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// What it is.
    pub target: Target,
    /// Middle, CSS pixels.
    pub x: f64,
    /// Middle, CSS pixels.
    pub y: f64,
    /// Half its width, CSS pixels.
    pub radius: f64,
    /// How many stores it stands for.
    pub count: u32,
}

/// Half the width of a single store's mark.
const DOT: f64 = 10.5;

/// What of dots, clusters and crowds is on the screen, in reading order: rows of 48 pixels from above, then from the left.
#[must_use]
pub fn marks(view: &View, dots: &[World], clusters: &Clusters, crowds: &[Crowd]) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut put = |target, (x, y): (f64, f64), count: u32| {
        let radius = if count == 1 { DOT } else { (10.0 + 2.6 * f64::from(count).ln()).clamp(12.0, 30.0) };
        let (width, height) = view.size();
        if (-radius..=width + radius).contains(&x) && (-radius..=height + radius).contains(&y) {
            found.push(Mark { target, x, y, radius, count });
        }
    };
    for (number, (middle, members)) in clusters.iter().enumerate() {
        match members {
            [] => {}
            [one] => put(Target::Store(*one), view.to_screen(dots.get(*one as usize).copied().unwrap_or(middle)), 1),
            many if clusters.step() >= FAN => {
                let (x, y) = view.to_screen(middle);
                for (at, one) in many.iter().enumerate() {
                    let (dx, dy) = fan(at, many.len());
                    put(Target::Store(*one), (x + dx, y + dy), 1);
                }
            }
            many => put(Target::Group(number as u32), view.to_screen(middle), many.len() as u32),
        }
    }
    for (number, crowd) in crowds.iter().enumerate() {
        put(Target::Crowd(number as u32), view.to_screen(crowd.at), crowd.count);
    }
    let row = |mark: &Mark| (mark.y / 48.0).floor();
    found.sort_by(|a, b| row(a).total_cmp(&row(b)).then(a.x.total_cmp(&b.x)));
    found
}

/// The nearest mark under a pointer; `reach` is how far beside it still counts, more for a finger than for a mouse.
#[must_use]
pub fn hit(marks: &[Mark], x: f64, y: f64, reach: f64) -> Option<Target> {
    let far = |mark: &Mark| (mark.x - x).hypot(mark.y - y) - mark.radius;
    let near = marks.iter().filter(|mark| far(mark) <= reach);
    near.min_by(|a, b| far(a).total_cmp(&far(b))).map(|mark| mark.target)
}

/// The mark after (or before) `from` in reading order; none past the last, where the focus leaves the map.
#[must_use]
pub fn next(marks: &[Mark], from: Option<Target>, forward: bool) -> Option<Target> {
    let at = from.and_then(|from| marks.iter().position(|mark| mark.target == from));
    let next = match (at, forward) {
        (None, true) => 0,
        (None, false) => marks.len().checked_sub(1)?,
        (Some(at), true) => at + 1,
        (Some(at), false) => at.checked_sub(1)?,
    };
    marks.get(next).map(|mark| mark.target)
}

/// Where the one with number `at` of `all` that share a place stands: on rings of growing width.
fn fan(at: usize, all: usize) -> (f64, f64) {
    let (mut ring, mut first, mut room) = (1.0, 0, 8);
    while at >= first + room {
        first += room;
        room += 8;
        ring += 1.0;
    }
    let on_ring = room.min(all - first) as f64;
    let angle = (at - first) as f64 / on_ring * std::f64::consts::TAU;
    (angle.sin() * 28.0 * ring, -angle.cos() * 28.0 * ring)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mercator::LonLat;

    fn shown(zoom: f64) -> (View, Vec<World>, Vec<Mark>) {
        let view = View::new(LonLat { lon: 121.47, lat: 31.23 }, zoom, (400.0, 400.0), 1.0);
        let places = [(121.47, 31.23), (121.47, 31.23), (121.49, 31.24), (10.0, 50.0)];
        let dots = places.map(|(lon, lat)| LonLat { lon, lat }.project()).to_vec();
        let clusters = Clusters::of(&dots, view.step());
        let found = marks(&view, &dots, &clusters, &[]);
        (view, dots, found)
    }

    #[test]
    fn stores_at_one_place_are_one_cluster_and_fanned_out_when_near() {
        let (_, _, far) = shown(13.0);
        assert_eq!(far.iter().map(|mark| mark.count).collect::<Vec<_>>(), [1, 2]);
        let (_, _, near) = shown(18.0);
        assert_eq!(near.len(), 2);
        assert!((near[0].x - near[1].x).hypot(near[0].y - near[1].y) > 2.0 * DOT);
    }

    #[test]
    fn pointing_and_stepping() {
        let (_, _, found) = shown(13.0);
        let first = found[0];
        assert_eq!(hit(&found, first.x + 3.0, first.y, 0.0), Some(first.target));
        assert_eq!(hit(&found, 0.0, 0.0, 4.0), None);
        assert_eq!(next(&found, None, true), Some(found[0].target));
        assert_eq!(next(&found, Some(found[0].target), true), Some(found[1].target));
        assert_eq!(next(&found, Some(found[1].target), true), None);
        assert_eq!(next(&found, None, false), Some(found[1].target));
        assert_eq!(next(&[], None, false), None);
    }

    #[test]
    fn a_fan_of_many_keeps_them_apart() {
        let places: Vec<(f64, f64)> = (0..30).map(|at| fan(at, 30)).collect();
        for (at, a) in places.iter().enumerate() {
            for b in &places[..at] {
                assert!((a.0 - b.0).hypot(a.1 - b.1) > 2.0 * DOT - 4.0, "{a:?} {b:?}");
            }
        }
    }
}
