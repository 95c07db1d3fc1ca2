//! Workers that die and storage that refuses.

use std::path::Path;

use oolong_tests::{
    browser::{Browser, Window},
    page::{ANSWER, Page, line},
    site::{self, Altered, Site},
};
use xtask::workspace;

#[test]
fn a_killed_worker_is_started_again() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.say("one latte");
    page.expect_cart(&[line("latte", 1, "")], "an order");
    page.browser.run("window.__probe.workers.at(-1).terminate()", &[]);
    page.say("add a mocha");
    page.expect_cart(&[line("latte", 1, ""), line("mocha", 1, "")], "an order after the worker died");
    // The shopper did not wait for the restart; the next sentence is the model's again.
    page.browser.wait("window.__probe.workers.length === 2");
    page.wait_phase("ready");
    page.say("add an americano");
    assert_eq!(page.last_parser(), "local");
    assert_eq!(page.errors(), Vec::<String>::new());
}

#[test]
fn a_worker_that_never_comes_up_leaves_a_usable_page() {
    let site = Site::start();
    for file in worker_scripts() {
        site.alter(&file, Altered::Bytes { extension: "js", bytes: b"throw new Error('broken on purpose');".to_vec() });
    }
    let page = Page::open(&site.url(), Window::default());
    page.wait_phase("set-aside");
    page.send("one latte");
    page.browser.wait(&format!("document.querySelector({ANSWER:?})"));
}

#[test]
fn storage_that_is_forbidden_is_no_obstacle() {
    let site = Site::start();
    let refuse = "
        const refuse = () => Promise.reject(new DOMException('forbidden on purpose', 'SecurityError'));
        if (self.CacheStorage) for (const name of ['open', 'match', 'has', 'keys', 'delete']) CacheStorage.prototype[name] = refuse;
        if (self.Storage) for (const name of ['getItem', 'setItem', 'removeItem'])
            Storage.prototype[name] = () => { throw new DOMException('full on purpose', 'QuotaExceededError'); };
    ";
    for file in worker_scripts() {
        let script = String::from_utf8(site::read(Path::new(&file))).expect("scripts are text");
        site.alter(&file, Altered::Bytes { extension: "js", bytes: format!("{refuse}\n{script}").into_bytes() });
    }
    let browser = Browser::start(Window::default());
    browser.before_each_page(refuse);
    browser.open(&site.url());
    let page = Page { browser };
    page.wait_phase("ready");
    page.say("one latte");
    page.expect_cart(&[line("latte", 1, "")], "an order without storage");
    assert_eq!(page.errors(), Vec::<String>::new());
}

/// The scripts that the worker begins with.
fn worker_scripts() -> Vec<String> {
    let files = xtask::site::files(&workspace::dist()).expect("the site is built");
    let scripts: Vec<String> =
        files.into_iter().filter(|file| file.contains("worker") && file.ends_with(".js")).collect();
    assert!(!scripts.is_empty(), "expected a script of the worker in the site");
    scripts
}
