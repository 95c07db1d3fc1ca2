//! The built site in Chromium, used as a shopper uses it.
//!
//! `cargo xtask test --only site --only e2e` builds it and runs these.

mod access;
mod browsers;
mod campaigns;
mod deaths;
mod faults;
mod lab;
mod models;
mod network;
mod orders;
mod parity;
mod sentences;
mod shop;
mod smoothness;
mod versions;
mod views;

mod workers;
