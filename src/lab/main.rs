//! The lab: a page beside the shop where a marketing team tests how well a campaign is understood.
//!
//! Cases and campaign are read, run and judged in a worker of their own (`oolong-lab`); nothing leaves the device.
//! [`machine`] decides what happens when, [`plumbing`] moves messages and files, the rest shows.
//! It is a program of its own, so that a shopper's page does not carry it; what both pages need lies one folder up.

#[path = "../address.rs"]
mod address;
mod figures;
mod files;
mod form;
#[path = "../language.rs"]
mod language;
mod machine;
#[path = "../mark.rs"]
mod mark;
mod mistakes;
mod page;
mod plumbing;
mod progress;
mod result;
mod session;
#[path = "../size.rs"]
mod size;
mod stand;
#[path = "../storage.rs"]
mod storage;
mod table;
mod words;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(page::Lab);
}
