//! The long part: every case is asked, and every answer judged.

use oolong_intent::{Case, IntentParser, Utterance};
use oolong_protocol::{FromLab, LabTrouble};
use oolong_report::{Answer, Evaluation};
use web_sys::AbortSignal;

use super::slices::Slices;
use crate::scope::{now, say};

/// Asks `parser` all cases, in slices, and says how far it is.
pub(super) async fn ask(
    id: u32,
    parser: &mut dyn IntentParser,
    cases: Vec<Case>,
    run: &mut Evaluation,
    signal: &AbortSignal,
) -> Result<(), LabTrouble> {
    let (began, total) = (now(), cases.len());
    let report = |done| say(&FromLab::Running { id, done, total, elapsed_ms: now() - began });
    let mut slices = Slices::new(signal);
    report(0);
    slices.rest().await?;
    for (done, case) in cases.into_iter().enumerate() {
        slices.breathe(|| report(done)).await?;
        let start = now();
        let outcome = Utterance::new(&case.text)
            .map_err(|error| error.to_string())
            .and_then(|text| parser.parse(&text, &case.context, &|| false).map_err(|error| error.to_string()));
        run.add(case, Answer::new(outcome, now() - start));
    }
    Ok(())
}
