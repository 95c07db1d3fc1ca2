//! One run: campaign, baseline and cases are read, the parser is started, every case asked, and the outcome told.

use std::cell::RefCell;

use oolong_protocol::{BadLine, FromLab, LabTrouble, LabTroubleKind, Order, ParserName, Refusal};
use oolong_report::{About, Baseline, BaselineError, Evaluation, Problems};
use web_sys::{AbortSignal, File};

use super::{
    Lab, ask,
    files::{self, Files},
    outcome::outcome,
    parser, read, reports,
    slices::Slices,
};
use crate::scope::say;

/// Does what `order` says with `files`; the outcome and the reports are said, an error is for the caller to say.
pub(super) async fn run(
    lab: &RefCell<Lab>,
    id: u32,
    order: &Order,
    files: &Files,
    signal: &AbortSignal,
) -> Result<(), LabTrouble> {
    let campaign = files::campaign(files.at(1), &order.campaign_url).await?;
    let baseline = match files.at(2) {
        Some(file) => Some(read_baseline(file).await?),
        None => None,
    };
    let file = read::read(id, files.at(0), &campaign.campaign, signal).await?;
    let skipped = file.problems.count;
    if skipped > 0 && (!order.keep_going || file.cases.is_empty()) {
        say(&FromLab::Refused { id, refusal: refusal(file.problems, file.cases.len()) });
        return Ok(());
    }
    if file.cases.is_empty() {
        return Err(LabTrouble::new(LabTroubleKind::NoCase, format!("{} has no test case", file.name)));
    }
    if let Some(baseline) = &baseline {
        baseline.check(&file.cases).map_err(|error| unfit(&error))?;
    }
    let campaign_id = campaign.campaign.id.clone();
    let mut ready = parser::start(lab, id, order, campaign.campaign, signal).await?;
    let mut run = Evaluation::new(About {
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        parser: match order.parser {
            ParserName::Local => "local".to_owned(),
            ParserName::Keyword => "keyword".to_owned(),
        },
        model: ready.model.clone(),
        campaign: campaign_id,
        campaign_sha256: campaign.sha256,
        cases: file.name,
        cases_sha256: file.sha256,
        threshold: ready.threshold,
        made: seconds(),
        skipped,
    });
    let asked = ask::ask(id, ready.parser(), file.cases, &mut run, signal).await;
    ready.give_back(lab);
    asked?;
    let comparison = baseline.map(|baseline| baseline.compare(&run)).transpose().map_err(|error| unfit(&error))?;
    say(&FromLab::Done { id, outcome: Box::new(outcome(&run, comparison.as_ref())) });
    reports::send(id, &run, comparison.as_ref(), &mut Slices::new(signal)).await
}

async fn read_baseline(file: &File) -> Result<Baseline, LabTrouble> {
    Baseline::from_json(&files::text(file).await?).map_err(|error| unfit(&error))
}

fn unfit(error: &BaselineError) -> LabTrouble {
    LabTrouble::new(LabTroubleKind::Baseline, error.to_string())
}

fn refusal(problems: Problems, sound: usize) -> Refusal {
    let first = problems.first.into_iter().map(|problem| BadLine {
        line: problem.line,
        path: problem.path,
        reason: problem.reason,
        advice: problem.advice.to_owned(),
    });
    Refusal { first: first.collect(), count: problems.count, sound }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds since 1970")]
fn seconds() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}
