//! The cases. A database passes if each of these returns.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use oolong_intent::Fulfilment;
use oolong_ledger::{Act, Actor, LedgerError, Place};
use oolong_protocol::shop::{Goods, Grant, Millis, OrderReply, OrderRequest, OrderState, VoucherChoice};

use super::script::play;
use super::{BEGIN, HOUR, MINUTE, SECOND, Shop, campaign, claim, near, reason, shopper, store};

/// Claiming and redeeming, and every way in which that is refused.
pub(crate) async fn vouchers(place: Place) {
    play(
        place,
        "
        status free -> available
        balance free -> 10 10 0 0 0 0 0
        ann claims free -> 201
        ann claims free -> 409 discount_code_usage_limit_reached
        ann claims nothing -> 404 discount_code_invalid
        ann claims later -> 409 discount_code_not_yet_valid
        status later -> not_yet
        ann claims off -> 201
        ann claims off -> 201
        bob claims off -> 201
        bob claims off -> 409 voucher_sold_out
        status off -> sold_out
        operator adds off 2 -> 200
        operator adds off 0 -> 400 request_invalid
        operator adds nothing 1 -> 404 discount_code_invalid
        bob claims off -> 201
        balance off -> 5 1 4 0 0 0 0
        wallet ann -> free:claimed off:claimed off:claimed
        s1 redeems ann:free:1 -> 200
        s1 redeems ann:free:1 -> 409 voucher_redeemed
        s2 redeems ann:free:1 -> 409 voucher_redeemed
        s1 redeems ann:free:2 -> 422 voucher_token_invalid
        s1 redeems rubbish -> 422 voucher_token_invalid
        ann claims free -> 409 discount_code_usage_limit_reached
        ann claims bean_only -> 201
        s1 redeems ann:bean_only:1 -> 409 voucher_other_brand
        s-bean redeems ann:bean_only:1 -> 200
        balance free -> 10 9 0 0 1 0 0
        # Nobody but the operator does what the operator does.
        ann suspends free -> 400 request_invalid
        s1 claims free -> 400 request_invalid
        ",
    )
    .await;
}

/// Suspending, the end, its extension, taking back.
pub(crate) async fn operation(place: Place) {
    play(
        place,
        "
        ann claims free -> 201
        bob claims free -> 201
        operator suspends free -> 200
        status free -> suspended
        cid claims free -> 409 voucher_suspended
        s1 redeems ann:free:1 -> 409 voucher_suspended
        ann orders s1 tea ann:free:1 -> 409 voucher_suspended
        wallet ann -> free:claimed
        operator resumes free -> 200
        cid claims free -> 201
        s1 redeems cid:free:1 -> 200
        wait 3700
        status free -> expired
        dan claims free -> 409 discount_code_expired
        s1 redeems ann:free:1 -> 409 discount_code_expired
        # The wallet says so at once; the balance when the clockwork has gone through.
        wallet ann -> free:expired
        balance free -> 10 7 2 0 1 0 0
        clock sweeps -> 200
        clock sweeps -> 200
        balance free -> 10 7 0 0 1 2 0
        operator extends free 3600 -> 400 request_invalid
        operator extends later 9999 -> 400 request_invalid
        operator extends free 7200 -> 200
        wallet ann -> free:claimed
        s1 redeems ann:free:1 -> 200
        balance free -> 10 7 0 0 2 1 0
        clock sweeps -> 200
        balance free -> 10 7 1 0 2 0 0
        dan claims free -> 201
        operator revokes free bob:free:1 -> 200
        operator revokes free bob:free:1 -> 409 voucher_revoked
        operator revokes free ann:free:1 -> 409 voucher_redeemed
        operator revokes free nobody:free:1 -> 404 discount_code_invalid
        s1 redeems bob:free:1 -> 409 voucher_revoked
        balance free -> 10 6 1 0 2 0 1
        operator revokes free -> 200
        wallet dan -> free:revoked
        s1 redeems dan:free:1 -> 409 voucher_revoked
        clock sweeps -> 200
        balance free -> 10 6 0 0 2 0 2
        # In the same instant, but after it.
        eve claims free -> 201
        wallet eve -> free:claimed
        ",
    )
    .await;
}

/// An order's life, with its vouchers.
pub(crate) async fn orders(place: Place) {
    play(
        place,
        "
        ann claims free -> 201
        ann claims off -> 201
        ann orders s1 tea,cake -> 201
        wallet ann -> free:reserved off:reserved
        balance free -> 10 9 0 1 0 0 0
        s1 redeems ann:free:1 -> 200
        ann cancels -> 409 order_not_cancellable
        ann confirms -> 200
        ann confirms -> 200
        queue s1 ->
        clock sends -> 200
        queue s1 -> A001:sent
        ann cancels -> 409 order_not_cancellable
        s2 makes ann -> 404 order_unknown
        s1 makes ann -> 200
        queue s1 -> A001:ready
        s1 hands ann -> 200
        s1 hands ann -> 200
        s1 makes ann -> 409 order_state_conflict
        ann confirms -> 409 order_state_conflict
        wallet ann -> free:redeemed off:redeemed
        balance off -> 3 2 0 0 1 0 0
        # Held for one order, a voucher is not for another, nor for another store; called off, it is back.
        bob claims off -> 201
        bob orders s1 cake bob:off:1 -> 201
        bob cancels ann -> 404 order_unknown
        bob orders s2 cake bob:off:1 -> 409 voucher_reserved
        s2 redeems bob:off:1 -> 409 voucher_other_store
        operator revokes off bob:off:1 -> 409 voucher_reserved
        bob cancels -> 200
        bob cancels -> 200
        wallet bob -> off:claimed
        bob confirms -> 409 order_state_conflict
        # Not confirmed in time, it lapses, and may not be confirmed even before the clockwork has seen it.
        bob orders s1 cake -> 201
        wallet bob -> off:reserved
        wait 121
        bob confirms -> 409 order_lapsed
        clock sweeps -> 200
        bob confirms -> 409 order_lapsed
        bob cancels -> 409 order_lapsed
        wallet bob -> off:claimed
        # What was wrong with an order.
        bob orders s1 coal -> 422 order_invalid
        bob orders s1 tea*0 -> 422 order_invalid
        bob orders s1 tea+size:huge -> 422 order_invalid
        bob orders s1 tea+nonsense -> 422 order_invalid
        bob orders s1 latte -> 409 item_other_brand
        bob orders s1 tea ann:off:1 -> 403 discount_code_user_ineligible
        bob orders s1 tea bob:off:1,bob:off:1 -> 409 discount_code_combination_disallowed
        bob orders s-pickup tea delivery -> 409 fulfilment_unavailable
        bob orders s-courier tea -> 409 fulfilment_unavailable
        bob orders s-courier tea none delivery -> 201
        bob orders s1 tea at=999999 -> 200 order_too_far_ahead
        bob orders s-cakeless cake -> 200 item_unavailable
        bob orders s-unknown tea -> 200 store_state_unknown
        wallet bob -> off:claimed
        ",
    )
    .await;
}

/// What nobody fetches hides nothing, and holds no voucher for ever.
pub(crate) async fn forgotten(place: Place) {
    play(
        place,
        "
        ann claims off -> 201
        ann orders s1 tea -> 201
        ann confirms -> 200
        clock sends -> 200
        wait 1
        bob orders s1 tea -> 201
        bob confirms -> 200
        clock sends -> 200
        queue s1 -> A001:sent A002:sent
        s1 makes ann -> 200
        queue s1 -> A002:sent A001:ready
        s1 makes bob -> 200
        queue s1 -> A002:ready A001:ready
        wallet ann -> off:reserved
        wait 86401
        clock sweeps -> 200
        queue s1 ->
        wallet ann -> off:claimed
        s1 hands ann -> 409 order_state_conflict
        s1 hands bob -> 200
        ",
    )
    .await;
}

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

/// Stores that pause, close, are busy; what nobody has said for long counts no more.
pub(crate) async fn stores(place: Place) {
    play(
        place,
        "
        stands s1 -> open 5
        stands s-unknown -> unknown
        s1 says paused until=1200 -> 200
        stands s1 -> paused
        ann orders s1 tea -> 200 store_paused
        ann orders s1 tea at=1500 -> 201
        s2 says open -> 200
        s1 says open -> 200
        stands s1 -> open 5
        s1 says busy minutes=20 -> 200
        stands s1 -> busy 20
        bob orders s1 tea -> 200 store_busy
        s1 says unknown -> 400 request_invalid
        s1 says open minutes=3 -> 400 request_invalid
        s1 says open until=3000 -> 400 request_invalid
        s1 says closed until=-3000 -> 400 request_invalid
        s1 says open pace=0 -> 400 request_invalid
        s-unknown says open -> 200
        stands s-unknown -> open 5
        bob orders s-unknown tea -> 201
        s1 says paused -> 200
        bob orders s1 tea -> 200 store_paused
        # A word is fresh for half an hour.
        wait 1801
        stands s1 -> open 5
        stands s-unknown -> unknown
        bob orders s1 tea -> 201
        s1 says permanently_closed -> 200
        wait 9999
        stands s1 -> permanently_closed
        bob orders s1 tea -> 200 store_permanently_closed
        # Two in a minute and no more: the third is offered the next minute, and other stores.
        ann orders s3 tea -> 201
        bob orders s3 tea -> 201
        cid orders s3 tea -> 200 store_busy
        stands s3 -> busy 7
        # What is called off is free again.
        bob cancels -> 200
        cid orders s3 tea -> 201
        # A store may change its pace.
        s3 says open pace=1 -> 200
        s4 says open pace=5 -> 200
        ann orders s4 tea -> 201
        ann orders s4 tea -> 201
        ann orders s4 tea -> 201
        # Until when a pause lasts was said, so it lasts until then.
        s5 says paused until=20000 -> 200
        wait 3600
        stands s5 -> paused
        ann orders s5 tea -> 200 store_paused
        wait 5000
        stands s5 -> open 5
        ",
    )
    .await;
}

/// Many at once: as many succeed as there are, and nobody gets two.
pub(crate) async fn stampede(place: Place) {
    let shop = Shop::open_at(&place, Arc::new(AtomicI64::new(BEGIN)), campaign(50)).await.unwrap();
    let tasks = (0..200).map(|number| {
        let shop = shop.clone();
        tokio::spawn(async move {
            let key = format!("key-{number:06}");
            let first = shop.keyed(shopper(&format!("p{number}")), &key, 1, claim("free")).await.unwrap();
            let second = shop.keyed(shopper(&format!("p{number}")), &key, 1, claim("free")).await.unwrap();
            assert_eq!((first.status, &first.body), (second.status, &second.body));
            assert!(!first.replayed && second.replayed);
            first
        })
    });
    let mut claimed = 0;
    for task in tasks.collect::<Vec<_>>() {
        let reply = task.await.unwrap();
        claimed += usize::from(reply.status == 201);
        assert!(reply.status == 201 || reason(&reply) == "voucher_sold_out", "{}", reason(&reply));
    }
    assert_eq!(claimed, 50);
    let rows = shop.ledger.balances().await.unwrap();
    let row = rows.iter().find(|row| row.id == "free").unwrap();
    assert_eq!((row.issued, row.available, row.claimed), (50, 0, 50));
    shop.sound().await;
    shop.ledger.close().await;
}

/// A key is carried out once, whatever comes when.
pub(crate) async fn idempotency(place: Place) {
    let shop = Shop::open(&place).await;
    let first = shop.keyed(shopper("ann"), "key-one-1", 1, claim("free")).await.unwrap();
    let grant: Grant = serde_json::from_slice(&first.body).unwrap();
    assert_eq!((first.status, first.replayed, grant.id.as_str()), (201, false, "ann:free:1"));
    let expected = format!("signed ann:free:1 ann {}", grant.claimed_at);
    assert_eq!(grant.token.as_deref(), Some(expected.as_str()));

    shop.pass(10 * MINUTE);
    let again = shop.keyed(shopper("ann"), "key-one-1", 1, claim("free")).await.unwrap();
    assert_eq!((again.status, &again.body, again.replayed), (201, &first.body, true));
    let other = shop.keyed(shopper("ann"), "key-one-1", 2, claim("off")).await;
    assert_eq!(other, Err(LedgerError::KeyReused));
    // A key is its actor's own, and refusals are kept as well.
    let bob = shop.keyed(shopper("bob"), "key-one-1", 2, claim("off")).await.unwrap();
    assert_eq!((bob.status, bob.replayed), (201, false));
    let refused = shop.keyed(shopper("ann"), "key-two-2", 1, claim("free")).await.unwrap();
    shop.act(Actor::Operator, Act::AddStock { voucher: "free".to_owned(), count: 5 }).await;
    let still = shop.keyed(shopper("ann"), "key-two-2", 1, claim("free")).await.unwrap();
    assert_eq!((refused.status, still.replayed, &refused.body), (409, true, &still.body));

    // Fifty at the same moment: one is carried out, the others are told to wait or get the same answer.
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let shop = shop.clone();
            tokio::spawn(async move { shop.keyed(shopper("cid"), "key-same-1", 1, claim("off")).await })
        })
        .collect();
    let mut bodies = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(reply) => bodies.push(reply.body),
            Err(error) => assert_eq!(error, LedgerError::InFlight),
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(shop.ledger.wallet("cid").await.unwrap().grants.len(), 1);

    // And after the ledger was closed and opened.
    shop.sound().await;
    shop.ledger.close().await;
    let shop = Shop::open_at(&place, Arc::new(AtomicI64::new(BEGIN)), campaign(10)).await.unwrap();
    let late = shop.keyed(shopper("ann"), "key-one-1", 1, claim("free")).await.unwrap();
    assert_eq!((&late.body, late.replayed), (&first.body, true));
    shop.ledger.close().await;
}

/// Nothing is lost by closing, and the stock of the file counts only once; another campaign is refused.
pub(crate) async fn reopening(place: Place) {
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let shop = Shop::open_at(&place, Arc::clone(&clock), campaign(10)).await.unwrap();
    shop.act(shopper("ann"), claim("free")).await;
    // What was written down is what time may not fall behind.
    let before = shop.ledger.wallet("ann").await.unwrap().grants[0].claimed_at;
    drop(shop);
    // The file says another stock, and the clock was set back by an hour.
    clock.store(BEGIN - HOUR, Ordering::Relaxed);
    let shop = Shop::open_at(&place, Arc::clone(&clock), campaign(99)).await.unwrap();
    assert!(shop.ledger.now().await.unwrap() >= before);
    shop.act(shopper("bob"), claim("free")).await;
    let rows = shop.ledger.balances().await.unwrap();
    let row = rows.iter().find(|row| row.id == "free").unwrap();
    assert_eq!((row.issued, row.available, row.claimed), (10, 8, 2));
    shop.sound().await;
    let ann = shop.ledger.wallet("ann").await.unwrap();
    let bob = shop.ledger.wallet("bob").await.unwrap();
    assert!(ann.grants[0].claimed_at <= bob.grants[0].claimed_at);
    shop.ledger.close().await;

    let mut other = (*campaign(10)).clone();
    other.id = "other".to_owned();
    let refused = Shop::open_at(&place, clock, Arc::new(other)).await;
    assert!(matches!(refused.err(), Some(LedgerError::Mismatch(_))));
}

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

/// One tea, at a store.
pub(crate) fn request(store: &str, ready_at: Option<Millis>) -> OrderRequest {
    OrderRequest {
        store: store.to_owned(),
        goods: vec![Goods { item: "tea".to_owned(), quantity: 1, modifiers: Vec::new() }],
        fulfilment: Fulfilment::Pickup,
        place: None,
        ready_at,
        vouchers: VoucherChoice::Best,
    }
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}
