//! One tile's bytes, as [`crate::Tile`] reads them: columns of numbers, each the place of a value that is written once.

use std::collections::HashMap;
use std::hash::Hash;

use crate::codec::Writer;
use crate::geo::Grid;
use crate::hours::{ALWAYS, Schedule};
use crate::numbered::{Numbered, split};
use crate::opening::Almanac;
use crate::reading::in_china;
use crate::store::{Names, Store};
use crate::tile::{self, CLOSED_FOR_GOOD, DELIVERY, HOLE, PICKUP, Pace};

/// The tile of these stores at `places`, of which the first has the number `base` in the country.
pub(super) fn write_tile(base: u32, stores: &[&Store], places: &[Grid], almanac: &mut Almanac) -> Vec<u8> {
    let mut writer = Writer::new(*tile::MAGIC);
    writer.u64(base.into());
    writer.count(stores.len());
    for axis in [|place: &Grid| place.x, |place: &Grid| place.y] {
        let mut last = 0;
        for place in places {
            writer.i32(axis(place) - last);
            last = axis(place);
        }
    }
    let (mut brands, mut items) = (Words::<&str>::new(), Words::<&str>::new());
    let [mut cities, mut districts, mut landmarks] = [(); 3].map(|()| Words::<&Names>::new());
    let (mut heads, mut tails) = (Words::<(&str, &str)>::new(), Words::<(String, String)>::new());
    let (mut schedules, mut missing, mut paces) =
        (Words::<(&str, bool)>::new(), Words::<Vec<u32>>::new(), Words::<Pace>::new());
    let mut numbers = Vec::with_capacity(stores.len());
    let rows: Vec<[u32; 9]> = stores
        .iter()
        .map(|store| {
            let ((en, en_tail), (zh, zh_tail)) = (branch(&store.names.en), branch(&store.names.zh));
            let (tail, number) = unnumbered(en_tail, zh_tail);
            numbers.push(number);
            let lacks = store.unavailable.iter().map(|item| items.of(item)).collect();
            [
                brands.of(&store.brand),
                cities.of(&store.city),
                districts.of(&store.district),
                landmarks.of(&store.landmark),
                heads.of((en, zh)),
                tails.of(tail),
                schedules.of((store.hours.as_str(), in_china(store.point(), store.utc_offset_minutes))),
                missing.of(lacks),
                paces.of(Pace {
                    orders_per_minute: store.orders_per_minute,
                    ahead_minutes: store.ahead_minutes,
                    prep_minutes: store.prep_minutes,
                    utc_offset_minutes: store.utc_offset_minutes,
                }),
            ]
        })
        .collect();
    for words in [&brands.order, &items.order] {
        writer.count(words.len());
        words.iter().for_each(|word| writer.string(word));
    }
    for names in [&cities.order, &districts.order, &landmarks.order] {
        writer.count(names.len());
        names.iter().for_each(|names| writer.names(names));
    }
    writer.count(heads.order.len());
    for (en, zh) in &heads.order {
        writer.string(en);
        writer.string(zh);
    }
    writer.count(tails.order.len());
    for (en, zh) in &tails.order {
        writer.string(en);
        writer.string(zh);
    }
    writer.count(schedules.order.len());
    schedules.order.iter().for_each(|(text, china)| write_schedule(&mut writer, &almanac.look_up(text, *china).0));
    writer.count(missing.order.len());
    for set in &missing.order {
        writer.count(set.len());
        set.iter().for_each(|item| writer.u64((*item).into()));
    }
    writer.count(paces.order.len());
    for pace in &paces.order {
        for value in [pace.orders_per_minute, pace.ahead_minutes, pace.prep_minutes] {
            writer.u64(value.into());
        }
        writer.i32(pace.utc_offset_minutes.into());
    }
    for column in 0..9 {
        rows.iter().for_each(|row| writer.u64(row[column].into()));
    }
    numbers.iter().for_each(|number| writer.u64((*number).into()));
    for store in stores {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        writer.bytes.push(
            flag(store.pickup, PICKUP)
                | flag(store.delivery, DELIVERY)
                | flag(store.permanently_closed, CLOSED_FOR_GOOD),
        );
    }
    Numbered::write(&mut writer, stores.iter().map(|store| store.id.as_str()));
    Numbered::write(&mut writer, stores.iter().map(|store| store.address.as_str()));
    Numbered::write(&mut writer, stores.iter().map(|store| store.telephone.as_str()));
    writer.bytes
}

/// Values with numbers, in the order in which they appear.
struct Words<T> {
    known: HashMap<T, u32>,
    order: Vec<T>,
}

impl<T: Hash + Eq + Clone> Words<T> {
    fn new() -> Self {
        Self { known: HashMap::new(), order: Vec::new() }
    }

    fn of(&mut self, value: T) -> u32 {
        let next = self.order.len() as u32;
        let order = &mut self.order;
        *self.known.entry(value).or_insert_with_key(|value| {
            order.push(value.clone());
            next
        })
    }
}

/// A name before and from its first bracket: the branches of a brand share the front.
fn branch(name: &str) -> (&str, &str) {
    name.split_at(name.find(" (").or_else(|| name.find(['（', '('])).unwrap_or(name.len()))
}

/// Branches at one place differ in a number that both languages have: it is kept beside, with a hole in the names.
fn unnumbered(en: &str, zh: &str) -> ((String, String), u32) {
    let as_they_are = ((en.to_owned(), zh.to_owned()), 0);
    let ((before, digits, after), (zh_before, zh_digits, zh_after)) = (split(en), split(zh));
    let number = digits.parse().unwrap_or(0);
    if digits != zh_digits || digits.starts_with('0') || number == 0 || en.contains(HOLE) || zh.contains(HOLE) {
        return as_they_are;
    }
    ((format!("{before}{HOLE}{after}"), format!("{zh_before}{HOLE}{zh_after}")), number)
}

fn write_schedule(writer: &mut Writer, schedule: &Schedule) {
    writer.string(&schedule.text);
    match schedule.known {
        None => writer.bytes.push(0),
        Some(ALWAYS) => writer.bytes.push(1),
        Some((first, until)) => {
            writer.bytes.push(2);
            writer.i32(first);
            writer.i32(until);
        }
    }
    let spans = |writer: &mut Writer, spans: &[crate::hours::Span]| {
        writer.count(spans.len());
        for span in spans {
            writer.u64(span.start.into());
            writer.u64(span.end.into());
            writer.bytes.push(span.unsure.into());
        }
    };
    schedule.week.iter().for_each(|day| spans(writer, day));
    writer.count(schedule.exceptions.len());
    for (day, exception) in &schedule.exceptions {
        writer.i32(*day);
        spans(writer, exception);
    }
}
