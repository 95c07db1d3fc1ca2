//! After the first visit, no network is needed.

use oolong_tests::{
    browser::Window,
    page::{Page, line},
    site::{Altered, Site},
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

#[test]
fn a_new_build_replaces_the_old_one() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.browser.run_async("const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true))", &[]);
    let old = String::from_utf8(oolong_tests::site::read("index.html".as_ref())).expect("HTML is text");
    let new = old.replace("</head>", "<meta name=\"build\" content=\"newer\"></head>");
    site.alter("index.html", Altered::Bytes { extension: "html", bytes: new.into_bytes() });
    let script = String::from_utf8(oolong_tests::site::read("sw.js".as_ref())).expect("scripts are text");
    site.alter("sw.js", Altered::Bytes { extension: "js", bytes: format!("{script}\n// newer\n").into_bytes() });
    // The first reload may still show the old page while it fetches the new one.
    for _ in 0..3 {
        page.browser.reload();
        page.wait_phase("ready");
        if page.browser.run("return !!document.querySelector('meta[name=build]')", &[]) == true {
            return;
        }
    }
    panic!("expected the new build after three visits, found the old one");
}
