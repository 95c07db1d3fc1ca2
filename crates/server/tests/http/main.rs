//! The server over real HTTP.

mod api;
mod files;
mod general;
mod limits;
mod support;
mod upstream;
