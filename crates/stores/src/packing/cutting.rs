//! An order in which neighbours are together, cut into tiles.

use std::ops::Range;

use crate::geo::Grid;

/// Most stores of a tile.
const LEAF: usize = 1_200;

/// The numbers of all places, neighbours together, and which stretches of them are tiles.
pub(super) fn cut(places: &[Grid]) -> (Vec<usize>, Vec<Range<usize>>) {
    let mut order: Vec<(u64, u32)> = places.iter().enumerate().map(|(at, place)| (morton(*place), at as u32)).collect();
    order.sort_unstable();
    let mut ends = Vec::new();
    quarter(&order, 52, 0, &mut ends);
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let tiles = starts.zip(&ends).map(|(start, end)| start..*end).collect();
    (order.into_iter().map(|(_, at)| at as usize).collect(), tiles)
}

/// Column and row bit by bit: neighbours get near numbers.
fn morton(place: Grid) -> u64 {
    let spread = |value: i32| (0..26).fold(0u64, |sum, bit| sum | u64::from(value as u32 >> bit & 1) << (2 * bit));
    spread(place.x + 18_000_000) | spread(place.y + 9_000_000) << 1
}

/// Cuts into squares, and those into quarters, until each has few stores; small quarters side by side stay together.
fn quarter(order: &[(u64, u32)], bits: u32, start: usize, ends: &mut Vec<usize>) {
    if order.is_empty() {
        return;
    }
    if order.len() <= LEAF || bits == 0 {
        ends.extend((1..=order.len().div_ceil(LEAF)).map(|part| start + (part * LEAF).min(order.len())));
        return;
    }
    let (mut at, mut together) = (0, 0);
    for corner in 0..4 {
        let end = at + order[at..].partition_point(|(code, _)| code >> (bits - 2) & 3 <= corner);
        let size = end - at;
        if size <= LEAF && together > 0 && together + size <= LEAF {
            if let (true, Some(last)) = (size > 0, ends.last_mut()) {
                *last = start + end;
            }
            together += size;
        } else {
            quarter(&order[at..end], bits - 2, start + at, ends);
            together = if size <= LEAF { size } else { 0 };
        }
        at = end;
    }
}
