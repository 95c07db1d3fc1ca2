//! Marks in the browser's timeline, for its developer tools and for `cargo xtask bench page`. A browser without them only
//! measures less.

/// Data has arrived and is about to be unpacked.
const DATA: &str = "oolong-map-data";
/// From there to the first picture: numbers of stores, in places that the directory knows.
pub(super) const FIRST_PAINT: &str = "oolong-map-first-paint";
/// The same with the tiles, to the first picture of stores.
pub(super) const STORES_PAINT: &str = "oolong-map-stores-paint";

/// Data has arrived.
pub(super) fn arrived() {
    if let Some(performance) = performance() {
        let _ = performance.mark(DATA);
    }
}

/// The first picture of what arrived last is painted: its time from then to now, under this name.
pub(super) fn painted(name: &str) {
    if let Some(performance) = performance() {
        let _ = performance.measure_with_start_mark(name, DATA);
    }
}

/// Does `work` and measures it. Of each name only the last is kept, or a long visit would fill the timeline; observers see
/// all of them.
pub(super) fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let performance = performance();
    if let Some(performance) = &performance {
        performance.clear_marks_with_mark_name(name);
        performance.clear_measures_with_measure_name(name);
        let _ = performance.mark(name);
    }
    let done = work();
    if let Some(performance) = &performance {
        let _ = performance.measure_with_start_mark(name, name);
    }
    done
}

fn performance() -> Option<web_sys::Performance> {
    web_sys::window()?.performance()
}
