//! The machine's ways, one per line: what happens, and where it then stands.

use oolong_protocol::shop::{Goods, Live, PriceView, StoreOffer};

use super::{flow::*, standing::*};
use crate::failure::Failure;
use oolong_intent::Fulfilment;
use oolong_protocol::{
    counter::Wanted,
    shop::{
        Availability, Millis, Offer, Order, OrderReply, OrderState, Problem, Reason, Slot, StoreView, VoucherChoice,
    },
};

const NOW: Millis = 1_000_000;
/// The reservations of these tests end here.
const HELD: Millis = NOW + 300_000;

fn flow(fulfilment: Option<Fulfilment>, place: Option<&str>) -> Flow {
    let goods = vec![Goods { item: "tea".into(), quantity: 1, modifiers: vec![] }];
    let wanted = Wanted { goods, fulfilment, place: place.map(str::to_owned), when: None, vouchers: vec![] };
    Flow::new("w.0".into(), "leaf".into(), wanted, VoucherChoice::Best, None)
}

fn store(id: &str, state: Availability, unavailable: &[&str]) -> StoreView {
    StoreView {
        id: id.into(),
        brand: "leaf".into(),
        names: vec![],
        lon: 0.0,
        lat: 0.0,
        address: String::new(),
        hours: String::new(),
        fulfilment: vec![Fulfilment::Pickup],
        unavailable: unavailable.iter().map(|item| (*item).to_owned()).collect(),
        metres: None,
        live: Live { state, minutes: None, until: None, as_of: 0, expires_at: 0 },
    }
}

fn order(store: &str, state: OrderState, changed_at: Millis) -> Order {
    Order {
        id: "o1".into(),
        number: "A7".into(),
        state,
        store: store.into(),
        store_names: vec![],
        goods: vec![],
        fulfilment: Fulfilment::Pickup,
        place: None,
        price: PriceView::default(),
        placed_at: NOW,
        ready_at: NOW + 600_000,
        reserved_until: Some(HELD).filter(|_| state == OrderState::Reserved),
        changed_at,
    }
}

fn state(name: &str) -> OrderState {
    serde_json::from_value(name.into()).expect("a state's name")
}

fn refused(code: &str) -> Failure {
    let reason: Reason = serde_json::from_value(code.into()).expect("a reason's code");
    Failure::Refused { problem: Box::new(Problem::new(reason, "")), retry_after: None }
}

fn failure(what: &str) -> Failure {
    match what {
        "gone" => Failure::Unreachable,
        "garbled" => Failure::Garbled { status: 404, retry_after: None, detail: String::new() },
        code => refused(code),
    }
}

fn act(name: &str) -> Act {
    match name {
        "confirm" => Act::Confirm,
        "cancel" => Act::Cancel,
        "replace" => Act::Replace,
        "return" => Act::Return,
        other => panic!("no act is called {other}"),
    }
}

/// One thing that happens, in short.
fn event(flow: &Flow, line: &str) -> Event {
    let words: Vec<&str> = line.split_whitespace().collect();
    let step = match flow.due() {
        Some(Due::Post { step, .. }) => step,
        _ => 0,
    };
    match words.as_slice() {
        ["begin"] => Event::Begin { chosen: None },
        ["begin", store] => Event::Begin { chosen: Some((*store).to_owned()) },
        ["near", place] => Event::Near((*place).to_owned()),
        ["found", "gone"] => Event::Found(Err(Failure::Unreachable)),
        ["found", stores @ ..] => {
            let read = |text: &&str| match text.split_once(':') {
                Some((id, "closed")) => store(id, Availability::Closed, &[]),
                Some((id, "shut")) => store(id, Availability::PermanentlyClosed, &[]),
                Some((id, "busy")) => store(id, Availability::Busy, &[]),
                Some((id, "without")) => store(id, Availability::Open, &["tea"]),
                _ => store(text, Availability::Open, &[]),
            };
            Event::Found(Ok(stores.iter().map(read).collect()))
        }
        ["chosen", store] => Event::Chosen((*store).to_owned()),
        ["reserved"] => {
            Event::Replied { step, reply: Ok(OrderReply::Reserved(order("s1", OrderState::Reserved, NOW))) }
        }
        ["stale-reserved"] => {
            Event::Replied { step: 77, reply: Ok(OrderReply::Reserved(order("s1", OrderState::Reserved, NOW))) }
        }
        ["offer"] => {
            let slot = Slot { ready_at: NOW + 1_500_000, minutes: 25 };
            let other = StoreOffer { store: "s9".into(), names: vec![], metres: 400, slot };
            let offer = Offer { reason: Reason::StoreBusy, later: Some(slot), alternatives: vec![other] };
            Event::Replied { step, reply: Ok(OrderReply::Offer(offer)) }
        }
        ["no", what] => Event::Replied { step, reply: Err(failure(what)) },
        ["later"] => Event::Took { store: None, slot: Slot { ready_at: NOW + 1_500_000, minutes: 25 } },
        ["at", store] => {
            Event::Took { store: Some((*store).to_owned()), slot: Slot { ready_at: NOW + 900_000, minutes: 15 } }
        }
        ["press", remedy] => Event::Pressed(match *remedy {
            "again" => Remedy::Again,
            "other" => Remedy::OtherStore,
            "pickup" => Remedy::Pickup,
            "delivery" => Remedy::Delivery,
            "best" => Remedy::BestVouchers,
            _ => Remedy::Back,
        }),
        ["want", name] => Event::Wants(act(name)),
        ["did", name, became] => Event::Done { act: act(name), reply: Ok(order("s1", state(became), NOW + 10)) },
        ["failed", name, what] => Event::Done { act: act(name), reply: Err(failure(what)) },
        ["news", became, at] => {
            Event::News(order("s1", state(became), NOW + at.parse::<Millis>().expect("milliseconds")))
        }
        _ => panic!("not an event: {line}"),
    }
}

/// Where it stands, in short: the stage, `…` while an answer is awaited in vain, `!` after a refusal.
fn shown(flow: &Flow) -> String {
    let stage = match &flow.stage {
        Stage::New => "new".to_owned(),
        Stage::Place { unknown: None } => "place?".to_owned(),
        Stage::Place { unknown: Some(place) } => format!("place? not {place}"),
        Stage::Finding { place } => format!("finding {place}"),
        Stage::Asking { request } => {
            let at = request.ready_at.map(|at| format!(" +{}", (at - NOW) / 60_000)).unwrap_or_default();
            let way = request.place.as_ref().map(|place| format!(" to {place}")).unwrap_or_default();
            format!("asking {}{at}{way}", request.store)
        }
        Stage::Offered { request, .. } => format!("offered {}", request.store),
        Stage::Refused { request } => format!("refused {}", request.store),
        Stage::Placed { order, doing } => {
            let doing = doing.map(|act| format!(" {act:?}").to_lowercase()).unwrap_or_default();
            format!("{:?}{doing}", order.state).to_lowercase()
        }
        Stage::Returned => "returned".to_owned(),
    };
    let due = match flow.due() {
        Some(Due::Post { key, .. } | Due::Act { key, .. }) => format!(" [{key}]"),
        Some(Due::Find { .. }) | None => String::new(),
    };
    let waiting = if flow.waiting { " …" } else { "" };
    let trouble = if flow.trouble.is_some() { " !" } else { "" };
    format!("{stage}{due}{waiting}{trouble}")
}

/// Fresh ids are called by where in the line the shopper pressed: `n1` the first, `n2` the next.
#[track_caller]
fn check_flow(mut flow: Flow, events: &str, expected: &str) {
    for (at, line) in events.split(';').map(str::trim).enumerate() {
        let event = event(&flow, line);
        flow.hear(event, NOW, || format!("n{at}"));
        // Whatever happens, a reload finds it as it was left.
        let text = serde_json::to_string(&flow).expect("it can be stored");
        assert_eq!(serde_json::from_str::<Flow>(&text).expect("it can be read again"), flow);
    }
    assert_eq!(shown(&flow), expected, "{events}");
}

#[track_caller]
fn check(events: &str, expected: &str) {
    check_flow(flow(None, None), events, expected);
}

#[test]
fn a_store_is_chosen() {
    check("begin", "place?");
    check("begin; near here", "finding here");
    check("begin; near dock; found s1", "asking s1 [n1.1]");
    check("begin s3", "asking s3 [w.0.1]");
    check("begin; begin s3", "place?");
    let check = |events, expected| check_flow(flow(None, Some("bund")), events, expected);
    check("begin", "finding bund");
    // A place that was said for this very order is newer than the choice.
    check("begin s3", "finding bund");
    check("begin; found s1 s2", "asking s1 [w.0.1]");
    check("begin; found s1:closed s2:busy", "asking s2 [w.0.1]");
    check("begin; found s1:without s2", "asking s2 [w.0.1]");
    // None takes orders: the nearest says when, or who else does.
    check("begin; found s1:closed s2:closed", "asking s1 [w.0.1]");
    check("begin; found s1:shut", "place? not bund");
    check("begin; found", "place? not bund");
    check("begin; found; near pier; found s4", "asking s4 [n2.1]");
    check("begin; found; chosen s5", "asking s5 [n2.1]");
    check("begin; found gone", "finding bund …");
    check("begin; found gone; found s1", "asking s1 [w.0.1]");
}

#[test]
fn what_is_brought_goes_to_the_address_from_whichever_store() {
    let to = |place| flow(Some(Fulfilment::Delivery), place);
    check_flow(to(Some("bund")), "begin s3", "asking s3 to bund [w.0.1]");
    check_flow(to(None), "begin s3", "place?");
    check_flow(to(None), "begin s3; near dock", "asking s3 to dock [n1.1]");
    // An address that the map does not know is no dead end: only the store is looked for otherwise.
    check_flow(to(Some("flat3")), "begin; found", "place? not flat3");
    check_flow(to(Some("flat3")), "begin; found; near here", "finding here");
    check_flow(to(Some("flat3")), "begin; found; near here; found s4", "asking s4 to flat3 [n2.1]");
    check_flow(to(Some("flat3")), "begin; found; near here; found; chosen s5", "asking s5 to flat3 [n4.1]");
    check_flow(to(Some("flat3")), "begin; found; chosen s5", "asking s5 to flat3 [n2.1]");
    check_flow(to(Some("flat3")), "begin; found; near dock; found s4", "asking s4 to dock [n2.1]");
    check_flow(to(None), "begin; near here", "place?");
}

#[test]
fn busy_is_negotiated() {
    check("begin s1; offer", "offered s1");
    check("begin s1; offer; later", "asking s1 +25 [n2.2]");
    check("begin s1; offer; at s9", "asking s9 +15 [n2.2]");
    check("begin s1; offer; at s9; offer; later; reserved", "reserved");
    check("begin s1; offer; chosen s7", "asking s7 [n2.2]");
    check("begin s1; offer; press other", "place?");
    check("begin s1; offer; press back", "returned");
    check("begin s1; offer; press back; chosen s7; later", "returned");
    check("begin s1; later", "asking s1 [w.0.1]");
}

#[test]
fn no_answer_is_asked_for_again_under_the_same_key() {
    check("begin s1; no gone", "asking s1 [w.0.1] …");
    check("begin s1; no ledger_unavailable", "asking s1 [w.0.1] …");
    check("begin s1; no idempotency_key_in_flight; no gone; reserved", "reserved");
    check("begin s1; stale-reserved", "asking s1 [w.0.1]");
    check("begin s1; press back", "asking s1 [w.0.1]");
    check("begin s1; no gone; press back", "returned");
    check("begin s1; no gone; chosen s2", "asking s1 [w.0.1] …");
    check("begin s1; reserved; want confirm; failed confirm gone", "reserved confirm [confirm.o1] …");
    check("begin s1; reserved; want confirm; failed confirm gone; did confirm confirmed", "confirmed");
}

#[test]
fn refusals_have_ways_out() {
    check("begin s1; no item_unavailable", "refused s1 !");
    check("begin s1; no item_unavailable; press again", "refused s1 !");
    check("begin s1; no item_unavailable; press other; near dock; found s2", "asking s2 [n3.2]");
    check("begin s1; no item_unavailable; chosen s2", "asking s2 [n2.2]");
    check("begin s1; no voucher_suspended; press again", "asking s1 [n2.2]");
    check("begin s1; no garbled; press again", "asking s1 [n2.2]");
    check("begin s1; no order_too_far_ahead; press again", "refused s1 !");
    check("begin s1; no order_invalid; press again", "refused s1 !");
    check("begin s1; no order_invalid; press back", "returned");
    let way = |way| flow(Some(way), Some("bund"));
    check_flow(way(Fulfilment::Delivery), "begin s1; no fulfilment_unavailable; press pickup", "asking s1 [n2.2]");
    check_flow(way(Fulfilment::Delivery), "begin s1; no fulfilment_unavailable; press delivery", "refused s1 !");
    let refused = "begin; found s1; no fulfilment_unavailable; press";
    check_flow(way(Fulfilment::Pickup), &format!("{refused} pickup"), "refused s1 !");
    check_flow(way(Fulfilment::Pickup), &format!("{refused} delivery"), "place?");
    check_flow(way(Fulfilment::Pickup), &format!("{refused} delivery; near dock"), "asking s1 to dock [n4.2]");
    check_flow(flow(None, Some("bund")), &format!("{refused} delivery; near dock"), "asking s1 to dock [n4.2]");
    let mut chosen = flow(None, None);
    chosen.vouchers = VoucherChoice::Grants(vec!["g".into()]);
    check_flow(chosen, "begin s1; no discount_code_item_ineligible; press best; reserved", "reserved");
}

#[test]
fn what_is_reserved_is_confirmed_or_not() {
    check("begin s1; reserved", "reserved");
    check("begin s1; reserved; want confirm", "reserved confirm [confirm.o1]");
    check("begin s1; reserved; want confirm; want cancel", "reserved confirm [confirm.o1]");
    check("begin s1; reserved; want confirm; did confirm confirmed", "confirmed");
    check("begin s1; reserved; want cancel; did cancel cancelled", "cancelled");
    check("begin s1; reserved; want cancel; did cancel cancelled; press again", "asking s1 [n4.2]");
    check("begin s1; reserved; want cancel; did cancel cancelled; press back", "returned");
    check("begin s1; reserved; want confirm; failed confirm order_lapsed", "lapsed !");
    check("begin s1; reserved; want confirm; failed confirm order_lapsed; press again", "asking s1 [n4.2]");
    check("begin s1; reserved; want replace", "reserved replace [cancel.o1]");
    check("begin s1; reserved; want replace; did replace cancelled", "asking s1 +10 [n2.2]");
    check("begin s1; reserved; want replace; news cancelled 10; did replace cancelled", "asking s1 +10 [n2.2]");
    // Goods go back to the cart with the stage `returned`, so not before they are sure not to be made, and once.
    check("begin s1; reserved; want return; want return", "reserved return [cancel.o1]");
    check("begin s1; reserved; want confirm; want return", "reserved confirm [confirm.o1]");
    check("begin s1; reserved; want return; failed return gone", "reserved return [cancel.o1] …");
    check("begin s1; reserved; want return; did return cancelled", "returned");
    check("begin s1; reserved; want return; failed return order_lapsed", "returned");
    check("begin s1; reserved; want return; failed return order_state_conflict", "reserved !");
    check("begin s1; reserved; chosen s2; press back", "reserved");
    // An answer to something that nobody asked for any more.
    check("begin s1; reserved; did confirm confirmed", "reserved");
}

#[test]
fn news_never_goes_back() {
    check("begin s1; reserved; news confirmed 5; news sent 9", "sent");
    check("begin s1; reserved; news sent 9; news confirmed 5", "sent");
    check("begin s1; reserved; news sent 9; news confirmed 9", "sent");
    check("begin s1; reserved; want confirm; news confirmed 5", "confirmed");
    check("begin s1; reserved; want confirm; did confirm confirmed; news ready 99; want cancel", "ready");
    check("begin s1; reserved; want confirm; did confirm confirmed; want cancel", "confirmed cancel [cancel.o1]");
    check("begin s1; reserved; news confirmed 5; want cancel; failed cancel order_not_cancellable", "confirmed !");
    check("begin s1; reserved; news failed 5; press again", "asking s1 [n3.2]");
}

#[test]
fn each_press_is_a_request_of_its_own_and_what_follows_is_not() {
    let hear = |flow: &mut Flow, line: &str, fresh: &str| {
        let event = event(flow, line);
        flow.hear(event, NOW, || fresh.to_owned());
        shown(flow)
    };
    // Ordered again from the list, and again at the next visit: the ledger has the first one still.
    let lapsed = || Flow::of("w.0".into(), order("s1", OrderState::Lapsed, NOW), "leaf".into());
    assert_eq!(hear(&mut lapsed(), "press again", "a"), "asking s1 [a.1]");
    assert_eq!(hear(&mut lapsed(), "press again", "b"), "asking s1 [b.1]");
    // Another tab has an older copy.
    let mut flow = flow(None, Some("bund"));
    hear(&mut flow, "begin", "-");
    let mut copy = flow.clone();
    assert_eq!(hear(&mut flow, "found s1", "a"), hear(&mut copy, "found s1", "b"));
    assert_eq!(hear(&mut flow, "offer", "c"), hear(&mut copy, "offer", "d"));
    assert_ne!(hear(&mut flow, "later", "e"), hear(&mut copy, "at s9", "f"));
    // Asked for again without an answer, and after a reload.
    let key = flow.due();
    hear(&mut flow, "no gone", "g");
    let text = serde_json::to_string(&flow).expect("it can be stored");
    assert_eq!(serde_json::from_str::<Flow>(&text).expect("it can be read again").due(), key);
}

#[test]
fn what_is_not_confirmed_in_time_has_lapsed() {
    let mut flow = flow(None, None);
    for line in ["begin s1", "reserved"] {
        let event = event(&flow, line);
        flow.hear(event, NOW, String::new);
    }
    flow.hear(Event::Wants(Act::Confirm), HELD, String::new);
    assert_eq!(shown(&flow), "reserved");
    assert_eq!(flow.remedies(HELD - 1), []);
    assert_eq!(flow.remedies(HELD), [Remedy::Again, Remedy::Back]);
    assert_eq!(state_at(flow.order().expect("it is placed"), HELD), OrderState::Lapsed);
}
