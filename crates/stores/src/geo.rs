//! Points and boxes on the globe, and distances between them.
//!
//! Distances are compared as [`Sight::closeness`] (the haversine of the angle, 0 to 1), which needs no square root or arc
//! sine and is exact at the poles and across the date line.

use serde::{Deserialize, Serialize};

/// Mean radius of the Earth, metres.
const EARTH: f64 = 6_371_008.8;

/// Grid steps in a degree: positions are kept to 1.1 metres.
pub(crate) const STEPS: f64 = 1e5;

/// A place on the globe, degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// East, -180 to 180.
    pub lon: f64,
    /// North, -90 to 90.
    pub lat: f64,
}

impl Point {
    /// Great-circle distance, metres.
    #[must_use]
    pub fn meters_to(self, other: Point) -> f64 {
        meters(Sight::from(self).closeness(other.lon, other.lat))
    }

    pub(crate) fn is_sound(self) -> bool {
        self.lon.abs() <= 180.0 && self.lat.abs() <= 90.0
    }

    pub(crate) fn to_grid(self) -> Grid {
        // Saturating casts: a wild number lands on the edge.
        Grid {
            x: ((self.lon * STEPS).round() as i32).clamp(-18_000_000, 18_000_000),
            y: ((self.lat * STEPS).round() as i32).clamp(-9_000_000, 9_000_000),
        }
    }
}

/// A place on the grid of 1/100,000 degree, as it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

impl Grid {
    pub(crate) fn to_point(self) -> Point {
        Point { lon: f64::from(self.x) / STEPS, lat: f64::from(self.y) / STEPS }
    }
}

/// A box of longitudes and latitudes, degrees. `west` > `east` means that it crosses the date line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Western edge.
    pub west: f64,
    /// Southern edge.
    pub south: f64,
    /// Eastern edge.
    pub east: f64,
    /// Northern edge.
    pub north: f64,
}

impl View {
    /// The box that reaches `half_width` and `half_height` metres from its centre.
    #[must_use]
    pub fn around(centre: Point, half_width: f64, half_height: f64) -> View {
        let degree = EARTH.to_radians();
        let rise = half_height / degree;
        let (south, north) = ((centre.lat - rise).max(-90.0), (centre.lat + rise).min(90.0));
        let narrowest = south.abs().max(north.abs()).to_radians().cos();
        let run = half_width / (degree * narrowest.max(1e-9));
        if run >= 180.0 {
            return View { west: -180.0, south, east: 180.0, north };
        }
        View { west: wrapped(centre.lon - run), south, east: wrapped(centre.lon + run), north }
    }

    /// Whether the point is inside, edges included.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        self.boxes().iter().any(|area| area.contains(point.to_grid()))
    }

    /// Its middle.
    #[must_use]
    pub fn centre(&self) -> Point {
        Point { lon: wrapped(self.west + self.width() / 2.0), lat: (self.south + self.north) / 2.0 }
    }

    /// Degrees from west to east.
    #[must_use]
    pub fn width(&self) -> f64 {
        if self.west > self.east { self.east + 360.0 - self.west } else { self.east - self.west }
    }

    /// One box, or two where it crosses the date line; the line itself belongs to both sides.
    pub(crate) fn boxes(&self) -> Vec<Area> {
        let area = |west: f64, east: f64| Area {
            min: Point { lon: west, lat: self.south }.to_grid(),
            max: Point { lon: east, lat: self.north }.to_grid(),
        };
        let sound = [self.west, self.south, self.east, self.north].iter().all(|edge| edge.is_finite());
        if !sound || self.south > self.north {
            return Vec::new();
        }
        let whole = self.west <= self.east && self.east - self.west >= 360.0;
        let (west, east) = if whole { (-180.0, 180.0) } else { (wrapped(self.west), wrapped(self.east)) };
        let mut boxes = if west > east { vec![area(west, 180.0), area(-180.0, east)] } else { vec![area(west, east)] };
        if west <= east && east >= 180.0 && west > -180.0 {
            boxes.push(area(-180.0, -180.0));
        }
        if west <= east && west <= -180.0 && east < 180.0 {
            boxes.push(area(180.0, 180.0));
        }
        boxes
    }
}

/// A box on the grid that does not cross the date line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) min: Grid,
    pub(crate) max: Grid,
}

impl Area {
    /// The smallest with all of these.
    pub(crate) fn of(places: &[Grid]) -> Area {
        let first = places.first().copied().unwrap_or_default();
        places.iter().fold(Area { min: first, max: first }, |area, place| Area {
            min: Grid { x: area.min.x.min(place.x), y: area.min.y.min(place.y) },
            max: Grid { x: area.max.x.max(place.x), y: area.max.y.max(place.y) },
        })
    }

    pub(crate) fn contains(&self, place: Grid) -> bool {
        (self.min.x..=self.max.x).contains(&place.x) && (self.min.y..=self.max.y).contains(&place.y)
    }

    pub(crate) fn meets(&self, other: &Area) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }

    pub(crate) fn view(&self) -> View {
        let (min, max) = (self.min.to_point(), self.max.to_point());
        View { west: min.lon, south: min.lat, east: max.lon, north: max.lat }
    }
}

/// A point that distances are measured from, with what need not be worked out again.
pub(crate) struct Sight {
    lon: f64,
    lat: f64,
    cos: f64,
    sin: f64,
}

impl From<Point> for Sight {
    fn from(point: Point) -> Self {
        let (sin, cos) = point.lat.to_radians().sin_cos();
        Self { lon: point.lon, lat: point.lat, cos, sin }
    }
}

impl Sight {
    /// Haversine of the angle to a point: 0 here, 1 at the antipode, growing with distance.
    pub(crate) fn closeness(&self, lon: f64, lat: f64) -> f64 {
        let across = ((lon - self.lon).to_radians() / 2.0).sin();
        let along = ((lat - self.lat).to_radians() / 2.0).sin();
        along * along + self.cos * lat.to_radians().cos() * across * across
    }

    /// How near an area is; a hair less, so that rounding never puts it behind a store in it.
    pub(crate) fn closeness_of_area(&self, area: &Area) -> f64 {
        let bounds = [area.min.x, area.min.y, area.max.x, area.max.y].map(|edge| f64::from(edge) / STEPS);
        (self.closeness_of_box(bounds) * (1.0 - 1e-9) - 1e-18).max(0.0)
    }

    /// Haversine of the angle to the nearest point of a box that does not cross the date line.
    pub(crate) fn closeness_of_box(&self, [west, south, east, north]: [f64; 4]) -> f64 {
        if (west..=east).contains(&self.lon) || self.lon + 360.0 <= east || self.lon - 360.0 >= west {
            let lat = self.lat.clamp(south, north);
            let along = ((lat - self.lat).to_radians() / 2.0).sin();
            return along * along;
        }
        // At every latitude the nearer edge is nearest; on its meridian, the foot of the perpendicular or an end.
        let edge = if turn(west - self.lon) <= turn(east - self.lon) { west } else { east };
        let nearest = self.closeness(edge, south).min(self.closeness(edge, north));
        let foot = self.sin.atan2(self.cos * (edge - self.lon).to_radians().cos()).to_degrees();
        if foot > south && foot < north { nearest.min(self.closeness(edge, foot)) } else { nearest }
    }
}

/// Metres for a haversine.
pub(crate) fn meters(closeness: f64) -> f64 {
    2.0 * EARTH * closeness.clamp(0.0, 1.0).sqrt().asin()
}

/// The smaller angle, degrees.
fn turn(difference: f64) -> f64 {
    let turned = difference.abs() % 360.0;
    turned.min(360.0 - turned)
}

fn wrapped(lon: f64) -> f64 {
    if lon > 180.0 {
        lon - 360.0
    } else if lon < -180.0 {
        lon + 360.0
    } else {
        lon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: (f64, f64), to: (f64, f64), expected: f64) {
        let meters = Point { lon: from.0, lat: from.1 }.meters_to(Point { lon: to.0, lat: to.1 });
        assert!((meters - expected).abs() <= expected * 0.005 + 0.01, "{from:?} to {to:?}: {meters} m, not {expected}");
    }

    #[test]
    fn distances_on_the_globe() {
        check((121.4737, 31.2304), (116.4074, 39.9042), 1_067_000.0);
        check((179.9, 0.0), (-179.9, 0.0), 22_239.0);
        check((10.0, 90.0), (-170.0, 90.0), 0.0);
        check((0.0, 89.9), (180.0, 89.9), 22_239.0);
        check((0.0, 0.0), (180.0, 0.0), 20_015_115.0);
    }

    #[test]
    fn views_cross_the_date_line() {
        let view = View::around(Point { lon: 179.99, lat: 0.0 }, 10_000.0, 10_000.0);
        assert!(view.west > view.east);
        assert!(view.contains(Point { lon: -179.95, lat: 0.05 }));
        assert!(view.contains(Point { lon: 180.0, lat: 0.0 }) && view.contains(Point { lon: -180.0, lat: 0.0 }));
        assert!(!view.contains(Point { lon: 0.0, lat: 0.0 }));
        assert!((view.centre().lon - 179.99).abs() < 1e-6);
    }
}
