//! The engine in a real browser: the same weights and sentence give the same answer as natively.

#![cfg(target_arch = "wasm32")]

use oolong_catalog::Campaign;
use oolong_intent::{Context, IntentParser as _, Utterance};
use oolong_nlu::Engine;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Two small layers with random weights; see `random_weights.rs`.
const RANDOM_WEIGHTS: &[u8] = include_bytes!("random.gguf");

fn engine() -> Engine {
    let campaign =
        Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample campaign is sound");
    Engine::load(RANDOM_WEIGHTS, campaign, || 0.0).expect("the fixture loads")
}

#[wasm_bindgen_test]
fn answers_are_those_of_the_native_engine() {
    let mut engine = engine();
    for (text, expected) in [
        ("two large lattes", include_str!("answers/english.txt")),
        ("来两杯多肉葡萄少冰三分糖", include_str!("answers/chinese.txt")),
    ] {
        let utterance = Utterance::new(text).expect("an utterance");
        let parse = engine.parse(&utterance, &Context::default(), &|| false).expect("a parse");
        assert_eq!(parse.evidence.output, expected.trim(), "{text}");
    }
}

#[wasm_bindgen_test]
fn a_damaged_file_is_an_error_not_a_trap() {
    let campaign =
        Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample campaign is sound");
    let error = Engine::load(&RANDOM_WEIGHTS[..1000], campaign, || 0.0).expect_err("refused");
    assert!(error.to_string().contains("complete header"), "{error}");
}
