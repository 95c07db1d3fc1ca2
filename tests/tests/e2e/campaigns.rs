//! Campaign files that a marketing team gets wrong, and one that is very large.

use std::path::Path;

use oolong_tests::{
    browser::{Browser, Window},
    page::{Page, line},
    site::{self, Altered, Site},
};
use serde_json::{Value, json};

fn campaign() -> Value {
    serde_json::from_slice(&site::read(Path::new("campaign.json"))).expect("the built campaign is JSON")
}

fn serve(campaign: Vec<u8>) -> Site {
    let site = Site::start();
    site.alter("campaign.json", Altered::Bytes { extension: "json", bytes: campaign });
    site
}

#[track_caller]
fn refused(campaign: impl Into<Vec<u8>>, part: &str) {
    let site = serve(campaign.into());
    let browser = Browser::start(Window::default());
    browser.open(&site.url());
    let page = Page { browser };
    page.browser.wait(&format!("document.querySelector('[data-testid=campaign-error]')?.innerText.includes({part:?})"));
    assert_eq!(page.errors(), Vec::<String>::new());
}

#[test]
fn a_wrong_type_is_refused_with_its_path() {
    let mut wrong = campaign();
    wrong["brands"][1]["menu"][2]["price"] = json!("17 yuan");
    refused(wrong.to_string(), "brands[1].menu[2].price");
}

#[test]
fn a_duplicate_id_is_refused_with_its_path() {
    let mut wrong = campaign();
    wrong["brands"][0]["menu"][1]["id"] = wrong["brands"][0]["menu"][0]["id"].clone();
    refused(wrong.to_string(), "brands[0].menu[1].id");
}

#[test]
fn what_is_no_campaign_is_refused() {
    refused("<!doctype html><p>not here</p>", "campaign");
    refused("{}", "campaign");
}

/// Pronounceable names that no model has seen: `babo dake` …
fn name(mut number: usize) -> String {
    let syllables = ["ba", "ke", "dri", "mo", "lu", "fen", "sa", "wi", "tor", "zel", "pim", "gav", "nu"];
    let mut name = String::new();
    for place in 0..4 {
        name += syllables[number % syllables.len()];
        number /= syllables.len();
        if place == 1 {
            name.push(' ');
        }
    }
    name
}

#[test]
fn five_thousand_items_are_served() {
    let mut large = campaign();
    let menu: Vec<Value> = (0..5000)
        .map(|number| {
            json!({"id": format!("drink-{number}"), "names": [name(number)], "category": "fruit tea", "price": 1000,
                "modifier_groups": ["size", "temperature"]})
        })
        .collect();
    large["brands"] = json!([{"id": "many", "names": ["Many"], "menu": menu}]);
    large["vouchers"] = json!([]);
    let site = serve(large.to_string().into_bytes());
    let page = Page::open_ready(&site.url(), Window::default());
    page.say(&format!("two large {}", name(4321)));
    page.expect_cart(&[line("drink-4321", 2, "size:large")], "an order from a large menu");
}
