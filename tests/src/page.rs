//! The page as a shopper uses it, found by its `data-testid` attributes.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, ENTER, PATIENCE, Window},
    proxy::Proxy,
};

/// An answer that is complete; one that is waited for holds an element of the class `wait`.
pub const ANSWER: &str = "[data-testid=answer]:not(:has(.wait))";

/// The page in a browser of its own.
pub struct Page {
    /// The browser.
    pub browser: Browser,
}

/// One line of the cart, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// Item id.
    pub item: String,
    /// How many.
    pub quantity: u32,
    /// Sorted `group:modifier*n`, joined by commas.
    pub modifiers: String,
}

impl Page {
    /// Opens the page; its model may still be loading.
    #[must_use]
    pub fn open(url: &str, window: Window) -> Self {
        let browser = Browser::start(window);
        browser.open(url);
        let page = Self { browser };
        page.wait_input();
        page
    }

    /// Opens the page and waits until the model answers.
    #[must_use]
    pub fn open_ready(url: &str, window: Window) -> Self {
        let page = Self::open(url, window);
        page.wait_phase("ready");
        page
    }

    /// Opens the page behind a proxy that keeps the model from it, with a shopper who allows the remote agent.
    #[must_use]
    pub fn open_without_model(proxy: &Proxy) -> Self {
        proxy.block(".gguf");
        let browser = Browser::start(Window::default());
        Self::allow_agent(&browser);
        browser.open(&proxy.url());
        let page = Self { browser };
        page.wait_input();
        page.wait_phase("failed");
        page
    }

    /// Waits until something can be typed.
    #[track_caller]
    pub fn wait_input(&self) {
        self.browser.wait("document.querySelector('[data-testid=composer-input]')");
    }

    /// Waits for a phase of the model: `ready`, `failed` …
    #[track_caller]
    pub fn wait_phase(&self, phase: &str) {
        let condition = format!("document.querySelector('[data-testid=model-status][data-phase={phase}]')");
        self.browser.wait_for(&condition, PATIENCE * 2);
    }

    /// Types a sentence and sends it, without waiting for the answer.
    #[track_caller]
    pub fn send(&self, text: &str) {
        self.browser.click("[data-testid=composer-input]");
        self.browser.insert(text);
        self.browser.press(&ENTER.to_string());
    }

    /// Takes out what was typed and not sent.
    pub fn clear_input(&self) {
        let script = "const input = document.querySelector('[data-testid=composer-input]');
            input.value = '';
            input.dispatchEvent(new Event('input', { bubbles: true }));";
        self.browser.run(script, &[]);
    }

    /// Types a sentence, sends it, and waits until its answer is complete.
    #[track_caller]
    pub fn say(&self, text: &str) {
        let before = self.answers();
        self.send(text);
        self.browser.wait(&format!("document.querySelectorAll({ANSWER:?}).length > {before}"));
    }

    /// As [`Self::say`], without the driver's keys: gives the milliseconds from sending to the complete answer, taken in the
    /// page itself.
    ///
    /// # Panics
    /// When there is no answer after 20 seconds.
    #[track_caller]
    pub fn say_timed(&self, text: &str) -> f64 {
        let took = self.browser.run_async(crate::scripts::SAY, &[text.into(), ANSWER.into()]);
        took.as_f64().unwrap_or_else(|| panic!("no answer to {text:?}: {took}"))
    }

    /// The parser that gave the last answer: `local`, `remote`, `keyword`; `none` for what was not said.
    #[must_use]
    pub fn last_parser(&self) -> String {
        let script = "const answer = [...document.querySelectorAll('[data-testid=answer]')].at(-1);
            return answer?.querySelector('[data-testid=read-by]')?.dataset.parser
                ?? (answer?.querySelector('[data-testid=understood]') ? 'local' : 'none')";
        self.browser.run(script, &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Remembers, before the page is opened, that the remote agent may be asked.
    pub fn allow_agent(browser: &Browser) {
        browser.before_each_page("try { localStorage.setItem('oolong:consent', '\"given\"') } catch {}");
    }

    /// How many complete answers there are.
    #[must_use]
    pub fn answers(&self) -> u64 {
        let count = format!("return document.querySelectorAll({ANSWER:?}).length");
        self.browser.run(&count, &[]).as_u64().unwrap_or(0)
    }

    /// The text of the last answer.
    #[must_use]
    pub fn last_answer(&self) -> String {
        let script = "return [...document.querySelectorAll('[data-testid=answer]')].at(-1)?.innerText ?? ''";
        self.browser.run(script, &[]).as_str().unwrap_or_default().to_owned()
    }

    /// The cart's lines, in order.
    #[must_use]
    pub fn cart(&self) -> Vec<Line> {
        let script = "return [...document.querySelectorAll('[data-testid=cart] [data-testid=cart-line]')].map(line => ({
            item: line.dataset.item, quantity: Number(line.dataset.quantity), modifiers: line.dataset.modifiers ?? '' }))";
        serde_json::from_value(self.browser.run(script, &[])).expect("lines of the cart have item, quantity, modifiers")
    }

    /// The total, in minor units.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        let script = "const total = document.querySelector('[data-testid=cart-total]'); return total && Number(total.dataset.minor)";
        self.browser.run(script, &[]).as_u64()
    }

    /// Waits until the cart has these lines.
    #[track_caller]
    pub fn expect_cart(&self, expected: &[Line], after: &str) {
        let start = xtask::workspace::now();
        while self.cart() != expected {
            if start.elapsed() > Duration::from_secs(5) {
                let answer = self.last_answer();
                assert_eq!(self.cart(), expected, "the cart after {after:?}; the answer was:\n{answer}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The frames that the last answer was made from.
    #[must_use]
    pub fn last_frames(&self) -> Value {
        let script =
            "return [...document.querySelectorAll('[data-testid=understood-frame]')].at(-1)?.textContent ?? 'null'";
        let text = self.browser.run(script, &[]);
        serde_json::from_str(text.as_str().unwrap_or("null"))
            .unwrap_or_else(|error| json!({"unreadable": error.to_string()}))
    }

    /// Has the browser forget the model that was kept for the next visit.
    pub fn forget_model(&self) {
        let script = "const done = arguments[0];
            caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys()
                .then(keys => Promise.all(keys.filter(key => key.url.includes('.gguf')).map(key => cache.delete(key))))))))
                .then(() => done(true));";
        self.browser.run_async(script, &[]);
    }

    /// Errors that no code of the page has caught.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        serde_json::from_value(self.browser.run("return window.__probe.errors", &[])).unwrap_or_default()
    }

    /// Clicks the first element with this `data-testid`.
    #[track_caller]
    pub fn click(&self, id: &str) {
        self.browser.click(&format!("[data-testid={id}]"));
    }
}

/// `item ×quantity modifiers`, the way tests write a line of the cart.
#[must_use]
pub fn line(item: &str, quantity: u32, modifiers: &str) -> Line {
    Line { item: item.to_owned(), quantity, modifiers: modifiers.to_owned() }
}
