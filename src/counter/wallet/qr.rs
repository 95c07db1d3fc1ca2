//! QR codes as SVG paths.

use qrcodegen::{QrCode, QrCodeEcc};

/// White space around a code, in modules, as the standard asks for.
const MARGIN: i32 = 4;

/// A code, ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// Width and height with margin, in modules.
    pub(crate) size: i32,
    /// One rectangle per run of dark modules.
    pub(crate) path: String,
}

/// Draws a text; `None` when it is longer than a code can hold.
pub(crate) fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                path += &format!("M{} {}h{}v1H{}z", start + MARGIN, y + MARGIN, x - start, start + MARGIN);
            } else {
                x += 1;
            }
        }
    }
    Some(Drawing { size: code.size() + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawing_has_every_dark_module() {
        let token = format!("v4.public.{}", "aB3_".repeat(70));
        let drawing = draw(&token).expect("it fits");
        let code = QrCode::encode_text(&token, QrCodeEcc::Low).expect("it fits");
        let mut drawn = 0;
        for run in drawing.path.split('M').skip(1) {
            let (at, rest) = run.split_once('h').expect("a width");
            let (x, y) = at.split_once(' ').expect("two numbers");
            let (x, y): (i32, i32) = (x.parse().expect("x"), y.parse().expect("y"));
            let width: i32 = rest.split('v').next().and_then(|width| width.parse().ok()).expect("a width");
            drawn += width;
            assert!((x..x + width).all(|x| code.get_module(x - MARGIN, y - MARGIN)), "{run}");
        }
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        assert_eq!(drawn as usize, dark.filter(|(x, y)| code.get_module(*x, *y)).count());
    }

    #[test]
    fn too_long_is_none() {
        assert_eq!(draw(&"a".repeat(4000)), None);
    }
}
