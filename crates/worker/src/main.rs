//! The Web Worker around the engine: it fetches, keeps, verifies and runs the model, and answers the page.
//!
//! It speaks the messages of `oolong_protocol` as JSON text and nothing else.
//! It decides nothing about restarts: a trap ends it, and the page starts another one.

mod cache;
mod desk;
mod digest;
mod download;
mod load;
mod resume;
mod scope;

fn main() {
    console_error_panic_hook::set_once();
    desk::open();
}
