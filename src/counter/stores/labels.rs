//! Names on the map.

use std::collections::HashMap;

use leptos::prelude::*;
use oolong_map::{Label, LonLat};

use super::{search::Kept, stock::Stock};

/// Cities of the directory; districts and landmarks of the stores that are here, in the middle of those.
pub(super) fn labels(stock: &Stock, chinese: bool) -> Kept<Vec<Label>> {
    let mut labels = Vec::new();
    stock.directory.with(|directory| {
        let cities = directory.iter().flat_map(|directory| directory.cities());
        labels.extend(cities.map(|(names, point, stores)| Label {
            at: LonLat { lon: point.lon, lat: point.lat }.project(),
            text: names.shown(chinese).to_owned(),
            rank: 0,
            weight: stores,
        }));
    });
    stock.shelves.with(|shelves| {
        let mut middles: HashMap<(u8, &str, &str), (f64, f64, u32)> = HashMap::new();
        for store in shelves.tiles.values().flatten().map(|shelved| &shelved.store) {
            for (rank, names) in [(1, &store.district), (2, &store.landmark)] {
                if !names.is_empty() {
                    let sum = middles.entry((rank, store.city.shown(chinese), names.shown(chinese))).or_default();
                    *sum = (sum.0 + store.lon, sum.1 + store.lat, sum.2 + 1);
                }
            }
        }
        labels.extend(middles.into_iter().map(|((rank, _, text), (lon, lat, count))| {
            let number = f64::from(count);
            let at = LonLat { lon: lon / number, lat: lat / number }.project();
            Label { at, text: text.to_owned(), rank, weight: count }
        }));
    });
    labels.sort_by(|a, b| a.rank.cmp(&b.rank).then(b.weight.cmp(&a.weight)).then_with(|| a.text.cmp(&b.text)));
    Kept::new(labels)
}
