//! What to draw, back to front. The shell knows colours and how each look is painted.

use crate::{
    labels::{self, Label},
    marks::{Mark, Target},
    mercator::{LonLat, World},
    scale::{Scale, scale},
    view::{Raster, View},
};

/// How a store stands; each look has a form of its own, so that colour is never all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Look {
    /// Takes orders.
    Open,
    /// Takes orders, ready in so many minutes where that is known.
    Busy(Option<u32>),
    /// Takes none for a while.
    Paused,
    /// Outside its hours.
    Closed,
    /// Closed for good.
    Gone,
    /// Not known.
    #[default]
    Unknown,
}

/// Where the shopper is, and how roughly that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Me {
    /// Where.
    pub at: World,
    /// Within so many metres.
    pub metres: f64,
}

/// All that a picture is made of.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What part of the world.
    pub view: &'a View,
    /// What stands on it.
    pub marks: &'a [Mark],
    /// How the dot with this number looks; asked only for what stands alone.
    pub look: &'a dyn Fn(u32) -> Look,
    /// Names, weightiest first.
    pub labels: &'a [Label],
    /// The shopper.
    pub me: Option<Me>,
    /// What the shopper has chosen.
    pub selected: Option<Target>,
    /// What the keyboard is at.
    pub focused: Option<Target>,
    /// Whether the operator has raster tiles.
    pub rasters: bool,
}

/// Something to paint. Places are CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// The plain ground, all over.
    Ground,
    /// A raster tile.
    Raster(Raster),
    /// A line of the graticule.
    Line {
        /// One end.
        from: (f64, f64),
        /// The other.
        to: (f64, f64),
    },
    /// A name, centred.
    Label {
        /// Which of the labels.
        number: usize,
        /// Its middle.
        at: (f64, f64),
    },
    /// Where the shopper is.
    Me {
        /// Middle.
        at: (f64, f64),
        /// How far it may be off.
        radius: f64,
    },
    /// Several stores.
    Cluster {
        /// Middle.
        at: (f64, f64),
        /// Half its width.
        radius: f64,
        /// How many.
        count: u32,
        /// The keyboard is here.
        focused: bool,
    },
    /// One store.
    Store {
        /// Middle.
        at: (f64, f64),
        /// Half its width.
        radius: f64,
        /// How it stands.
        look: Look,
        /// It is chosen.
        selected: bool,
        /// The keyboard is here.
        focused: bool,
    },
    /// The scale bar, lower left.
    Scale(Scale),
}

/// What to draw, back to front.
#[must_use]
pub fn draw(scene: &Scene<'_>) -> Vec<Shape> {
    let mut shapes = vec![Shape::Ground];
    if scene.rasters {
        shapes.extend(scene.view.rasters().into_iter().map(Shape::Raster));
    } else {
        graticule(scene.view, &mut shapes);
        let placed = labels::place(scene.view, scene.labels, scene.marks);
        shapes.extend(placed.into_iter().map(|(number, x, y)| Shape::Label { number, at: (x, y) }));
    }
    if let Some(me) = scene.me {
        let radius = me.metres / scene.view.metres_per_pixel();
        shapes.push(Shape::Me { at: scene.view.to_screen(me.at), radius });
    }
    let special = |mark: &&Mark| Some(mark.target) == scene.selected || Some(mark.target) == scene.focused;
    let (above, below): (Vec<&Mark>, Vec<&Mark>) = scene.marks.iter().partition(special);
    shapes.extend(below.into_iter().chain(above).map(|mark| shape(scene, mark)));
    shapes.push(Shape::Scale(scale(scene.view, 100.0)));
    shapes
}

fn shape(scene: &Scene<'_>, mark: &Mark) -> Shape {
    let (at, radius, focused) = ((mark.x, mark.y), mark.radius, scene.focused == Some(mark.target));
    match mark.target {
        Target::Store(number) => Shape::Store {
            at,
            radius,
            look: (scene.look)(number),
            selected: scene.selected == Some(mark.target),
            focused,
        },
        Target::Group(_) | Target::Crowd(_) => Shape::Cluster { at, radius, count: mark.count, focused },
    }
}

/// Meridians and parallels at round degrees, about 160 pixels apart: what shows that the plain ground moves.
fn graticule(view: &View, shapes: &mut Vec<Shape>) {
    const STEPS: [f64; 14] = [30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002];
    let (width, height) = view.size();
    let wanted = 360.0 * 160.0 / view.pixels();
    let step = STEPS.into_iter().find(|step| *step <= wanted).unwrap_or(0.001);
    let bounds = view.bounds();
    let across = if bounds.west > bounds.east { bounds.east + 360.0 - bounds.west } else { bounds.east - bounds.west };
    let first = (bounds.west / step).ceil();
    for line in 0..=((across / step) as u32).min(200) {
        let lon = (first + f64::from(line)) * step;
        let (x, _) = view.to_screen(LonLat { lon, lat: 0.0 }.project());
        shapes.push(Shape::Line { from: (x, 0.0), to: (x, height) });
    }
    let first = (bounds.south / step).ceil();
    for line in 0..=(((bounds.north - bounds.south) / step) as u32).min(200) {
        let lat = (first + f64::from(line)) * step;
        let (_, y) = view.to_screen(LonLat { lon: 0.0, lat }.project());
        shapes.push(Shape::Line { from: (0.0, y), to: (width, y) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cluster::Clusters, marks::marks};

    #[test]
    fn ground_first_selected_last_but_for_the_scale() {
        let view = View::new(LonLat { lon: 121.47, lat: 31.23 }, 15.0, (400.0, 400.0), 1.0);
        let dots = [(121.47, 31.23), (121.475, 31.235)].map(|(lon, lat)| LonLat { lon, lat }.project());
        let found = marks(&view, &dots, &Clusters::of(&dots, view.step()), &[]);
        let scene = Scene {
            view: &view,
            marks: &found,
            look: &|number| if number == 0 { Look::Open } else { Look::Busy(Some(9)) },
            labels: &[],
            me: Some(Me { at: dots[0], metres: 1000.0 }),
            selected: Some(Target::Store(0)),
            focused: None,
            rasters: false,
        };
        let shapes = draw(&scene);
        assert_eq!(shapes[0], Shape::Ground);
        let stores: Vec<Look> = shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Store { look, .. } => Some(*look),
                _ => None,
            })
            .collect();
        assert_eq!(stores, [Look::Busy(Some(9)), Look::Open]);
        assert!(matches!(shapes.last(), Some(Shape::Scale(_))));
        assert!(shapes.iter().filter(|shape| matches!(shape, Shape::Line { .. })).count() >= 4);
    }
}
