//! The operator's pictures under the canvas: images of the page, so that the browser keeps and cancels them. Where they do
//! not come, the ground stays plain and has names.

use leptos::prelude::*;
use oolong_map::{Raster, View, raster_url};

use super::finder::use_finder;

/// So many that fail one after another mean that none will come. One alone may only be missing, as at sea.
const BROKEN: u32 = 6;

/// How the operator's pictures come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pictures {
    /// The operator has some.
    there: bool,
    came: bool,
    /// How many failed since one came.
    failed: u32,
}

impl Pictures {
    pub(super) fn of(there: bool) -> Self {
        Self { there, came: false, failed: 0 }
    }

    /// Whether they are asked for.
    pub(super) fn are_wanted(self) -> bool {
        self.there && self.failed < BROKEN
    }

    /// Whether they lie on the ground, so that it needs no names of its own: not before one has come.
    pub(super) fn cover(self) -> bool {
        self.are_wanted() && self.came
    }

    fn came(&mut self) {
        (self.came, self.failed) = (true, 0);
    }

    fn failed(&mut self) {
        self.failed += 1;
    }

    /// The network is back: they may come now.
    pub(super) fn renew(&mut self) {
        self.failed = 0;
    }
}

#[component]
pub(super) fn Rasters(template: String, pictures: RwSignal<Pictures>) -> impl IntoView {
    let finder = use_finder();
    let tiles = move || {
        let view = finder.view.get();
        view.rasters().into_iter().map(|tile| (place(&view, &tile), tile)).collect::<Vec<_>>()
    };
    view! {
        <div class="finder-rasters" aria-hidden="true">
            // An image moves with the map; it never becomes another one's.
            <For each=tiles key=|(place, _)| *place let((place, tile))>
                <img
                    alt=""
                    decoding="async"
                    draggable="false"
                    // Servers of tiles ask who shows them; which page it is stays here.
                    referrerpolicy="origin"
                    src=raster_url(&template, &tile)
                    on:load=move |_| pictures.update(Pictures::came)
                    on:error=move |_| pictures.update(Pictures::failed)
                    // Property by property: the page's policy allows no style attributes.
                    style:transform=move || {
                        let (left, top, _) = corner(&finder.view.get(), place);
                        format!("translate({left:.2}px,{top:.2}px)")
                    }
                    style:width=move || side(&finder.view.get(), place)
                    style:height=move || side(&finder.view.get(), place)
                />
            </For>
        </div>
    }
}

/// Where a tile lies in the world: zoom step, column, row. Beyond its edges the world goes on with other columns.
type Place = (u8, i64, u32);

fn place(view: &View, tile: &Raster) -> Place {
    let middle = view.centre().project().x * f64::from(tile.z).exp2();
    let column = middle + (tile.left - view.size().0 / 2.0) / tile.size;
    (tile.z, column.round() as i64, tile.y)
}

/// Left edge, upper edge and size of a tile on the screen, CSS pixels.
fn corner(view: &View, (z, column, row): Place) -> (f64, f64, f64) {
    let ((width, height), centre) = (view.size(), view.centre().project());
    let (all, size) = (f64::from(z).exp2(), 256.0 * (view.zoom() - f64::from(z)).exp2());
    let left = width / 2.0 + (column as f64 - centre.x * all) * size;
    (left, height / 2.0 + (f64::from(row) - centre.y * all) * size, size)
}

/// A little more than its size, or seams would show.
fn side(view: &View, place: Place) -> String {
    format!("{:.2}px", corner(view, place).2 + 0.5)
}

#[cfg(test)]
mod tests {
    use oolong_map::LonLat;

    use super::*;

    #[test]
    fn a_broken_server_leaves_names_and_a_missing_picture_only_a_hole() {
        type Event = fn(&mut Pictures);
        let (yes, no): (Event, Event) = (Pictures::came, Pictures::failed);
        for (what, there, happened, wanted, cover) in [
            ("no pictures", false, vec![], false, false),
            ("on their way", true, vec![], true, false),
            ("one missing", true, vec![no, yes], true, true),
            ("at sea", true, [vec![yes], vec![no; 5]].concat(), true, true),
            ("never any", true, vec![no; 6], false, false),
            ("gone now", true, [vec![yes], vec![no; 6]].concat(), false, false),
            ("gone, and back", true, [vec![yes], vec![no; 6], vec![Pictures::renew]].concat(), true, true),
            ("network back", true, [vec![no; 6], vec![Pictures::renew]].concat(), true, false),
        ] {
            let mut pictures = Pictures::of(there);
            happened.into_iter().for_each(|event| event(&mut pictures));
            assert_eq!((pictures.are_wanted(), pictures.cover()), (wanted, cover), "{what}");
        }
    }

    #[test]
    fn tiles_lie_where_the_view_has_them_and_move_with_it() {
        for (lon, lat, zoom, by) in [
            (121.47, 31.23, 12.3, (-30.0, 20.0)),
            (-179.99, 60.0, 3.0, (-10.0, 0.0)),
            // Over the date line the world goes on, whichever end the columns are counted from.
            (179.99, -10.0, 4.6, (0.0, -5.0)),
            (0.0, 0.0, 19.0, (30.0, 30.0)),
        ] {
            let mut view = View::new(LonLat { lon, lat }, zoom, (800.0, 600.0), 2.0);
            let before: Vec<Place> = view.rasters().iter().map(|tile| place(&view, tile)).collect();
            view.pan(by.0, by.1);
            let after = view.rasters();
            for tile in &after {
                let (left, top, size) = corner(&view, place(&view, tile));
                let off = (left - tile.left).abs() + (top - tile.top).abs() + (size - tile.size).abs();
                assert!(off < 1e-3, "{tile:?} from {lon} {lat} {zoom} is off by {off}");
            }
            let stayed = after.iter().filter(|tile| before.contains(&place(&view, tile))).count();
            assert!(stayed * 2 > before.len(), "{stayed} of {} from {lon} {lat} {zoom}", before.len());
        }
    }

    #[test]
    fn an_address_has_its_numbers_and_nothing_else_changed() {
        let tile = Raster { z: 3, x: 6, y: 2, left: 0.0, top: 0.0, size: 256.0 };
        for (template, expected) in [
            ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example/3/6/2.png"),
            ("tiles/{z}/{x}/{y}@2x.webp?key=a-b", "tiles/3/6/2@2x.webp?key=a-b"),
            ("https://tiles.example/?l=base&y={y}&x={x}&z={z}", "https://tiles.example/?l=base&y=2&x=6&z=3"),
        ] {
            assert_eq!(raster_url(template, &tile), expected);
        }
    }
}
