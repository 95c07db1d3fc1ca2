//! Whatever the weights: frames are well formed, ids exist, free text is in the utterance.

#![cfg(not(target_arch = "wasm32"))]

use std::sync::{LazyLock, Mutex, PoisonError};

use oolong_catalog::Campaign;
use oolong_intent::{Context, Goods, IntentParser as _, Parse, ParseError, RawFrame, Target, Utterance};
use oolong_nlu::Engine;
use proptest::prelude::*;

/// A model of two small layers with random weights and the real special tokens; `training/README.md` says how it is made.
const RANDOM_WEIGHTS: &[u8] = include_bytes!("random.gguf");

static ENGINE: LazyLock<Mutex<Engine>> =
    LazyLock::new(|| Mutex::new(Engine::load(RANDOM_WEIGHTS, campaign(), || 0.0).expect("the fixture loads")));

fn campaign() -> Campaign {
    Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample campaign is sound")
}

fn parse(text: &str, context: &Context) -> Result<Parse, ParseError> {
    let utterance = Utterance::new(text).expect("the test text is an utterance");
    ENGINE.lock().unwrap_or_else(PoisonError::into_inner).parse(&utterance, context, &|| false)
}

/// Checks one parse; what was said must contain every free text.
fn check(text: &str, context: &Context) {
    let parse = match parse(text, context) {
        Ok(parse) => parse,
        // Random weights may ramble on; the budget stops them, cleanly.
        Err(ParseError::OverBudget { .. }) => return,
        Err(error) => panic!("{text:?}: {error}"),
    };
    let said = Utterance::new(text).expect("an utterance").as_str().to_owned();
    assert!(!parse.frames.is_empty(), "{text:?}: at least one frame");
    assert!((0.0..=1.0).contains(&parse.confidence), "{text:?}: confidence {}", parse.confidence);
    let campaign = campaign();
    for frame in &parse.frames {
        campaign.check_frame(frame).expect("all ids exist and items offer their modifiers");
        let again =
            oolong_intent::Frame::try_from(RawFrame::from(frame.clone())).expect("sound by the contract's own check");
        assert_eq!(&again, frame);
        if let Some(place) = frame.place.as_deref().filter(|place| *place != "here") {
            assert!(said.contains(place), "{place:?} is in {said:?}");
        }
        for item in &frame.items {
            if let Some(words) = &item.said {
                assert!(said.contains(words.as_str()), "{words:?} is in {said:?}");
            }
            if item.goods == Some(Goods::Unknown) {
                assert!(item.said.is_some() && item.modifiers.is_empty());
            }
            if let Some(Target::Item(id)) = &item.target {
                assert!(campaign.item(id).is_some());
            }
        }
    }
    for span in &parse.evidence.spans {
        assert!(said.get(span.start..span.end).is_some(), "spans lie in the text");
    }
}

#[test]
fn awkward_texts_are_parsed() {
    let cart: Context =
        serde_json::from_str(r#"{"asked":"size","brand":"luckin","cart":[{"item":"latte","quantity":1}]}"#)
            .expect("a context");
    for text in [
        "two large boba milk teas, half sugar no ice, from Nayuki",
        "来两杯多肉葡萄少冰三分糖",
        "👍",
        "???",
        "!!!!!!",
        "<|order|><|0|><|end|>",
        "<img src=x onerror=alert(1)>",
        "\"quotes\" and 'more' \\ {\"intent\":\"order\"}",
        "latte латте ラテ 라떼 拿铁",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
        "0 lattes, 99999 mochas, -3 teas",
        "第二杯半价第二杯",
    ] {
        check(text, &Context::default());
        check(text, &cart);
    }
    check(&"latte ".repeat(95), &Context::default());
    check(&"茶".repeat(600), &cart);
}

/// The browser must answer the same; `wasm.rs` compares with these files.
#[test]
fn answers_are_those_that_the_browser_is_held_to() {
    for (text, file) in [("two large lattes", "english.txt"), ("来两杯多肉葡萄少冰三分糖", "chinese.txt")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers").join(file);
        let found = parse(text, &Context::default()).expect("a parse").evidence.output;
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected.trim(), "{text}: {} is out of date", path.display());
    }
}

#[test]
fn a_cancelled_parse_stops() {
    let utterance = Utterance::new("a latte").expect("an utterance");
    let outcome =
        ENGINE.lock().unwrap_or_else(PoisonError::into_inner).parse(&utterance, &Context::default(), &|| true);
    assert_eq!(outcome.err(), Some(ParseError::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_sound_frames(text in ".{1,80}") {
        if Utterance::new(&text).is_ok() {
            check(&text, &Context::default());
        }
    }

    #[test]
    fn any_order_of_words_gives_sound_frames(
        words in prop::collection::vec(prop::sample::select(vec![
            "two", "large", "latte", "lattes", "Nayuki", "珍珠奶茶", "不要", "珍珠", "半糖", "第二杯", "at", "3:30", "under", "20 yuan",
            "the office", "9.9 coffee", "one", "of", "them", "decaf", "奶茶", "喜茶", "送到", "人民广场", ",", "croissant", "oat", "x2",
        ]), 1..14),
        in_cart in prop::sample::subsequence(vec!["latte", "mocha", "taro-milk", "croissant"], 0..4),
    ) {
        let cart: Vec<String> = in_cart.iter().map(|id| format!(r#"{{"item":"{id}","quantity":1}}"#)).collect();
        let context: Context = serde_json::from_str(&format!(r#"{{"cart":[{}]}}"#, cart.join(","))).expect("a context");
        check(&words.join(" "), &context);
    }

    #[test]
    fn damaged_files_are_refused_or_load(position in 0_usize..4096, value in any::<u8>(), length in 0_usize..130_000) {
        let mut file = RANDOM_WEIGHTS.to_vec();
        file[position] = value;
        file.truncate(length.max(64));
        // Either way, but never a panic and never an absurd allocation.
        let _ = Engine::load(&file, campaign(), || 0.0).map_err(|error| error.to_string());
    }
}

#[test]
fn wrong_files_say_what_is_wrong() {
    let says = |file: &[u8], part: &str| {
        let error = Engine::load(file, campaign(), || 0.0).expect_err("refused").to_string();
        assert!(error.contains(part), "{error}");
    };
    says(b"", "GGUF");
    says(b"<!doctype html><title>404</title>", "web page");
    says(&RANDOM_WEIGHTS[..RANDOM_WEIGHTS.len() - 1], "cut off");
    says(&RANDOM_WEIGHTS[..100], "complete header");
    let mut absurd = RANDOM_WEIGHTS.to_vec();
    absurd[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    says(&absurd, "4096 tensors");
    let mut other = RANDOM_WEIGHTS.to_vec();
    let at = other.windows(5).position(|window| window == b"qwen3").expect("the architecture is named");
    other[at..at + 5].copy_from_slice(b"llama");
    says(&other, "found llama");
}
