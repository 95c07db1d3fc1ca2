//! Web Mercator: the whole world as a square from 0 to 1, as every raster tile server has it.

use std::f64::consts::PI;

/// Where the square ends, degrees north and south.
pub const MAX_LAT: f64 = 85.051_128_779_806_59;

/// Circumference at the equator of the sphere that Web Mercator takes the Earth for, metres.
const EQUATOR: f64 = 40_075_016.685_578_49;

/// A place on the globe, degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LonLat {
    /// East, -180 to 180.
    pub lon: f64,
    /// North, -90 to 90.
    pub lat: f64,
}

/// A place on the square: `x` from the date line eastwards, `y` from the north.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct World {
    /// 0 to 1, the date line is both.
    pub x: f64,
    /// 0 to 1.
    pub y: f64,
}

impl LonLat {
    /// Onto the square; what is nearer to a pole than [`MAX_LAT`] lands on the edge, what is no number on the equator.
    #[must_use]
    pub fn project(self) -> World {
        let lon = if self.lon.is_finite() { self.lon } else { 0.0 };
        let lat = if self.lat.is_finite() { self.lat.clamp(-MAX_LAT, MAX_LAT) } else { 0.0 };
        let y = 0.5 - (PI / 4.0 + lat.to_radians() / 2.0).tan().ln() / (2.0 * PI);
        World { x: wrap(lon / 360.0 + 0.5), y: y.clamp(0.0, 1.0) }
    }
}

impl World {
    /// Back to the globe.
    #[must_use]
    pub fn unproject(self) -> LonLat {
        let lat = (2.0 * ((0.5 - self.y) * 2.0 * PI).exp().atan() - PI / 2.0).to_degrees();
        LonLat { lon: (wrap(self.x) - 0.5) * 360.0, lat }
    }

    /// Metres on the ground for the width of the square at this height of it.
    #[must_use]
    pub fn metres(self) -> f64 {
        EQUATOR * self.unproject().lat.to_radians().cos()
    }
}

/// Into 0 to 1, where 1 is 0 again.
pub(crate) fn wrap(x: f64) -> f64 {
    x.rem_euclid(1.0)
}

/// The shorter way round, -0.5 to 0.5.
pub(crate) fn turn(difference: f64) -> f64 {
    (difference + 0.5).rem_euclid(1.0) - 0.5
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_places() {
        let shanghai = LonLat { lon: 121.4737, lat: 31.2304 }.project();
        // Worked out by hand: slippy-map tile 13/6860/3347 has the People's Square.
        assert_eq!(((shanghai.x * 8192.0) as u32, (shanghai.y * 8192.0) as u32), (6860, 3347));
        let middle = LonLat::default().project();
        assert!((middle.x - 0.5).abs() < 1e-15 && (middle.y - 0.5).abs() < 1e-15);
        assert!(LonLat { lon: 0.0, lat: 90.0 }.project().y < 1e-9);
        assert_eq!(LonLat { lon: f64::NAN, lat: f64::INFINITY }.project(), middle);
    }

    proptest! {
        #[test]
        fn unproject_is_the_inverse(lon in -179.999..179.999f64, lat in -85.0..85.0f64) {
            let back = LonLat { lon, lat }.project().unproject();
            prop_assert!((back.lon - lon).abs() < 1e-9 && (back.lat - lat).abs() < 1e-9, "{back:?}");
        }

        #[test]
        fn a_turn_of_the_globe_changes_nothing(lon in -180.0..180.0f64, turns in -3i32..3) {
            let (once, again) = (LonLat { lon, lat: 10.0 }, LonLat { lon: lon + 360.0 * f64::from(turns), lat: 10.0 });
            prop_assert!(turn(once.project().x - again.project().x).abs() < 1e-9);
        }
    }
}
