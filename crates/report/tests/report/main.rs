//! Cases in, reports out: see the modules.

mod common;
mod reading;
mod reports;
