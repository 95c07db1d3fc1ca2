//! Page and fallback module: typed messages with request ids, carried as JSON text.

use oolong_intent::{Context, Parse};
use serde::{Deserialize, Serialize};

/// What the page asks of the fallback module. Each request is answered once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToFallback {
    /// Serve this campaign from now on.
    Campaign {
        /// The campaign file's text.
        campaign: String,
    },
    /// Understand an utterance by names and rules.
    Keyword {
        /// What was typed.
        text: String,
        /// What the agent knows.
        context: Context,
    },
    /// Whether the remote agent may be asked now, as far as its health goes.
    Health,
    /// Have the remote agent understand an utterance.
    Remote {
        /// What was typed.
        text: String,
        /// What the agent knows.
        context: Context,
        /// Where the agent is: an absolute URL.
        url: String,
        /// Give up after this many milliseconds.
        within_ms: f64,
    },
    /// Give up the call that is under way.
    Abandon,
}

/// What the fallback module answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromFallback {
    /// Done; there is nothing to say.
    Done,
    /// What was understood.
    Parsed {
        /// Frames and how they came about.
        parse: Box<Parse>,
        /// Calls that it took: 0 where nobody was called.
        calls: u32,
    },
    /// The remote agent's health.
    Health {
        /// Whether it is left alone for now.
        resting: bool,
    },
    /// Nothing was understood.
    Failed {
        /// Why.
        why: FallbackTrouble,
        /// Calls that were made all the same.
        calls: u32,
        /// Details for the curious, in English.
        detail: String,
    },
}

/// Why the fallback module has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FallbackTrouble {
    /// The text cannot be read, or the campaign is refused.
    Unfit,
    /// The agent is left alone for now.
    Resting,
    /// The call was given up.
    Abandoned,
    /// No connection, or one that broke.
    Connection,
    /// No complete reply in time.
    Deadline,
    /// An error status.
    Status(u16),
    /// A reply that is none of the protocol.
    Garbled,
    /// A sound reply whose content is of no use.
    Useless,
}
