//! GeoJSON in: what is taken, and a line for everything that is not.
#![cfg(feature = "pack")]

use oolong_stores::{Names, Report, Seller, Store, feature, generate, read_geojson};
use serde_json::{Value, json};

fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "name": "stores", "features": features}).to_string()
}

fn one(id: &str, lon: f64, lat: f64, more: Value) -> Value {
    let mut properties = json!({"@id": id, "name": "喜茶", "brand": "heytea", "openingHours": "24/7"});
    if let Value::Object(more) = more {
        more.into_iter().for_each(|(key, value)| properties[key] = value);
    }
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties})
}

fn read(features: &[Value]) -> (Vec<Store>, Report) {
    let (stores, report) = read_geojson(collection(features).as_bytes());
    assert_eq!(report.read, features.len());
    assert_eq!(report.taken, stores.len());
    (stores, report)
}

#[track_caller]
fn error(features: &[Value], expected: &str) {
    let lines: Vec<String> = read(features).1.errors.iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.contains(expected)), "{lines:?}");
}

#[track_caller]
fn warning(more: Value, expected: &str) -> Store {
    let (mut stores, report) = read(&[one("a", 121.0, 31.0, more)]);
    let lines: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    assert!(report.errors.is_empty() && lines.iter().any(|line| line.contains(expected)), "{report:?}");
    stores.remove(0)
}

#[test]
fn generated_stores_are_read_back() {
    let seller = Seller { id: "tea".to_owned(), names: Names::new("Tea", "茶"), items: vec!["a".to_owned()] };
    let stores: Vec<Store> = generate(500, 9, &[seller]).collect();
    let (back, report) = read(&stores.iter().map(feature).collect::<Vec<_>>());
    assert_eq!(report.errors, []);
    assert_eq!(report.warnings, []);
    assert_eq!(back, stores);
}

#[test]
fn edges_of_the_world_are_in_it() {
    for (lon, lat) in [(0.0, 90.0), (0.0, -90.0), (180.0, 0.0), (-180.0, 0.0), (179.99999, 89.99999)] {
        let (stores, report) = read(&[one("a", lon, lat, json!({}))]);
        assert_eq!((stores[0].lon, stores[0].lat), (lon, lat));
        assert!(report.errors.is_empty() && report.warnings.is_empty());
    }
}

#[test]
fn what_cannot_be_taken_is_an_error() {
    error(
        &[one("a", 121.0, 31.0, json!({})), one("a", 122.0, 31.0, json!({}))],
        "feature 1 (a): @id: expected an id of its own, found that of feature 0 again",
    );
    error(&[one("a", 31.2, 121.5, json!({}))], "found [31.2, 121.5]; the axes look swapped");
    error(&[one("a", 1210.0, 31.0, json!({}))], "found [1210, 31]");
    error(&[one("a", 121.0, 31.0, json!({"name": ""}))], "feature 0 (a): name: expected a name");
    error(&[one("", 121.0, 31.0, json!({}))], "feature 0: @id: expected an id");
    error(
        &[json!({"type": "Feature", "geometry": null, "properties": {"@id": "a", "name": "A"}})],
        "geometry: expected a Point",
    );
    error(
        &[
            json!({"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "properties": {"@id": "a", "name": "A"}}),
        ],
        "found LineString",
    );
    error(&[json!("nonsense"), one("b", 121.0, 31.0, json!({}))], "feature 0: feature: expected a GeoJSON Feature");
    error(
        &[json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [null, 2]}, "properties": {}})],
        "feature 0",
    );
    let (stores, _) = read(&[json!(7), one("b", 121.0, 31.0, json!({}))]);
    assert_eq!(stores.len(), 1);
    assert_eq!(
        read_geojson(collection(&[]).as_bytes()).1.errors[0].to_string(),
        "features: expected at least one store, found an empty collection"
    );
    for broken in ["", "{", "[]", "{\"type\":\"FeatureCollection\"}", "{\"type\":\"Feature\",\"features\":[]}"] {
        assert_eq!(read_geojson(broken.as_bytes()).1.errors.len(), 1, "{broken}");
    }
    let nan = collection(&[one("a", 121.0, 31.0, json!({})), one("b", 122.0, 31.0, json!({}))]).replace("122.0", "NaN");
    let (stores, report) = read_geojson(nan.as_bytes());
    assert_eq!((stores.len(), report.errors.len()), (1, 1));
    assert!(report.errors[0].to_string().contains("nothing after it was read"));
}

#[test]
fn doubts_are_warnings() {
    warning(
        json!({"openingHours": "whenever"}),
        "openingHours: expected OpenStreetMap's opening_hours syntax, found `whenever`",
    );
    warning(json!({"openingHours": "Mo 08:00-12:00,11:00-13:00"}), "overlapping times");
    warning(json!({"openingHours": ["Mo-Fr 08:00-20:00", "Fr 18:00-23:00"]}), "overlapping times");
    warning(json!({"fulfilment": ["pickup", "teleport"]}), "found \"teleport\"");
    warning(json!({"ordersPerMinute": -3}), "ordersPerMinute: expected a whole number");
    warning(json!({"timezone": "Europe/Berlin"}), "zones with daylight saving");
    warning(json!({"sells": ["tea"]}), "`unavailable`");
    warning(json!({"brand": null}), "brand: expected");
    let swapped: Vec<Value> = (0..4).map(|at| one(&at.to_string(), 31.0 + f64::from(at), 80.0, json!({}))).collect();
    let (stores, report) = read(&swapped);
    assert_eq!(stores.len(), 4);
    assert!(report.warnings[0].to_string().contains("axes that look swapped: 4 of 4"), "{report:?}");
}

#[test]
fn properties_go_by_several_names() {
    let (stores, report) = read(&[one(
        "a",
        121.0,
        31.0,
        json!({
            "name": {"en": "Heytea", "zh": "喜茶"},
            "brand": {"name": "Heytea"},
            "address": {"streetAddress": "1 Nanjing Road", "addressLocality": "Shanghai"},
            "nearby": "人民广场",
            "fulfilment": "delivery",
            "unavailable": ["b", "a", "b"],
            "utcOffset": "+09:00",
        }),
    )]);
    assert!(report.warnings.is_empty(), "{report:?}");
    let store = &stores[0];
    assert_eq!(
        (store.names.en.as_str(), store.brand.as_str(), store.city.en.as_str()),
        ("Heytea", "Heytea", "Shanghai")
    );
    assert_eq!((store.address.as_str(), store.landmark.zh.as_str()), ("1 Nanjing Road", "人民广场"));
    assert_eq!((store.pickup, store.delivery, store.utc_offset_minutes), (false, true, 540));
    assert_eq!(store.unavailable, ["a", "b"]);
    let (elsewhere, _) = read(&[one("a", -73.9, 40.7, json!({})), one("b", 85.0, 44.0, json!({}))]);
    assert_eq!((elsewhere[0].utc_offset_minutes, elsewhere[1].utc_offset_minutes), (-300, 480));
}
