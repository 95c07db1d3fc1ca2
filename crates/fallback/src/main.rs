//! What the page falls back to when the model on the device cannot answer: names and rules, and the remote agent.
//!
//! A WebAssembly module of its own, so that the page's first picture does not wait for it. It runs beside the page, not in
//! a worker: it is what remains when workers die, and it needs no SIMD.
//! It speaks `oolong_protocol::{ToFallback, FromFallback}`: the page calls one function with a message and gets a promise
//! of the answer.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "there is no page to speak to"))]

mod call;
mod desk;
mod health;
mod reply;

fn main() {
    console_error_panic_hook::set_once();
    desk::open();
}
