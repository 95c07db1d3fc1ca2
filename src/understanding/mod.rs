//! The page's side of understanding: a handle to the worker that downloads and runs the model.
//!
//! [`state`] decides what happens on which event, [`plumbing`] moves messages, workers and timers.
//! Nothing of the engine is linked into the page.

mod events;
mod plumbing;
mod simd;
mod state;

use std::rc::Rc;

use oolong_intent::{Context, Parse};
use oolong_protocol::{ModelInfo, Trouble};

use crate::address;
use events::Event;
use plumbing::Plumbing;

/// What the local model made of an utterance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Understood {
    /// The frames and how they came about.
    pub(crate) parse: Parse,
    /// From asking the worker to its answer, a restart in between included, in milliseconds.
    pub(crate) wall_ms: f64,
    /// The worker's WebAssembly memory, in bytes.
    pub(crate) memory: u64,
}

/// Where the model stands, for the page to show.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// Nothing was asked for yet.
    Idle,
    /// Bytes come over the network.
    Downloading {
        /// Bytes there so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// Speed since the download began.
        bytes_per_second: f64,
    },
    /// The file's hash is computed.
    Verifying,
    /// The worker or the engine is being set up.
    Starting,
    /// The model understands.
    Ready(ModelInfo),
    /// The download was stopped; `start` goes on from there.
    Cancelled,
    /// There is no model; `start` tries again.
    Failed(Trouble),
    /// The worker died and is being started anew; what was asked will be answered.
    Restarting(Trouble),
    /// The worker died twice; `start` gives it another chance.
    SetAside(Trouble),
}

/// A handle to the worker; clones speak to the same one.
#[derive(Clone)]
pub(crate) struct Understanding(Rc<Plumbing>);

impl Understanding {
    /// A handle that reports every change of phase. No worker is started yet.
    pub(crate) fn new(on_phase: impl Fn(Phase) + 'static) -> Self {
        Self(Plumbing::new(on_phase))
    }

    /// Starts the worker if there is none, loads the model if it is not loaded, and serves this campaign from now on.
    ///
    /// It is also "try again" and "go on" after a cancelled or failed download.
    pub(crate) fn start(&self, campaign: String) {
        if !simd::is_supported() {
            return self.0.happen(Event::Unsupported);
        }
        self.0.happen(Event::Start { url: address::model(), campaign });
    }

    /// Stops a download that is under way.
    pub(crate) fn cancel(&self) {
        self.0.happen(Event::Cancel);
    }

    /// Understands an utterance: waits until the model is ready, and survives one restart of the worker.
    ///
    /// # Errors
    /// [`Trouble`] at once where there is no model and none is coming, else when loading or parsing fails;
    /// [`TroubleKind::Deadline`](oolong_protocol::TroubleKind::Deadline) after `within_ms`.
    pub(crate) async fn parse(&self, text: String, context: Context, within_ms: f64) -> Result<Understood, Trouble> {
        self.0.parse(text, context, within_ms).await
    }
}
