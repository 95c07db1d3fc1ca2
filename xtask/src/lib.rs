//! What `cargo xtask` is made of, for its own commands and for the end-to-end tests.
//!
//! Nothing here is part of the product: it builds, serves, measures and checks it.
//! It has few dependencies and no async, because everybody compiles it before anything else.

pub mod architecture;
pub mod arrows;
pub mod chromium;
pub mod interop;
pub mod model;
pub mod modules;
pub mod postgres;
pub mod process;
pub mod serve;
pub mod site;
pub mod sizes;
pub mod tools;
pub mod workspace;
