//! What the state machine is told, and what it says should be done.

use oolong_intent::Context;
use oolong_protocol::{FromWorker, ToWorker, Trouble};

use super::{Phase, Understood};

/// What can happen.
#[derive(Debug)]
pub(super) enum Event {
    /// The shopper (or the page) wants the model.
    Start { url: String, campaign: String },
    /// The shopper wants the download to stop.
    Cancel,
    /// Something is to be understood.
    Parse { ticket: u32, text: String, context: Context },
    /// Nobody waits for the answer to this any more.
    Forget { ticket: u32 },
    /// The browser cannot run the model.
    Unsupported,
    /// The worker said something.
    Heard(FromWorker),
    /// The worker broke down.
    Died(String),
    /// An alarm went off.
    Alarm(u32),
}

/// What should be done.
#[derive(Debug)]
pub(super) enum Effect {
    /// Start a worker; there is none.
    Spawn,
    /// End the worker.
    Terminate,
    /// Tell the worker.
    Send(ToWorker),
    /// Come back with `Event::Alarm(id)`. Alarms need not be called off: stale ones are ignored.
    Wake { id: u32, after_ms: u32 },
    /// Tell the page.
    Show(Phase),
    /// Answer a parse.
    Answer { ticket: u32, outcome: Result<Understood, Trouble> },
}
