//! A new build while an old page is open: announced, switched to cleanly, never mixed; and the kill switch.

use oolong_tests::{
    agent::Agent,
    browser::{Browser, Window},
    page::{Page, line},
    site::{Altered, Site},
};

/// Waits until the service worker has kept everything and looks after the page.
fn wait_kept(browser: &Browser) {
    browser.run_async("const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true))", &[]);
    browser.wait("navigator.serviceWorker.controller");
}

/// Publishes a build that differs in its page, as a deployment does: one file after the other.
fn publish(site: &Site) {
    let page = String::from_utf8(oolong_tests::site::read("index.html".as_ref())).expect("HTML is text");
    let page = page.replace("</head>", "<meta name=\"build\" content=\"newer\"></head>");
    site.alter("index.html", Altered::Bytes { extension: "html", bytes: page.into_bytes() });
    let script = String::from_utf8(oolong_tests::site::read("sw.js".as_ref())).expect("scripts are text");
    let at = script.find("const VERSION = \"").expect("a version") + "const VERSION = \"".len();
    let script = format!("{}newer-{}", &script[..at], &script[at..]);
    site.alter("sw.js", Altered::Bytes { extension: "js", bytes: script.into_bytes() });
}

fn is_newer(browser: &Browser) -> bool {
    browser.run("return !!document.querySelector('meta[name=build]')", &[]) == true
}

#[test]
fn a_new_build_is_announced_and_switched_to() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    wait_kept(&page.browser);
    page.say("one latte");
    publish(&site);
    page.browser.run("navigator.serviceWorker.getRegistration().then(found => found.update())", &[]);
    page.browser.wait("document.querySelector('[data-testid=update]')");
    // The old page goes on, also with what it loads only now, and a reload does not mix builds.
    page.say("add a mocha");
    let cart = [line("latte", 1, ""), line("mocha", 1, "")];
    page.expect_cart(&cart, "an order on the old page");
    page.browser.reload();
    page.wait_phase("ready");
    assert!(!is_newer(&page.browser), "a reload stays with the old build");
    page.browser.wait("document.querySelector('[data-testid=update]')");
    page.click("update-switch");
    page.browser.wait("document.querySelector('meta[name=build]')");
    page.wait_phase("ready");
    page.expect_cart(&cart, "the switch");
    assert_eq!(page.browser.run("return !!document.querySelector('[data-testid=update]')", &[]), false);
    page.say("two americanos");
    assert_eq!(page.cart().len(), 3, "an order on the new page: {}", page.last_answer());
    assert_eq!(page.errors(), Vec::<String>::new());
}

#[test]
fn a_build_that_cannot_be_fetched_whole_changes_nothing() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    wait_kept(&page.browser);
    publish(&site);
    site.alter("favicon.svg", Altered::Gone);
    let update = "const done = arguments[0];
        (async () => {
            const found = await navigator.serviceWorker.getRegistration();
            await found.update().catch(() => {});
            while (found.installing) await new Promise(after => setTimeout(after, 50));
            done(Boolean(found.waiting));
        })();";
    assert_eq!(page.browser.run_async(update, &[]), false, "half a build is no build");
    page.browser.reload();
    page.wait_phase("ready");
    assert!(!is_newer(&page.browser));
    drop(site);
    page.browser.reload();
    page.wait_phase("ready");
    page.say("one latte");
    page.expect_cart(&[line("latte", 1, "")], "an order without network");
}

#[test]
fn the_server_can_switch_it_all_off() {
    let agent = Agent::start(&[]);
    let port = agent.address.port();
    let page = Page::open_ready(&agent.url(), Window::default());
    wait_kept(&page.browser);
    drop(agent);
    let _agent = Agent::start_at(port, &["--no-service-worker"]);
    page.browser.reload();
    page.wait_input();
    let gone = "const done = arguments[0];
        const look = async () => {
            const kept = (await caches.keys()).filter(name => name.startsWith('oolong-page'));
            const workers = await navigator.serviceWorker.getRegistrations();
            if (kept.length === 0 && workers.length === 0) done(true); else setTimeout(look, 100);
        };
        look();";
    assert_eq!(page.browser.run_async(gone, &[]), true);
    page.browser.reload();
    page.wait_phase("ready");
    page.say("one latte");
    page.expect_cart(&[line("latte", 1, "")], "an order without service worker");
}
