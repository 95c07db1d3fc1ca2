//! Dialogues as data: frames in, cart and total out. No parser is involved, so this suite outlives every model.

use std::sync::Arc;

use oolong_catalog::Campaign;
use oolong_commerce::{Action, Answer, Dialogue, Heard, Misfit, Question, State};
use oolong_intent::{Asked, Context, Frame};

fn campaign() -> Arc<Campaign> {
    Arc::new(
        Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample campaign is sound"),
    )
}

fn start() -> Dialogue {
    Dialogue::new(campaign(), State::default())
}

/// Says one utterance, given as the JSON of its frames.
fn say(dialogue: &mut Dialogue, frames: &str) -> Vec<Answer> {
    let frames: Vec<Frame> = serde_json::from_str(&format!("[{frames}]")).expect("frames of the contract");
    dialogue.answer(&Heard { frames: &frames, confidence: 1.0, threshold: 0.5, evidence: None })
}

/// `2 latte size:large,sugar:50 | 1 mocha = 5900`
fn cart(dialogue: &Dialogue) -> String {
    let line = |line: &oolong_commerce::Line| {
        let modifiers: Vec<String> = line.modifiers.iter().map(ToString::to_string).collect();
        format!("{} {} {}", line.quantity, line.item, modifiers.join(",")).trim().to_owned()
    };
    let lines: Vec<String> = dialogue.state().order.cart.lines().iter().map(line).collect();
    format!("{} = {}", lines.join(" | "), dialogue.totals().total).trim().to_owned()
}

#[track_caller]
fn check(utterances: &[&str], expected: &str) -> Vec<Answer> {
    let mut dialogue = start();
    let mut answers = Vec::new();
    for frames in utterances {
        answers = say(&mut dialogue, frames);
        assert!(!answers.is_empty(), "every utterance is answered: {frames}");
    }
    assert_eq!(cart(&dialogue), expected);
    answers
}

const LATTE: &str = r#"{"intent":"order","items":[{"item":"latte","quantity":1}]}"#;
const TWO: &str = r#"{"intent":"order","items":[{"item":"latte","quantity":2},{"item":"mocha","quantity":1}]}"#;

#[test]
fn goods_are_added_priced_and_merged() {
    check(&[LATTE], "1 latte = 1700");
    check(&[LATTE, LATTE], "2 latte = 3400");
    check(
        &[r#"{"intent":"order","items":[{"item":"latte","quantity":2,"modifiers":["size:large","milk:oat"]}]}"#],
        "2 latte milk:oat,size:large = 4600",
    );
    check(
        &[
            r#"{"intent":"order","items":[{"item":"pearl-milk-tea","quantity":1,"modifiers":["topping:pearls*2","topping:pudding"]}]}"#,
        ],
        "1 pearl-milk-tea topping:pearls*2,topping:pudding = 2200",
    );
    check(
        &[r#"{"intent":"order","items":[{"item":"pearl-milk-tea","quantity":1,"modifiers":["topping:pearls*0"]}]}"#],
        "1 pearl-milk-tea topping:pearls*0 = 1700",
    );
    check(
        &[
            r#"{"intent":"order","items":[{"item":"latte","quantity":900}]}"#,
            r#"{"intent":"order","items":[{"item":"latte","quantity":900}]}"#,
        ],
        "999 latte = 1698300",
    );
}

#[test]
fn changes_find_their_line() {
    let change = |item: &str| format!(r#"{{"intent":"change","items":[{item}]}}"#);
    check(&[TWO, &change(r#"{"modifiers":["size:large"]}"#)], "2 latte | 1 mocha size:large = 5600");
    check(&[TWO, &change(r#"{"target":1,"modifiers":["size:large"]}"#)], "2 latte size:large | 1 mocha = 5900");
    check(
        &[TWO, &change(r#"{"target":"all","modifiers":["size:large"]}"#)],
        "2 latte size:large | 1 mocha size:large = 6200",
    );
    check(&[TWO, &change(r#"{"target":"latte","modifiers":["milk:oat"]}"#)], "2 latte milk:oat | 1 mocha = 5900");
    check(&[TWO, &change(r#"{"target":"last","quantity":3}"#)], "2 latte | 3 mocha = 9100");
    check(
        &[TWO, &change(r#"{"target":"latte","quantity":1,"modifiers":["size:large"]}"#)],
        "1 latte | 1 latte size:large | 1 mocha = 5600",
    );
    check(&[TWO, &change(r#"{"target":"latte","item":"americano"}"#)], "2 americano | 1 mocha = 4500");
    check(
        &[
            r#"{"intent":"order","items":[{"item":"latte","quantity":1,"modifiers":["size:large","shots:decaf"]}]}"#,
            &change(r#"{"target":"latte","item":"matcha-latte"}"#),
        ],
        "1 matcha-latte size:large = 2200",
    );
    // What the focus cannot have goes to the last line that can.
    check(
        &[
            LATTE,
            r#"{"intent":"order","items":[{"item":"croissant","quantity":1}]}"#,
            &change(r#"{"modifiers":["milk:oat"]}"#),
        ],
        "1 latte milk:oat | 1 croissant = 2900",
    );
    let none = check(&[LATTE, &change(r#"{"target":4,"modifiers":["size:large"]}"#)], "1 latte = 1700");
    assert_eq!(none, [Answer::NoSuchPosition { position: 4, lines: 1 }]);
    assert_eq!(check(&[&change(r#"{"modifiers":["sugar:50"]}"#)], "= 0"), [Answer::NothingThere]);
}

#[test]
fn toppings_come_and_go() {
    let change = |choice: &str| format!(r#"{{"intent":"change","items":[{{"modifiers":["{choice}"]}}]}}"#);
    let tea = r#"{"intent":"order","items":[{"item":"taro-milk","quantity":1,"modifiers":["topping:pudding"]}]}"#;
    check(&[tea, &change("topping:pearls*2")], "1 taro-milk topping:pearls*2,topping:pudding = 2800");
    check(&[tea, &change("topping:pudding*0")], "1 taro-milk = 2100");
    check(&[tea, &change("sugar:50"), &change("sugar:0")], "1 taro-milk sugar:0,topping:pudding = 2400");
    let refused = check(
        &[r#"{"intent":"order","items":[{"item":"croissant","quantity":1}]}"#, tea, &change("milk:oat")],
        "1 croissant | 1 taro-milk topping:pudding = 3300",
    );
    assert!(matches!(&refused[..], [Answer::Cart(change)] if change.refused.len() == 1 && change.entries.is_empty()));
}

#[test]
fn removing_takes_lines_pieces_or_all() {
    let remove = |item: &str| format!(r#"{{"intent":"remove","items":[{item}]}}"#);
    check(&[TWO, &remove(r#"{"target":"latte"}"#)], "1 mocha = 1900");
    check(&[TWO, &remove(r#"{"target":"latte","quantity":1}"#)], "1 latte | 1 mocha = 3600");
    check(&[TWO, &remove(r#"{"target":1},{"target":2}"#)], "= 0");
    check(&[TWO, &remove(r#"{"target":"all"}"#)], "= 0");
    check(&[TWO, r#"{"intent":"remove"}"#], "2 latte = 3400");
    check(
        &[
            TWO,
            r#"{"intent":"remove","items":[{"target":"latte"}]},{"intent":"order","items":[{"item":"cappuccino","quantity":1}]}"#,
        ],
        "1 mocha | 1 cappuccino = 3600",
    );
    assert_eq!(
        check(&[LATTE, &remove(r#"{"target":"mocha"}"#)], "1 latte = 1700"),
        [Answer::NotInCart { item: "mocha".into() }]
    );
    let iced_and_hot = r#"{"intent":"order","items":[{"item":"latte","quantity":1,"modifiers":["temperature:iced"]},{"item":"latte","quantity":1,"modifiers":["temperature:hot"]}]}"#;
    let which = check(
        &[iced_and_hot, &remove(r#"{"target":"latte"}"#)],
        "1 latte temperature:iced | 1 latte temperature:hot = 3400",
    );
    assert!(matches!(&which[..], [Answer::WhichLine { lines, remove: true, .. }] if lines.len() == 2));
    check(
        &[iced_and_hot, &remove(r#"{"target":"latte","modifiers":["temperature:hot"]}"#)],
        "1 latte temperature:iced = 1700",
    );
}

#[test]
fn a_category_is_a_choice() {
    let two_coffees = r#"{"intent":"order","items":[{"category":"coffee","quantity":2,"modifiers":["size:large"]}]}"#;
    let mut dialogue = start();
    let answers = say(&mut dialogue, two_coffees);
    assert!(matches!(&answers[..], [Answer::Choice(choice)] if choice.options.len() == 10 && choice.quantity == 2));
    assert_eq!(dialogue.context().asked, Some(Asked::Item));
    say(&mut dialogue, r#"{"intent":"order","items":[{"item":"mocha","quantity":1}]}"#);
    assert_eq!(cart(&dialogue), "2 mocha size:large = 4400");
    check(&[two_coffees, r#"{"intent":"change","items":[{"target":3}]}"#], "2 latte size:large = 4000");
    let bakery = r#"{"intent":"order","brand":"luckin","max_price":1000,"items":[{"category":"bakery","quantity":1}]}"#;
    check(&[bakery], "1 croissant = 900");
}

#[test]
fn unknown_goods_bring_what_comes_near() {
    let unknown =
        |said: &str| format!(r#"{{"intent":"order","items":[{{"item":"unknown","said":"{said}","quantity":2}}]}}"#);
    let near = |said: &str| match check(&[&unknown(said)], "= 0").remove(0) {
        Answer::Unknown { nearest, .. } => nearest,
        other => panic!("{other:?}"),
    };
    assert_eq!(near("coconut mocha")[0], "mocha");
    assert!(near("抹茶拿铁咖啡").contains(&"matcha-latte".to_owned()));
    assert!(near("sushi").is_empty());
    check(
        &[&unknown("coconut mocha"), r#"{"intent":"order","items":[{"item":"mocha","quantity":1}]}"#],
        "2 mocha = 3800",
    );
}

#[test]
fn vouchers_take_off_or_say_what_is_missing() {
    let with = |voucher: &str| format!(r#"{{"intent":"use_voucher","voucher":"{voucher}"}}"#);
    check(&[TWO, &with("new-year-20")], "2 latte | 1 mocha = 4240");
    check(&[TWO, &with("coffee-9-9")], "2 latte | 1 mocha = 4390");
    check(&[TWO, &with("new-year-20"), &with("coffee-9-9")], "2 latte | 1 mocha = 4390");
    check(&[TWO, r#"{"intent":"use_voucher"}"#], "2 latte | 1 mocha = 4240");
    let grapes = r#"{"intent":"order","items":[{"item":"cheezy-grape","quantity":3}]}"#;
    check(&[grapes, &with("second-cup-half")], "3 cheezy-grape = 7000");
    let tea = r#"{"intent":"order","items":[{"item":"roasted-milk-tea","quantity":1}]}"#;
    check(&[tea, &with("free-milk-tea")], "1 roasted-milk-tea = 0");
    let misfit = |utterances: &[&str], cart: &str, why: Misfit| match check(utterances, cart).remove(0) {
        Answer::VoucherMisfit { why: found, .. } => assert_eq!(found, why),
        other => panic!("{other:?}"),
    };
    misfit(&[LATTE, &with("new-year-20")], "1 latte = 1700", Misfit::MinSpend { missing: 300 });
    misfit(&[LATTE, &with("eight-off-thirty")], "1 latte = 1700", Misfit::Brand { brands: vec!["nayuki".into()] });
    misfit(&[LATTE, &with("free-delivery")], "1 latte = 1700", Misfit::NotDelivered);
    misfit(&[&with("new-year-20")], "= 0", Misfit::EmptyCart);
    let mut late = start();
    late.set_now(oolong_commerce::seconds("2030-01-01T00:00:00Z").unwrap());
    say(&mut late, TWO);
    assert!(matches!(&say(&mut late, &with("new-year-20"))[..], [Answer::VoucherMisfit { why: Misfit::Over, .. }]));
}

#[test]
fn a_voucher_is_claimed_as_often_as_allowed() {
    let mut dialogue = start();
    let claim = r#"{"intent":"claim_voucher","voucher":"free-milk-tea"}"#;
    assert!(matches!(&say(&mut dialogue, claim)[..], [Answer::Claimed { fresh: true, .. }]));
    assert!(matches!(&say(&mut dialogue, claim)[..], [Answer::Claimed { fresh: false, .. }]));
    let coffee = r#"{"intent":"find_voucher","brand":"luckin","items":[{"category":"coffee"}]}"#;
    let Answer::Vouchers { ids, .. } = say(&mut dialogue, coffee).remove(0) else { panic!() };
    assert_eq!(ids, ["new-year-20", "coffee-9-9", "free-delivery"]);
}

#[test]
fn an_order_is_confirmed_placed_and_taken_back() {
    let mut dialogue = start();
    say(&mut dialogue, TWO);
    say(&mut dialogue, r#"{"intent":"change","fulfilment":"delivery"}"#);
    assert_eq!(dialogue.context().asked, Some(Asked::Place));
    let asked = say(&mut dialogue, r#"{"intent":"confirm"}"#);
    assert_eq!(asked, [Answer::Ask(Question::Place)]);
    let summary = say(&mut dialogue, r#"{"intent":"change","place":"People's Square"}"#);
    assert!(summary.iter().any(|answer| matches!(answer, Answer::Summary(summary) if summary.total == 5900)));
    assert_eq!(dialogue.context().asked, Some(Asked::Confirm));
    say(&mut dialogue, r#"{"intent":"confirm"}"#);
    assert_eq!(cart(&dialogue), "= 0");
    assert!(dialogue.state().placed.is_some());
    assert_eq!(dialogue.act(Action::Undo), [Answer::Undone]);
    assert_eq!(cart(&dialogue), "2 latte | 1 mocha = 5900");
    assert!(dialogue.state().placed.is_none());
    assert_eq!(say(&mut dialogue, r#"{"intent":"cancel_order"}"#), [Answer::Cancelled { placed: false }]);
    assert_eq!(cart(&dialogue), "= 0");
}

#[test]
fn doubt_is_asked_about_before_anything_changes() {
    let mut dialogue = start();
    let frames: Vec<Frame> = vec![serde_json::from_str(LATTE).unwrap()];
    let heard = Heard { frames: &frames, confidence: 0.2, threshold: 0.5, evidence: None };
    assert_eq!(dialogue.answer(&heard), [Answer::Unsure(frames.clone())]);
    assert_eq!(cart(&dialogue), "= 0");
    say(&mut dialogue, r#"{"intent":"confirm"}"#);
    assert_eq!(cart(&dialogue), "1 latte = 1700");
    dialogue.answer(&heard);
    assert_eq!(say(&mut dialogue, r#"{"intent":"deny"}"#), [Answer::Declined]);
    assert_eq!(cart(&dialogue), "1 latte = 1700");
}

#[test]
fn what_was_not_understood_is_not_called_out_of_scope() {
    let other: Vec<Frame> = vec![serde_json::from_str(r#"{"intent":"other"}"#).unwrap()];
    for (confidence, expected) in [(0.9, Answer::OutOfScope), (0.2, Answer::NotUnderstood)] {
        let heard = Heard { frames: &other, confidence, threshold: 0.5, evidence: None };
        assert_eq!(start().answer(&heard), [expected], "at {confidence}");
    }
}

#[test]
fn a_second_reading_looks_beyond_the_brand_settled_on() {
    let frame = |json: &str| -> Vec<Frame> { vec![serde_json::from_str(json).unwrap()] };
    let unknown = frame(r#"{"intent":"order","items":[{"item":"unknown","said":"latte","quantity":1}]}"#);
    let known = frame(LATTE);
    let named =
        frame(r#"{"intent":"order","brand":"nayuki","items":[{"item":"unknown","said":"latte","quantity":1}]}"#);
    let (at_brand, anywhere) = (Context { brand: Some("nayuki".to_owned()), ..Context::default() }, Context::default());
    assert_eq!(Dialogue::wider(&at_brand, &unknown), Some(anywhere.clone()));
    for (context, frames, why) in [
        (&at_brand, &known, "it was found"),
        (&at_brand, &named, "the shopper named the brand"),
        (&anywhere, &unknown, "it was looked for everywhere"),
    ] {
        assert_eq!(Dialogue::wider(context, frames), None, "{why}");
    }
    assert!(Dialogue::better(&unknown, &known));
    assert!(!Dialogue::better(&known, &known) && !Dialogue::better(&known, &unknown));
}

#[test]
fn questions_change_nothing() {
    for frame in [
        r#"{"intent":"ask_menu"}"#,
        r#"{"intent":"ask_menu","items":[{"category":"coffee"}],"prefer":"cheapest"}"#,
        r#"{"intent":"ask_menu","items":[{"item":"latte"}]}"#,
        r#"{"intent":"ask_menu","items":[{"modifiers":["milk:oat"]}]}"#,
        r#"{"intent":"check_stock","items":[{"item":"unknown","said":"sushi"}]}"#,
        r#"{"intent":"find_store","brand":"heytea","place":"here","prefer":"fastest"}"#,
        r#"{"intent":"find_voucher","max_price":1500}"#,
        r#"{"intent":"order_status"}"#,
        r#"{"intent":"chat"}"#,
        r#"{"intent":"other"}"#,
    ] {
        check(&[LATTE, frame], "1 latte = 1700");
    }
}

#[test]
fn a_stored_state_comes_back_and_is_mended() {
    let mut dialogue = start();
    say(&mut dialogue, TWO);
    say(
        &mut dialogue,
        r#"{"intent":"change","when":"15:30","fulfilment":"pickup","items":[{"modifiers":["size:large"]}]}"#,
    );
    let text = serde_json::to_string(dialogue.state()).unwrap();
    let again = Dialogue::new(campaign(), serde_json::from_str(&text).unwrap());
    assert_eq!(cart(&again), "2 latte | 1 mocha size:large = 5600");
    assert_eq!(again.state().order.when.map(|when| when.to_string()).as_deref(), Some("15:30"));
    let foreign = text.replace("\"latte\"", "\"gone\"").replace("size:large", "size:enormous");
    let mended = Dialogue::new(campaign(), serde_json::from_str(&foreign).unwrap());
    assert_eq!(cart(&mended), "1 mocha = 1900");
}

#[test]
fn a_menu_of_five_thousand_items_is_nothing_special() {
    let item = |index: usize| {
        format!(r#"{{"id":"i{index}","names":["thing {index}"],"category":"c{}","price":{index}}}"#, index % 7)
    };
    let menu: Vec<String> = (0..5000).map(item).collect();
    let json = format!(
        r#"{{"id":"big","names":["Big"],"currency":"USD","brands":[{{"id":"b","names":["B"],"menu":[{}]}}]}}"#,
        menu.join(",")
    );
    let mut dialogue = Dialogue::new(Arc::new(Campaign::from_json(json.as_bytes()).unwrap()), State::default());
    say(
        &mut dialogue,
        r#"{"intent":"order","items":[{"item":"i4999","quantity":2},{"category":"c3","quantity":1},{"item":"unknown","said":"thing 49990","quantity":1}]}"#,
    );
    assert_eq!(cart(&dialogue), "2 i4999 = 9998");
}
