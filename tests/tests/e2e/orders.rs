//! What the page is for: sentences become carts.

use oolong_tests::{
    browser::Window,
    page::{ANSWER, Line, Page, line},
    site::Site,
};

const CHINESE: Window = Window { width: 1280, height: 900, dark: false, language: "zh-CN" };

/// One turn of a dialogue and the cart after it.
struct Turn {
    say: &'static str,
    cart: &'static [(&'static str, u32, &'static str)],
}

fn lines(cart: &[(&str, u32, &str)]) -> Vec<Line> {
    cart.iter().map(|(item, quantity, modifiers)| line(item, *quantity, modifiers)).collect()
}

#[track_caller]
fn dialogue(window: Window, turns: &[Turn]) -> (Site, Page) {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), window);
    for turn in turns {
        page.say(turn.say);
        page.expect_cart(&lines(turn.cart), turn.say);
    }
    assert_eq!(page.errors(), Vec::<String>::new());
    (site, page)
}

#[test]
fn an_english_order() {
    let turn = Turn {
        say: "two large boba milk teas, half sugar no ice, from Nayuki",
        cart: &[("pearl-milk-tea", 2, "size:large,sugar:50,temperature:no-ice")],
    };
    let (_site, page) = dialogue(Window::default(), &[turn]);
    assert_eq!(page.total(), Some(2 * (1700 + 300)));
}

#[test]
fn a_chinese_order() {
    let turn = Turn {
        say: "来两杯多肉葡萄少冰三分糖", cart: &[("cheezy-grape", 2, "sugar:30,temperature:less-ice")]
    };
    let (_site, page) = dialogue(CHINESE, &[turn]);
    assert_eq!(page.total(), Some(2 * 2800));
}

#[test]
fn six_turns_in_english() {
    let (_site, page) = dialogue(
        Window::default(),
        &[
            Turn { say: "two lattes and a mocha please", cart: &[("latte", 2, ""), ("mocha", 1, "")] },
            Turn { say: "make the mocha large", cart: &[("latte", 2, ""), ("mocha", 1, "size:large")] },
            Turn {
                say: "add a croissant",
                cart: &[("latte", 2, ""), ("mocha", 1, "size:large"), ("croissant", 1, "")],
            },
            Turn {
                say: "make the second one oat milk",
                cart: &[("latte", 2, ""), ("mocha", 1, "milk:oat,size:large"), ("croissant", 1, "")],
            },
            Turn { say: "remove the croissant", cart: &[("latte", 2, ""), ("mocha", 1, "milk:oat,size:large")] },
            Turn {
                say: "one iced americano with no sugar",
                cart: &[
                    ("latte", 2, ""),
                    ("mocha", 1, "milk:oat,size:large"),
                    ("americano", 1, "sugar:0,temperature:iced"),
                ],
            },
        ],
    );
    assert_eq!(page.total(), Some(2 * 1700 + (1900 + 300 + 300) + 1300));
}

#[test]
fn six_turns_in_chinese() {
    let (_site, page) = dialogue(
        CHINESE,
        &[
            Turn { say: "两杯芋泥鲜奶，少糖", cart: &[("taro-milk", 2, "sugar:70")] },
            Turn {
                say: "再加一杯大杯的珍珠奶茶",
                cart: &[("taro-milk", 2, "sugar:70"), ("pearl-milk-tea", 1, "size:large")],
            },
            Turn {
                say: "第二杯去冰",
                cart: &[("taro-milk", 2, "sugar:70"), ("pearl-milk-tea", 1, "size:large,temperature:no-ice")],
            },
            Turn {
                say: "再来一个芝士吐司",
                cart: &[
                    ("taro-milk", 2, "sugar:70"),
                    ("pearl-milk-tea", 1, "size:large,temperature:no-ice"),
                    ("cheese-toast", 1, ""),
                ],
            },
            Turn {
                say: "芝士吐司不要了",
                cart: &[("taro-milk", 2, "sugar:70"), ("pearl-milk-tea", 1, "size:large,temperature:no-ice")],
            },
            Turn {
                say: "第一杯换成大杯",
                cart: &[
                    ("taro-milk", 2, "size:large,sugar:70"),
                    ("pearl-milk-tea", 1, "size:large,temperature:no-ice"),
                ],
            },
        ],
    );
    assert_eq!(page.total(), Some(2 * (2100 + 300) + (1700 + 300)));
}

#[test]
fn steppers_and_undo() {
    let (_site, page) = dialogue(Window::default(), &[Turn { say: "one latte", cart: &[("latte", 1, "")] }]);
    page.click("stepper-plus");
    page.expect_cart(&[line("latte", 2, "")], "plus");
    page.click("stepper-minus");
    page.expect_cart(&[line("latte", 1, "")], "minus");
    page.say("add a mocha");
    page.expect_cart(&[line("latte", 1, ""), line("mocha", 1, "")], "a second order");
    page.click("undo");
    page.expect_cart(&[line("latte", 1, "")], "undo");
}

#[test]
fn a_chip_is_a_sentence_to_tap() {
    let (_site, page) = dialogue(Window::default(), &[]);
    page.click("chip");
    page.browser.wait(&format!("document.querySelector({ANSWER:?})"));
}

/// What the page itself proposes must not be answered with a question or a greeting.
#[test]
fn every_chip_is_understood_for_sure() {
    const CHIPS: &str =
        "return [...document.querySelectorAll('[data-testid=chip]')].map(chip => chip.textContent.trim())";
    for window in [Window::default(), CHINESE] {
        let (_site, page) = dialogue(window, &[]);
        // Those of the beginning, and those of a full cart.
        for _ in 0..2 {
            let chips: Vec<String> = serde_json::from_value(page.browser.run(CHIPS, &[])).expect("texts");
            assert!(chips.len() > 2, "{chips:?}");
            for chip in chips {
                page.say(&chip);
                let intent = page.last_frames()["frames"][0]["intent"].as_str().unwrap_or_default().to_owned();
                assert!(!["", "chat", "other"].contains(&intent.as_str()), "{chip}: {intent:?}");
                let unsure = page.browser.run("return document.querySelector('[data-kind=unsure]')?.innerText", &[]);
                assert!(unsure.is_null(), "{chip}: {unsure}");
            }
        }
    }
}

#[test]
fn an_answer_shows_how_it_was_understood() {
    let (_site, page) = dialogue(Window::default(), &[Turn { say: "one latte", cart: &[("latte", 1, "")] }]);
    let frames = page.last_frames();
    assert_eq!(frames["frames"][0]["intent"], "order", "{frames}");
    assert_eq!(frames["frames"][0]["items"][0]["item"], "latte", "{frames}");
}

#[test]
fn a_cart_outlives_a_reload() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.say("one latte");
    page.expect_cart(&[line("latte", 1, "")], "an order");
    page.browser.reload();
    page.wait_input();
    page.expect_cart(&[line("latte", 1, "")], "a reload");
}
