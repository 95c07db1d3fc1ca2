//! The map of 300,000 stores in the browser: how long until its first picture, and how long each search takes.

use oolong_tests::{
    agent::release,
    browser::Window,
    page::Page,
    scripts,
    shop::{Database, Shop},
};
use serde_json::Value;

use crate::{number, quantile};

const STORES: &str = "300000";
const OPENINGS: usize = 12;
/// Each has six searches.
const ROUNDS: u32 = 80;

/// Opens the panel of stores at the country's largest city, a dozen times, and then searches there some hundred times.
pub(crate) fn measure(mut note: impl FnMut(&'static str, f64)) {
    println!("the map of {STORES} stores …");
    let mut shop = Shop::new(release(), Database::Sqlite, |_| {});
    shop.flags = ["--sample-stores", STORES].map(str::to_owned).to_vec();
    let server = shop.serve();
    let page = Page::open_ready(&server.url(), Window::default());
    let (mut paints, mut stores) = (Vec::new(), Vec::new());
    let measured = |name: &str| {
        number(&page.browser.wait(&format!("performance.getEntriesByName('oolong-map-{name}-paint')[0]?.duration")))
    };
    for _ in 0..OPENINGS {
        page.browser.reload();
        page.wait_phase("ready");
        page.click("open-stores");
        paints.push(measured("first"));
        stores.push(measured("stores"));
    }
    page.browser.wait("document.querySelector('[data-testid=store-row]')");
    page.browser.wait("!document.querySelector('[data-testid=stores-loading]')");
    note("map first paint after its data, median (ms)", quantile(&paints, 0.5));
    note("map first paint after its data, worst (ms)", quantile(&paints, 1.0));
    note("map with stores after its data, median (ms)", quantile(&stores, 0.5));
    note("map with stores after its data, worst (ms)", quantile(&stores, 1.0));
    let count = "return document.querySelector('[data-testid=store-count]').textContent.replace(/[^0-9]/g, '')";
    let in_view = page.browser.run(count, &[]);
    note("stores in view", in_view.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN));
    let took = page.browser.run_async(scripts::STORES, &[ROUNDS.into()]);
    let took: Vec<f64> = took.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    note("searches in the browser", took.len() as f64);
    note("  a search, p50 (ms)", quantile(&took, 0.5));
    note("  a search, p99 (ms)", quantile(&took, 0.99));
    note("  a search, worst (ms)", quantile(&took, 1.0));
}
