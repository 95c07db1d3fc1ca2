//! What the rules understand, sentence by sentence, in the sample campaign.

use oolong_catalog::Campaign;
use oolong_intent::{Context, Frame, IntentParser, ParserKind, Role, Utterance, frames_match};
use oolong_keyword::{HIGHEST, KeywordParser, LOWEST};

const CART: &str = r#"{"cart":[{"item":"latte","quantity":2},{"item":"mocha","quantity":1}]}"#;

fn parser() -> KeywordParser {
    KeywordParser::new(
        Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample campaign is sound"),
    )
}

#[track_caller]
fn check(lines: &[(&str, &str, &str)]) {
    let mut parser = parser();
    for (text, context, frames) in lines {
        let context: Context = serde_json::from_str(context).expect("a context");
        let expected: Vec<Frame> = serde_json::from_str(frames).expect("frames");
        let parse = parser.parse(&Utterance::new(text).expect("an utterance"), &context, &|| false).expect("a parse");
        let got = serde_json::to_string(&parse.frames).expect("frames are JSON");
        assert!(frames_match(&expected, &parse.frames), "{text}\nexpected {frames}\ngot      {got}");
    }
}

#[test]
fn orders() {
    check(&[
        ("three mochas", "{}", r#"[{"intent":"order","items":[{"item":"mocha","quantity":3}]}]"#),
        (
            "a small iced mocha and two large lattes with soy milk",
            "{}",
            r#"[{"intent":"order","items":[{"item":"mocha","quantity":1,"modifiers":["size:small","temperature:iced"]},
                {"item":"latte","quantity":2,"modifiers":["size:large","milk:soy"]}]}]"#,
        ),
        (
            "one mocha and one latte, both hot",
            "{}",
            r#"[{"intent":"order","items":[{"item":"mocha","quantity":1,"modifiers":["temperature:hot"]},
                {"item":"latte","quantity":1,"modifiers":["temperature:hot"]}]}]"#,
        ),
        (
            "four mochas, three iced one hot",
            "{}",
            r#"[{"intent":"order","items":[{"item":"mocha","quantity":3,"modifiers":["temperature:iced"]},
                {"item":"mocha","quantity":1,"modifiers":["temperature:hot"]}]}]"#,
        ),
        (
            "a taro milk without pudding but extra aloe",
            "{}",
            r#"[{"intent":"order","items":[{"item":"taro-milk","quantity":1,"modifiers":["topping:pudding*0","topping:aloe*2"]}]}]"#,
        ),
        ("two, no, four mochas", "{}", r#"[{"intent":"order","items":[{"item":"mocha","quantity":4}]}]"#),
        (
            "get me some dumplings",
            "{}",
            r#"[{"intent":"order","items":[{"item":"unknown","said":"dumplings","quantity":1}]}]"#,
        ),
        (
            "两杯热拿铁，一杯摩卡少冰",
            "{}",
            r#"[{"intent":"order","items":[{"item":"latte","quantity":2,"modifiers":["temperature:hot"]},
                {"item":"mocha","quantity":1,"modifiers":["temperature:less-ice"]}]}]"#,
        ),
        (
            "拿铁三杯，两杯热的一杯冰的",
            "{}",
            r#"[{"intent":"order","items":[{"item":"latte","quantity":2,"modifiers":["temperature:hot"]},
                {"item":"latte","quantity":1,"modifiers":["temperature:iced"]}]}]"#,
        ),
        (
            "拿铁摩卡各两杯，都要大杯",
            "{}",
            r#"[{"intent":"order","items":[{"item":"latte","quantity":2,"modifiers":["size:large"]},
                {"item":"mocha","quantity":2,"modifiers":["size:large"]}]}]"#,
        ),
        ("来碗牛肉面", "{}", r#"[{"intent":"order","items":[{"item":"unknown","said":"牛肉面","quantity":1}]}]"#),
        ("one latte", r#"{"asked":"item"}"#, r#"[{"intent":"order","items":[{"item":"latte","quantity":1}]}]"#),
        (
            "four lattes delivered to Garden Hotel at 3 pm",
            "{}",
            r#"[{"intent":"order","items":[{"item":"latte","quantity":4}],"fulfilment":"delivery","place":"Garden Hotel","when":"15:00"}]"#,
        ),
    ]);
}

#[test]
fn changes_and_removals() {
    check(&[
        ("make it small", CART, r#"[{"intent":"change","items":[{"target":"last","modifiers":["size:small"]}]}]"#),
        (
            "make them all iced",
            CART,
            r#"[{"intent":"change","items":[{"target":"all","modifiers":["temperature:iced"]}]}]"#,
        ),
        (
            "the first one with oat milk",
            CART,
            r#"[{"intent":"change","items":[{"target":1,"modifiers":["milk:oat"]}]}]"#,
        ),
        (
            "swap the mocha for a flat white",
            CART,
            r#"[{"intent":"change","items":[{"target":"mocha","item":"flat-white"}]}]"#,
        ),
        (
            "半糖",
            r#"{"asked":"sugar","cart":[{"item":"taro-milk","quantity":1}]}"#,
            r#"[{"intent":"change","items":[{"modifiers":["sugar:50"]}]}]"#,
        ),
        ("第二杯改成热的", CART, r#"[{"intent":"change","items":[{"target":2,"modifiers":["temperature:hot"]}]}]"#),
        (
            "delivery please",
            r#"{"asked":"fulfilment","cart":[{"item":"mocha","quantity":1}]}"#,
            r#"[{"intent":"change","fulfilment":"delivery"}]"#,
        ),
        ("remove the latte", CART, r#"[{"intent":"remove","items":[{"target":"latte"}]}]"#),
        ("remove one latte", CART, r#"[{"intent":"remove","items":[{"target":"latte","quantity":1}]}]"#),
        ("第一个删掉", CART, r#"[{"intent":"remove","items":[{"target":1}]}]"#),
        (
            "remove the mocha and add two croissants",
            CART,
            r#"[{"intent":"remove","items":[{"target":"mocha"}]},{"intent":"order","items":[{"item":"croissant","quantity":2}]}]"#,
        ),
        (
            "摩卡删掉，再来三杯美式",
            CART,
            r#"[{"intent":"remove","items":[{"target":"mocha"}]},{"intent":"order","items":[{"item":"americano","quantity":3}]}]"#,
        ),
    ]);
}

#[test]
fn searches_and_questions() {
    check(&[
        ("nearest heytea please", "{}", r#"[{"intent":"find_store","brand":"heytea","prefer":"nearest"}]"#),
        (
            "is there a nayuki near Central Park that is open",
            "{}",
            r#"[{"intent":"find_store","brand":"nayuki","place":"Central Park","open_now":true}]"#,
        ),
        ("附近有瑞幸吗", "{}", r#"[{"intent":"find_store","brand":"luckin","place":"here"}]"#),
        ("are mochas sold out", "{}", r#"[{"intent":"check_stock","items":[{"item":"mocha"}]}]"#),
        ("摩卡还有吗", "{}", r#"[{"intent":"check_stock","items":[{"item":"mocha"}]}]"#),
        (
            "how much is a large mocha",
            "{}",
            r#"[{"intent":"ask_menu","items":[{"item":"mocha","modifiers":["size:large"]}]}]"#,
        ),
        ("拿铁什么价格", "{}", r#"[{"intent":"ask_menu","items":[{"item":"latte"}]}]"#),
        ("any offers under 30 yuan", "{}", r#"[{"intent":"find_voucher","max_price":3000}]"#),
        ("claim the free delivery voucher", "{}", r#"[{"intent":"claim_voucher","voucher":"free-delivery"}]"#),
        ("领一下第二杯半价", "{}", r#"[{"intent":"claim_voucher","voucher":"second-cup-half"}]"#),
        ("apply the second cup half price", CART, r#"[{"intent":"use_voucher","voucher":"second-cup-half"}]"#),
        ("how long until it arrives", CART, r#"[{"intent":"order_status"}]"#),
    ]);
}

#[test]
fn words_between_people() {
    let asked = r#"{"asked":"confirm","cart":[{"item":"latte","quantity":1}]}"#;
    check(&[
        ("sure, sounds good", asked, r#"[{"intent":"confirm"}]"#),
        ("no thanks", asked, r#"[{"intent":"deny"}]"#),
        ("好的", asked, r#"[{"intent":"confirm"}]"#),
        ("不用了", asked, r#"[{"intent":"deny"}]"#),
        ("cancel the order", CART, r#"[{"intent":"cancel_order"}]"#),
        ("取消订单吧", CART, r#"[{"intent":"cancel_order"}]"#),
        ("hello", "{}", r#"[{"intent":"chat"}]"#),
        ("多谢", "{}", r#"[{"intent":"chat"}]"#),
        ("spell necessary", "{}", r#"[{"intent":"other"}]"#),
        ("现在几点了", "{}", r#"[{"intent":"other"}]"#),
    ]);
}

#[test]
fn the_evidence_says_where_it_came_from() {
    let text = Utterance::new("two mochas to Garden Hotel, deliver to Garden Hotel").expect("an utterance");
    let parse = parser().parse(&text, &Context::default(), &|| false).expect("a parse");
    assert_eq!(parse.parser, ParserKind::Keyword);
    assert!((LOWEST..=HIGHEST).contains(&parse.confidence), "{}", parse.confidence);
    assert!(parse.evidence.spans.iter().any(|span| span.role == Role::Item && span.value == "mocha"));
    assert!(parse.evidence.spans.is_sorted_by(|one, next| one.end <= next.start));
}
