//! A small campaign, cases in it, and answers to them.

use oolong_catalog::Campaign;
use oolong_intent::Frame;
use oolong_report::{About, Answer, Case, Cases, Evaluation, Format, Problem};

pub(crate) const CAMPAIGN: &str = r#"{"id":"tea","names":["Tea"],"currency":"CNY",
  "modifier_groups":[{"id":"size","names":["size"],"select":"one","modifiers":[{"id":"large","names":["large","大杯"]}]},
                     {"id":"milk","names":["milk"],"select":"one","modifiers":[{"id":"oat","names":["oat"]}]}],
  "brands":[{"id":"leaf","names":["Leaf","叶"],"menu":[
    {"id":"latte","names":["latte","拿铁"],"category":"coffee","price":1800,"modifier_groups":["size"]},
    {"id":"mocha","names":["mocha"],"category":"coffee","price":2000,"modifier_groups":["size","milk"]}]}],
  "vouchers":[{"id":"free","names":["free tea"],"discount":{"type":"delivery"}}]}"#;

pub(crate) fn campaign() -> Campaign {
    Campaign::from_json(CAMPAIGN.as_bytes()).expect("the campaign is sound")
}

pub(crate) fn read(text: &[u8], format: Format) -> Vec<Result<Case, Problem>> {
    Cases::new(text, format, &campaign()).collect()
}

pub(crate) fn cases(text: &str) -> Vec<Case> {
    read(text.as_bytes(), Format::JsonLines).into_iter().map(|case| case.expect("the case is sound")).collect()
}

pub(crate) fn frames(json: &str) -> Vec<Frame> {
    serde_json::from_str(json).expect("the line is a list of frames")
}

pub(crate) fn about() -> About {
    About {
        tool: "0.1.0".to_owned(),
        parser: "local".to_owned(),
        model: None,
        campaign: "tea".to_owned(),
        campaign_sha256: "ab".repeat(32),
        cases: "cases.jsonl".to_owned(),
        cases_sha256: "cd".repeat(32),
        threshold: 0.5,
        made: 1_795_367_100,
        skipped: 0,
    }
}

/// Four cases, of which the parser gets two right.
pub(crate) const FOUR: &str = r#"{"id":"a","lang":"en","text":"two large lattes","frames":[{"intent":"order","items":[{"item":"latte","quantity":2,"modifiers":["size:large"]}]}],"tags":["plain"]}
{"id":"b","lang":"en","text":"<script>alert(1)</script> & \"weather\"","frames":[{"intent":"other"}],"tags":["odd"]}
{"id":"c","lang":"zh","text":"来一杯摩卡","frames":[{"intent":"order","items":[{"item":"mocha","quantity":1}]}]}
{"id":"d","lang":"zh","text":"不要拿铁，换摩卡","context":{"cart":[{"item":"latte","quantity":1}]},"frames":[{"intent":"remove","items":[{"target":"latte"}]},{"intent":"order","items":[{"item":"mocha","quantity":1}]}]}
"#;

pub(crate) fn run() -> Evaluation {
    let answers = [
        (r#"[{"intent":"order","items":[{"item":"latte","quantity":2,"modifiers":["size:large"]}]}]"#, 0.95, 10.0),
        (r#"[{"intent":"chat"}]"#, 0.30, 20.0),
        (r#"[{"intent":"order","items":[{"item":"mocha","quantity":1}]}]"#, 0.85, 30.0),
        (r#"[{"intent":"order","items":[{"item":"mocha","quantity":2}]}]"#, 0.75, 40.0),
    ];
    let mut run = Evaluation::new(about());
    for (case, (json, confidence, ms)) in cases(FOUR).into_iter().zip(answers) {
        run.add(case, Answer { frames: frames(json), confidence, ms, trouble: None });
    }
    run
}
