//! Frame match of the rules alone.
//!
//! `cargo run -p oolong-keyword --example measure -- tests/contract/cases_visible.jsonl [wrong]`
//!
//! The cue words were written by someone who had read `cases_visible` and `cases_natural`: figures on those two files
//! are those of a development set, not of a floor. Measure the floor on sentences that nobody wrote cues for.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use oolong_catalog::Campaign;
use oolong_intent::{Case, IntentParser, Report, Utterance};
use oolong_keyword::KeywordParser;

#[expect(clippy::print_stdout, reason = "a program for people")]
fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("expected a file of cases, found nothing")?;
    let show = std::env::args().nth(2).is_some();
    let campaign = Campaign::from_json(&fs::read("public/campaign.json")?)?;
    let mut parser = KeywordParser::new(campaign);
    let mut report = Report::default();
    let mut intents: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for line in fs::read_to_string(file)?.lines() {
        let case: Case = serde_json::from_str(line)?;
        let parse = parser.parse(&Utterance::new(&case.text)?, &case.context, &|| false)?;
        let right = report.add(&case, &parse.frames);
        let counts = intents.entry(case.frames.first().map_or("", |frame| frame.intent.name())).or_default();
        *counts = (counts.0 + usize::from(right), counts.1 + 1);
        if show && !right {
            println!("{} {} {}", case.id, case.text, serde_json::to_string(&case.context)?);
            println!("  want {}", serde_json::to_string(&case.frames)?);
            println!("  got  {}", serde_json::to_string(&parse.frames)?);
        }
    }
    intents.iter().for_each(|(intent, (right, all))| println!("{intent}: {right} of {all}"));
    println!("{:?}", report.languages);
    println!("{}", report.summary());
    Ok(())
}
