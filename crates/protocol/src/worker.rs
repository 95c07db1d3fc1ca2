//! Page and worker: typed messages with request ids, carried as JSON text.

use oolong_intent::{Context, Parse};
use serde::{Deserialize, Serialize};

/// What the page asks of the worker. Every request is answered by messages with the same `id`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToWorker {
    /// Fetch (or take from the cache), verify and load the model; then be ready for this campaign.
    Load {
        /// Request id.
        id: u32,
        /// Where the model lies: an absolute URL.
        url: String,
        /// The campaign file's text.
        campaign: String,
    },
    /// Stop a download that is under way.
    CancelLoad {
        /// Id of the `Load` to stop.
        id: u32,
    },
    /// Use another campaign from now on.
    SetCampaign {
        /// Request id.
        id: u32,
        /// The campaign file's text.
        campaign: String,
    },
    /// Understand an utterance.
    Parse {
        /// Request id.
        id: u32,
        /// What was typed.
        text: String,
        /// What the agent knows.
        context: Context,
        /// Give up after this many milliseconds.
        deadline_ms: u32,
    },
}

/// What the worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromWorker {
    /// The worker's code runs and listens.
    Listening,
    /// Where a `Load` stands.
    Progress {
        /// Id of the `Load`.
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
    /// A `Load` or `SetCampaign` is done.
    Ready {
        /// Id of the request.
        id: u32,
        /// What was loaded.
        model: ModelInfo,
    },
    /// A `Parse` is done.
    Parsed {
        /// Id of the `Parse`.
        id: u32,
        /// What was understood.
        parse: Box<Parse>,
        /// WebAssembly memory in use, bytes.
        memory: u64,
    },
    /// A request failed; the worker still listens.
    Failed {
        /// Id of the request.
        id: u32,
        /// Why.
        trouble: Trouble,
    },
}

/// What a `Load` is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Bytes come over the network.
    Download,
    /// The hash is computed.
    Verify,
    /// Weights are being set up.
    Start,
}

/// A loaded model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// The file's own name for itself.
    pub name: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// Whether it came from the browser's cache.
    pub cached: bool,
    /// Whether the browser let us keep it for the next visit.
    pub kept: bool,
    /// From request to ready.
    pub load_ms: f64,
    /// WebAssembly memory in use, bytes.
    pub memory: u64,
    /// Confidence (0 to 1) below which an answer is asked about instead of acted upon.
    pub threshold: f32,
}

/// What went wrong, for the page to phrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Kind; the page has words and a next step for each.
    pub kind: TroubleKind,
    /// Details for the curious, in English.
    pub detail: String,
}

/// Kinds of trouble, each with its own next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The model could not be fetched (no network, or an error status).
    Download,
    /// The download was stopped by the shopper.
    Cancelled,
    /// What came is not the pinned file: truncated, changed, or a web page.
    Integrity,
    /// The pinned file cannot be used by this build.
    Model,
    /// The campaign is refused.
    Campaign,
    /// The text cannot be read (empty, too long).
    Utterance,
    /// Parsing took longer than its deadline.
    Deadline,
    /// Parsing failed.
    Parse,
    /// The worker died or hung and has been started anew.
    Restarted,
    /// The worker died again and is set aside.
    GaveUp,
    /// The browser cannot run the model at all.
    Unsupported,
}
