//! After the first visit, no network is needed.

use oolong_tests::{
    browser::Window,
    page::{Page, line},
    site::Site,
};

#[test]
fn the_second_visit_works_without_network() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    // Active means installed: everything it keeps is kept.
    page.browser.run_async("const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true))", &[]);
    drop(site);
    page.browser.reload();
    page.wait_input();
    page.wait_phase("ready");
    page.say("two lattes");
    page.expect_cart(&[line("latte", 2, "")], "an order without network");
}
