//! The counter: wallet, stores, orders and the till, for sites with a shop server.
//!
//! A program of its own, loaded by the page when it is needed (`oolongLoad('oolong-counter')`), so that the page's first
//! picture does not wait for it. The page gives it elements to fill with cards ([`bridge`]); everything the cards share
//! lies on one [`desk`]. Nothing here understands sentences or decides about prices: that is the page's and the server's.

#![allow(unreachable_pub, reason = "the component macro writes `pub` where it is told `pub(crate)`")]

#[path = "../address.rs"]
#[allow(dead_code, reason = "the page uses the rest")]
mod address;
mod api;
mod bridge;
#[path = "../campaign.rs"]
#[allow(dead_code, reason = "the page uses the rest")]
mod campaign;
mod card;
#[path = "../clock.rs"]
#[allow(dead_code, reason = "the page uses the rest")]
mod clock;
mod desk;
mod failure;
mod identity;
#[path = "../language.rs"]
mod language;
#[path = "../listen.rs"]
mod listen;
mod orders;
mod outbox;
#[path = "../seen.rs"]
#[allow(dead_code, reason = "the page uses the rest")]
mod seen;
#[path = "../show.rs"]
#[allow(dead_code, reason = "the page uses the rest")]
mod show;
#[path = "../storage.rs"]
mod storage;
mod stores;
mod till;
mod wallet;
mod words;
#[path = "../worth.rs"]
#[allow(dead_code, reason = "the page uses the rest")]
mod worth;

fn main() {
    console_error_panic_hook::set_once();
    bridge::open();
}
