//! The cases. A database passes if each of these returns.

mod announcing;
mod capacity;
mod lifecycles;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use oolong_intent::Fulfilment;
use oolong_ledger::{Act, Actor, LedgerError, Place};
use oolong_protocol::shop::{Goods, Grant, Millis, OrderRequest, VoucherChoice};

use super::{BEGIN, HOUR, MINUTE, Shop, campaign, claim, reason, shopper};

pub(crate) use announcing::{busy_for_a_while, changes, outbox};
pub(crate) use capacity::{Step, backlog, capacity, offers};
pub(crate) use lifecycles::{forgotten, operation, orders, stores, vouchers};

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
