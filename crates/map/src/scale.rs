//! The bar that says how far it is.

use crate::view::View;

/// A round distance and how wide it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// CSS pixels.
    pub width: f64,
    /// Metres: 1, 2 or 5 and zeros.
    pub metres: u32,
}

/// The longest round distance that is no wider than `most` CSS pixels in the middle of the view.
#[must_use]
pub fn scale(view: &View, most: f64) -> Scale {
    let per_pixel = view.metres_per_pixel();
    let room = (per_pixel * most).clamp(1.0, 5e6);
    let power = 10f64.powf(room.log10().floor());
    let round = [5.0, 2.0, 1.0].into_iter().map(|times| times * power).find(|metres| *metres <= room).unwrap_or(1.0);
    Scale { width: round / per_pixel, metres: round as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mercator::LonLat;

    #[test]
    fn distances_are_round_and_fit() {
        for zoom in 3..=19u8 {
            let view = View::new(LonLat { lon: 121.0, lat: 31.0 }, f64::from(zoom), (800.0, 600.0), 1.0);
            let bar = scale(&view, 100.0);
            let digits = bar.metres.to_string();
            assert!(
                matches!(&digits[..1], "1" | "2" | "5") && digits[1..].bytes().all(|digit| digit == b'0'),
                "{bar:?}"
            );
            assert!(bar.width <= 100.0 + 1e-9 && bar.width > 19.0, "{zoom} {bar:?}");
        }
    }
}
