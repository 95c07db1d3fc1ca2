//! Page and worker of the lab: test cases go in, progress, figures and reports come out.
//!
//! Messages are JSON text. A file does not fit into JSON: where a message has some, what is posted is a list of the text
//! and the files, and the message says which.

use serde::{Deserialize, Serialize};

use crate::{
    outcome::Outcome,
    worker::{Stage, Trouble, TroubleKind},
};

/// What the lab's page asks of its worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToLab {
    /// Read, check and run. Files: the cases (none: sample cases for the campaign), the campaign (none: the site's), the
    /// baseline (none: no comparison).
    Run {
        /// Request id.
        id: u32,
        /// What else to know.
        order: Order,
    },
    /// Make sample cases. Files: the campaign (none: the site's).
    Template {
        /// Request id.
        id: u32,
        /// How they are written down.
        format: TemplateFormat,
        /// The site's campaign: an absolute URL.
        campaign_url: String,
    },
    /// Stop a run.
    Cancel {
        /// Id of the `Run` to stop.
        id: u32,
    },
}

/// How a run is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which parser answers.
    pub parser: ParserName,
    /// Whether the sound cases are run although other lines are bad.
    pub keep_going: bool,
    /// The site's campaign: an absolute URL.
    pub campaign_url: String,
    /// Where the model lies: an absolute URL.
    pub model_url: String,
}

/// A parser that runs on the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParserName {
    /// The model, as in the shop.
    #[default]
    Local,
    /// Cue words and names alone.
    Keyword,
}

/// How sample cases are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateFormat {
    /// JSON Lines.
    Jsonl,
    /// A table for spreadsheets.
    Csv,
}

/// What the lab's worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromLab {
    /// The worker's code runs and listens.
    Listening,
    /// The cases are being read and checked.
    Reading {
        /// Id of the `Run`.
        id: u32,
        /// Bytes read so far.
        read: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The model is being loaded.
    Loading {
        /// Id of the `Run`.
        id: u32,
        /// What is being done.
        stage: Stage,
        /// Bytes there so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// Speed since the download began.
        bytes_per_second: f64,
    },
    /// Cases are being asked.
    Running {
        /// Id of the `Run`.
        id: u32,
        /// Cases that were answered.
        done: usize,
        /// Cases in all.
        total: usize,
        /// Milliseconds since the first was asked.
        elapsed_ms: f64,
    },
    /// Some lines are no test cases, and nothing was run.
    Refused {
        /// Id of the `Run`.
        id: u32,
        /// Which lines.
        refusal: Refusal,
    },
    /// A request failed; the worker still listens.
    Failed {
        /// Id of the request.
        id: u32,
        /// Why.
        trouble: LabTrouble,
    },
    /// All cases were asked. The reports follow one by one.
    Done {
        /// Id of the `Run`.
        id: u32,
        /// What came of it.
        outcome: Box<Outcome>,
    },
    /// One report. Files: the report.
    Report {
        /// Id of the `Run`.
        id: u32,
        /// Which.
        format: ReportFormat,
    },
    /// Sample cases. Files: the cases.
    Template {
        /// Id of the `Template`.
        id: u32,
        /// How they are written down.
        format: TemplateFormat,
    },
}

/// Lines that are no test cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The first of them.
    pub first: Vec<BadLine>,
    /// How many there are.
    pub count: u64,
    /// How many sound cases there are beside them.
    pub sound: usize,
}

/// A line that is no test case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: u64,
    /// The field; empty when it is the whole line.
    pub path: String,
    /// What was expected and what was found, in English.
    pub reason: String,
    /// What to do about it, in English.
    pub advice: String,
}

/// A report, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// A page, whole in one file.
    Html,
    /// One row per case, for a spreadsheet.
    Csv,
    /// For build servers.
    Junit,
    /// All figures and cases; a later run's baseline.
    Json,
}

impl ReportFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Html, Self::Csv, Self::Junit, Self::Json];
}

/// What went wrong, for the page to phrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabTrouble {
    /// Kind; the page has words and a next step for each.
    pub kind: LabTroubleKind,
    /// Details for the curious, in English.
    pub detail: String,
}

/// Kinds of trouble, each with its own next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabTroubleKind {
    /// The user stopped it.
    Cancelled,
    /// A file cannot be read any more.
    File,
    /// The campaign is refused.
    Campaign,
    /// The file has no case.
    NoCase,
    /// The file has more cases than fit in a browser.
    TooMany,
    /// The baseline is no report of these cases.
    Baseline,
    /// The model or the site's campaign could not be fetched.
    Download,
    /// What came is not the pinned model.
    Integrity,
    /// The model cannot be used by this build.
    Model,
    /// Anything else: a mistake in the program.
    Fault,
}

impl LabTrouble {
    /// A trouble with its details.
    pub fn new(kind: LabTroubleKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl From<Trouble> for LabTrouble {
    fn from(trouble: Trouble) -> Self {
        let kind = match trouble.kind {
            TroubleKind::Download => LabTroubleKind::Download,
            TroubleKind::Cancelled => LabTroubleKind::Cancelled,
            TroubleKind::Integrity => LabTroubleKind::Integrity,
            TroubleKind::Model | TroubleKind::Unsupported => LabTroubleKind::Model,
            TroubleKind::Campaign => LabTroubleKind::Campaign,
            TroubleKind::Utterance
            | TroubleKind::Deadline
            | TroubleKind::Parse
            | TroubleKind::Restarted
            | TroubleKind::GaveUp => LabTroubleKind::Fault,
        };
        Self { kind, detail: trouble.detail }
    }
}
