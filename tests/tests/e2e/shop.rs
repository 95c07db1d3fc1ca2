//! Vouchers, stores and orders as a shopper and a shop's people meet them: the page, the till, a real server and ledger.

use std::time::Duration;

use oolong_tests::{
    agent::{Agent, program},
    browser::{Browser, Window},
    page::Page,
    proxy::Proxy,
    shop::{Api, Database, Shop, shopper},
};
use serde_json::{Value, json};

use crate::views::picture;

/// What a shopper says in one language.
struct Script {
    language: &'static str,
    find: &'static str,
    order: &'static str,
}

const SCRIPTS: [Script; 2] = [
    Script {
        language: "en-US",
        find: "which vouchers can I get?",
        order: "two pearl milk teas from Nayuki, pick up at People's Square",
    },
    Script {
        language: "zh-CN", find: "有什么优惠券", order: "奈雪的茶两杯珍珠奶茶，人民广场自取"
    },
];

#[test]
fn from_voucher_to_redemption_in_both_languages() {
    let shop = shop();
    let server = shop.serve();
    let api = Api::new(server.address);
    let stores = stores_near(&api, "People's Square", "nayuki");
    let full = Store::of(&shop, &stores[0]);
    stores.iter().for_each(|id| Store::of(&shop, id).says(&api, &json!({"state": "open"})));
    full.fill(&api);
    for script in SCRIPTS {
        let window = Window { language: script.language, ..Window::default() };
        let page = Page::open_ready(&server.url(), window);
        page.say(script.find);
        claim(&page, "free-milk-tea");
        picture(&page, "vouchers", window);

        page.say(script.order);
        page.click("checkout");
        page.click("place-order");
        let state = |state: &str| page.browser.wait(&order_is(state));
        state("offered");
        picture(&page, "offer", window);
        page.click("offer-store");
        state("reserved");
        page.browser.wait("document.querySelector('[data-testid=saving]')");
        picture(&page, "reserved", window);
        page.click("confirm-order");
        state("sent");
        let number = text(&page.browser, "pickup-number");
        picture(&page, "sent", window);

        // The shop's own side, in a browser of its own.
        let chosen = api.get(&format!("/v1/orders/{}", last_order(&api, &page)), &code(&page)).1;
        let store = Store::of(&shop, chosen["store"].as_str().expect("the order's store"));
        assert_ne!(store.id, full.id, "expected the alternative, not the full store");
        let till = store.till(&server, window);
        till.wait(&format!(
            "[...document.querySelectorAll('[data-testid=queue-number]')].some(text => text.textContent.includes({number:?}))"
        ));
        till.click("[data-testid=order-ready]");
        state("ready");
        picture(&page, "ready", window);
        let token = attribute(&page.browser, "[data-testid=voucher-qr]", "token");

        redeem(&till, &token);
        let outcome = "document.querySelector('[data-testid=redeem-result]')?.dataset";
        till.wait(&format!("{outcome}?.state === 'redeemed'"));
        picture_of(&till, "till-redeemed", window);
        till.click("[data-testid=redeem-next]");
        redeem(&till, &token);
        till.wait(&format!("{outcome}?.code === 'voucher_redeemed'"));
        picture_of(&till, "till-again", window);
        assert_eq!(page.errors(), Vec::<String>::new());
    }
    drop(server);
    let (code, report) = shop.operate(&["audit"]);
    assert_eq!(code, 0, "{report}");
}

/// A claim made without network waits in the browser; the tab is closed, the browser starts again, the network is back:
/// exactly one grant.
#[test]
fn a_claim_made_offline_is_sent_exactly_once() {
    let shop = shop();
    let server = shop.serve();
    let api = Api::new(server.address);
    let profile = shop.folder().join("profile");
    let flags = [format!("--user-data-dir={}", profile.display())];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let runs = std::env::var("OOLONG_OFFLINE_CLAIMS").ok().and_then(|count| count.parse().ok()).unwrap_or(3);
    // The network is a proxy, so that the page's address stays when it is gone.
    let mut network = Proxy::start(server.address, 0);
    let (port, url) = (network.port(), network.url());
    let mut made = Vec::new();
    for run in 0..runs {
        let page = Page { browser: Browser::start_with(Window::default(), &flags) };
        page.browser.open(&url);
        page.wait_input();
        page.browser.run_async("const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true))", &[]);
        // Another shopper each time, so that the limit of one shopper is no excuse.
        page.browser.run("for (const key of Object.keys(localStorage)) localStorage.removeItem(key)", &[]);
        page.browser.reload();
        page.click("open-wallet");
        let claim = "[data-testid=claimable][data-voucher=coffee-9-9]";
        page.browser.wait(&format!("document.querySelector('{claim} [data-testid=claim]')"));
        drop(network);
        page.browser.click(&format!("{claim} [data-testid=claim]"));
        page.browser.wait(&format!("document.querySelector('{claim} [data-testid=claim-news]')?.textContent"));
        page.browser.wait("localStorage.getItem('oolong:waiting') === '1'");
        let bearer = code(&page);
        if run % 2 == 0 {
            // The tab is closed; in the other runs the whole browser goes at once.
            page.browser.open("about:blank");
        }
        drop(page);
        assert_eq!(grants(&api, &bearer), 0, "run {run}: nothing can have been sent");

        network = Proxy::start(server.address, port);
        let page = Page { browser: Browser::start_with(Window::default(), &flags) };
        page.browser.open(&url);
        page.wait_input();
        let start = xtask::workspace::now();
        while grants(&api, &bearer) == 0 && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(100));
        }
        // What would be sent twice comes soon after.
        page.browser.run("dispatchEvent(new Event('online'))", &[]);
        std::thread::sleep(Duration::from_millis(400));
        assert_eq!(grants(&api, &bearer), 1, "run {run}: expected exactly one grant");
        made.push(bearer);
    }
    made.sort();
    made.dedup();
    assert_eq!(made.len(), runs, "expected a shopper of its own for each run");
}

/// Who comes for the first time downloads the counter when a panel needs it, and not before.
#[test]
fn a_first_visit_does_without_the_counter() {
    let shop = shop();
    let server = shop.serve();
    let page = Page::open_ready(&server.url(), Window::default());
    page.say(SCRIPTS[0].order);
    // Later than returning shoppers get it.
    std::thread::sleep(Duration::from_millis(3_500));
    let downloads = "performance.getEntriesByType('resource').map(entry => entry.name).filter(name => name.includes('oolong-counter'))";
    assert_eq!(page.browser.run(&format!("return {downloads}"), &[]), json!([]));
    page.click("open-wallet");
    page.browser.wait("document.querySelector('[data-testid=wallet]')");
    page.browser.wait(&format!("{downloads}.length"));
    assert_eq!(page.errors(), Vec::<String>::new());
}

/// What is in the wallet counts from the first sentence of the next visit on, even where the counter does not come.
#[test]
fn a_voucher_counts_at_the_next_visit() {
    let shop = shop();
    let server = shop.serve();
    let api = Api::new(server.address);
    let page = Page::open_ready(&server.url(), Window::default());
    page.click("open-wallet");
    page.browser.click("[data-testid=claimable][data-voucher=eight-off-thirty] [data-testid=claim]");
    page.browser.wait("document.querySelector('[data-testid=grant][data-voucher=eight-off-thirty]')");

    let block = |urls: Value| {
        page.browser.devtools("Network.enable", &json!({}));
        page.browser.devtools("Network.setBlockedURLs", &json!({"urls": urls}));
    };
    block(json!(["*oolong-counter*"]));
    page.browser.reload();
    page.wait_phase("ready");
    page.say(SCRIPTS[0].order);
    let before = page.total().expect("a total");
    page.say("use my best voucher");
    // The one that is held, not a better one that would have to be claimed first.
    assert_eq!(page.total(), Some(before - 800), "{}", page.last_answer());
    let counter = "typeof globalThis.oolongCounter === 'function'";
    assert_eq!(page.browser.run(&format!("return {counter}"), &[]), json!(false), "expected it to be blocked");

    // It is fetched unasked, because there is a wallet to look after.
    block(json!([]));
    page.browser.run("dispatchEvent(new Event('online'))", &[]);
    page.browser.wait(counter);
    assert_eq!(grants(&api, &code(&page)), 1);
}

#[test]
fn panels_and_till_fit_their_window() {
    let shop = shop();
    let server = shop.serve();
    let api = Api::new(server.address);
    for (width, height, language, dark) in
        [(1280, 900, "en-US", false), (390, 844, "zh-CN", true), (390, 844, "en-US", false), (1280, 900, "zh-CN", true)]
    {
        let window = Window { width, height, dark, language };
        let page = Page::open_ready(&server.url(), window);
        page.click("open-wallet");
        page.browser.wait("document.querySelector('[data-testid=wallet]')");
        picture(&page, "wallet-empty", window);
        page.browser.click("[data-testid=claimable][data-voucher=free-milk-tea] [data-testid=claim]");
        page.browser.wait("document.querySelector('[data-testid=grant][data-voucher=free-milk-tea]')");
        picture(&page, "wallet", window);
        page.browser.click("[data-testid=grant] [data-testid=qr]");
        page.browser.wait("document.querySelector('[data-testid=qr-large] svg, svg[data-testid=qr-large]')");
        picture(&page, "qr", window);
        page.click("qr-close");
        page.click("panel-close");

        page.click("open-stores");
        page.browser.wait("document.querySelector('[data-testid=place-input]')");
        page.browser.click("[data-testid=stores] [data-testid=place-input]");
        page.browser.insert(if language == "en-US" { "People's Square" } else { "人民广场" });
        page.browser.wait("document.querySelector('[data-testid=place-option]')");
        page.browser.click("[data-testid=place-option]");
        page.browser.wait("document.querySelector('[data-testid=store-row]')");
        std::thread::sleep(Duration::from_millis(800));
        picture(&page, "stores", window);
        let painted = page
            .browser
            .run("return performance.getEntriesByName('oolong-map-first-paint').map(entry => entry.duration)", &[]);
        println!("map, first paint after the data was there: {painted} ms");
        page.click("panel-close");
        page.click("open-orders");
        page.browser.wait("document.querySelector('[data-testid=orders-empty], [data-testid=order-card]')");
        picture(&page, "orders", window);
        assert_eq!(page.errors(), Vec::<String>::new());

        let store = stores_near(&api, "People's Square", "nayuki").swap_remove(0);
        let till = Store::of(&shop, &store).till(&server, window);
        picture_of(&till, "till", window);
    }
}

/// A store and the key to its till.
struct Store {
    id: String,
    key: String,
}

impl Store {
    fn of(shop: &Shop, id: &str) -> Self {
        let (code, text) = shop.operate(&["store-key", id]);
        assert_eq!(code, 0, "{text}");
        Self { id: id.to_owned(), key: text.split_whitespace().last().expect("a key").to_owned() }
    }

    fn says(&self, api: &Api, state: &Value) {
        let (status, reply) = api.send(&format!("/v1/stores/{}/state", self.id), &self.key, state);
        assert_eq!(status, 200, "{reply}");
    }

    /// Other shoppers order until there is no slot for the next quarter of an hour.
    fn fill(&self, api: &Api) {
        self.says(api, &json!({"state": "open", "orders_per_minute": 1}));
        let item = json!([{"item": "pearl-milk-tea", "quantity": 1}]);
        let mut ready_at = Value::Null;
        for number in 0..60 {
            let bearer = shopper(900_000 + number);
            let mut body = json!({"store": self.id, "goods": item, "fulfilment": "pickup", "vouchers": "none"});
            if !ready_at.is_null() {
                body["ready_at"] = ready_at.clone();
            }
            let (status, reply) = api.send("/v1/orders", &bearer, &body);
            match status {
                201 => {
                    let order = reply["id"].as_str().expect("the order's id");
                    assert_eq!(api.send(&format!("/v1/orders/{order}/confirm"), &bearer, &json!({})).0, 200);
                }
                200 if number > 15 => return,
                200 => ready_at = reply["later"]["ready_at"].clone(),
                _ => panic!("{status} {reply}"),
            }
        }
        panic!("expected the store to be full after sixty orders");
    }

    /// Its till, in a browser of its own, signed in.
    fn till(&self, server: &Agent, window: Window) -> Browser {
        let till = Browser::start(window);
        till.open(&format!("{}till", server.url()));
        till.click("[data-testid=till-store]");
        till.insert(&self.id);
        till.click("[data-testid=till-key]");
        till.insert(&self.key);
        till.click("[data-testid=till-open]");
        till.wait("document.querySelector('[data-testid=till-token]')");
        till
    }
}

fn shop() -> Shop {
    let mut shop = Shop::new(program(), Database::Sqlite, |campaign| {
        for voucher in campaign["vouchers"].as_array_mut().into_iter().flatten() {
            voucher["valid_until"] = json!("2099-12-31T23:59:59+08:00");
        }
    });
    shop.flags.extend(["--till", "none"].map(str::to_owned));
    shop
}

/// Ids of the stores of a brand near a place, nearest first.
fn stores_near(api: &Api, place: &str, brand: &str) -> Vec<String> {
    let place = place.replace(' ', "%20").replace('\'', "%27");
    let (_, places) = api.get(&format!("/v1/places?q={place}"), "");
    let (lat, lon) = (&places["places"][0]["lat"], &places["places"][0]["lon"]);
    let (_, list) = api.get(&format!("/v1/stores?near={lat},{lon}&brand={brand}&fulfilment=pickup&limit=8"), "");
    let stores = list["stores"].as_array().expect("a list of stores").iter();
    let ids: Vec<String> = stores.filter_map(|store| store["id"].as_str().map(str::to_owned)).collect();
    assert!(ids.len() >= 4, "expected several stores near {place}, found {list}");
    ids
}

fn claim(page: &Page, voucher: &str) {
    let row = format!("[data-testid=claimable][data-voucher={voucher}]");
    page.browser.click(&format!("{row} [data-testid=claim]"));
    page.browser.wait(&format!("document.querySelector('{row} [data-testid=use-voucher]:not([disabled])')"));
}

fn redeem(till: &Browser, token: &str) {
    till.click("[data-testid=till-token]");
    till.insert(token);
    till.click("[data-testid=redeem]");
}

/// Whether the last order of the conversation is in this state.
fn order_is(state: &str) -> String {
    format!("[...document.querySelectorAll('[data-testid=order-card]')].at(-1)?.dataset.state === {state:?}")
}

fn last_order(api: &Api, page: &Page) -> String {
    let (_, list) = api.get("/v1/orders", &code(page));
    list["orders"][0]["id"].as_str().unwrap_or_else(|| panic!("expected an order, found {list}")).to_owned()
}

/// The shopper's code, from where the browser keeps it.
fn code(page: &Page) -> String {
    let script = "return JSON.parse(localStorage.getItem('oolong:shopper') ?? '\"\"')";
    let code = page.browser.run(script, &[]).as_str().unwrap_or_default().to_owned();
    assert!(!code.is_empty(), "expected a shopper code in the browser's storage");
    code
}

fn grants(api: &Api, bearer: &str) -> usize {
    api.get("/v1/wallet", bearer).1["grants"].as_array().map_or(0, Vec::len)
}

fn text(browser: &Browser, id: &str) -> String {
    let script = format!("return document.querySelector('[data-testid={id}]')?.textContent ?? ''");
    browser.run(&script, &[]).as_str().unwrap_or_default().to_owned()
}

fn attribute(browser: &Browser, selector: &str, name: &str) -> String {
    browser.wait(&format!("document.querySelector('{selector}')"));
    let script = format!("return document.querySelector('{selector}').dataset.{name}");
    browser.run(&script, &[]).as_str().unwrap_or_default().to_owned()
}

fn picture_of(browser: &Browser, view: &str, window: Window) {
    let file = crate::views::file(view, window);
    browser.screenshot(&file);
}
