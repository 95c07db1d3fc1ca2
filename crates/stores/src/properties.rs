//! The properties of a feature, by the names that schema.org and OpenStreetMap give them.

use serde_json::{Map, Value, json};

use crate::geo::Point;
use crate::reading::{Problems, by_script, looks_chinese};
use crate::report::Problem;
use crate::store::{Names, Store};

/// Properties of one feature.
pub(crate) struct Properties(Map<String, Value>);

impl Properties {
    pub(crate) fn new(properties: Map<String, Value>) -> Self {
        Self(properties)
    }

    pub(crate) fn id(&self) -> Option<String> {
        ["@id", "identifier", "id"].iter().find_map(|key| self.text(key))
    }

    pub(crate) fn store(&self, id: String, point: Point, problems: &mut Problems) -> Result<Store, Problem> {
        let mut names = self.names(&["name"]);
        for (key, chinese) in [("name:en", false), ("name:zh", true), ("alternateName", true)] {
            let Some(other) = self.text(key) else { continue };
            let other = if key == "alternateName" {
                by_script(&other)
            } else if chinese {
                Names::new("", other)
            } else {
                Names::new(other, "")
            };
            names.en = if names.en.is_empty() { other.en } else { names.en };
            names.zh = if names.zh.is_empty() { other.zh } else { names.zh };
        }
        if names.is_empty() {
            let found = self.0.get("name").map_or("none".to_owned(), Value::to_string);
            return Err(problems.problem("name", "a name, or {\"en\": …, \"zh\": …}", found));
        }
        let brand = match self.0.get("brand") {
            Some(Value::Object(brand)) => ["@id", "identifier", "name"].iter().find_map(|key| plain(brand.get(*key)?)),
            other => other.and_then(plain),
        };
        if brand.is_none() {
            problems.warn("brand", "the id or name of a brand", self.shown("brand"));
        }
        let (pickup, delivery) = self.fulfilment(problems);
        if self.0.contains_key("sells") {
            let found = "`sells`; what a menu has is the campaign's to say".to_owned();
            problems.warn("sells", "`unavailable`, a list of items that are not sold", found);
        }
        let hours = match self.0.get("openingHours").or_else(|| self.0.get("opening_hours")) {
            Some(Value::Array(parts)) => parts.iter().filter_map(plain).collect::<Vec<_>>().join(", "),
            other => other.and_then(plain).unwrap_or_default(),
        };
        Ok(Store {
            id,
            brand: brand.unwrap_or_default(),
            names,
            lon: point.lon,
            lat: point.lat,
            city: self.names(&["addressLocality", "city", "addr:city"]),
            district: self.names(&["addressDistrict", "district", "addr:district"]),
            landmark: self.names(&["containedInPlace", "nearby"]),
            address: self.text("address").or_else(|| self.within_address("streetAddress")).unwrap_or_default(),
            telephone: self.text("telephone").or_else(|| self.text("phone")).unwrap_or_default(),
            hours: hours.trim().to_owned(),
            pickup,
            delivery,
            unavailable: self.list("unavailable", problems),
            orders_per_minute: self.number("ordersPerMinute", problems),
            ahead_minutes: self.number("aheadMinutes", problems),
            prep_minutes: self.number("prepMinutes", problems),
            permanently_closed: self.0.get("permanentlyClosed") == Some(&Value::Bool(true)),
            utc_offset_minutes: self.offset(point, problems),
        })
    }

    fn text(&self, key: &str) -> Option<String> {
        self.0.get(key).and_then(plain)
    }

    fn within_address(&self, key: &str) -> Option<String> {
        self.0.get("address")?.get(key).and_then(plain)
    }

    fn shown(&self, key: &str) -> String {
        self.0.get(key).map_or("none".to_owned(), Value::to_string)
    }

    /// The first of these keys (also within `address`) that names something.
    fn names(&self, keys: &[&str]) -> Names {
        let values = keys.iter().filter_map(|key| {
            let inner = self.0.get("address").and_then(|address| address.get(*key));
            self.0.get(*key).or(inner)
        });
        values.map(names).find(|names| !names.is_empty()).unwrap_or_default()
    }

    fn fulfilment(&self, problems: &mut Problems) -> (bool, bool) {
        let words = match self.0.get("fulfilment") {
            None | Some(Value::Null) => return (true, false),
            Some(Value::Array(words)) => words.iter().map(|word| plain(word).unwrap_or_default()).collect(),
            Some(other) => vec![plain(other).unwrap_or_default()],
        };
        if let Some(odd) = words.iter().find(|word| !matches!(word.as_str(), "pickup" | "delivery")) {
            problems.warn("fulfilment", "\"pickup\", \"delivery\" or both", format!("{odd:?}; it was left out"));
        }
        (words.iter().any(|word| word == "pickup"), words.iter().any(|word| word == "delivery"))
    }

    fn list(&self, key: &'static str, problems: &mut Problems) -> Vec<String> {
        let mut list: Vec<String> = match self.0.get(key) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(words)) if words.iter().all(Value::is_string) => words.iter().filter_map(plain).collect(),
            Some(other) => {
                problems.warn(key, "a list of ids", format!("{other}; it was left out"));
                Vec::new()
            }
        };
        list.sort();
        list.dedup();
        list
    }

    fn number(&self, key: &'static str, problems: &mut Problems) -> u16 {
        let Some(value) = self.0.get(key).filter(|value| !value.is_null()) else { return 0 };
        let number = value.as_f64().filter(|number| (0.0..=65_535.0).contains(number) && number.fract() == 0.0);
        number.map(|number| number as u16).unwrap_or_else(|| {
            problems.warn(key, "a whole number from 0 to 65535", format!("{value}; it counts as unknown"));
            0
        })
    }

    /// Given as minutes, hours, "+08:00" or a zone without daylight saving; else China's in China, else by longitude.
    fn offset(&self, point: Point, problems: &mut Problems) -> i16 {
        for key in ["utcOffset", "timezone"] {
            let Some(value) = self.0.get(key).filter(|value| !value.is_null()) else { continue };
            match offset(value) {
                Some(minutes) => return minutes,
                None => problems.warn(
                    if key == "timezone" { "timezone" } else { "utcOffset" },
                    "an offset such as \"+08:00\" (zones with daylight saving are not followed)",
                    format!("{value}; the offset was taken from the position"),
                ),
            }
        }
        let country = self.names(&["addressCountry"]);
        let other = !country.is_empty() && !matches!(country.en.as_str(), "CN" | "China") && country.zh != "中国";
        if looks_chinese(point.lon, point.lat) && !other { 480 } else { (point.lon / 15.0).round() as i16 * 60 }
    }
}

fn offset(value: &Value) -> Option<i16> {
    if let Some(number) = value.as_f64() {
        let minutes = if number.abs() <= 14.0 { number * 60.0 } else { number };
        return (minutes.abs() <= 840.0).then_some(minutes as i16);
    }
    let text = value.as_str()?;
    match text {
        "Asia/Shanghai" | "Asia/Chongqing" | "Asia/Urumqi" | "Asia/Hong_Kong" | "Asia/Macau" | "Asia/Taipei"
        | "Asia/Singapore" | "Asia/Kuala_Lumpur" | "PRC" => return Some(480),
        "Asia/Tokyo" | "Asia/Seoul" => return Some(540),
        "Asia/Bangkok" | "Asia/Ho_Chi_Minh" | "Asia/Jakarta" => return Some(420),
        "UTC" | "Etc/UTC" | "Z" => return Some(0),
        _ => {}
    }
    let text = text.trim_start_matches("UTC").trim_start_matches("GMT");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let total = hours.parse::<i16>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
    (total <= 840).then_some(sign * total)
}

/// A string or a number.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A string, `{en, zh}`, or something with a `name`.
fn names(value: &Value) -> Names {
    match value {
        Value::String(name) => by_script(name),
        Value::Object(object) => {
            let of = |key: &str| object.get(key).and_then(plain).unwrap_or_default();
            let both = Names::new(of("en"), of("zh"));
            if both.is_empty() { object.get("name").map(names).unwrap_or_default() } else { both }
        }
        Value::Array(several) => several.first().map(names).unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Names::default(),
    }
}

/// A store as a feature that [`crate::read_geojson`] reads back.
#[must_use]
pub fn feature(store: &Store) -> Value {
    let names = |names: &Names| json!({"en": names.en, "zh": names.zh});
    let mut fulfilment = Vec::new();
    if store.pickup {
        fulfilment.push("pickup");
    }
    if store.delivery {
        fulfilment.push("delivery");
    }
    let mut properties = json!({
        "@id": store.id,
        "name": names(&store.names),
        "brand": store.brand,
        "fulfilment": fulfilment,
        "ordersPerMinute": store.orders_per_minute,
        "aheadMinutes": store.ahead_minutes,
        "prepMinutes": store.prep_minutes,
        "utcOffset": f64::from(store.utc_offset_minutes) / 60.0,
    });
    let mut add = |key: &str, value: Value, wanted: bool| {
        if wanted {
            properties[key] = value;
        }
    };
    add("addressLocality", names(&store.city), !store.city.is_empty());
    add("addressDistrict", names(&store.district), !store.district.is_empty());
    add("containedInPlace", names(&store.landmark), !store.landmark.is_empty());
    add("address", json!(store.address), !store.address.is_empty());
    add("telephone", json!(store.telephone), !store.telephone.is_empty());
    add("openingHours", json!(store.hours), !store.hours.is_empty());
    add("unavailable", json!(store.unavailable), !store.unavailable.is_empty());
    add("permanentlyClosed", json!(true), store.permanently_closed);
    json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [store.lon, store.lat]},
        "properties": properties,
    })
}
