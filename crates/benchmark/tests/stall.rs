//! A made-up stall, from catalog to verdict, with a parser that says what the test tells it to.

use oolong_benchmark::{
    Benchmark, BenchmarkError, CoffeeTurns, FoodOrdering, OutOfScope, Skill, predictions, run, table, unordered_match,
};
use oolong_intent::{
    Cancelled, Context, Evidence, Frame, IntentParser, Parse, ParseError, ParserKind, RawFrames, Utterance,
};

const SCHEMA: &str = r#"{"intents":[
 {"name":"BOWL_ORDER","entityNames":["bowl","bowls"],"slots":[
   {"slotName":"GRAIN","qualified":true,"negatable":true,"path":"grain.txt"},
   {"slotName":"RELISH","qualified":true,"negatable":true,"path":"relish.txt"},
   {"slotName":"SIZE","path":"size.txt","optionalSuffixes":["sized"]},
   {"slotName":"QUANTITY","path":"quantity.txt"},
   {"slotName":"NUMBER","path":"quantity.txt"},]},
 {"name":"SIDE_ORDER","slots":[{"slotName":"SIDE_TYPE","path":"side.txt"}],"entityNames":["side of"]},]}"#;

fn skill() -> Result<Skill, BenchmarkError> {
    Skill::read("stall", &|path| {
        Ok(match path {
            "schema.json" => SCHEMA,
            "grain.txt" => "millet\tGRAIN(millet)\nspelt\tGRAIN(spelt)\ngrains\tGRAIN(Or(millet,spelt))\n",
            "relish.txt" => "smoked plum relish\tRELISH(plum_relish)\nradish\tRELISH(radish)\n",
            "size.txt" => "large\tSIZE(large)\n",
            "quantity.txt" => "light\tquantity(light)\na touch of\tquantity(light)\nextra\tquantity(extra)\n",
            _ => "seaweed\tSIDE_TYPE(seaweed)\ndumpling\tSIDE_TYPE(dumpling)\ndumplings\tSIDE_TYPE(dumpling)\n",
        }
        .to_owned())
    })
}

/// Answers with fixed frames.
struct Told(Vec<Frame>, f32);

impl IntentParser for Told {
    fn parse(&mut self, _: &Utterance, _: &Context, _: Cancelled<'_>) -> Result<Parse, ParseError> {
        let evidence = Evidence::default();
        Ok(Parse { frames: self.0.clone(), confidence: self.1, parser: ParserKind::Keyword, evidence })
    }
}

fn told(frames: &str, confidence: f32) -> Told {
    let raw: RawFrames = serde_json::from_str(frames).expect("frames");
    Told(raw.frames.into_iter().map(|frame| Frame::try_from(frame).expect("sound")).collect(), confidence)
}

fn line(text: &str, exr: &str) -> String {
    serde_json::json!({"id": "1", "text": text, "gold": {"exr": exr}, "meta": {"skill": "stall"}}).to_string()
}

/// The frames, said in this text, are written as this tree, and the tree is within reach of the text.
#[track_caller]
fn check(text: &str, frames: &str, exr: &str) {
    let set = FoodOrdering::new("stall", &skill().expect("sound"), "cases", &line(text, exr)).expect("sound");
    let verdict = run(&set, &mut told(frames, 0.9), &mut |_| ()).remove(0);
    assert!(unordered_match(&verdict.got, exr), "{text}: {}", verdict.got);
    assert!(verdict.right);
    assert_eq!(set.out_of_reach(), Some(Vec::new()), "{text}");
}

#[test]
fn frames_become_trees() {
    check(
        "two large bowls with millet a touch of plum relish and no radish",
        r#"{"frames":[{"intent":"order","items":[{"item":"bowl_order 0","quantity":2,"modifiers":
            ["SIZE size.txt:large 0","GRAIN grain.txt:millet 0","RELISH relish.txt:plum_relish 0","RELISH relish.txt:radish 1*0"]}]}]}"#,
        "(BOWL_ORDER (NUMBER 2 ) (SIZE large ) (GRAIN millet ) (COMPLEX (QUANTITY light ) (RELISH plum_relish ) )
          (NOT (RELISH radish ) ) )",
    );
    check(
        "a bowl with grains and double radish",
        r#"{"frames":[{"intent":"order","items":[{"item":"bowl_order 0","quantity":1,"modifiers":
            ["GRAIN grain.txt:or(millet,spelt) 2","RELISH relish.txt:radish 1*2"]}]}]}"#,
        "(BOWL_ORDER (NUMBER 1 ) (GRAIN (OR spelt millet ) ) (COMPLEX (QUANTITY extra ) (RELISH radish ) ) )",
    );
}

#[test]
fn neighbours_join_unless_they_are_counted() {
    let sides = r#"{"frames":[{"intent":"order","items":[
        {"item":"side_order seaweed 1","quantity":1},{"item":"side_order dumpling 2","quantity":1}]}]}"#;
    check("seaweed and dumplings", sides, "(SIDE_ORDER (NUMBER 1 ) (SIDE_TYPE seaweed ) (SIDE_TYPE dumpling ) )");
    check(
        "seaweed and a dumpling",
        sides,
        "(SIDE_ORDER (NUMBER 1 ) (SIDE_TYPE seaweed ) ) (SIDE_ORDER (NUMBER 1 ) (SIDE_TYPE dumpling ) )",
    );
}

#[test]
fn pizza_notation_is_known_by_its_root() {
    check(
        "a bowl with extra radish",
        r#"{"frames":[{"intent":"order","items":[{"item":"bowl_order 0","quantity":1,"modifiers":
            ["RELISH relish.txt:radish 1"]}]}]}"#,
        "(ORDER (BOWL_ORDER (NUMBER 1 ) (COMPLEX_RELISH (QUANTITY EXTRA ) (RELISH RADISH ) ) ) )",
    );
}

#[test]
fn a_change_alters_the_last_order() {
    check(
        "a bowl with millet and put radish on it",
        r#"{"frames":[{"intent":"order","items":[{"item":"bowl_order 0","quantity":1,"modifiers":["GRAIN grain.txt:millet 0"]}]},
            {"intent":"change","items":[{"target":"last","modifiers":["RELISH relish.txt:radish 1"]}]}]}"#,
        "(BOWL_ORDER (NUMBER 1 ) (GRAIN millet ) (RELISH radish ) )",
    );
}

#[test]
fn what_is_not_in_the_text_is_out_of_reach() {
    let case = line("a bowl with rye", "(BOWL_ORDER (NUMBER 1 ) (GRAIN spelt ) )");
    let set = FoodOrdering::new("stall", &skill().expect("sound"), "cases", &case).expect("sound");
    assert_eq!(set.out_of_reach(), Some(vec![("1".to_owned(), "(GRAIN spelt )".to_owned())]));
    assert_eq!(FoodOrdering::skill_of("cases", &case).expect("said"), "stall");
}

#[test]
fn scope_asks_for_confidence() {
    let lines = r#"{"id":"1","text":"how far is the moon","gold":{"intent":"oos"}}
{"id":"2","text":"set an alarm","gold":{"intent":"alarm"}}
{"id":"3","text":"yes please","gold":{"intent":"yes"}}"#;
    let mut set = OutOfScope::new("clinc", "cases", lines).expect("sound");
    set.believe_from(0.5);
    let order = r#"{"frames":[{"intent":"ask_menu"}]}"#;
    let figures = |confidence| -> Vec<f64> {
        let verdicts = run(&set, &mut told(order, confidence), &mut |_| ());
        set.metrics(&verdicts).iter().map(|metric| metric.percent).collect()
    };
    assert_eq!(figures(0.9), [0.0, 100.0]);
    assert_eq!(figures(0.4), [100.0, 0.0]);
}

#[test]
fn turns_count_what_was_ordered() {
    let lines = r#"{"id":"1","text":"two fizzes, one cold","derived":{"act":"order","items":[
        {"item":"fizz","quantity":1,"attributes":{"heat":"cold"}},{"item":"fizz","quantity":1}]}}
{"id":"2","text":"what is a fizz","derived":{"act":"ask_menu"}}"#
        .replace("[\n", "[");
    let set = CoffeeTurns::new("cases", &lines, None).expect("sound");
    let answer = r#"{"frames":[{"intent":"order","items":[{"item":"fizz","quantity":2}]}]}"#;
    let verdicts = run(&set, &mut told(answer, 1.0), &mut |_| ());
    let metrics: Vec<_> = set.metrics(&verdicts).into_iter().map(|metric| (metric.name, metric.percent)).collect();
    assert_eq!(metrics, [("item_quantity", 100.0), ("with_attributes", 0.0)]);
    let csv = String::from_utf8(table(&verdicts).expect("in memory")).expect("text");
    assert!(csv.starts_with("id,text,gold,got,right,confidence\n1,"), "{csv}");
    assert!(predictions(&verdicts).contains(r#""id":"1""#));
}
