//! Names of cities, districts and landmarks, so that the ground can be read without any picture of it.

use crate::{mercator::World, view::View};

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

/// Which labels are drawn and where: none over another, the weightiest first. `labels` are in order of weight.
pub(crate) fn place(view: &View, labels: &[Label]) -> Vec<(usize, f64, f64)> {
    const MOST: usize = 40;
    let (width, height) = view.size();
    let mut boxes: Vec<[f64; 4]> = Vec::new();
    let mut placed = Vec::new();
    for (number, label) in labels.iter().enumerate().filter(|(_, label)| label.is_for(view.zoom())) {
        if placed.len() == MOST {
            break;
        }
        let (x, y) = view.to_screen(label.at);
        if !((0.0..width).contains(&x) && (0.0..height).contains(&y)) {
            continue;
        }
        let half = breadth(&label.text) * if label.rank == 0 { 7.5 } else { 6.5 } + 6.0;
        let own = [x - half, y - 12.0, x + half, y + 12.0];
        let free =
            boxes.iter().all(|other| own[2] < other[0] || other[2] < own[0] || own[3] < other[1] || other[3] < own[1]);
        if free {
            boxes.push(own);
            placed.push((number, x, y));
        }
    }
    placed
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
        assert_eq!(place(&view, &labels).iter().map(|(at, ..)| *at).collect::<Vec<_>>(), [0, 2]);
    }
}
