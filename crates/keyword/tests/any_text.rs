//! Whatever is said: no panic, sound frames, and spans that lie in the text.
#![cfg(not(target_arch = "wasm32"))]

use oolong_catalog::Campaign;
use oolong_intent::{Context, IntentParser, Utterance};
use oolong_keyword::{HIGHEST, KeywordParser, LOWEST};
use proptest::prelude::*;

/// Pieces that rules look for, in any order, say more than random letters do.
const PIECES: &[&str] = &[
    "two",
    "one",
    "一杯",
    "两份",
    "3",
    "latte",
    "拿铁",
    "草莓",
    "coffee",
    "large",
    "去冰",
    "pearls",
    "luckin",
    "喜茶",
    "八折券",
    "20 yuan",
    "half past three",
    "in 20 minutes",
    "the second",
    "第三杯",
    "all",
    "都",
    "no",
    "不要",
    "extra",
    "it",
    "那杯",
    "cancel",
    "删掉",
    "change",
    "改成",
    "deliver to",
    "送到",
    "near",
    "附近",
    ",",
    "。",
    "and",
    "再来",
    "?",
    "instead",
    "to",
    "each",
    "各",
    "xyz",
    "虹",
    "🙂",
    "e\u{301}",
    "I\u{307}",
    "%",
    "order",
    "来",
    "under",
    "以内",
    "open",
];

fn contexts() -> Vec<Context> {
    [
        "{}",
        r#"{"cart":[{"item":"latte","quantity":1}],"brand":"luckin"}"#,
        r#"{"cart":[{"item":"gone","quantity":2},{"item":"unknown","said":"pie","quantity":1}],"brand":"gone","asked":"place"}"#,
        r#"{"asked":"confirm"}"#,
        r#"{"asked":"quantity","cart":[{"category":"coffee","quantity":3}]}"#,
    ]
    .iter()
    .map(|text| serde_json::from_str(text).expect("a context"))
    .collect()
}

fn check(text: &str) -> Result<(), TestCaseError> {
    thread_local! {
        static PARSER: std::cell::RefCell<KeywordParser> = std::cell::RefCell::new(KeywordParser::new(
            Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample campaign is sound"),
        ));
    }
    let Ok(utterance) = Utterance::new(text) else { return Ok(()) };
    for context in contexts() {
        let parse = PARSER.with_borrow_mut(|parser| parser.parse(&utterance, &context, &|| false));
        let parse = parse.map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert!(!parse.frames.is_empty());
        prop_assert!((LOWEST..=HIGHEST).contains(&parse.confidence));
        prop_assert!(parse.evidence.spans.iter().all(|span| utterance.as_str().get(span.start..span.end).is_some()));
        prop_assert!(parse.evidence.spans.is_sorted_by(|one, next| one.end <= next.start));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_letters(text in "\\PC{0,120}") {
        check(&text)?;
    }

    #[test]
    fn any_order_of_known_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 1..60), apart in any::<bool>()) {
        let text: String = pieces.join(if apart { " " } else { "" }).chars().take(600).collect();
        check(&text)?;
    }
}
