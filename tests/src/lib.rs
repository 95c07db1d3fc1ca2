//! The harness of the end-to-end tests and measurements: a browser, the site in altered states, and the page's parts.
//!
//! Failures panic with a sentence that says what was expected: everything here runs inside tests and `xtask bench`.

pub mod agent;
pub mod browser;
pub mod cases;
pub mod http;
pub mod page;
pub mod proxy;
pub mod shop;
pub mod site;
pub mod worker;

/// Scripts that run in the browser.
pub mod scripts {
    /// Runs before the page's own code: keeps workers and long tasks where a test finds them.
    pub const PROBE: &str = include_str!("scripts/probe.js");
    /// Says a sentence and times the answer.
    pub const SAY: &str = include_str!("scripts/say.js");
    /// Searches stores and times it.
    pub const STORES: &str = include_str!("scripts/stores.js");
    /// Gives a function that asks a worker of our own for parses.
    pub const WORKER: &str = include_str!("scripts/worker.js");
}
