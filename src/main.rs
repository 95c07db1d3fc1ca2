//! The page: one conversation, one cart, in two languages.
//!
//! Nothing here understands or decides: understanding is the worker's work, deciding is `oolong-commerce`'s.
//! This crate loads a campaign, carries utterances and answers to and fro, and shows them.

mod address;
mod app;
mod campaign;
mod clock;
mod components;
mod examples;
mod language;
#[allow(dead_code, reason = "the counter uses the rest")]
mod listen;
mod mark;
mod parsers;
#[allow(dead_code, reason = "the counter uses the rest")]
mod seen;
mod session;
mod shop;
mod show;
mod size;
mod speech;
mod storage;
mod understanding;
mod updates;
mod words;
mod worth;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
