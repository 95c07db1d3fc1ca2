use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Context, RawFrame, RawFrames, Utterance};
use proptest::prelude::*;

use super::*;
use crate::{Asked, Format, asked};

fn sample() -> Campaign {
    Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample is sound")
}

fn question(text: &str) -> Question {
    let campaign = sample();
    let gazetteer = Gazetteer::new(&campaign);
    Question::new(&Utterance::new(text).expect("it can be read"), &Context::default(), &campaign, &gazetteer)
}

#[track_caller]
fn check(said: &str, answer: &str, expected: Result<&str, &str>) {
    let found = read(answer, &question(said), None);
    match (expected, found) {
        (Ok(frames), Ok(parse)) => {
            let found = RawFrames { frames: parse.frames.into_iter().map(RawFrame::from).collect() };
            assert_eq!(serde_json::to_string(&found).expect("frames are JSON"), frames);
        }
        (Err(reason), Err(error)) => assert!(error.to_string().contains(reason), "{answer}: {error}"),
        (expected, found) => panic!("{said} / {answer}: expected {expected:?}, found {found:?}"),
    }
}

#[test]
fn good_answers_are_taken() {
    let plain = r#"{"frames":[{"intent":"order","items":[{"item":"latte","quantity":2}]}]}"#;
    check("two lattes", plain, Ok(plain));
    // The strict form has every field.
    let strict = r#"{"frames":[{"intent":"order","items":[{"item":"latte","category":null,"said":null,"quantity":2,"modifiers":[],"target":null}],"brand":null,"place":null,"when":null,"fulfilment":null,"prefer":null,"open_now":null,"max_price":null,"voucher":null}]}"#;
    check("two lattes", strict, Ok(plain));
    let place = r#"{"frames":[{"intent":"find_store","place":"People's Square","max_price":2000}]}"#;
    check("any shop under 20 yuan near People’s Square?", place, Ok(place));
}

#[test]
fn everything_else_is_no_answer() {
    for (answer, reason) in [
        ("I'm a language model, I have no hands and feet.", "found something else"),
        ("```json\n{\"frames\":[{\"intent\":\"chat\"}]}\n```", "found something else"),
        ("{\"frames\":[{\"intent\":\"order\"", "found something else"),
        ("{\"frames\":[]}", "found 0"),
        ("{\"frames\":[{\"intent\":\"fly\"}]}", "found something else"),
        ("{\"frames\":[{\"intent\":\"order\",\"tip\":5}]}", "found something else"),
        ("{\"marcos\":[{\"intención\":\"pedir\"}]}", "found something else"),
        ("{\"frames\":[{\"intent\":\"chat\"}],\"note\":\"hi\"}", "found something else"),
        ("[]", "found something else"),
        ("null", "found something else"),
        (
            r#"{"frames":[{"intent":"order","items":[{"item":"unicorn-latte","quantity":1}]}]}"#,
            "an item of the campaign",
        ),
        (r#"{"frames":[{"intent":"order","brand":"starbucks"}]}"#, "a brand of the campaign"),
        (r#"{"frames":[{"intent":"use_voucher","voucher":"everything-free"}]}"#, "a voucher of the campaign"),
        (r#"{"frames":[{"intent":"order","items":[{"item":"latte","quantity":99}]}]}"#, "a quantity that was said"),
        (r#"{"frames":[{"intent":"order","items":[{"item":"latte","quantity":0}]}]}"#, "1 to 999"),
        (r#"{"frames":[{"intent":"order","items":[{"item":"latte","quantity":-1}]}]}"#, "found something else"),
        (r#"{"frames":[{"intent":"order","items":[{"item":"latte"}]}]}"#, "a quantity in an order"),
        (
            r#"{"frames":[{"intent":"order","items":[{"item":"unknown","said":"golden unicorn","quantity":1}]}]}"#,
            "words of the utterance",
        ),
        (r#"{"frames":[{"intent":"order","place":"14 Some Street"}]}"#, "words of the utterance"),
        (r#"{"frames":[{"intent":"find_voucher","max_price":100}]}"#, "an amount that was said"),
        (r#"{"frames":[{"intent":"other","brand":"luckin"}]}"#, "`other` without any field"),
    ] {
        check("two lattes please", answer, Err(reason));
    }
    let long = format!("{{\"frames\":[{}]}}", ["{\"intent\":\"chat\"}"; 9].join(","));
    check("two lattes", &long, Err("found 9"));
    check("two lattes", &" ".repeat(1 << 17), Err("131072 bytes"));
}

#[test]
fn goods_that_were_not_named_are_asked_about() {
    let one = |item: &str| format!(r#"{{"frames":[{{"intent":"order","items":[{{"item":"{item}","quantity":1}}]}}]}}"#);
    for (said, item, expected) in [
        ("a latte please", "latte", DEFAULT_CONFIDENCE),
        ("a latte please", "mocha", UNEVIDENCED),
        ("the sweet one with cocoa", "mocha", UNEVIDENCED),
        ("a latte and a mocha", "mocha", UNEVIDENCED),
    ] {
        let parse = read(&one(item), &question(said), None).expect("it is an answer");
        assert_eq!(parse.confidence, expected, "{said}: {item}");
    }
}

#[test]
fn a_server_of_another_dialect_is_asked_in_its_own() {
    let complaint = r#"{"error":{"message":"literal_error at response_format.type"}}"#;
    assert_eq!(Format::JsonSchema.after(500, complaint), Some(Format::JsonObject));
    assert_eq!(Format::JsonObject.after(500, complaint), None, "there is no third one");
    assert_eq!(Format::JsonSchema.after(503, complaint), None, "a busy server is no dialect");
    assert_eq!(Format::JsonSchema.after(500, "out of memory"), None);
}

#[test]
fn completions_are_read() {
    let body = |message: &str, finish: &str| {
        format!("{{\"choices\":[{{\"message\":{message},\"finish_reason\":\"{finish}\"}}]}}")
    };
    assert_eq!(completion(&body(r#"{"role":"assistant","content":"x"}"#, "stop")), Ok(("x".to_owned(), None)));
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    assert_eq!(completion(stream), Ok(("x".to_owned(), None)));
    for (text, expected) in [
        (body(r#"{"content":null,"refusal":"no"}"#, "stop"), NoAnswer::Refused),
        (body(r#"{"content":null}"#, "stop"), NoAnswer::Refused),
        (body(r#"{"content":"{"}"#, "length"), NoAnswer::Cut),
        (body(r#"{"content":"x"}"#, "content_filter"), NoAnswer::Refused),
    ] {
        assert_eq!(completion(&text), Err(expected), "{text}");
    }
    for text in ["", "<!doctype html>", "{}", "{\"choices\":[]}", "{\"choices\":[{\"message\":", "\u{0}\u{1}"] {
        assert!(matches!(completion(text), Err(NoAnswer::Shape(_))), "{text:?}");
    }
}

#[test]
fn a_question_survives_the_way_to_the_server() {
    let question = question("any deals on the taro one at Nayuki?");
    assert!(is_part(&question.campaign, &sample()));
    let request = question.request("oolong", false);
    assert_eq!(asked(&request), Ok(Asked::Question(Box::new(question))));
    let words = ChatRequestText("two lattes").into();
    assert_eq!(asked(&words), Ok(Asked::Words("two lattes".to_owned())));
}

/// A request of somebody who does not know our questions.
struct ChatRequestText(&'static str);

impl From<ChatRequestText> for oolong_protocol::chat::ChatRequest {
    fn from(text: ChatRequestText) -> Self {
        let json = serde_json::json!({"model": "oolong", "messages": [{"role": "user", "content": [{"type": "text", "text": text.0}]}]});
        serde_json::from_value(json).expect("it is a request")
    }
}

#[test]
fn a_large_campaign_is_cut_to_what_is_named() {
    let mut campaign = sample();
    let brand = campaign.brands[0].clone();
    for number in 0..500 {
        let mut item = brand.menu[0].clone();
        item.id = format!("filler-{number}");
        item.names = vec![format!("filler number {number}")];
        campaign.brands[0].menu.push(item);
    }
    let gazetteer = Gazetteer::new(&campaign);
    let last = campaign.brands.last().expect("a brand").menu.last().expect("an item").clone();
    let utterance = Utterance::new(&format!("two {}", last.names[0])).expect("it can be read");
    let question = Question::new(&utterance, &Context::default(), &campaign, &gazetteer);
    assert!(question.campaign.item(&last.id).is_some(), "what was named is there");
    assert!(question.campaign.items().count() <= 60, "{} items", question.campaign.items().count());
    let text = serde_json::to_vec(&question.campaign).expect("a campaign is JSON");
    Campaign::from_json(&text).expect("an excerpt is a sound campaign");
    assert!(is_part(&question.campaign, &campaign));
}

proptest! {
    #[test]
    fn no_answer_whatsoever_panics_or_invents(said in "\\PC{1,60}", answer in "\\PC{0,200}") {
        if let Ok(utterance) = Utterance::new(&said) {
            let campaign = sample();
            let gazetteer = Gazetteer::new(&campaign);
            let question = Question::new(&utterance, &Context::default(), &campaign, &gazetteer);
            let _ = completion(&answer);
            if let Ok(parse) = read(&answer, &question, Some(f32::NAN)) {
                for frame in &parse.frames {
                    prop_assert!(campaign.check_frame(frame).is_ok());
                }
            }
        }
    }
}

/// Whether `part` has nothing that `whole` does not have.
fn is_part(part: &Campaign, whole: &Campaign) -> bool {
    part.items().all(|(brand, item)| whole.item(&item.id).is_some_and(|(owner, _)| owner.id == brand.id))
        && part.vouchers.iter().all(|voucher| whole.voucher(&voucher.id).is_some())
        && part.modifier_groups.iter().all(|group| whole.group(&group.id) == Some(group))
}
