//! Names of cities, districts and landmarks, so that the ground can be read without any picture of it.

use crate::{marks::Mark, mercator::World, view::View};

/// A name and where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub at: World,
    /// What is written.
    pub text: String,
    /// 0 city, 1 district, 2 landmark: what is shown from which zoom on.
    pub rank: u8,
    /// What goes first where there is no room for all.
    pub weight: u32,
}

impl Label {
    fn is_for(&self, zoom: f64) -> bool {
        match self.rank {
            0 => zoom < 14.0,
            1 => (10.5..16.0).contains(&zoom),
            _ => zoom >= 14.0,
        }
    }
}

/// Which labels are drawn and where: none over another or over a mark, the weightiest first. A label gives way upwards or
/// downwards; a city's farther than others. `labels` are in order of weight.
pub(crate) fn place(view: &View, labels: &[Label], marks: &[Mark]) -> Vec<(usize, f64, f64)> {
    const MOST: usize = 40;
    let (width, height) = view.size();
    let mut taken: Vec<Plot> =
        marks.iter().map(|mark| Plot::around(mark.x, mark.y, mark.radius, mark.radius)).collect();
    let mut placed = Vec::new();
    for (number, label) in labels.iter().enumerate().filter(|(_, label)| label.is_for(view.zoom())) {
        if placed.len() == MOST {
            break;
        }
        let (x, y) = view.to_screen(label.at);
        if !((0.0..width).contains(&x) && (0.0..height).contains(&y)) {
            continue;
        }
        let half = breadth(&label.text) * if label.rank == 0 { 7.5 } else { 6.5 } + 4.0;
        // From far away a few pixels are another province.
        let near = label.rank == 0 && view.zoom() >= 9.0;
        let tries: &[f64] = if near { &[0.0, -28.0, 28.0, -56.0, 56.0] } else { &[0.0, -22.0, 22.0] };
        let boxes = tries.iter().map(|shift| (y + shift, Plot::around(x, y + shift, half, 10.0)));
        let free = boxes.clone().find(|(_, own)| taken.iter().all(|other| !own.meets(other)));
        if let Some((y, own)) = free {
            taken.push(own);
            placed.push((number, x, y));
        }
    }
    placed
}

#[derive(Clone, Copy)]
struct Plot {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Plot {
    fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Self {
        Self { left: x - half_width, top: y - half_height, right: x + half_width, bottom: y + half_height }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left <= other.right && other.left <= self.right && self.top <= other.bottom && other.top <= self.bottom
    }
}

/// How broad a text is, in halves of its height: Chinese signs are twice as broad as letters.
fn breadth(text: &str) -> f64 {
    text.chars().map(|sign| if sign.is_ascii() { 0.55 } else { 1.0 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mercator::LonLat;

    #[test]
    fn no_label_over_another() {
        let label = |lon: f64, text: &str, rank| {
            let at = LonLat { lon, lat: 31.23 }.project();
            Label { at, text: text.to_owned(), rank, weight: 1 }
        };
        let labels =
            [label(121.47, "Shanghai", 0), label(121.4701, "上海", 0), label(121.6, "Pudong", 0), label(121.3, "x", 2)];
        let view = View::new(LonLat { lon: 121.47, lat: 31.23 }, 11.0, (800.0, 600.0), 1.0);
        let placed = place(&view, &labels, &[]);
        assert_eq!(placed.iter().map(|(at, ..)| *at).collect::<Vec<_>>(), [0, 1, 2]);
        assert!((placed[0].2 - placed[1].2).abs() >= 20.0, "{placed:?}");
        let mark = Mark { target: crate::Target::Store(0), x: 400.0, y: 300.0, radius: 9.0, count: 1 };
        assert!((place(&view, &labels[..1], &[mark])[0].2 - 300.0).abs() > 9.0);
    }
}
