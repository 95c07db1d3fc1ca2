//! What others are told: the partner of orders, and whoever follows of stores.

use std::time::Duration;

use oolong_intent::Fulfilment;
use oolong_ledger::{Act, Actor, Place};
use oolong_protocol::shop::{Millis, OrderReply, OrderState};

use super::{request, text};
use crate::common::{BEGIN, MINUTE, SECOND, Shop, claim, reason, shopper, store};

/// A store that is busy by its bookings alone is so until they are worked off, and says so anew with every booking.
pub(crate) async fn busy_for_a_while(place: Place) {
    use oolong_protocol::shop::Availability;
    let shop = Shop::open(&place).await;
    let begin = shop.ledger.last_change().await.unwrap();
    for (who, ready_at) in [("ann", None), ("bob", None), ("cid", Some(BEGIN + 7 * MINUTE))] {
        let request = Box::new(request("s1", ready_at));
        let act = Act::PlaceOrder { request, store: Box::new(store("s1")), near: Vec::new() };
        assert_eq!(shop.act(shopper(who), act).await.status, 201);
    }
    let changes = shop.ledger.changes(begin, 10).await.unwrap();
    let ends: Vec<Millis> = changes.iter().map(|(_, change)| change.live.expires_at).collect();
    assert!(changes.iter().all(|(_, change)| change.live.state == Availability::Busy), "{changes:?}");
    assert!(ends.len() == 2 && ends[0] > BEGIN && ends[1] >= ends[0] && ends[1] < BEGIN + 5 * MINUTE, "{ends:?}");
    shop.ledger.close().await;
}

/// Orders for delivery are announced, in sequence, until the partner takes them or they are given up.
pub(crate) async fn outbox(place: Place) {
    let shop = Shop::open(&place).await;
    let order = |who: &'static str| {
        let shop = shop.clone();
        async move {
            let mut request = request("s1", None);
            request.fulfilment = Fulfilment::Delivery;
            request.place = Some("the station".to_owned());
            let act = Act::PlaceOrder { request: Box::new(request), store: Box::new(store("s1")), near: Vec::new() };
            let reply = shop.act(shopper(who), act).await;
            let OrderReply::Reserved(order) = serde_json::from_slice(&reply.body).unwrap() else { panic!("an offer") };
            shop.act(shopper(who), Act::Confirm { order: order.id.clone() }).await;
            shop.act(Actor::Clockwork, Act::SendDue).await;
            order.id
        }
    };
    shop.act(shopper("bob"), claim("free")).await;
    let (ann, bob) = (order("ann").await, order("bob").await);
    shop.act(Actor::Store("s1".to_owned()), Act::Ready { order: ann.clone() }).await;
    let due = shop.ledger.outbox_due(10).await.unwrap();
    assert_eq!(
        due.iter().map(|row| (row.order.as_str(), row.seq)).collect::<Vec<_>>(),
        [(ann.as_str(), 1), (bob.as_str(), 1)]
    );
    let payload: serde_json::Value = serde_json::from_str(&due[0].payload).unwrap();
    assert_eq!((&payload["event"], &payload["sequence"]), (&"order_sent".into(), &1.into()));
    // Later: not due, and what follows waits for it.
    let minutes = |count: u64| Some(Duration::from_secs(count * 60));
    let take = async |order: &str, seq: i64| shop.ledger.outbox_take(order, seq).await.unwrap();
    assert_eq!(take(&ann, 2).await, None, "not before the first");
    assert_eq!(take(&ann, 1).await, Some(1));
    assert_eq!(take(&ann, 1).await, None, "another process has it");
    shop.ledger.outbox_failed(&ann, 1, 1, "502", minutes(1)).await.unwrap();
    assert!(shop.ledger.outbox_due(10).await.unwrap().iter().all(|row| row.order == bob));
    shop.pass(2 * MINUTE);
    assert_eq!(take(&ann, 1).await, Some(2));
    // Whoever had it died: it is somebody else's after a while, and what the dead one says at last does not count.
    shop.pass(30 * SECOND);
    assert_eq!(take(&ann, 1).await, Some(3));
    let late = shop.ledger.outbox_failed(&ann, 1, 2, "late", None).await.unwrap();
    assert_eq!(&*late.body, br#"{"found":false}"#);
    shop.ledger.outbox_done(&ann, 1).await.unwrap();
    let due = shop.ledger.outbox_due(10).await.unwrap();
    assert_eq!(due.iter().find(|row| row.order == ann).map(|row| row.seq), Some(2));
    // Given up: the order has failed, its voucher is back.
    assert_eq!(shop.ledger.order("bob", &bob).await.unwrap().unwrap().price.savings.len(), 1);
    assert_eq!(take(&bob, 1).await, Some(1));
    shop.ledger.outbox_failed(&bob, 1, 1, "410", None).await.unwrap();
    assert_eq!(shop.ledger.order("bob", &bob).await.unwrap().unwrap().state, OrderState::Failed);
    assert_eq!(text(&shop.ledger.wallet("bob").await.unwrap().grants[0].state), "claimed");
    assert_eq!(shop.ledger.outbox_dead(10).await.unwrap().len(), 1);
    let again = async |order: &str| shop.act(Actor::Operator, Act::AnnounceAgain { order: order.to_owned() }).await;
    let refused = again(&bob).await;
    assert_eq!((refused.status, reason(&refused)), (409, "order_state_conflict".to_owned()), "it is closed");
    assert_eq!(reason(&again("nothing").await), "order_unknown");
    let by_shopper = shop.act(shopper("ann"), Act::AnnounceAgain { order: ann.clone() }).await;
    assert_eq!(reason(&by_shopper), "request_invalid");

    // Under way, and the partner asked to be left alone for long: at once, with no try counted.
    assert_eq!(take(&ann, 2).await, Some(1));
    shop.ledger.outbox_failed(&ann, 2, 1, "429", minutes(60)).await.unwrap();
    assert_eq!(shop.ledger.outbox_due(10).await.unwrap(), []);
    assert_eq!(shop.ledger.outbox_pending(10).await.unwrap()[0].attempts, 1);
    assert_eq!(again(&ann).await.status, 200);
    let due = shop.ledger.outbox_due(10).await.unwrap();
    assert_eq!((due[0].seq, due[0].attempts, due.len()), (2, 0, 1));

    // Handed over meanwhile: what is given up now fails nothing, and can be announced again, in sequence.
    shop.act(Actor::Store("s1".to_owned()), Act::Collected { order: ann.clone() }).await;
    assert_eq!(take(&ann, 2).await, Some(1));
    shop.ledger.outbox_failed(&ann, 2, 1, "503", None).await.unwrap();
    assert_eq!(shop.ledger.order_state(&ann).await.unwrap(), Some(OrderState::Collected));
    assert_eq!(shop.ledger.outbox_dead(10).await.unwrap().len(), 3);
    // A late word on what was given up changes nothing.
    let late = shop.ledger.outbox_done(&ann, 2).await.unwrap();
    assert_eq!(&*late.body, br#"{"found":false}"#);
    assert_eq!(again(&ann).await.status, 200);
    for seq in [2, 3] {
        let due = shop.ledger.outbox_due(10).await.unwrap();
        assert_eq!(due.iter().map(|row| (row.order.as_str(), row.seq)).collect::<Vec<_>>(), [(ann.as_str(), seq)]);
        shop.ledger.outbox_done(&ann, seq).await.unwrap();
    }
    assert_eq!(reason(&again(&ann).await), "order_state_conflict", "all is taken");
    assert_eq!(shop.ledger.outbox_dead(10).await.unwrap().len(), 1, "what the failed order left");
    shop.sound().await;
    shop.ledger.close().await;
}

/// Changes of stores can be followed from any point on.
pub(crate) async fn changes(place: Place) {
    use oolong_protocol::shop::{Availability, ChangeState};
    let shop = Shop::open(&place).await;
    let say = |id: &'static str, state: Availability| {
        let shop = shop.clone();
        async move {
            let change = ChangeState { state, minutes: None, until: None, orders_per_minute: None };
            let act = Act::ChangeState { change, store: Box::new(store(id)) };
            assert_eq!(shop.act(Actor::Store(id.to_owned()), act).await.status, 200);
        }
    };
    let begin = shop.ledger.last_change().await.unwrap();
    say("s1", Availability::Paused).await;
    say("s2", Availability::Open).await;
    say("s1", Availability::Open).await;
    let all = shop.ledger.changes(begin, 10).await.unwrap();
    let seen: Vec<(&str, Availability)> =
        all.iter().map(|(_, change)| (change.store.as_str(), change.live.state)).collect();
    assert_eq!(seen, [("s1", Availability::Paused), ("s2", Availability::Open), ("s1", Availability::Open)]);
    assert_eq!(shop.ledger.changes(all[1].0, 10).await.unwrap(), all[2..]);
    assert_eq!(shop.ledger.changes(begin, 1).await.unwrap(), all[..1]);
    assert_eq!(shop.ledger.changes(all[2].0, 10).await.unwrap(), []);
    let live = shop.ledger.live(&["s1".to_owned(), "s3".to_owned()]).await.unwrap();
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].live.state, Availability::Open);
    // A full store is announced as busy, by itself.
    let last = shop.ledger.last_change().await.unwrap();
    for who in ["a", "b"] {
        let request = Box::new(request("s1", None));
        shop.act(shopper(who), Act::PlaceOrder { request, store: Box::new(store("s1")), near: Vec::new() }).await;
    }
    let busy = shop.ledger.changes(last, 10).await.unwrap();
    assert_eq!(busy.iter().map(|(_, change)| change.live.state).collect::<Vec<_>>(), [Availability::Busy]);
    shop.ledger.close().await;
}
