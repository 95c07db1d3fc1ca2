//! A remote agent at its worst: an answer within three seconds, within one once the breaker is open, the cart as it was,
//! and the agent's own answers again soon after it has recovered.

use std::time::Duration;

use oolong_tests::{
    agent::Agent,
    browser::Window,
    page::{Line, Page, line},
    proxy::{Fault, Proxy},
};
use serde_json::json;
use xtask::workspace;

/// A page whose model cannot be loaded and whose shopper allows the agent, behind a proxy.
fn page_without_model(agent: &Agent) -> (Proxy, Page) {
    let proxy = Proxy::start(agent.address, 0);
    let page = Page::open_without_model(&proxy);
    (proxy, page)
}

/// Says something until the agent answers it; returns how long that took.
#[track_caller]
fn wait_for_agent(page: &Page) -> Duration {
    let start = workspace::now();
    loop {
        page.say_timed("what vouchers are there?");
        if page.last_parser() == "remote" {
            return start.elapsed();
        }
        assert!(start.elapsed() < Duration::from_secs(30), "the agent's answers are not back after 30 s");
        std::thread::sleep(Duration::from_millis(700));
    }
}

/// Goes through one fault: calls that fail, an open breaker, recovery.
fn check(page: &Page, proxy: &Proxy, name: &str, fault: Fault, cart: &[Line]) {
    proxy.set(fault);
    let before = proxy.calls();
    for turn in 1..=6 {
        let calls = proxy.calls();
        let took = page.say_timed("which vouchers can I get?");
        assert_eq!(page.last_parser(), "keyword", "{name}: the last resort answers");
        let answer = page.last_answer();
        assert!(answer.len() > 20, "{name}: expected a useful answer, found {answer:?}");
        assert!(took <= 3_000.0, "{name}: turn {turn} took {took} ms");
        let rested = proxy.calls() == calls;
        assert!(took <= 1_000.0 || !rested, "{name}: turn {turn} took {took} ms without a call");
        println!("{name}: turn {turn}: {took:.0} ms, {}", if rested { "breaker open" } else { "called" });
    }
    assert!(proxy.calls() > before, "{name}: the agent was called");
    assert!(proxy.calls() - before <= 5, "{name}: the breaker opened, after {} calls", proxy.calls() - before);
    assert_eq!(page.cart(), cart, "{name}: the cart is as it was");
    proxy.set(Fault::None);
    println!("{name}: the agent answers again after {:.1} s", wait_for_agent(page).as_secs_f64());
    assert_eq!(page.errors(), Vec::<String>::new(), "{name}");
}

#[test]
fn whatever_the_agent_does_there_is_an_answer() {
    let agent = Agent::start(&[]);
    let (proxy, page) = page_without_model(&agent);
    page.say("two lattes");
    let cart = [line("latte", 2, "")];
    page.expect_cart(&cart, "an order through the agent");
    assert_eq!(page.last_parser(), "remote");
    let completion = |content: &str| {
        json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]})
            .to_string()
    };
    let refusal = completion("I'm a language model, I have no hands and feet.");
    let invented = completion(r#"{"frames":[{"intent":"order","items":[{"item":"unicorn","quantity":1}]}]}"#);
    let busy = r#"{"error":{"message":"busy","type":"server_error"}}"#;
    let html = "Content-Type: text/html\r\n";
    for (name, fault) in [
        ("close", Fault::Close),
        ("reset", Fault::Reset),
        ("10 s latency", Fault::Latency(Duration::from_secs(10))),
        ("a byte a second", Fault::Drip),
        ("garbage", Fault::Raw(b"\x00\xff\x13garbage\r\n\r\n".to_vec())),
        ("half a JSON", Fault::json(&refusal[..refusal.len() / 2])),
        ("prose", Fault::json(&refusal)),
        ("an invented product", Fault::json(&invented)),
        ("429 with Retry-After", Fault::reply("429 Too Many Requests", "Retry-After: 5\r\n", busy)),
        ("429", Fault::reply("429 Too Many Requests", "", busy)),
        ("503 with Retry-After", Fault::reply("503 Service Unavailable", "Retry-After: 5\r\n", busy)),
        ("503", Fault::reply("503 Service Unavailable", "", busy)),
        ("another content type", Fault::reply("200 OK", html, &completion(r#"{"frames":[{"intent":"chat"}]}"#))),
        ("50 MB", Fault::Huge(50 << 20)),
    ] {
        check(&page, &proxy, name, fault, &cart);
    }
}

#[test]
fn a_server_that_is_gone_comes_back() {
    let agent = Agent::start(&[]);
    let (proxy, page) = page_without_model(&agent);
    page.say("two lattes");
    let port = proxy.port();
    drop(proxy);
    for _ in 0..4 {
        let took = page.say_timed("which vouchers can I get?");
        assert!(took <= 3_000.0, "refused: {took} ms");
        assert_eq!(page.last_parser(), "keyword");
    }
    let _proxy = Proxy::start(agent.address, port);
    wait_for_agent(&page);
    page.expect_cart(&[line("latte", 2, "")], "the server was gone and came back");
    assert_eq!(page.errors(), Vec::<String>::new());
}

#[test]
fn nothing_is_sent_before_the_shopper_allows_it() {
    let agent = Agent::start(&[]);
    let proxy = Proxy::start(agent.address, 0);
    proxy.block(".gguf");
    let page = Page::open(&proxy.url(), Window::default());
    page.wait_phase("failed");
    page.say("hmm that purple one everybody talks about with the chewy balls");
    assert_eq!(proxy.calls(), 0, "nobody has allowed it");
    page.browser.wait("document.querySelector('[data-testid=consent]')");
    page.click("consent-yes");
    // Nothing was done about the sentence yet, so the agent reads it now.
    let start = workspace::now();
    while proxy.calls() == 0 {
        assert!(start.elapsed() < Duration::from_secs(5), "the sentence is read again");
        std::thread::sleep(Duration::from_millis(20));
    }
    page.browser.wait("!document.querySelector('.wait')");
    page.say("two lattes");
    assert_eq!(page.last_parser(), "remote");
    let calls = proxy.calls();
    assert!(calls > 0);
    // Revoked in the settings, it holds at once, and after a reload.
    page.click("model-status");
    page.click("consent-switch");
    page.say("which vouchers can I get?");
    assert_eq!(page.last_parser(), "keyword");
    page.browser.reload();
    page.wait_input();
    page.wait_phase("failed");
    page.say("which vouchers can I get?");
    assert_eq!((page.last_parser().as_str(), proxy.calls()), ("keyword", calls));
    assert_eq!(page.browser.run("return !!document.querySelector('[data-testid=consent]')", &[]), false, "asked once");
    let spared = page.browser.run("return document.querySelector('[data-testid=spared]').dataset.spared", &[]);
    assert!(spared.as_str().and_then(|count| count.parse::<u32>().ok()).is_some_and(|count| count >= 3), "{spared}");
}

#[test]
fn tabs_share_the_breaker() {
    let agent = Agent::start(&[]);
    let (proxy, page) = page_without_model(&agent);
    proxy.set(Fault::reply("503 Service Unavailable", "Retry-After: 60\r\n", ""));
    page.say_timed("which vouchers can I get?");
    let calls = proxy.calls();
    assert_eq!(calls, 1);
    // A new visit of the same browser knows it.
    page.browser.reload();
    page.wait_input();
    page.wait_phase("failed");
    page.say_timed("which vouchers can I get?");
    assert_eq!(proxy.calls(), calls, "Retry-After is honoured by whoever comes next");
}

#[test]
fn a_newer_sentence_does_not_wait_for_an_older_one() {
    let agent = Agent::start(&[]);
    let (proxy, page) = page_without_model(&agent);
    proxy.set(Fault::Latency(Duration::from_secs(10)));
    page.send("which vouchers can I get?");
    std::thread::sleep(Duration::from_millis(500));
    proxy.set(Fault::None);
    let before = page.answers();
    let took = page.say_timed("what is on the menu?");
    assert!(took < 2_000.0, "{took} ms");
    page.browser.wait(&format!("document.querySelectorAll({:?}).length >= {}", oolong_tests::page::ANSWER, before + 2));
}
