//! GeoJSON in: a FeatureCollection of points with schema.org (or OpenStreetMap) property names, read as a stream.

use std::collections::HashMap;
use std::io::Read;

use geojson::{Feature, GeometryValue};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::geo::Point;
use crate::opening::{Almanac, Doubt};
use crate::properties::Properties;
use crate::report::{Problem, Report};
use crate::store::{Names, Store};

/// Reads stores. Features that cannot be taken are errors of the report, doubtful ones are warnings; both name what was
/// expected and what was found.
pub fn read_geojson(reader: impl Read) -> (Vec<Store>, Report) {
    let mut intake = Intake::default();
    let mut source = serde_json::Deserializer::from_reader(std::io::BufReader::with_capacity(1 << 16, reader));
    let outcome = Collection(&mut intake).deserialize(&mut source).and_then(|()| source.end());
    if let Err(error) = outcome {
        let found = format!("{error}; nothing after it was read");
        intake.report.errors.push(whole("file", "a GeoJSON FeatureCollection", found));
    } else if intake.report.read == 0 {
        intake.report.errors.push(whole("features", "at least one store", "an empty collection".to_owned()));
    }
    intake.finish()
}

/// Whether public holidays and the time are China's: by offset and a box around the country.
pub(crate) fn in_china(point: Point, utc_offset_minutes: i16) -> bool {
    utc_offset_minutes == 480 && looks_chinese(point.lon, point.lat)
}

pub(crate) fn looks_chinese(lon: f64, lat: f64) -> bool {
    (73.0..=135.5).contains(&lon) && (17.5..=54.0).contains(&lat)
}

fn whole(field: &'static str, expected: &str, found: String) -> Problem {
    Problem { feature: None, id: String::new(), field, expected: expected.to_owned(), found }
}

/// What has been read so far.
struct Intake {
    stores: Vec<Store>,
    report: Report,
    /// Feature of each id.
    ids: HashMap<String, usize>,
    almanac: Almanac,
    /// Features that would be in China with their axes swapped, and are not.
    swapped: usize,
}

impl Default for Intake {
    fn default() -> Self {
        let (stores, report, ids) = Default::default();
        // Which day it is does not matter for whether hours can be read.
        Self { stores, report, ids, almanac: Almanac::new(20_000), swapped: 0 }
    }
}

impl Intake {
    fn take(&mut self, value: Value) {
        let feature = self.report.read;
        self.report.read += 1;
        let mut problems = Problems { feature, id: String::new(), warnings: Vec::new() };
        let read = match serde_json::from_value::<Feature>(value) {
            Ok(found) => self.store(found, &mut problems),
            Err(error) => Err(problems.problem("feature", "a GeoJSON Feature", error.to_string())),
        };
        match read {
            Ok(store) => {
                self.doubts(&store, &mut problems);
                self.ids.insert(store.id.clone(), feature);
                self.stores.push(store);
                self.report.warnings.append(&mut problems.warnings);
            }
            Err(problem) => self.report.errors.push(problem),
        }
    }

    fn store(&mut self, feature: Feature, problems: &mut Problems) -> Result<Store, Problem> {
        let properties = Properties::new(feature.properties.unwrap_or_default());
        let id = properties.id().or_else(|| {
            feature.id.map(|id| match id {
                geojson::feature::Id::String(id) => id,
                geojson::feature::Id::Number(id) => id.to_string(),
            })
        });
        let Some(id) = id.filter(|id| !id.trim().is_empty()) else {
            return Err(problems.problem("@id", "an id (`@id`, `identifier` or `id`)", "none".to_owned()));
        };
        problems.id.clone_from(&id);
        if let Some(first) = self.ids.get(&id) {
            let found = format!("that of feature {first} again, in feature {}", problems.feature);
            return Err(problems.problem("@id", "an id of its own", found));
        }
        let point = match feature.geometry.map(|geometry| geometry.value) {
            Some(GeometryValue::Point { coordinates }) => self.point(coordinates.as_slice(), problems)?,
            Some(other) => return Err(problems.problem("geometry", "a Point", other.type_name().to_owned())),
            None => return Err(problems.problem("geometry", "a Point", "none".to_owned())),
        };
        properties.store(id, point, problems)
    }

    fn point(&mut self, coordinates: &[f64], problems: &Problems) -> Result<Point, Problem> {
        let expected = "[longitude, latitude] in degrees";
        let &[lon, lat, ..] = coordinates else {
            return Err(problems.problem("coordinates", expected, format!("{coordinates:?}")));
        };
        if looks_chinese(lat, lon) && !looks_chinese(lon, lat) {
            self.swapped += 1;
        }
        let point = Point { lon, lat };
        if point.is_sound() {
            return Ok(point);
        }
        let swapped = Point { lon: lat, lat: lon }.is_sound();
        let hint = if swapped { "; the axes look swapped: longitude comes first" } else { "" };
        Err(problems.problem("coordinates", expected, format!("[{lon}, {lat}]{hint}")))
    }

    fn doubts(&mut self, store: &Store, problems: &mut Problems) {
        let china = in_china(store.point(), store.utc_offset_minutes);
        for doubt in &self.almanac.look_up(&store.hours, china).1 {
            let found = match doubt {
                Doubt::Unreadable => format!("`{}`; when the store is open is unknown", store.hours),
                Doubt::Overlapping => format!("overlapping times in `{}`; they were merged", store.hours),
                Doubt::NotKnown => {
                    format!(
                        "`{}`, with holidays or a sun that are not known here; when it is open is unknown",
                        store.hours
                    )
                }
            };
            problems.warn("openingHours", "OpenStreetMap's opening_hours syntax", found);
        }
    }

    fn finish(mut self) -> (Vec<Store>, Report) {
        if self.swapped * 2 > self.report.read {
            let found = format!(
                "axes that look swapped: {} of {} points would be in China with latitude and longitude exchanged",
                self.swapped, self.report.read
            );
            self.report.warnings.insert(0, whole("coordinates", "[longitude, latitude]", found));
        }
        self.report.taken = self.stores.len();
        (self.stores, self.report)
    }
}

/// The feature that is being read, and what is odd about it.
pub(crate) struct Problems {
    feature: usize,
    id: String,
    warnings: Vec<Problem>,
}

impl Problems {
    pub(crate) fn problem(&self, field: &'static str, expected: &str, found: String) -> Problem {
        Problem { feature: Some(self.feature), id: self.id.clone(), field, expected: expected.to_owned(), found }
    }

    pub(crate) fn warn(&mut self, field: &'static str, expected: &str, found: String) {
        let problem = self.problem(field, expected, found);
        self.warnings.push(problem);
    }
}

/// The collection's object: everything but `features` is passed over.
struct Collection<'a>(&'a mut Intake);

impl<'de> DeserializeSeed<'de> for Collection<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Collection<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a GeoJSON FeatureCollection")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    map.next_value_seed(Features(&mut *self.0))?;
                    found = true;
                }
                "type" => {
                    let kind = map.next_value::<Value>()?;
                    if kind != "FeatureCollection" {
                        return Err(A::Error::custom(format!("expected type \"FeatureCollection\", found {kind}")));
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if found { Ok(()) } else { Err(A::Error::missing_field("features")) }
    }
}

struct Features<'a>(&'a mut Intake);

impl<'de> DeserializeSeed<'de> for Features<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut features: A) -> Result<(), A::Error> {
        while let Some(feature) = features.next_element::<Value>()? {
            self.0.take(feature);
        }
        Ok(())
    }
}

/// A name in one language goes where it belongs by its letters.
pub(crate) fn by_script(name: &str) -> Names {
    let name = name.trim();
    if name.chars().any(crate::text::is_han) { Names::new("", name) } else { Names::new(name, "") }
}
