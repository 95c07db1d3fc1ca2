//! What part of the world is shown, and how it moves.

use crate::mercator::{LonLat, World, turn, wrap};

/// A continent.
pub const MIN_ZOOM: f64 = 3.0;
/// A house.
pub const MAX_ZOOM: f64 = 19.0;

/// Pixels of the world's width at zoom 0.
const TILE: f64 = 256.0;

/// A box of longitudes and latitudes, degrees. `west` > `east` means that it crosses the date line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Western edge.
    pub west: f64,
    /// Southern edge.
    pub south: f64,
    /// Eastern edge.
    pub east: f64,
    /// Northern edge.
    pub north: f64,
}

/// A raster tile and where it is drawn, CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Raster {
    /// Zoom step.
    pub z: u8,
    /// Column.
    pub x: u32,
    /// Row.
    pub y: u32,
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width and height.
    pub size: f64,
}

/// Centre, zoom and size of what is shown. Sizes and places on the screen are CSS pixels from the upper left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    centre: World,
    zoom: f64,
    width: f64,
    height: f64,
    ratio: f64,
}

impl View {
    /// A view of that size; `ratio` is device pixels per CSS pixel.
    #[must_use]
    pub fn new(centre: LonLat, zoom: f64, (width, height): (f64, f64), ratio: f64) -> Self {
        let mut view = Self { centre: centre.project(), zoom: 0.0, width: 1.0, height: 1.0, ratio: 1.0 };
        view.zoom = if zoom.is_finite() { zoom.clamp(MIN_ZOOM, MAX_ZOOM) } else { MIN_ZOOM };
        view.resize(width, height, ratio);
        view
    }

    /// Its middle.
    #[must_use]
    pub fn centre(&self) -> LonLat {
        self.centre.unproject()
    }

    /// Its zoom: one more shows everything twice as large.
    #[must_use]
    pub fn zoom(&self) -> f64 {
        self.zoom
    }

    /// The whole zoom step that clusters and raster tiles are made for.
    #[must_use]
    pub fn step(&self) -> u8 {
        self.zoom.floor() as u8
    }

    /// Width and height, CSS pixels.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// Device pixels per CSS pixel.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// Another size, same middle.
    pub fn resize(&mut self, width: f64, height: f64, ratio: f64) {
        let sound = |value: f64, least: f64| if value.is_finite() { value.max(least) } else { least };
        (self.width, self.height, self.ratio) = (sound(width, 1.0), sound(height, 1.0), sound(ratio, 0.5));
        self.settle();
    }

    /// Another middle, and zoom where given.
    pub fn look_at(&mut self, place: LonLat, zoom: Option<f64>) {
        self.centre = place.project();
        if let Some(zoom) = zoom.filter(|zoom| zoom.is_finite()) {
            self.zoom = zoom.clamp(MIN_ZOOM, MAX_ZOOM);
        }
        self.settle();
    }

    /// Shows all of a box, with `margin` CSS pixels around it; never nearer than zoom 16.
    pub fn fit(&mut self, bounds: &Bounds, margin: f64) {
        self.fit_to(bounds, margin, 16.0);
    }

    fn fit_to(&mut self, bounds: &Bounds, margin: f64, nearest: f64) {
        let (a, b) = (
            LonLat { lon: bounds.west, lat: bounds.north }.project(),
            LonLat { lon: bounds.east, lat: bounds.south }.project(),
        );
        let across = wrap(b.x - a.x);
        let room = |size: f64| (size - 2.0 * margin).max(32.0);
        let zoom = |room: f64, extent: f64| (room / (extent.max(1e-9) * TILE)).log2();
        let zoom = zoom(room(self.width), across).min(zoom(room(self.height), b.y - a.y));
        self.zoom = zoom.clamp(MIN_ZOOM, nearest);
        self.centre = World { x: wrap(a.x + across / 2.0), y: f64::midpoint(a.y, b.y) };
        self.settle();
    }

    /// Shows all of these places from nearer: at least one step, at most as near as their box allows.
    pub fn nearer(&mut self, places: &[World]) {
        let Some(first) = places.first() else { return };
        let (mut x, mut y) = ((0.0f64, 0.0f64), (first.y, first.y));
        for place in places {
            let across = turn(place.x - first.x);
            (x, y) = ((x.0.min(across), x.1.max(across)), (y.0.min(place.y), y.1.max(place.y)));
        }
        let (a, b) = (World { x: first.x + x.0, y: y.0 }.unproject(), World { x: first.x + x.1, y: y.1 }.unproject());
        let before = self.zoom;
        self.fit_to(&Bounds { west: a.lon, south: b.lat, east: b.lon, north: a.lat }, 56.0, MAX_ZOOM);
        self.zoom = self.zoom.max((before + 1.0).min(MAX_ZOOM));
        self.settle();
    }

    /// Moves what is shown by so many pixels, as a finger does.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        if dx.is_finite() && dy.is_finite() {
            let world = self.pixels();
            self.centre = World { x: wrap(self.centre.x - dx / world), y: self.centre.y - dy / world };
            self.settle();
        }
    }

    /// Zooms by `by` steps so that what is at this place of the screen stays there (but at the poles).
    pub fn zoom_about(&mut self, x: f64, y: f64, by: f64) {
        if !(x.is_finite() && y.is_finite() && by.is_finite()) {
            return;
        }
        let held = self.to_world(x, y);
        self.zoom = (self.zoom + by).clamp(MIN_ZOOM, MAX_ZOOM);
        let world = self.pixels();
        self.centre =
            World { x: wrap(held.x - (x - self.width / 2.0) / world), y: held.y - (y - self.height / 2.0) / world };
        self.settle();
    }

    /// Where on the screen a place is; of its repetitions round the globe, the nearest to the middle.
    #[must_use]
    pub fn to_screen(&self, place: World) -> (f64, f64) {
        let world = self.pixels();
        (
            self.width / 2.0 + turn(place.x - self.centre.x) * world,
            self.height / 2.0 + (place.y - self.centre.y) * world,
        )
    }

    /// Which place is there on the screen.
    #[must_use]
    pub fn to_world(&self, x: f64, y: f64) -> World {
        let world = self.pixels();
        World {
            x: wrap(self.centre.x + (x - self.width / 2.0) / world),
            y: (self.centre.y + (y - self.height / 2.0) / world).clamp(0.0, 1.0),
        }
    }

    /// What it covers.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let (a, b) = (self.to_world(0.0, 0.0).unproject(), self.to_world(self.width, self.height).unproject());
        let whole = self.width >= self.pixels();
        let (west, east) = if whole { (-180.0, 180.0) } else { (a.lon, b.lon) };
        Bounds { west, south: b.lat, east, north: a.lat }
    }

    /// Metres on the ground for a CSS pixel in the middle.
    #[must_use]
    pub fn metres_per_pixel(&self) -> f64 {
        self.centre.metres() / self.pixels()
    }

    /// The raster tiles that cover it, nearest to the middle first.
    #[must_use]
    pub fn rasters(&self) -> Vec<Raster> {
        let z = self.zoom.round().clamp(0.0, 19.0) as u8;
        let (number, world) = (1i64 << z, self.pixels());
        let size = world / number as f64;
        let (left, top) = (self.centre.x * world - self.width / 2.0, self.centre.y * world - self.height / 2.0);
        let columns = (left / size).floor() as i64..=((left + self.width) / size).floor() as i64;
        let rows = (top / size).floor().max(0.0) as i64..=(((top + self.height) / size).floor() as i64).min(number - 1);
        let tile = |column: i64, row: i64| Raster {
            z,
            x: column.rem_euclid(number) as u32,
            y: row as u32,
            left: column as f64 * size - left,
            top: row as f64 * size - top,
            size,
        };
        let mut tiles: Vec<Raster> =
            columns.flat_map(|column| rows.clone().map(move |row| (column, row))).map(|(x, y)| tile(x, y)).collect();
        let far = |tile: &Raster| {
            (tile.left + size / 2.0 - self.width / 2.0).hypot(tile.top + size / 2.0 - self.height / 2.0)
        };
        tiles.sort_by(|a, b| far(a).total_cmp(&far(b)));
        tiles
    }

    /// CSS pixels of the world's width.
    pub(crate) fn pixels(&self) -> f64 {
        TILE * self.zoom.exp2()
    }

    /// Keeps the poles out of what is shown.
    fn settle(&mut self) {
        let half = self.height / 2.0 / self.pixels();
        self.centre.y = if half >= 0.5 { 0.5 } else { self.centre.y.clamp(half, 1.0 - half) };
    }
}

/// The address of a raster tile from a template with `{z}`, `{x}`, `{y}`.
#[must_use]
pub fn raster_url(template: &str, tile: &Raster) -> String {
    let with = |text: String, name: &str, value: u32| text.replace(name, &value.to_string());
    with(with(with(template.to_owned(), "{z}", u32::from(tile.z)), "{x}", tile.x), "{y}", tile.y)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(lon: f64, lat: f64, zoom: f64) -> View {
        View::new(LonLat { lon, lat }, zoom, (800.0, 600.0), 2.0)
    }

    #[test]
    fn a_view_over_the_date_line_has_bounds_that_cross_it() {
        let bounds = shown(179.99, 0.0, 10.0).bounds();
        assert!(bounds.west > 0.0 && bounds.east < 0.0, "{bounds:?}");
        let (x, y) = shown(179.99, 0.0, 10.0).to_screen(LonLat { lon: -179.99, lat: 0.0 }.project());
        assert!((400.0..430.0).contains(&x) && (y - 300.0).abs() < 1e-6, "{x} {y}");
    }

    #[test]
    fn the_poles_stay_out() {
        let mut view = shown(0.0, 89.0, 4.0);
        view.pan(0.0, 1e6);
        assert!(view.to_screen(World { x: 0.5, y: 0.0 }).1 <= 1e-6);
        assert_eq!(View::new(LonLat::default(), 3.0, (100.0, 9000.0), 1.0).centre().lat, 0.0);
    }

    #[test]
    fn rasters_cover_the_screen_once() {
        let view = shown(121.47, 31.23, 12.3);
        let tiles = view.rasters();
        let area: f64 = tiles
            .iter()
            .map(|tile| {
                let across = (tile.left + tile.size).min(800.0) - tile.left.max(0.0);
                across * ((tile.top + tile.size).min(600.0) - tile.top.max(0.0))
            })
            .sum();
        assert!((area - 480_000.0).abs() < 1e-3, "{area}");
        assert_eq!(raster_url("t/{z}/{x}/{y}.png", &tiles[0]), format!("t/12/{}/{}.png", tiles[0].x, tiles[0].y));
    }

    #[test]
    fn fitted_bounds_are_in_view() {
        let mut view = shown(0.0, 0.0, 5.0);
        let wanted = Bounds { west: 121.3, south: 31.1, east: 121.6, north: 31.4 };
        view.fit(&wanted, 40.0);
        let seen = view.bounds();
        assert!(
            seen.west < wanted.west
                && seen.east > wanted.east
                && seen.south < wanted.south
                && seen.north > wanted.north
        );
        assert!(view.zoom() > 10.0);
    }

    #[test]
    fn nearer_is_nearer_and_shows_all() {
        let mut view = shown(121.47, 31.23, 12.0);
        let places = [(121.46, 31.22), (121.48, 31.24)].map(|(lon, lat)| LonLat { lon, lat }.project());
        view.nearer(&places);
        assert!(view.zoom() >= 13.0);
        for place in places {
            let (x, y) = view.to_screen(place);
            assert!((0.0..800.0).contains(&x) && (0.0..600.0).contains(&y), "{x} {y}");
        }
        let mut near = shown(121.47, 31.23, 17.5);
        near.nearer(&places[..1]);
        assert_eq!(near.zoom(), MAX_ZOOM);
    }

    proptest! {
        #[test]
        fn zooming_about_a_place_keeps_it(
            lon in -180.0..180.0f64, lat in -60.0..60.0f64, zoom in 6.0..18.0f64,
            x in 0.0..800.0f64, y in 0.0..600.0f64, by in -2.0..2.0f64,
        ) {
            let mut view = shown(lon, lat, zoom);
            let held = view.to_world(x, y);
            view.zoom_about(x, y, by);
            let (after_x, after_y) = view.to_screen(held);
            prop_assert!((after_x - x).abs() < 1e-4 && (after_y - y).abs() < 1e-4, "{after_x} {after_y}");
        }

        #[test]
        fn screen_and_world_are_inverse(
            lon in -180.0..180.0f64, lat in -80.0..80.0f64, zoom in 3.0..19.0f64, x in 0.0..800.0f64, y in 0.0..600.0f64,
        ) {
            let view = shown(lon, lat, zoom);
            let (back_x, back_y) = view.to_screen(view.to_world(x, y));
            prop_assert!((back_x - x).abs() < 1e-3 && (back_y - y).abs() < 1e-3, "{back_x} {back_y}");
        }

        #[test]
        fn panning_round_the_globe_comes_back(lon in -180.0..180.0f64, parts in 2u32..40) {
            let mut view = shown(lon, 20.0, 5.0);
            let before = view.centre();
            for _ in 0..parts {
                view.pan(view.pixels() / f64::from(parts), 0.0);
            }
            let after = view.centre();
            prop_assert!(turn((after.lon - before.lon) / 360.0).abs() < 1e-9 && (after.lat - before.lat).abs() < 1e-9);
        }

        #[test]
        fn wild_input_leaves_a_sound_view(values in prop::collection::vec(any::<f64>(), 6)) {
            let mut view = View::new(LonLat { lon: values[0], lat: values[1] }, values[2], (values[3], 600.0), values[4]);
            view.pan(values[5], values[0]);
            view.zoom_about(values[1], values[2], values[5]);
            let centre = view.centre();
            prop_assert!(centre.lon.abs() <= 180.0 && centre.lat.abs() <= 90.0 && (3.0..=19.0).contains(&view.zoom()));
        }
    }
}
