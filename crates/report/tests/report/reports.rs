//! Six ways to tell the outcome of a run.

use crate::common::{about, cases, frames, run};
use oolong_intent::frames_match;
use oolong_report::{
    Answer, Baseline, Bound, Cases, Evaluation, Format, Row, csv, errors, html, json, junit, rows, text,
};
use roxmltree::Document;

#[test]
fn the_last_line_is_the_summary() {
    let text = text(&run(), None, &[]);
    assert_eq!(
        text.lines().last(),
        Some(
            "frame_match=0.500 intent_accuracy=0.500 item_f1=1.000 modifier_f1=1.000 oos_recall=0.000 oos_precision=1.000 n=4"
        )
    );
    assert!(text.ends_with("n=4\n"));
    let empty = oolong_report::text(&Evaluation::new(about()), None, &[]);
    assert!(empty.ends_with(" n=0\n"), "{empty}");
}

#[test]
fn errors_show_both_sides_the_surest_first() {
    let errors = errors(&run());
    assert!(errors.starts_with("d [zh] (0.75)"), "{errors}");
    assert!(
        errors.contains("differs  frames[0].intent, frames[0].items[0].target, frames[1].items[0].quantity"),
        "{errors}"
    );
}

#[test]
fn figures_are_what_they_are_called() {
    let run = run();
    let latency = run.latency();
    assert_eq!((latency.p50, latency.p95, latency.p99), (20.0, 40.0, 40.0));
    let point = run.coverage().at_threshold.expect("there are cases");
    assert_eq!((point.cases, point.coverage), (3, 0.75));
    assert!((point.precision.expect("some are kept") - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(run.coverage().reachable[3].1.expect("reached").cases, 2);
    assert_eq!(run.held_back(), Some(1.0));
    let calibration = run.calibration();
    assert!((calibration.brier - (0.0025 + 0.09 + 0.0225 + 0.5625) / 4.0).abs() < 1e-6);
    assert!((calibration.expected_error - (0.05 + 0.30 + 0.15 + 0.75) / 4.0).abs() < 1e-6);
    let other = run.confusion().scores().into_iter().find(|score| score.intent.name() == "other").expect("it occurs");
    assert_eq!((other.precision, other.recall), (None, Some(0.0)));
    assert_eq!(run.wrong_fields()[0], ("intent".to_owned(), 2));
}

#[test]
fn pages_hold_no_markup_of_cases_and_nothing_from_elsewhere() {
    let mut run = run();
    let nasty = r#"{"id":"\"><img src=x onerror=1>","lang":"en","text":"x","frames":[{"intent":"chat","place":"</td><b>"}],"tags":["<i>"]}"#;
    for case in cases(nasty) {
        run.add(case, Answer { trouble: Some("<u>".to_owned()), ..Answer::default() });
    }
    let baseline = Baseline::from_json(&json(&run, None)).expect("just written").compare(&run).expect("same cases");
    let page = html(&run, Some(&baseline), &[]);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for bad in
        ["<script", "<img", "<b>x", "</td><b>", "<i>", "<u>", " style=", "http://", "https://", "url(", "@import"]
    {
        assert!(!page.contains(bad), "{bad} is in the page");
    }
    let empty = html(&Evaluation::new(about()), None, &[]);
    assert!(empty.contains("There is no case in this file."));
    assert!(!empty.contains("NaN") && !page.contains("NaN"));
}

#[test]
fn junit_is_xml_with_a_suite_per_language() {
    let mut run = run();
    for case in cases(r#"{"id":"\u0001]]>","lang":"en","text":"a\u0007b","frames":[{"intent":"chat"}]}"#.replace("\\u0001", "e").as_str()) {
        run.add(case, Answer { trouble: Some("broken".to_owned()), ..Answer::default() });
    }
    let text = junit(&run);
    let document = Document::parse(&text).expect("well-formed");
    let root = document.root_element();
    let count = |name: &str| root.attribute(name).map(str::to_owned);
    assert_eq!(
        (count("tests"), count("failures"), count("errors")),
        (Some("5".into()), Some("2".into()), Some("1".into()))
    );
    let suites: Vec<_> = root.children().filter_map(|node| node.attribute("name")).collect();
    assert_eq!(suites, ["en", "zh"]);
    let failed = root.descendants().find(|node| node.has_tag_name("failure")).expect("one fails");
    assert!(
        failed
            .text()
            .is_some_and(|text| text.contains("<script>") && text.contains("expected [{\"intent\":\"other\"}]"))
    );
}

#[test]
fn tables_are_read_back_as_tables() {
    let text = csv(&run()).expect("written");
    let mut reader = csv_reader(&text);
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[1][2], "<script>alert(1)</script> & \"weather\"");
    assert_eq!(rows[3][10], "frames[0].intent;frames[0].items[0].target;frames[1].items[0].quantity");
    let mut run = Evaluation::new(about());
    let case = r#"{"id":"f","lang":"en","text":"=HYPERLINK(1)","frames":[{"intent":"chat"}]}"#;
    run.add(cases(case).remove(0), Answer::default());
    assert!(csv(&run).expect("written").contains("'=HYPERLINK(1)"));
}

fn csv_reader(text: &str) -> ::csv::Reader<&[u8]> {
    ::csv::Reader::from_reader(text.as_bytes())
}

#[test]
fn bounds_hold_or_say_what_is_missed() {
    let run = run();
    for (bound, missed) in [
        (Bound::min("frame_match=0.5"), None),
        (Bound::min("frame_match=0.51"), Some("frame_match is 0.5000, expected at least 0.51")),
        (Bound::min("zh.frame_match=0.6"), Some("zh.frame_match is 0.5000, expected at least 0.6")),
        (Bound::min("coverage=0.75"), None),
        (Bound::max("p95_ms=39"), Some("p95_ms is 40.0000, expected at most 39")),
        (Bound::max("calibration_error=0.5"), None),
    ] {
        let miss = bound.expect("sound").check(&run).expect("defined");
        assert_eq!(miss.map(|miss| miss.to_string()).as_deref(), missed);
    }
    for (bound, reason) in [
        (Bound::min("frame_match"), "METRIC=VALUE"),
        (Bound::min("accuracy=0.5"), "there are frame_match"),
        (Bound::min("fr.frame_match=0.5"), "found \"fr.frame_match\""),
        (Bound::min("en.coverage=0.5"), "found \"en.coverage\""),
        (Bound::min("frame_match=93"), "a share from 0 to 1"),
        (Bound::min("frame_match=NaN"), "a share from 0 to 1"),
        (Bound::max("p95_ms=-1"), "milliseconds"),
        (Bound::min("p95_ms=50"), "less is better: use --max"),
        (Bound::max("frame_match=0.5"), "more is better: use --min"),
    ] {
        let error = bound.expect_err("refused").to_string();
        assert!(error.contains(reason), "expected {reason:?} in: {error}");
    }
    let undefined = Bound::min("mixed.frame_match=0.5").expect("sound").check(&run).expect_err("no such case");
    assert!(undefined.to_string().contains("not defined"), "{undefined}");
}

#[test]
fn baselines_say_what_got_better_and_worse() {
    let before = run();
    let stored = json(&before, None);
    let mut now = Evaluation::new(about());
    for one in before.judged() {
        let frames = if one.case.id == "a" { Vec::new() } else { one.case.frames.clone() };
        now.add(one.case.clone(), Answer { frames, ..one.answer.clone() });
    }
    let baseline = Baseline::from_json(&stored).expect("just written");
    let found = baseline.compare(&now).expect("the same cases");
    let ids = |changes: &[oolong_report::Change]| changes.iter().map(|change| change.id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&found.better), ids(&found.worse)), (vec!["b".to_owned(), "d".to_owned()], vec!["a".to_owned()]));
    assert!(!found.fell() && found.same_cases() && found.remarks(&about()).is_empty());
    assert!(Baseline::from_json(&json(&now, Some(&found))).expect("read").compare(&before).expect("same").fell());

    let mut other = Evaluation::new(about());
    let changed =
        crate::common::FOUR.replace("两", "俩").replace("two large", "2 large").replace("\"id\":\"b\"", "\"id\":\"z\"");
    for case in cases(&changed) {
        other.add(case, Answer::default());
    }
    let found = baseline.compare(&other).expect("c and d are shared");
    assert_eq!((found.shared, found.added, found.gone, found.altered.len()), (2, 1, 1, 1));
    assert!(found.fell() && found.remarks(&about())[0].contains("another set of cases"));

    let alien = Evaluation::new(about());
    assert!(baseline.compare(&alien).expect_err("nothing shared").to_string().contains("found none of the 0"));
    for (text, part) in [
        ("", "expected a report of"),
        ("{}", "without `schema`"),
        (r#"{"schema":"oolong-eval/9"}"#, "make the baseline again"),
        (r#"{"schema":"oolong-eval/1"}"#, "missing field"),
    ] {
        let error = Baseline::from_json(text).expect_err("refused").to_string();
        assert!(error.contains(part), "expected {part:?} in: {error}");
    }
}

/// Rows are asked of `frames_match` field by field; together they must say what it says of the whole.
#[test]
fn rows_and_verdict_agree_on_all_pairs_of_contract_cases() {
    let campaign =
        oolong_catalog::Campaign::from_json(include_bytes!("../../../../public/campaign.json")).expect("sound");
    let files: [&[u8]; 2] = [
        include_bytes!("../../../../tests/contract/cases_visible.jsonl"),
        include_bytes!("../../../../tests/contract/cases_natural.jsonl"),
    ];
    let all: Vec<_> = files
        .iter()
        .flat_map(|file| Cases::new(*file, Format::JsonLines, &campaign).map(|case| case.expect("sound").frames))
        .collect();
    assert_eq!(all.len(), 513);
    for (index, gold) in all.iter().enumerate() {
        for got in all.iter().skip(index % 37).step_by(37).chain([gold, &Vec::new()]) {
            let differs = rows(gold, got).iter().any(|row| row.differs);
            assert_eq!(!differs, frames_match(gold, got), "{gold:?} against {got:?}");
        }
    }
}

#[test]
fn rows_show_the_field_that_differs() {
    let check = |gold: &str, got: &str, expected: &[(&str, Option<&str>, Option<&str>)]| {
        let differing: Vec<Row> = rows(&frames(gold), &frames(got)).into_iter().filter(|row| row.differs).collect();
        let found: Vec<_> =
            differing.iter().map(|row| (row.path.as_str(), row.gold.as_deref(), row.got.as_deref())).collect();
        assert_eq!(found, expected, "{gold} against {got}");
    };
    let latte = r#"[{"intent":"order","items":[{"item":"latte","quantity":1,"modifiers":["size:large"]}]}]"#;
    check(latte, latte, &[]);
    check(latte, &latte.replace(":1", ":3"), &[("items[0].quantity", Some("1"), Some("3"))]);
    check(latte, &latte.replace("large", "small"), &[("items[0].modifiers", Some("size:large"), Some("size:small"))]);
    check(
        latte,
        r#"[{"intent":"chat","place":"The Bund"}]"#,
        &[
            ("intent", Some("order"), Some("chat")),
            ("place", None, Some("The Bund")),
            ("items[0].item", Some("latte"), None),
            ("items[0].quantity", Some("1"), None),
            ("items[0].modifiers", Some("size:large"), None),
        ],
    );
    check(r#"[{"intent":"chat","place":"the bund "}]"#, r#"[{"intent":"chat","place":"The Bund"}]"#, &[]);
    check(
        latte,
        "[]",
        &[
            ("intent", Some("order"), None),
            ("items[0].item", Some("latte"), None),
            ("items[0].quantity", Some("1"), None),
            ("items[0].modifiers", Some("size:large"), None),
        ],
    );
}
