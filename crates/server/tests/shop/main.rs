//! The shop over real HTTP, on a real ledger in a file.

mod events;
mod input;
mod life;
mod metrics;
mod operator;
mod page;
mod partner;
mod stores;
mod support;
