//! The Web Workers around the engine: they fetch, keep, verify and run the model, and answer their page.
//!
//! There are two, so that a shopper does not download what only testers need: `oolong-worker` understands utterances,
//! `oolong-lab` runs files of test cases.
//! They speak the messages of `oolong_protocol` and nothing else.
//! They decide nothing about restarts: a trap ends a worker, and its page starts another one.

mod cache;
mod desk;
mod digest;
mod download;
mod lab;
mod load;
mod resume;
mod scope;

/// Serves the shop's page from now on.
pub fn serve_shop() {
    console_error_panic_hook::set_once();
    desk::open();
}

/// Serves the lab's page from now on.
pub fn serve_lab() {
    console_error_panic_hook::set_once();
    lab::open();
}
