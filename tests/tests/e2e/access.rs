//! For people who use a keyboard or a screen reader.

use oolong_tests::{
    browser::{ENTER, TAB, Window},
    page::{Page, line},
    site::Site,
};
use serde_json::{Value, json};

/// Presses Tab until the focus is on an element with this `data-testid`.
#[track_caller]
fn tab_to(page: &Page, id: &str) {
    for _ in 0..80 {
        page.browser.press(&TAB.to_string());
        if page.browser.run("return document.activeElement?.dataset.testid ?? ''", &[]) == id {
            return;
        }
    }
    panic!("80 presses of Tab did not reach {id}");
}

#[test]
fn the_keyboard_is_enough() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    tab_to(&page, "composer-input");
    page.browser.insert("one latte");
    page.browser.press(&ENTER.to_string());
    page.expect_cart(&[line("latte", 1, "")], "Enter");
    tab_to(&page, "stepper-plus");
    page.browser.press(&ENTER.to_string());
    page.expect_cart(&[line("latte", 2, "")], "Enter on the plus");
}

#[test]
fn everything_to_operate_has_a_name() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.say("two lattes and a mocha");
    page.browser.devtools("Accessibility.enable", &json!({}));
    let tree = page.browser.devtools("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().expect("a tree of nodes");
    let operable = |node: &&Value| {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        node["ignored"] != true && ["button", "textbox", "link", "combobox", "checkbox", "spinbutton"].contains(&role)
    };
    let nodes: Vec<&Value> = nodes.iter().filter(operable).collect();
    assert!(nodes.len() > 5, "expected buttons and an input, found {}", nodes.len());
    let nameless: Vec<_> =
        nodes.iter().filter(|node| node["name"]["value"].as_str().unwrap_or_default().trim().is_empty()).collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}

#[test]
fn answers_are_announced() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.say("one latte");
    page.browser
        .wait("document.querySelector('[data-testid=answer]').closest('[aria-live], [role=log], [role=status]')");
}

#[test]
fn the_language_follows_the_browser_and_the_switch() {
    let site = Site::start();
    for (language, first, second) in [("en-US", "en", "zh"), ("zh-CN", "zh", "en")] {
        let page = Page::open(&site.url(), Window { language, ..Window::default() });
        page.browser.wait(&format!("document.documentElement.lang.startsWith({first:?})"));
        page.click("lang-switch");
        page.browser.wait(&format!("document.documentElement.lang.startsWith({second:?})"));
    }
}
