//! Files for the user: the reports of a run, and sample cases.

use js_sys::Array;
use oolong_protocol::{FromLab, LabTrouble, LabTroubleKind, ReportFormat, TemplateFormat};
use oolong_report::{Comparison, Evaluation, Format};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

use super::{
    files::{self, Files},
    slices::Slices,
};
use crate::scope::{hand_over, reason};

/// Makes all reports and sends each when it is ready; the largest comes last.
pub(super) async fn send(
    id: u32,
    run: &Evaluation,
    comparison: Option<&Comparison>,
    slices: &mut Slices<'_>,
) -> Result<(), LabTrouble> {
    for format in ReportFormat::ALL {
        slices.rest().await?;
        let (kind, text) = match format {
            ReportFormat::Html => ("text/html", oolong_report::html(run, comparison, &[])),
            ReportFormat::Csv => ("text/csv", oolong_report::csv(run).map_err(|error| unwritten(&error))?),
            ReportFormat::Junit => ("application/xml", oolong_report::junit(run)),
            ReportFormat::Json => ("application/json", oolong_report::json(run, comparison)),
        };
        hand_over(&FromLab::Report { id, format }, &blob(&text, kind)?);
    }
    Ok(())
}

/// Makes sample cases for the campaign and sends them.
pub(super) async fn template(
    id: u32,
    format: TemplateFormat,
    files: &Files,
    campaign_url: &str,
) -> Result<(), LabTrouble> {
    let campaign = files::campaign(files.at(0), campaign_url).await?.campaign;
    let (written, kind) = match format {
        TemplateFormat::Jsonl => (Format::JsonLines, "application/jsonl"),
        TemplateFormat::Csv => (Format::Csv, "text/csv"),
    };
    let cases = oolong_report::template(&campaign);
    let text = oolong_report::write_cases(&cases, written).map_err(|error| unwritten(&error))?;
    hand_over(&FromLab::Template { id, format }, &blob(&text, kind)?);
    Ok(())
}

fn blob(text: &str, kind: &str) -> Result<JsValue, LabTrouble> {
    let options = BlobPropertyBag::new();
    options.set_type(&format!("{kind};charset=utf-8"));
    Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from_str(text)), &options)
        .map(JsValue::from)
        .map_err(|thrown| LabTrouble::new(LabTroubleKind::Fault, reason(&thrown)))
}

fn unwritten(error: &impl std::fmt::Display) -> LabTrouble {
    LabTrouble::new(LabTroubleKind::Fault, error.to_string())
}
