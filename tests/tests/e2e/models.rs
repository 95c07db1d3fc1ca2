//! Model files that are not the pinned one: a clear message, a usable page, and the cart as it was.

use std::path::Path;

use oolong_tests::{
    browser::Window,
    page::{Page, line},
    site::{self, Altered, Site, model_path},
};

/// Orders something, then comes back to a site whose model is altered.
#[track_caller]
fn check(altered: Altered) {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.say("one latte");
    let cart = [line("latte", 1, "")];
    page.expect_cart(&cart, "an order");
    site.alter(&model_path(), altered);
    page.forget_model();
    page.browser.reload();
    page.wait_phase("failed");
    page.expect_cart(&cart, "a visit without model");
    let banner = page.browser.run("return document.querySelector('[data-testid=banner]')?.innerText", &[]);
    assert!(banner.as_str().is_some_and(|text| text.len() > 20), "a sentence says what is wrong, found {banner}");
    page.click("stepper-plus");
    page.expect_cart(&[line("latte", 2, "")], "a click without model");

    site.restore(&model_path());
    page.click("model-retry");
    page.wait_phase("ready");
    page.say("add a mocha");
    page.expect_cart(&[line("latte", 2, ""), line("mocha", 1, "")], "a second try");
    assert_eq!(page.errors(), Vec::<String>::new());
}

fn model() -> Vec<u8> {
    site::read(Path::new(&model_path()))
}

#[test]
fn a_truncated_model() {
    let mut bytes = model();
    bytes.truncate(bytes.len() / 2);
    check(Altered::Bytes { extension: "gguf", bytes });
}

#[test]
fn one_flipped_byte() {
    let mut bytes = model();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    check(Altered::Bytes { extension: "gguf", bytes });
}

#[test]
fn a_web_page_instead_of_a_model() {
    check(Altered::Bytes { extension: "html", bytes: b"<!doctype html><h1>Service unavailable</h1>".to_vec() });
}

#[test]
fn no_model_at_all() {
    check(Altered::Gone);
}

#[test]
fn a_connection_that_keeps_breaking() {
    check(Altered::Cut { after: 0 });
}

#[test]
fn a_broken_download_is_resumed() {
    let site = Site::start();
    // Each request ends after three megabytes; the worker asks for the rest.
    site.alter(&model_path(), Altered::Cut { after: 3_000_000 });
    let page = Page::open_ready(&site.url(), Window::default());
    page.say("one latte");
    page.expect_cart(&[line("latte", 1, "")], "an order");
}

#[test]
fn a_download_can_be_stopped_and_taken_up_again() {
    let site = Site::start();
    site.alter(&model_path(), Altered::Slow { bytes_per_second: 500_000 });
    let page = Page::open(&site.url(), Window::default());
    page.click("model-cancel");
    page.wait_phase("cancelled");
    site.restore(&model_path());
    page.click("model-retry");
    page.wait_phase("ready");
}
