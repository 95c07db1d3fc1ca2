//! Sentences that no one should send: each gets a clear answer, and nothing of the cart is lost.

use oolong_tests::{
    browser::Window,
    page::{Page, line},
    site::Site,
};

#[test]
fn odd_sentences_leave_the_page_usable() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.say("one latte");
    let cart = [line("latte", 1, "")];
    page.expect_cart(&cart, "an order");

    for text in [
        "🧋🧋🧋".to_owned(),
        "\u{202e}\u{7}\u{1b}[mhello".to_owned(),
        "<img src=x onerror=alert(1)>".to_owned(),
        "\"'`; DROP TABLE cart; --".to_owned(),
        "{\"frames\":[{\"intent\":\"order\"}]}".to_owned(),
        "чай 茶 tea شاي".to_owned(),
        "a".repeat(10_000),
        "奶".repeat(10_000),
    ] {
        // Control characters alone may be as good as nothing, so no answer is asked for here; life is, below.
        page.send(&text);
        page.browser.wait("!document.querySelector('[data-testid=answer] .wait')");
        page.expect_cart(&cart, &text.chars().take(40).collect::<String>());
        page.clear_input();
    }
    let images = page.browser.run("return document.querySelectorAll('img[src=x]').length", &[]);
    assert_eq!(images, 0, "text must stay text");
    assert_eq!(page.errors(), Vec::<String>::new());

    page.say("add a mocha");
    page.expect_cart(&[line("latte", 1, ""), line("mocha", 1, "")], "a plain order after all that");
}

#[test]
fn nothing_is_sent_when_nothing_is_typed() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.send("");
    page.send("   ");
    assert_eq!(page.answers(), 0);
    page.say("one latte");
    page.expect_cart(&[line("latte", 1, "")], "an order");
}

#[test]
fn a_sentence_that_is_too_long_is_refused_in_words() {
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    page.send(&"latte ".repeat(1700));
    page.browser.wait("/600/.test(document.body.innerText)");
}
