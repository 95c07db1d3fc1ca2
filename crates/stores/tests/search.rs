//! Searching against looking at every store, also at the poles and on the date line; round trips and damaged files.
#![cfg(feature = "pack")]

use oolong_stores::{
    Directory, Fulfilment, Hit, Hours, Index, Live, Names, Order, Pack, PlaceKind, Point, Query, Seller, Store, Tile,
    View, day, generate, pack,
};
use proptest::prelude::*;

const HOURS: [&str; 4] = ["24/7", "Mo-Fr 08:00-20:00; Sa,Su 09:00-22:00; PH off", "22:00-02:00", ""];

fn packed_on() -> i32 {
    day(2026, 11, 23).expect("a date")
}

fn store(number: usize, lon: f64, lat: f64) -> Store {
    let brand = ["heron", "crane", "wren"][number % 3];
    Store {
        id: format!("x-{number}"),
        brand: brand.to_owned(),
        names: Names::new(format!("{brand} (Number {number})"), format!("店{number}")),
        lon,
        lat,
        city: Names::new("Testtown", "测试市"),
        district: Names::default(),
        landmark: Names::default(),
        address: format!("{number} Road"),
        telephone: String::new(),
        hours: HOURS[number / 3 % 4].to_owned(),
        pickup: !number.is_multiple_of(5),
        delivery: number.is_multiple_of(2),
        unavailable: if number.is_multiple_of(7) { vec!["oolong".to_owned()] } else { Vec::new() },
        orders_per_minute: 3,
        ahead_minutes: 60,
        prep_minutes: (number % 11) as u16,
        permanently_closed: number.is_multiple_of(29),
        utc_offset_minutes: 480,
    }
}

fn sellers() -> Vec<Seller> {
    let seller = |id: &str, en: &str, zh: &str| Seller {
        id: id.to_owned(),
        names: Names::new(en, zh),
        items: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
    };
    vec![seller("heron", "Heron Tea", "鹭茶"), seller("crane", "Crane", "鹤")]
}

fn sample(count: u32) -> (Vec<Store>, Pack) {
    let stores: Vec<Store> = generate(count, 1, &sellers()).collect();
    let pack = Pack::read(&pack(&stores, packed_on()).country).expect("a sound pack");
    (stores, pack)
}

fn none(_: u32) -> Option<Live> {
    None
}

/// The same question answered by looking at every store.
fn brute(index: &Index, query: &Query, live: &dyn Fn(u32) -> Option<Live>) -> Vec<Hit> {
    let from = query.near.or(query.view.map(|view| view.centre())).expect("a point or a view");
    let mut hits: Vec<Hit> = index
        .stores()
        .filter(|at| {
            let store = index.store(*at).expect("loaded");
            let by_hours = |now| !query.said_only && matches!(index.hours(*at, now), Some(Hours::Open { .. }));
            let open = |now| live(*at).map_or(by_hours(now), |live| live.accepting);
            !store.permanently_closed
                && query.brand.as_ref().is_none_or(|brand| *brand == store.brand)
                && query.fulfilment.is_none_or(|fulfilment| store.offers(fulfilment))
                && query.item.as_ref().is_none_or(|item| !store.unavailable.contains(item))
                && query.open_at.is_none_or(open)
                && query.view.is_none_or(|view| view.contains(store.point()))
        })
        .map(|at| Hit { store: at, meters: from.meters_to(index.store(at).expect("loaded").point()) })
        .collect();
    hits.sort_by(|a, b| a.meters.total_cmp(&b.meters));
    hits.truncate(query.limit);
    hits
}

fn point() -> impl Strategy<Value = Point> {
    let free = (-180.0..=180.0f64, -90.0..=90.0f64);
    let poles = (-180.0..=180.0f64, prop_oneof![Just(90.0), Just(-90.0), 89.9..90.0f64, -90.0..-89.9f64]);
    let line = (prop_oneof![Just(180.0), Just(-180.0), 179.9..180.0f64, -180.0..-179.9f64], -90.0..=90.0f64);
    let town = (121.0..122.0f64, 31.0..31.5f64);
    prop_oneof![free, poles, line, town].prop_map(|(lon, lat)| Point { lon, lat })
}

fn query() -> impl Strategy<Value = Query> {
    let brand = prop::option::of(prop::sample::select(vec!["heron", "crane", "wren", "nobody"]));
    let now = i64::from(packed_on()) * 86_400;
    let open = prop::option::of(now..now + 7 * 86_400);
    let way = prop::option::of(prop::sample::select(vec![Fulfilment::Pickup, Fulfilment::Delivery]));
    let all = (brand, open, any::<bool>(), way, any::<bool>(), 1usize..20);
    all.prop_map(|(brand, open_at, said_only, fulfilment, item, limit)| Query {
        brand: brand.map(str::to_owned),
        open_at,
        said_only,
        fulfilment,
        item: item.then(|| "oolong".to_owned()),
        limit,
        ..Query::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nearest_and_in_view_equal_looking_at_all(
        points in prop::collection::vec(point(), 1..300),
        asked in prop::collection::vec((point(), query(), 0.0..200.0f64, 0.0..60.0f64), 8),
    ) {
        let stores: Vec<Store> = points.iter().enumerate().map(|(at, point)| store(at, point.lon, point.lat)).collect();
        let pack = Pack::read(&pack(&stores, packed_on()).country).unwrap();
        prop_assert_eq!(pack.index.len(), stores.len());
        for (near, query, width, height) in asked {
            let mut query = Query { near: Some(near), ..query };
            // Some say that they take orders, some that they do not, most say nothing.
            let says = |accepting: bool| Some(Live { accepting, wait_minutes: 5 });
            let live = |store: u32| match store % 5 {
                0 => says(true),
                1 => says(false),
                _ => None,
            };
            for store in pack.index.stores().filter(|store| live(*store).is_some_and(|live| live.accepting)) {
                query.spoken.add(pack.index.spoken(store));
            }
            same(&pack.index.find(&query, &live), &brute(&pack.index, &query, &live))?;
            let east = if near.lon + width > 180.0 { near.lon + width - 360.0 } else { near.lon + width };
            let view = View { west: near.lon, south: near.lat, east, north: (near.lat + height).min(90.0) };
            let query = Query { view: Some(view), ..query };
            same(&pack.index.find(&query, &live), &brute(&pack.index, &query, &live))?;
            let all = Query { limit: 10_000, ..query };
            let shown: u32 = pack.index.clusters(view, 4, &all, &live).iter().map(|cluster| cluster.stores).sum();
            prop_assert_eq!(shown as usize, brute(&pack.index, &all, &live).len());
        }
    }
}

/// Equal distances may come in either order.
fn same(found: &[Hit], expected: &[Hit]) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        prop_assert!((found.meters - expected.meters).abs() < 0.01, "{:?} instead of {:?}", found, expected);
    }
    Ok(())
}

#[test]
fn stores_come_back_as_they_went_in() {
    let (stores, pack) = sample(3_000);
    assert_eq!(pack.directory.stores(), 3_000);
    let mut back: Vec<Store> = pack.index.stores().map(|at| pack.index.store(at).unwrap()).collect();
    back.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(back, stores);
    let at = pack.index.by_id("s-000077").unwrap();
    assert_eq!(pack.index.store(at).unwrap(), stores[76]);
    let packed = oolong_stores::pack(&stores, packed_on());
    assert_eq!(packed.country, oolong_stores::pack(&stores, packed_on()).country);
    let directory = Directory::read(&packed.header).unwrap();
    for (at, (file, bytes)) in packed.tiles.iter().enumerate() {
        assert_eq!(directory.tile_file(at as u32).as_ref(), Some(file));
        let tile = Tile::read(bytes).unwrap();
        assert_eq!(directory.tile_of(tile.indices().start), Some(at as u32));
    }
    let empty = oolong_stores::pack(&[], packed_on());
    assert!(Pack::read(&empty.country).unwrap().index.is_empty());
}

#[test]
fn some_tiles_answer_as_the_country_does() {
    let (stores, country) = sample(6_000);
    let packed = pack(&stores, packed_on());
    let near = Point { lon: 121.4737, lat: 31.2304 };
    let view = View::around(near, 6_000.0, 6_000.0);
    let plan = country.directory.plan(view, u32::MAX);
    assert!(plan.clusters.is_empty() && plan.tiles.len() < packed.tiles.len());
    let tiles = plan.tiles.iter().map(|tile| Tile::read(&packed.tiles[*tile as usize].1).unwrap());
    let some = Index::default().with(tiles);
    let query = Query { near: Some(near), view: Some(view), limit: 500, ..Query::default() };
    let found = some.find(&query, &none);
    assert_eq!(found, country.index.find(&query, &none));
    assert!(!found.is_empty());
    assert_eq!(some.store(found[0].store), country.index.store(found[0].store));
    let tight = country.directory.plan(view, 0);
    assert!(tight.tiles.is_empty() && !tight.clusters.is_empty());
    let world = View { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    let all: u32 = country.directory.plan(world, 0).clusters.iter().map(|cluster| cluster.stores).sum();
    assert_eq!(all, 6_000);
}

#[test]
fn live_states_order_and_refuse() {
    let stores: Vec<Store> = (1..=9).map(|at| store(at * 30 + 1, 121.0 + at as f64 / 100.0, 31.0)).collect();
    let index = Pack::read(&pack(&stores, packed_on()).country).unwrap().index;
    let near = Some(Point { lon: 121.0, lat: 31.0 });
    let live = |store: u32| Some(Live { accepting: store != 1, wait_minutes: 100 - store as u16 });
    let query = Query { near, order: Order::Wait, limit: 3, ..Query::default() };
    let order: Vec<u32> = index.find(&query, &live).iter().map(|hit| hit.store).collect();
    assert_eq!(order, [8, 7, 6]);
    // A wait of nothing is no short wait where no orders are taken.
    let shut = |store: u32| Some(Live { accepting: store > 6, wait_minutes: if store > 6 { 30 } else { 0 } });
    let mut first: Vec<u32> = index.find(&query, &shut)[..2].iter().map(|hit| hit.store).collect();
    first.sort_unstable();
    assert_eq!(first, [7, 8]);
    let now = i64::from(packed_on()) * 86_400 + 4 * 3600;
    let open = Query { near, open_at: Some(now), limit: 100, ..Query::default() };
    let paused = |store: u32| live(store).filter(|_| store == 1);
    let (all, some) = (index.find(&open, &none), index.find(&open, &paused));
    assert!(all.iter().any(|hit| hit.store == 1) && !some.iter().any(|hit| hit.store == 1));
    assert_eq!(all.len(), some.len() + 1);
    // Who says that it is open is, whatever its hours; where nobody counts on hours, nobody else is.
    let mut said = Query { said_only: true, ..open };
    index.stores().for_each(|store| said.spoken.add(index.spoken(store)));
    assert_eq!(index.find(&said, &live).len(), 8);
    assert_eq!(index.find(&said, &paused), []);
}

#[test]
fn damaged_files_are_errors() {
    let (stores, _) = sample(40);
    let packed = pack(&stores, packed_on());
    for bytes in [&packed.country, &packed.header, &packed.tiles[0].1] {
        let read = |bytes: &[u8]| {
            let _ = (Pack::read(bytes).is_ok(), Directory::read(bytes).is_ok(), Tile::read(bytes).is_ok());
        };
        for end in (0..bytes.len()).step_by(7).chain(bytes.len().saturating_sub(40)..bytes.len()) {
            let cut = &bytes[..end];
            assert!(
                Pack::read(cut).is_err() && Directory::read(cut).is_err() && Tile::read(cut).is_err(),
                "cut at {end}"
            );
        }
        for at in (0..bytes.len()).step_by(3) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            read(&flipped);
            // Whatever can still be read can be searched.
            if let Ok(pack) = Pack::read(&flipped) {
                let near = Some(Point { lon: 121.47, lat: 31.23 });
                let _ = pack.index.find(&Query { near, open_at: Some(1), ..Query::default() }, &none);
            }
        }
        read(&[]);
        read(&[0xff; 64]);
    }
    let mut newer = packed.country.clone();
    newer[4] = 99;
    assert!(Pack::read(&newer).unwrap_err().to_string().contains("version 99"));
}

#[test]
fn text_finds_stores_in_both_languages() {
    let (_, pack) = sample(6_000);
    let near = Some(Point { lon: 121.4737, lat: 31.2304 });
    let find =
        |text: &str| pack.index.find(&Query { text: Some(text.to_owned()), near, limit: 5, ..Query::default() }, &none);
    let check = |text: &str, expected: &str| {
        let hits = find(text);
        let store = pack.index.store(hits.first().unwrap_or_else(|| panic!("nothing for {text}")).store).unwrap();
        let shown = format!("{} {} {} {}", store.names.en, store.names.zh, store.city.en, store.district.zh);
        assert!(shown.contains(expected), "{text} found {shown}");
    };
    check("people's square", "People's Square");
    check("PEOPLES SQUARE heron", "Heron Tea (People's Square");
    check("人民广场", "人民广场");
    check("人民广场鹭茶", "鹭茶（人民广场");
    check("ｌｕｊｉａｚｕｉ", "Lujiazui");
    check("Chengdu", "Chengdu");
    check("成都春熙路", "春熙路");
    check("南山区", "南山区");
    for text in ["uare", "tea shop on the moon", "不存在的地方", "!!"] {
        assert_eq!(find(text), [], "{text}");
    }
}

#[test]
fn one_slip_is_forgiven() {
    let (_, pack) = sample(6_000);
    let near = Some(Point { lon: 121.4737, lat: 31.2304 });
    let find = |text: &str, limit: usize| {
        let hits = pack.index.find(&Query { text: Some(text.to_owned()), near, limit, ..Query::default() }, &none);
        hits.iter().map(|hit| pack.index.store(hit.store).expect("loaded")).collect::<Vec<Store>>()
    };
    let check = |typed: &str, meant: &str| {
        let (found, expected) = (find(typed, 8), find(meant, 8));
        assert!(!expected.is_empty() && !found.is_empty(), "{typed}: {found:?}");
        assert!(expected.iter().all(|store| find(typed, 10_000).contains(store)), "{typed} is not {meant}");
        found.into_iter().next().expect("one")
    };
    // Wrong, missing, too many, swapped; at the beginning, inside and at the end.
    for typed in ["people's sqaure", "people's squere", "people's square", "people's squre", "people's squaree"] {
        assert_eq!(check(typed, "people's square").landmark.en, "People's Square", "{typed}");
    }
    for typed in ["lujiazu", "ujiazui", "lujiaazui", "lujizaui", "kujiazui", "ｌｕｊｉａｚｉｕ"] {
        assert_eq!(check(typed, "lujiazui").landmark.en, "Lujiazui", "{typed}");
    }
    check("nanshna", "nanshan");
    check("hreon", "heron");
    check("peolpes sqaure hreon", "peoples square heron");
    check("人明广场", "人民广场");
    check("仁民广场", "人民广场");
    check("鹭茶人民广厂", "鹭茶人民广场");
    check("成都春溪路", "成都春熙路");
    check("南衫区", "南山区");
    // Two slips in a word, too short a word, a word that is one as it stands, another number.
    for typed in ["lujiazhiu", "epolpes", "hrno", "人明广厂", "鹭查", "不存在的地方", "1234 sqaure 5678 nowhere"]
    {
        assert_eq!(find(typed, 5), [], "{typed}");
    }
    let exact = find("南山区", 10_000);
    assert!(exact.iter().all(|store| store.district.zh == "南山区" || store.city.zh == "南山区"), "no slip, no guess");
    assert_eq!(find(&"人民广场广厂".repeat(40), 5), []);
}

#[test]
fn few_by_text_are_the_first_of_all_by_text() {
    let (_, pack) = sample(9_000);
    let corners = [(121.47, 31.23), (87.6, 43.8), (-180.0, 0.0), (180.0, 89.9), (0.0, -90.0), (114.05, 22.54)];
    for (lon, lat) in corners {
        for text in ["heron", "hreon", "People's Square", "poeple's square crane", "人民广场", "人明广场", "guangzhou"]
        {
            let around = View { west: lon, south: 0.0, east: if lon > 0.0 { lon - 360.0 } else { 180.0 }, north: 60.0 };
            for view in [None, Some(View { east: around.east.max(-180.0), ..around })] {
                let near = Some(Point { lon, lat });
                let query = Query { text: Some(text.to_owned()), near, view, limit: 10_000, ..Query::default() };
                let all = pack.index.find(&query, &none);
                let few = pack.index.find(&Query { limit: 7, ..query.clone() }, &none);
                assert_eq!(few, all[..all.len().min(7)], "{text} from {near:?} in {view:?}");
                let all = pack.index.find(&Query { near: None, ..query.clone() }, &none);
                let few = pack.index.find(&Query { near: None, limit: 7, ..query }, &none);
                assert_eq!(few, all[..all.len().min(7)], "{text} in {view:?}");
            }
        }
    }
}

#[test]
fn what_was_typed_comes_before_what_was_meant() {
    let place = |number: usize, landmark: &str, lon: f64| Store {
        landmark: Names::new(landmark, ""),
        permanently_closed: false,
        ..store(number, lon, 31.0)
    };
    // Typed as the beginning of one name, meant for another that is nearer.
    let stores = [place(1, "Nanchang Road", 121.5), place(2, "Nanshan Road", 121.0), place(4, "Nanjing Road", 121.0)];
    let index = Pack::read(&pack(&stores, packed_on()).country).expect("sound").index;
    let find = |text: &str, limit: usize| -> Vec<String> {
        let near = Some(Point { lon: 121.0, lat: 31.0 });
        let hits = index.find(&Query { text: Some(text.to_owned()), near, limit, ..Query::default() }, &none);
        hits.iter().map(|hit| index.store(hit.store).expect("loaded").landmark.en).collect()
    };
    assert_eq!(find("nanchan", 9), ["Nanchang Road", "Nanshan Road"]);
    assert_eq!(find("nanchan", 1), ["Nanchang Road"]);
    assert_eq!(find("nanshan", 9), ["Nanshan Road"]);
    assert_eq!(find("naniing raod", 9), ["Nanjing Road"]);
    let brand = Query { text: Some("nanshna".to_owned()), brand: Some("crane".to_owned()), ..Query::default() };
    assert_eq!(index.find(&brand, &none), [], "conditions hold for what was meant as well");
}

#[test]
fn places_are_found_by_what_people_type() {
    let (_, pack) = sample(20_000);
    let check = |text: &str, zh: &str, kind: PlaceKind, lon: f64, lat: f64| {
        let places = pack.place(text, None);
        let place = places.first().unwrap_or_else(|| panic!("nothing for {text}"));
        assert_eq!((place.name.zh.as_str(), place.kind), (zh, kind), "{text}");
        assert!(place.point.meters_to(Point { lon, lat }) < 12_000.0, "{text}: {:?}", place.point);
    };
    check("People's Square", "人民广场", PlaceKind::Landmark, 121.4737, 31.2304);
    check("人民广场", "人民广场", PlaceKind::Landmark, 121.4737, 31.2304);
    check("peoples squ", "人民广场", PlaceKind::Landmark, 121.4737, 31.2304);
    check("Nanshan", "南山区", PlaceKind::District, 113.93, 22.53);
    check("南山", "南山区", PlaceKind::District, 113.93, 22.53);
    check("上海市", "上海", PlaceKind::City, 121.47, 31.23);
    check("guangzhou", "广州", PlaceKind::City, 113.3, 23.13);
    check("West Lake", "西湖", PlaceKind::Landmark, 120.15, 30.243);
    check("Poeple's Square", "人民广场", PlaceKind::Landmark, 121.4737, 31.2304);
    check("人明广场", "人民广场", PlaceKind::Landmark, 121.4737, 31.2304);
    check("gaungzhou", "广州", PlaceKind::City, 113.3, 23.13);
    check("Wets Lake", "西湖", PlaceKind::Landmark, 120.15, 30.243);
    assert_eq!(pack.place("  ", None), []);
    assert_eq!(pack.place("Atlantis", None), []);
}
