//! The reference remote agent: OpenAI-compatible chat completions from the engine that the page runs, the page's files
//! beside them, and the shop: vouchers, stores and orders on a ledger.
//!
//! It is never hurt by its own clients: every kind of work is bounded in time and number, and who is over a bound is told
//! so at once, with 503 (or 429) and `Retry-After`.
//! The agent keeps nothing: no session, no cart, no sentence. The shop keeps what was claimed and ordered, under an id that
//! is a hash. Logs and metrics have no word that a shopper said, no code, no key and no token.

mod app;
mod clock;
mod completions;
mod config;
mod engines;
mod general;
mod local;
pub mod logs;
mod metrics;
mod queue;
mod rates;
mod refusal;
mod reply;
mod request;
mod routes;
mod serve;
mod server;
mod shop;
mod site;
mod sources;
mod stream;
mod tally;
mod task;
mod upstream;

pub use app::App;
pub use config::{Config, Key};
pub use engines::Build;
pub use refusal::{MAX_BODY, Refusal};
pub use routes::router;
pub use server::{Running, Server};
pub use shop::{Operation, ShopSettings, Till, operate};
pub use site::MapTiles;
pub use sources::one_thread_each;
pub use task::{Answer, Model, Task};
