//! Browsers that lack something: the page works through the remote agent, or names and rules.

use oolong_tests::{
    agent::Agent,
    browser::{Browser, Window},
    page::{Page, line},
    proxy::Proxy,
    site::Site,
};

/// V8 without the processor's SSE4.1 (and SSSE3) has no WebAssembly SIMD, as old devices.
const NO_SIMD: &str =
    "--js-flags=--no-enable-sse4-1 --no-enable-ssse3 --no-enable-sse4-2 --no-enable-avx --no-enable-avx2";

fn open(browser: Browser, url: &str) -> Page {
    browser.open(url);
    let page = Page { browser };
    page.wait_input();
    page.wait_phase("failed");
    page
}

#[test]
fn without_simd_names_and_rules_take_orders() {
    let site = Site::start();
    let page = open(Browser::start_with(Window::default(), &[NO_SIMD]), &site.url());
    let workers = page.browser.run("return window.__probe.workers.length", &[]);
    assert_eq!(workers, 0, "no worker is started that could not run");
    let retry = page.browser.run("return !!document.querySelector('[data-testid=model-retry]')", &[]);
    assert_eq!(retry, false, "nobody is told to try again what cannot work");
    page.say("two large lattes");
    assert_eq!(page.last_parser(), "keyword");
    page.expect_cart(&[line("latte", 2, "size:large")], "an order without the model");
    page.say("来一杯珍珠奶茶");
    assert_eq!(page.cart().len(), 2, "the cart after a Chinese order: {}", page.last_answer());
    assert_eq!(page.errors(), Vec::<String>::new());
}

#[test]
fn without_simd_the_agent_takes_orders() {
    let agent = Agent::start(&[]);
    let browser = Browser::start_with(Window::default(), &[NO_SIMD]);
    Page::allow_agent(&browser);
    let page = open(browser, &agent.url());
    page.say("two large lattes");
    assert_eq!(page.last_parser(), "remote");
    page.expect_cart(&[line("latte", 2, "size:large")], "an order through the agent");
}

#[test]
fn with_storage_forbidden_and_the_model_blocked_it_still_works() {
    let agent = Agent::start(&[]);
    let proxy = Proxy::start(agent.address, 0);
    proxy.block(".gguf");
    let browser = Browser::start(Window::default());
    browser.before_each_page(
        "const refuse = () => { throw new DOMException('forbidden on purpose', 'SecurityError'); };
         for (const name of ['localStorage', 'sessionStorage', 'caches', 'indexedDB'])
             Object.defineProperty(window, name, { get: refuse });
         Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: refuse });",
    );
    let page = open(browser, &proxy.url());
    page.say("two lattes");
    assert_eq!(page.last_parser(), "keyword", "nothing is sent unasked");
    page.click("consent-yes");
    page.browser.wait("!document.querySelector('.wait')");
    page.say("add a mocha");
    assert_eq!(page.last_parser(), "remote");
    page.expect_cart(&[line("latte", 2, ""), line("mocha", 1, "")], "orders without storage");
    assert_eq!(page.errors(), Vec::<String>::new());
}
