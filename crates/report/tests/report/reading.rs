//! Files of cases: what is read, and what is refused with which line and reason.

use crate::common::{campaign, cases, read};
use oolong_report::{Cases, Format, Problems, template, write_cases};

const GOOD: &str = r#"{"id":"1","lang":"en","text":"hi","frames":[{"intent":"chat"}]}"#;

/// The second line is bad: line and reason must say so, and the third line must still be read.
#[track_caller]
fn refused(line: &[u8], parts: &[&str]) {
    let good = |id: &str| GOOD.replace("\"1\"", &format!("\"{id}\""));
    let file = [good("1").as_bytes(), b"\n", line, b"\n", good("3").as_bytes()].concat();
    let read = read(&file, Format::JsonLines);
    assert_eq!(read.iter().filter(|case| case.is_ok()).count(), 2, "{read:?}");
    let problem = read.into_iter().find_map(Result::err).expect("the second line is refused");
    assert_eq!(problem.line, 2);
    for part in parts {
        assert!(problem.to_string().contains(part), "expected {part:?} in: {problem}");
    }
}

#[test]
fn bad_lines_are_named_with_field_reason_and_advice() {
    let case = |rest: &str| format!(r#"{{"id":"x","lang":"en","text":"t",{rest}}}"#);
    let order = |item: &str| case(&format!(r#""frames":[{{"intent":"order","items":[{item}]}}]"#));
    for (line, parts) in [
        (r#"{"id":"x","lang":"#.to_owned(), ["expected JSON", "column 17", "one whole JSON object"]),
        ("latte".to_owned(), ["expected JSON", "column 1", ""]),
        ("[]".to_owned(), ["one JSON object a line", "found a list", "line of its own"]),
        (r#"{"id":"x","lang":"en","text":"t"}"#.to_owned(), ["missing field `frames`", "", ""]),
        (case(r#""frames":[{"intent":"chat"}],"mood":1"#), ["mood", "unknown field", "expected one of"]),
        (case(r#""frames":[{"intent":"buy"}]"#), ["frames[0].intent", "unknown variant `buy`", "`order`"]),
        (case(r#""frames":[{"intent":"chat","colour":"red"}]"#), ["frames[0].colour", "unknown field", ""]),
        (case(r#""frames":[]"#), ["frames: expected at least one frame", "none", "other"]),
        (case(r#""frames":[{"intent":"chat","when":"25:00"}]"#), ["frames[0].when", "HH:MM", "25:00"]),
        (case(r#""frames":[{"intent":"other","brand":"leaf"}]"#), ["frames[0].intent", "without any field", ""]),
        (
            case(r#""frames":[{"intent":"chat","brand":"twig"}]"#),
            ["frames[0].brand", "a brand of the campaign", "twig"],
        ),
        (case(r#""frames":[{"intent":"chat","voucher":"x"}]"#), ["frames[0].voucher", "of the campaign", "--campaign"]),
        (order(r#"{"item":"latte"}"#), ["frames[0].items[0].quantity", "a quantity", "nothing"]),
        (order(r#"{"item":"latte","quantity":-1}"#), ["frames[0].items[0].quantity", "-1", "u32"]),
        (order(r#"{"item":"tea","quantity":1}"#), ["frames[0].items[0].item", "an item of the campaign", "tea"]),
        (order(r#"{"category":"x","quantity":1}"#), ["items[0].category", "a category of the campaign", "x"]),
        (
            order(r#"{"item":"latte","quantity":1,"modifiers":["size:tiny"]}"#),
            ["items[0].modifiers", "a modifier of the campaign", "size:tiny"],
        ),
        (
            order(r#"{"item":"latte","quantity":1,"modifiers":["milk:oat"]}"#),
            ["items[0].modifiers", "a modifier that the item offers", "milk:oat"],
        ),
        (
            case(r#""context":{"cart":[{"item":"tea"}]},"frames":[{"intent":"chat"}]"#),
            ["context.cart[0].item", "an item of the campaign", "tea"],
        ),
        (
            case(r#""context":{"asked":"x"},"frames":[{"intent":"chat"}]"#),
            ["context.asked", "unknown variant", "`size`"],
        ),
        (GOOD.replace("\"1\"", "\"2\"").replace("\"en\"", "\"english\""), ["lang", "en, zh or mixed", "english"]),
        (GOOD.to_owned(), ["id: expected a new id", "line 1", "of its own"]),
        (GOOD.replace("\"1\"", "\" \""), ["id", "printable", "short id"]),
        (GOOD.replace("\"1\"", "\"2\"").replace("hi", " "), ["text", "empty", "one thing"]),
        (GOOD.replace("\"1\"", "\"2\"").replace("hi", &"茶".repeat(601)), ["text", "at most 600", "found 601"]),
        (format!("{GOOD}{GOOD}"), ["expected JSON", "trailing characters", ""]),
        ("[".repeat(100_000), ["found a list", "", ""]),
        (format!("{{\"id\":{}", "[".repeat(100_000)), ["", "", ""]),
        ("x".repeat(3 << 20), ["at most 1 MiB", "", ""]),
    ] {
        refused(line.as_bytes(), &parts);
    }
    refused(b"{\"id\":\"\xff\"}", &["UTF-8", "another encoding", "CSV UTF-8"]);
}

#[test]
fn marks_line_ends_and_blank_lines_do_not_matter() {
    let file = format!("\u{feff}{GOOD}\r\n\r\n  \n{}", GOOD.replace("\"1\"", "\"2\""));
    let ids: Vec<String> = cases(&file).into_iter().map(|case| case.id).collect();
    assert_eq!(ids, ["1", "2"]);
    assert!(cases("").is_empty());
}

#[test]
fn csv_problems_have_the_line_on_which_the_record_begins() {
    let head = "id,lang,text,frames,context,tags";
    let chat = r#""[{""intent"":""chat""}]""#;
    for (file, line, part) in [
        ("id;lang;text;frames".to_owned(), 1, "separated by commas"),
        ("id,lang,text".to_owned(), 1, "expected the column frames"),
        ("id,lang,text,frames,mood".to_owned(), 1, "found \"mood\""),
        ("id,lang,text,frames,id".to_owned(), 1, "found one twice"),
        (format!("{head}\r\n\r\n1,en,\"two\r\nlines\",{chat},,\r\n\r\n2,en,hi,{chat}\r\n"), 6, "6 columns"),
        (format!("{head}\n1,en,hi,[{{intent:chat}}],,\n"), 2, "frames: expected JSON"),
        (format!("{head}\n1,en,hi,\"[{{\"\"intent\"\":\"\"buy\"\"}}]\",,\n"), 2, "frames[0].intent: unknown variant"),
        (format!("{head}\n1,en,hi,{chat},{{,\n"), 2, "context: expected JSON"),
        (format!("{head}\n1,en,hi,,,\n"), 2, "frames: expected JSON"),
        (format!("{head}\n1,en,\"hi,{chat},,\n2,en,hi\n"), 2, "closing quote"),
        (format!("{head}\n1,fr,hi,{chat},,\n"), 2, "lang: expected en, zh or mixed"),
    ] {
        let read = read(file.as_bytes(), Format::Csv);
        let problem = read.into_iter().find_map(Result::err).expect("refused");
        assert_eq!(problem.line, line, "{problem} in {file}");
        assert!(problem.to_string().contains(part), "expected {part:?} in: {problem}");
    }
    let blank = format!("\u{feff}{head}\r\n,,,,,\r\n1,en,hi,{chat},,a; b\r\n");
    let read = read(blank.as_bytes(), Format::Csv);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].as_ref().expect("sound").tags, ["a", "b"]);
}

#[test]
fn cases_survive_both_formats() {
    let tricky = r#"{"id":"q","lang":"mixed","text":"a \"quoted\", comma;\nline\r\nend =1+1","context":{"asked":"size","brand":"leaf"},"frames":[{"intent":"change","place":"x,\"y\"\nz"}],"tags":["a;b","[c"]}"#;
    let all = cases(&format!("{}{tricky}\n", crate::common::FOUR));
    for format in [Format::JsonLines, Format::Csv] {
        let text = write_cases(&all, format).expect("written");
        let back: Vec<_> = read(text.as_bytes(), format).into_iter().map(|case| case.expect("read back")).collect();
        assert_eq!(serde_json::to_value(&back).expect("JSON"), serde_json::to_value(&all).expect("JSON"), "{text}");
    }
}

#[test]
fn templates_are_sound_for_any_campaign() {
    let sample = include_bytes!("../../../../public/campaign.json");
    for campaign in [campaign(), oolong_catalog::Campaign::from_json(sample).expect("the sample is sound")] {
        for format in [Format::JsonLines, Format::Csv] {
            let text = write_cases(&template(&campaign), format).expect("written");
            let read: Vec<_> = Cases::new(text.as_bytes(), format, &campaign).collect();
            assert!(read.len() >= 8 && read.iter().all(Result::is_ok), "{read:?}");
        }
    }
}

#[test]
fn problems_are_counted_but_not_all_kept() {
    let mut problems = Problems::default();
    let file = "nonsense\n".repeat(1_000);
    for problem in read(file.as_bytes(), Format::JsonLines).into_iter().filter_map(Result::err) {
        problems.add(problem);
    }
    let listing = problems.listing("bad.jsonl");
    assert!(listing.starts_with("bad.jsonl:1: "), "{listing}");
    assert!(listing.ends_with("bad.jsonl: and 980 more"), "{listing}");
    assert_eq!(listing.lines().count(), 21);
}
