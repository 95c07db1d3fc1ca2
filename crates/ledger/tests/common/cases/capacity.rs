//! Orders go only where there is room, whatever happens to clocks and processes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use oolong_ledger::{Act, Actor, Place};
use oolong_protocol::shop::{Millis, OrderReply};

use super::request;
use crate::common::{BEGIN, HOUR, MINUTE, SECOND, Shop, campaign, near, shopper, store};

/// Offers can be accepted, spread over the stores near by, and are honest.
pub(crate) async fn offers(place: Place) {
    let shop = Shop::open(&place).await;
    let ask = |who: String, ready_at: Option<Millis>| {
        let shop = shop.clone();
        async move {
            let request = request("busy-store", ready_at);
            let act =
                Act::PlaceOrder { request: Box::new(request), store: Box::new(store("busy-store")), near: near() };
            let reply = shop.act(shopper(&who), act).await;
            serde_json::from_slice::<OrderReply>(&reply.body).unwrap()
        }
    };
    for who in ["a1", "a2"] {
        assert!(matches!(ask(who.to_owned(), None).await, OrderReply::Reserved(_)));
    }
    let OrderReply::Offer(offer) = ask("a3".to_owned(), None).await else { panic!("expected an offer") };
    let stores: Vec<&str> = offer.alternatives.iter().map(|offer| offer.store.as_str()).collect();
    assert_eq!(stores, ["n1", "n2", "n3-cakeless"]);
    let slot = offer.later.unwrap();
    let now = shop.ledger.now().await.unwrap();
    assert!((now + 5 * MINUTE..now + 7 * MINUTE).contains(&slot.ready_at), "{slot:?} at {now}");
    // Half a minute of thought does no harm.
    shop.pass(30 * SECOND);
    let OrderReply::Reserved(order) = ask("a3".to_owned(), Some(slot.ready_at)).await else { panic!("it was offered") };
    assert!(order.ready_at >= slot.ready_at && order.ready_at <= slot.ready_at + MINUTE);
    // A wish that has passed means as soon as possible.
    for (who, long_ago) in [("a4", BEGIN - HOUR), ("a5", Millis::MIN)] {
        shop.pass(5 * MINUTE);
        shop.act(Actor::Clockwork, Act::Sweep).await;
        let OrderReply::Reserved(order) = ask(who.to_owned(), Some(long_ago)).await else { panic!("there is room") };
        let now = shop.ledger.now().await.unwrap();
        assert!((now + 4 * MINUTE..=now + 6 * MINUTE).contains(&order.ready_at), "{} at {now}", order.ready_at);
    }
    shop.sound().await;
    shop.ledger.close().await;
}

/// After a night without the server the orders of the night go out one minute after the other, never in a burst.
pub(crate) async fn backlog(place: Place) {
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let shop = Shop::open_at(&place, Arc::clone(&clock), campaign(10)).await.unwrap();
    for number in 0..10 {
        let wish = Some(BEGIN + HOUR + number * MINUTE);
        let act =
            Act::PlaceOrder { request: Box::new(request("s1", wish)), store: Box::new(store("s1")), near: Vec::new() };
        let reply = shop.act(shopper("ann"), act).await;
        let OrderReply::Reserved(order) = serde_json::from_slice(&reply.body).unwrap() else { panic!("an offer") };
        shop.act(shopper("ann"), Act::Confirm { order: order.id }).await;
    }
    shop.act(Actor::Clockwork, Act::SendDue).await;
    assert!(shop.ledger.queue("s1").await.unwrap().orders.is_empty(), "nothing is due yet");
    shop.ledger.close().await;

    clock.fetch_add(9 * HOUR, Ordering::Relaxed);
    let shop = Shop::open_at(&place, clock, campaign(10)).await.unwrap();
    for expected in [2, 4, 6, 8, 10, 10] {
        for _ in 0..3 {
            shop.act(Actor::Clockwork, Act::SendDue).await;
            assert_eq!(shop.ledger.queue("s1").await.unwrap().orders.len(), expected);
            shop.pass(10 * SECOND);
        }
        shop.pass(32 * SECOND);
    }
    shop.sound().await;
    shop.ledger.close().await;
}

/// One step of the random life of a store.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Somebody orders, for now or for so many seconds later, and confirms or not.
    Order(u32, bool),
    /// The clockwork works.
    Clockwork,
    /// So many milliseconds pass.
    Pass(Millis),
    /// The server stops and starts; the system's clock may be set back.
    Restart(Millis),
    /// The store says another pace.
    Pace(u16),
    /// Somebody calls the last order off.
    Cancel,
}

/// Whatever happens, no store gets more orders in any minute than it can begin: counted here by brute force from what its
/// till shows.
pub(crate) async fn capacity(place: Place, steps: Vec<Step>) {
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let mut shop = Shop::open_at(&place, Arc::clone(&clock), campaign(10)).await.unwrap();
    let (mut last, mut paces) = (None, vec![(BEGIN - HOUR, 2_u16)]);
    for step in steps {
        match step {
            Step::Order(later, confirm) => {
                let now = shop.ledger.now().await.unwrap();
                let wish = (later > 0).then(|| now + 5 * MINUTE + Millis::from(later) * SECOND);
                let act = Act::PlaceOrder {
                    request: Box::new(request("s1", wish)),
                    store: Box::new(store("s1")),
                    near: Vec::new(),
                };
                let reply = shop.act(shopper("ann"), act).await;
                if let Ok(OrderReply::Reserved(order)) = serde_json::from_slice(&reply.body) {
                    last = Some(order.id.clone());
                    if confirm {
                        shop.act(shopper("ann"), Act::Confirm { order: order.id }).await;
                    }
                }
            }
            Step::Clockwork => {
                shop.act(Actor::Clockwork, Act::Sweep).await;
                shop.act(Actor::Clockwork, Act::SendDue).await;
            }
            Step::Pass(time) => shop.pass(time),
            Step::Restart(back) => {
                shop.ledger.close().await;
                shop.clock.fetch_sub(back, Ordering::Relaxed);
                shop = Shop::open_at(&place, Arc::clone(&clock), campaign(10)).await.unwrap();
            }
            Step::Pace(pace) => {
                let change = oolong_protocol::shop::ChangeState {
                    state: oolong_protocol::shop::Availability::Open,
                    minutes: None,
                    until: None,
                    orders_per_minute: Some(pace),
                };
                let act = Act::ChangeState { change, store: Box::new(store("s1")) };
                let reply = shop.act(Actor::Store("s1".to_owned()), act).await;
                let live: oolong_protocol::shop::Live = serde_json::from_slice(&reply.body).unwrap();
                paces.push((live.as_of, pace));
            }
            Step::Cancel => {
                if let Some(order) = last.take() {
                    shop.act(shopper("ann"), Act::Cancel { order }).await;
                }
            }
        }
    }
    let queue = shop.ledger.queue("s1").await.unwrap();
    let sent: Vec<Millis> = queue.orders.iter().map(|order| order.sent_at).collect();
    for at in &sent {
        let within = sent.iter().filter(|other| (at - MINUTE + 1..=*at).contains(other)).count();
        // In the millisecond of a change either pace may have held.
        let before = paces.iter().rfind(|(since, _)| since < at).map_or(0, |(_, pace)| *pace);
        let changed = paces.iter().filter(|(since, _)| since == at).map(|(_, pace)| *pace).max();
        let pace = before.max(changed.unwrap_or(0));
        assert!(within <= usize::from(pace), "{within} orders in the minute before {at}, at most {pace}: {sent:?}");
    }
    shop.sound().await;
    shop.ledger.close().await;
}
