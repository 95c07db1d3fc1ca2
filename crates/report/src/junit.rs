//! JUnit XML: a suite per language, a test case per case, for build servers.

use std::fmt::Write as _;

use crate::answer::{Judged, compact};
use crate::evaluation::Evaluation;

/// The report as JUnit XML.
#[must_use]
pub fn junit(run: &Evaluation) -> String {
    let mut suites = String::new();
    for language in run.languages().keys() {
        let cases: Vec<&Judged> = run.judged().iter().filter(|one| one.case.lang == *language).collect();
        let body: String = cases.iter().map(|one| test_case(one, language)).collect();
        let _ = write!(suites, "  <testsuite name={} {}>\n{body}  </testsuite>\n", quoted(language), totals(&cases));
    }
    let all: Vec<&Judged> = run.judged().iter().collect();
    let name = quoted(&format!("oolong eval {}", run.about().cases));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name={name} {}>\n{suites}</testsuites>\n",
        totals(&all)
    )
}

fn totals(cases: &[&Judged]) -> String {
    let errors = cases.iter().filter(|one| one.answer.trouble.is_some()).count();
    let failures = cases.iter().filter(|one| !one.right).count() - errors;
    let seconds: f64 = cases.iter().map(|one| one.answer.ms).sum::<f64>() / 1e3;
    let tests = cases.len();
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"{seconds:.3}\"")
}

fn test_case(one: &Judged, language: &str) -> String {
    let head = format!(
        "    <testcase classname={} name={} time=\"{:.4}\"",
        quoted(&format!("oolong.{language}")),
        quoted(&format!("{}: {}", one.case.id, one.case.text)),
        one.answer.ms / 1e3
    );
    if one.right {
        return head + "/>\n";
    }
    let (tag, kind, message) = match &one.answer.trouble {
        Some(trouble) => ("error", "no_answer", trouble.clone()),
        None => ("failure", "frame_mismatch", format!("differs in {}", one.differs().join(", "))),
    };
    let detail = format!(
        "said     {}\ncontext  {}\nexpected {}\nfound    {}\nconfidence {:.3}\n",
        one.case.text,
        serde_json::to_string(&one.case.context).unwrap_or_default(),
        compact(&one.case.frames),
        compact(&one.answer.frames),
        one.answer.confidence
    );
    let message = quoted(&message);
    format!("{head}>\n      <{tag} type=\"{kind}\" message={message}>{}</{tag}>\n    </testcase>\n", escaped(&detail))
}

/// An attribute value in its quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('\n', "&#10;").replace('\t', "&#9;"))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\r' => safe.push_str("&#13;"),
            '\n' | '\t' => safe.push(character),
            // XML 1.0 has no way to write these, not even escaped.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(character),
        }
    }
    safe
}
