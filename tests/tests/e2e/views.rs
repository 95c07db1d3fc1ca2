//! Pictures for people to look at, in `target/screenshots`, and the little that a machine can say about them.

use oolong_tests::{
    agent::Agent,
    browser::{PATIENCE, Window},
    page::Page,
    proxy::Proxy,
    site::Site,
};
use xtask::workspace;

#[test]
fn every_view_fits_its_window() {
    let site = Site::start();
    for (width, height) in [(1280, 900), (390, 844)] {
        for (language, sentences) in [
            ("en-US", ["two large boba milk teas, half sugar no ice, from Nayuki", "add a strawberry bun"]),
            ("zh-CN", ["来两杯多肉葡萄少冰三分糖", "再加一杯四季春"]),
        ] {
            for dark in [false, true] {
                let window = Window { width, height, dark, language };
                let page = Page::open(&site.url(), window);
                let picture = |view: &str| picture(&page, view, window);
                page.wait_phase("ready");
                picture("start");
                for sentence in sentences {
                    page.say(sentence);
                }
                picture("order");
            }
        }
    }
}

#[test]
fn views_of_the_fallback_fit_their_window() {
    let agent = Agent::start(&[]);
    let proxy = Proxy::start(agent.address, 0);
    proxy.block(".gguf");
    for (width, height, language, dark, said) in [
        (1280, 900, "en-US", false, "that sweet purple one with the chewy balls, two please"),
        (390, 844, "zh-CN", true, "来两杯那个紫色的甜甜的"),
        (390, 844, "en-US", false, "two lattes and that purple thing everybody has"),
        (1280, 900, "zh-CN", true, "来两杯多肉葡萄少冰三分糖"),
    ] {
        let window = Window { width, height, dark, language };
        let page = Page::open(&proxy.url(), window);
        let picture = |view: &str| picture(&page, view, window);
        page.wait_phase("failed");
        page.say(said);
        page.browser.wait("document.querySelector('[data-testid=consent]')");
        picture("consent");
        page.click("consent-yes");
        std::thread::sleep(std::time::Duration::from_millis(300));
        page.browser.wait("!document.querySelector('.wait')");
        page.say(if language == "en-US" { "a large mocha with oat milk" } else { "一杯大杯热拿铁" });
        picture("remote");
        page.click("model-status");
        picture("settings");
        page.browser.run("globalThis.oolongUpdate = true; dispatchEvent(new Event('oolong-update'))", &[]);
        page.click("model-status");
        picture("update");
    }
}

/// Takes a picture once everything has arrived, and checks that nothing sticks out sideways.
#[track_caller]
pub(crate) fn picture(page: &Page, view: &str, window: Window) {
    page.browser.wait_for("document.fonts.status === 'loaded'", PATIENCE);
    std::thread::sleep(std::time::Duration::from_millis(600));
    page.browser.screenshot(&file(view, window));
    let overflow =
        page.browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth", &[]);
    assert_eq!(overflow, 0, "{view} at {}: nothing may stick out sideways", window.width);
}

/// Where a picture goes.
pub(crate) fn file(view: &str, Window { width, dark, language, .. }: Window) -> std::path::PathBuf {
    let scheme = if dark { "dark" } else { "light" };
    workspace::target().join("screenshots").join(format!("{view}-{width}-{}-{scheme}.png", &language[..2]))
}
