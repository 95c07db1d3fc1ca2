//! What is answered to a command, once it is durable.

use std::sync::Arc;

/// An answer for HTTP: the same bytes for every repetition of the same command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON; `application/problem+json` where the status is 400 or more.
    pub body: Arc<[u8]>,
    /// Whether this is the stored answer to an earlier command with the same key.
    pub replayed: bool,
}
