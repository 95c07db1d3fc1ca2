//! Verdicts as files: for people, and for the test kit's own scorer.

use crate::benchmark::Verdict;

/// Every case with gold, answer and confidence, as CSV with a heading line.
///
/// # Errors
/// The CSV writer's own, which cannot happen in memory.
pub fn table(verdicts: &[Verdict]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "text", "gold", "got", "right", "confidence"])?;
    for verdict in verdicts {
        let right = if verdict.right { "1" } else { "0" };
        let confidence = format!("{:.4}", verdict.confidence);
        writer.write_record([&verdict.id, &verdict.text, &verdict.gold, &verdict.got, right, &confidence])?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}

/// Answers as `score_exr.py` of the test kit reads them: one `{"id": …, "exr": …}` a line.
#[must_use]
pub fn predictions(verdicts: &[Verdict]) -> String {
    verdicts
        .iter()
        .map(|verdict| format!("{}\n", serde_json::json!({ "id": verdict.id, "exr": verdict.got })))
        .collect()
}
