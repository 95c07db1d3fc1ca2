//! Pictures for people to look at, in `target/screenshots`, and the little that a machine can say about them.

use oolong_tests::{
    browser::{PATIENCE, Window},
    page::Page,
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
                let page = Page::open(&site.url(), Window { width, height, dark, language });
                let scheme = if dark { "dark" } else { "light" };
                let picture = |view: &str| {
                    let name = format!("{view}-{width}-{}-{scheme}.png", &language[..2]);
                    page.browser.wait_for("document.fonts.status === 'loaded'", PATIENCE);
                    std::thread::sleep(std::time::Duration::from_millis(600));
                    page.browser.screenshot(&workspace::target().join("screenshots").join(name));
                    let overflow = page
                        .browser
                        .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth", &[]);
                    assert_eq!(overflow, 0, "{view} at {width}: nothing may stick out sideways");
                };
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
