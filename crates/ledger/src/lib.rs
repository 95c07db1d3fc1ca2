//! Vouchers, orders and capacity as a ledger: never overdrawn, never forgetting, on SQLite or PostgreSQL.
//!
//! Every change is a [`Command`]. Commands that wait together are one unit of work: the rows that they touch are loaded,
//! the rules (`rules`, pure code) decide one command after another on these rows, what changed is stored together with
//! the events and the replies, and only after the commit is anybody answered. The databases only load and store; no rule
//! is in SQL. A history of events that nothing alters or deletes is kept beside the rows, and `audit` compares the two.

mod ahead;
mod audit;
mod backend;
mod clock;
mod codes;
mod command;
mod error;
mod keys;
mod ledger;
mod page;
mod postgres;
mod pricing;
mod reply;
mod rows;
mod rules;
mod settings;
mod sqlite;
mod writer;

pub use audit::Audit;
#[doc(hidden)]
pub use backend::{Clock, Tuning};
pub use command::{Act, Actor, Candidate, Command, Idempotency, StoreFacts};
pub use error::LedgerError;
pub use ledger::Ledger;
pub use reply::Reply;
pub use rows::{OutboxRow, OutboxState, VoucherRow, grant_id};
pub use settings::{Place, Settings, Sign};
