//! The project's one JSON schema of frames, narrowed to the ids of a campaign.

use oolong_catalog::{Campaign, Select};
use serde_json::{Map, Value, json};

/// The most frames, items and modifiers that an answer may have: far more than anybody says.
const MAX_FRAMES: u32 = 4;
const MAX_ITEMS: u32 = 16;
const MAX_MODIFIERS: u32 = 16;

/// The schema for `response_format`, strict: every field required and nullable, none beside them.
///
/// It is the schema of `oolong_intent::RawFrames` in the form that OpenAI's strict mode asks for, with the campaign's ids
/// instead of any string: under it no model can write a product that does not exist.
/// A test holds the two against each other, field by field.
/// Source: <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>.
#[must_use]
pub fn schema(campaign: &Campaign) -> Value {
    let items = ids(campaign.items().map(|(_, item)| item.id.as_str()).chain(["unknown"]));
    let targets: Vec<&str> =
        ["last", "all"].into_iter().chain(campaign.items().map(|(_, item)| item.id.as_str())).collect();
    let item = object(&[
        ("item", nullable(items)),
        ("category", nullable(ids(campaign.categories().iter().map(|(id, _)| *id)))),
        ("said", words()),
        ("quantity", nullable(json!({"type": "integer"}))),
        ("modifiers", list(&ids(modifiers(campaign).iter().map(String::as_str)), MAX_MODIFIERS)),
        ("target", json!({"anyOf": [{"type": "integer"}, {"type": "string", "enum": targets}, {"type": "null"}]})),
    ]);
    let frame = object(&[
        ("intent", ids(oolong_intent::Intent::ALL.iter().map(|intent| intent.name()))),
        ("items", list(&item, MAX_ITEMS)),
        ("brand", nullable(ids(campaign.brands.iter().map(|brand| brand.id.as_str())))),
        ("place", words()),
        ("when", words()),
        ("fulfilment", nullable(ids(["pickup", "delivery"]))),
        ("prefer", nullable(ids(["nearest", "fastest", "cheapest"]))),
        ("open_now", nullable(json!({"type": "boolean", "enum": [true]}))),
        ("max_price", nullable(json!({"type": "integer"}))),
        ("voucher", nullable(ids(campaign.vouchers.iter().map(|voucher| voucher.id.as_str())))),
    ]);
    object(&[("frames", json!({"type": "array", "items": frame, "minItems": 1, "maxItems": MAX_FRAMES}))])
}

fn object<const N: usize>(fields: &[(&str, Value); N]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// One of these; where there are none, nothing can be said.
fn ids<'a>(all: impl IntoIterator<Item = &'a str>) -> Value {
    let all: Vec<&str> = all.into_iter().collect();
    if all.is_empty() { json!({"type": "null"}) } else { json!({"type": "string", "enum": all}) }
}

fn nullable(schema: Value) -> Value {
    if schema == json!({"type": "null"}) { schema } else { json!({"anyOf": [schema, {"type": "null"}]}) }
}

fn words() -> Value {
    nullable(json!({"type": "string", "maxLength": 80}))
}

fn list(of: &Value, most: u32) -> Value {
    let most = if *of == json!({"type": "null"}) { 0 } else { most };
    json!({"type": "array", "items": of, "maxItems": most})
}

/// All modifiers, without, and in two or three portions where a group allows several.
fn modifiers(campaign: &Campaign) -> Vec<String> {
    let mut all = Vec::new();
    for group in &campaign.modifier_groups {
        for modifier in &group.modifiers {
            let name = format!("{}:{}", group.id, modifier.id);
            if group.select == Select::Many {
                all.extend(["*0", "*2", "*3"].map(|portions| format!("{name}{portions}")));
            }
            all.push(name);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Campaign {
        Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample is sound")
    }

    /// The names of the fields of the object that `pointer` leads to.
    fn fields(schema: &Value, pointer: &str) -> Vec<String> {
        let object = schema.pointer(pointer).and_then(Value::as_object);
        let mut names: Vec<String> =
            object.unwrap_or_else(|| panic!("no {pointer} in {schema}")).keys().cloned().collect();
        names.sort();
        names
    }

    #[test]
    fn it_has_the_fields_of_the_frames() {
        let strict = schema(&sample());
        let derived = Value::from(schemars::schema_for!(oolong_intent::RawFrames));
        let frame = "/properties/frames/items";
        assert_eq!(fields(&strict, &format!("{frame}/properties")), fields(&derived, "/$defs/RawFrame/properties"));
        let item = format!("{frame}/properties/items/items/properties");
        assert_eq!(fields(&strict, &item), fields(&derived, "/$defs/RawItem/properties"));
    }

    #[test]
    fn every_object_is_closed_and_complete() {
        fn check(value: &Value) {
            if value["type"] == "object" {
                assert_eq!(value["additionalProperties"], false);
                assert_eq!(value["required"].as_array().map(Vec::len), value["properties"].as_object().map(Map::len));
            }
            match value {
                Value::Object(fields) => fields.values().for_each(check),
                Value::Array(entries) => entries.iter().for_each(check),
                _ => {}
            }
        }
        check(&schema(&sample()));
        let bare = Campaign { vouchers: Vec::new(), modifier_groups: Vec::new(), ..sample() };
        check(&schema(&bare));
    }
}
