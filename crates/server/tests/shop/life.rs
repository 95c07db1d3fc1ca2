//! Vouchers and orders from beginning to end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oolong_protocol::shop::{
    Availability, Grant, GrantState, Live, Order, OrderReply, OrderState, Reason, Redemption, TillOrder, TillQueue,
    VoucherList, VoucherState, Wallet,
};
use oolong_token::{Claims, SigningKey};
use serde_json::json;

use crate::support::{Shop, fresh, lattes, shopper};

#[tokio::test]
async fn a_voucher_is_claimed_ordered_with_and_redeemed_once() {
    let shop = Shop::start("").await;
    let (me, till) = (shopper(1), shop.key("s-1"));
    let list: VoucherList = shop.get("v1/vouchers", "").await.json(200);
    let ids: Vec<&str> = list.vouchers.iter().map(|voucher| voucher.id.as_str()).collect();
    assert_eq!(ids, ["five", "many", "rare", "over"]);
    assert_eq!((list.vouchers[0].state, list.vouchers[0].available), (VoucherState::Available, 100));
    assert_eq!(list.vouchers[3].state, VoucherState::Expired);

    let grant: Grant = shop.post("v1/vouchers/five/claims", &me, json!({})).await.json(201);
    let token = grant.token.clone().expect("a token");
    let wallet: Wallet = shop.get("v1/wallet", &me).await.json(200);
    assert_eq!(wallet.grants, std::slice::from_ref(&grant));
    let other: Wallet = shop.get("v1/wallet", &shopper(2)).await.json(200);
    assert!(other.grants.is_empty());

    let OrderReply::Reserved(order) = shop.post("v1/orders", &me, lattes("s-1", 2)).await.json(201) else {
        panic!("expected a reservation");
    };
    assert_eq!((order.price.subtotal, order.price.total), (4000, 3500), "{:?}", order.price);
    assert_eq!(order.store_names, ["Store s-1", "s-1号店"]);
    let wallet: Wallet = shop.get("v1/wallet", &me).await.json(200);
    assert_eq!((wallet.grants[0].state, wallet.grants[0].order.as_deref()), (GrantState::Reserved, Some(&*order.id)));
    let confirmed: Order = shop.post(&format!("v1/orders/{}/confirm", order.id), &me, json!({})).await.json(200);
    assert!([OrderState::Confirmed, OrderState::Sent].contains(&confirmed.state), "{confirmed:?}");
    shop.until(&order.id, &me, OrderState::Sent).await;

    let queue: TillQueue = shop.get("v1/stores/s-1/orders", &till).await.json(200);
    assert_eq!(queue.orders.iter().map(|order| &order.id).collect::<Vec<_>>(), [&order.id]);
    assert_eq!((queue.orders[0].total, &queue.orders[0].goods), (3500, &order.goods));
    let path = |step: &str| format!("v1/stores/s-1/orders/{}/{step}", order.id);
    let ready: TillOrder = shop.post(&path("ready"), &till, json!({})).await.json(200);
    assert_eq!(ready.state, OrderState::Ready);

    let redemption = json!({"token": token, "store": "s-1"});
    let redeemed: Redemption = shop.post("v1/redemptions", &till, redemption.clone()).await.json(200);
    assert_eq!((redeemed.grant, redeemed.order), (grant.id, Some(order.id.clone())));
    shop.post("v1/redemptions", &till, redemption).await.refused(409, Reason::VoucherRedeemed);
    let collected: TillOrder = shop.post(&path("collected"), &till, json!({})).await.json(200);
    assert_eq!(collected.state, OrderState::Collected);
    let mine: serde_json::Value = shop.get("v1/orders", &me).await.json(200);
    assert_eq!(mine["orders"][0]["state"], "collected");
    let wallet: Wallet = shop.get("v1/wallet", &me).await.json(200);
    assert_eq!((wallet.grants[0].state, &wallet.grants[0].token), (GrantState::Redeemed, &None));
    assert_eq!(shop.operate(&["audit"]).status.code(), Some(0));
}

#[tokio::test]
async fn a_repetition_gets_the_same_bytes_and_claims_nothing() {
    let shop = Shop::start("").await;
    let (me, key) = (shopper(1), fresh());
    let claim = |body: &'static str| shop.post_with("v1/vouchers/many/claims", &me, &key, body);
    let first = claim("{}").await;
    assert_eq!((first.status, first.replayed), (201, false));
    for _ in 0..3 {
        let again = claim("{}").await;
        assert_eq!((again.status, again.replayed), (201, true));
        assert_eq!(again.body, first.body);
    }
    claim("{ }").await.refused(422, Reason::IdempotencyKeyReused);
    shop.post_with("v1/vouchers/five/claims", &me, &key, "{}").await.refused(422, Reason::IdempotencyKeyReused);
    let other = shop.post_with("v1/vouchers/many/claims", &shopper(2), &key, "{}").await;
    assert_eq!((other.status, other.replayed), (201, false), "keys belong to their shopper");
    let quoted = shop.post_with("v1/vouchers/many/claims", &me, &format!("\"{key}\""), "{}").await;
    assert_eq!(quoted.body, first.body, "a key in quotes is the same key");
    let wallet: Wallet = shop.get("v1/wallet", &me).await.json(200);
    assert_eq!(wallet.grants.len(), 1);
}

#[tokio::test]
async fn many_at_once_with_one_key_claim_once() {
    let shop = Shop::start("").await;
    let (me, key) = (shopper(1), fresh());
    let crowd = (0..20).map(|_| shop.post_with("v1/vouchers/many/claims", &me, &key, "{}"));
    let mut bodies = std::collections::BTreeSet::new();
    for reply in futures::future::join_all(crowd).await {
        match reply.status {
            201 => drop(bodies.insert(reply.body)),
            _ => drop(reply.refused(409, Reason::IdempotencyKeyInFlight)),
        }
    }
    assert_eq!(bodies.len(), 1);
    let wallet: Wallet = shop.get("v1/wallet", &me).await.json(200);
    assert_eq!(wallet.grants.len(), 1);
}

#[tokio::test]
async fn a_crowd_gets_as_many_as_there_are() {
    let shop = Shop::start("").await;
    let crowd = (1..=30).map(|number| {
        let (shop, me) = (&shop, shopper(number));
        async move { shop.post("v1/vouchers/rare/claims", &me, json!({})).await }
    });
    let replies = futures::future::join_all(crowd).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!(won.len(), 1);
    lost.iter().for_each(|reply| drop(reply.refused(409, Reason::VoucherSoldOut)));
    shop.post("v1/vouchers/five/claims", &shopper(1), json!({})).await.json::<Grant>(201);
    let again = shop.post("v1/vouchers/five/claims", &shopper(1), json!({})).await;
    again.refused(409, Reason::DiscountCodeUsageLimitReached);
    shop.post("v1/vouchers/over/claims", &shopper(1), json!({})).await.refused(409, Reason::DiscountCodeExpired);
    shop.post("v1/vouchers/none/claims", &shopper(1), json!({})).await.refused(404, Reason::DiscountCodeInvalid);
}

#[tokio::test]
async fn tokens_are_ours_or_refused() {
    let shop = Shop::start("").await;
    let other = Shop::start("").await;
    let (me, till) = (shopper(1), shop.key("s-1"));
    let grant: Grant = shop.post("v1/vouchers/five/claims", &me, json!({})).await.json(201);
    let token = grant.token.expect("a token");
    let foreign: Grant = other.post("v1/vouchers/five/claims", &me, json!({})).await.json(201);
    let redeem = |token: String| shop.post("v1/redemptions", &till, json!({"token": token, "store": "s-1"}));
    let middle = token.len() / 2;
    let swapped = if token.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let forged = format!("{}{swapped}{}", &token[..middle], &token[middle + 1..]);
    for wrong in [forged, foreign.token.expect("a token"), String::new(), "v4.public.x".to_owned(), "x".repeat(9_000)] {
        redeem(wrong).await.refused(422, Reason::VoucherTokenInvalid);
    }
    let wrong_store = shop.post("v1/redemptions", &till, json!({"token": token, "store": "s-2"})).await;
    wrong_store.refused(401, Reason::StoreKeyInvalid);
    redeem(token).await.json::<Redemption>(200);
    let keys: serde_json::Value = shop.get("v1/keys", "").await.json(200);
    assert!(keys["keys"][0]["key"].as_str().is_some_and(|key| key.starts_with("k4.public.")), "{keys}");
}

#[tokio::test]
async fn of_a_token_that_is_over_the_ledger_decides() {
    let shop = Shop::start("").await;
    let (me, till) = (shopper(1), shop.key("s-1"));
    let old = |grant: &Grant| {
        let seed = std::fs::read_to_string(shop.folder.path().join("data/token.key")).expect("a key");
        let seed = URL_SAFE_NO_PAD.decode(seed).expect("base64").try_into().expect("32 bytes");
        let claims = Claims {
            campaign: "test".to_owned(),
            grant: grant.id.clone(),
            shopper: "anybody".to_owned(),
            voucher: grant.voucher.clone(),
            issued_at: 1_000,
            expires_at: 2_000,
        };
        SigningKey::from_seed(&seed).sign(&claims.try_into().expect("sound claims"))
    };
    let redeem = |token: String| shop.post("v1/redemptions", &till, json!({"token": token, "store": "s-1"}));
    let first: Grant = shop.post("v1/vouchers/many/claims", &me, json!({})).await.json(201);
    let second: Grant = shop.post("v1/vouchers/many/claims", &me, json!({})).await.json(201);
    redeem(old(&first)).await.json::<Redemption>(200);
    let connection = rusqlite::Connection::open(shop.folder.path().join("data/ledger.db")).expect("a database");
    connection.busy_timeout(std::time::Duration::from_secs(10)).expect("set");
    connection.execute("UPDATE vouchers SET valid_until = 1000 WHERE id = 'many'", ()).expect("a row");
    for token in [old(&second), second.token.expect("a token")] {
        redeem(token).await.refused(409, Reason::DiscountCodeExpired);
    }
}

#[tokio::test]
async fn a_store_that_is_full_offers_other_times_and_stores() {
    let shop = Shop::start("").await;
    let till = shop.key("s-1");
    let paused: Live = shop.say("s-1", &till, json!({"state": "paused"})).await.json(200);
    assert_eq!(paused.state, Availability::Paused);
    let OrderReply::Offer(offer) = shop.post("v1/orders", &shopper(1), lattes("s-1", 1)).await.json(200) else {
        panic!("expected an offer");
    };
    assert_eq!(offer.reason, Reason::StorePaused);
    let stores: Vec<&str> = offer.alternatives.iter().map(|store| store.store.as_str()).collect();
    assert_eq!(stores, ["s-2", "s-3"], "the nearest that are open, of the same brand, within five kilometres");
    assert!((280..300).contains(&offer.alternatives[0].metres), "{offer:?}");
    let reply = shop.post("v1/orders", &shopper(1), lattes(stores[0], 1)).await;
    let OrderReply::Reserved(order) = reply.json(201) else { panic!("expected a reservation") };
    let cancelled: Order = shop.post(&format!("v1/orders/{}/cancel", order.id), &shopper(1), json!({})).await.json(200);
    assert_eq!(cancelled.state, OrderState::Cancelled);

    // More than it can begin at once: a later time is offered and can be taken.
    let (mut reserved, mut later) = (0, None);
    for number in 1..=40 {
        match shop.post("v1/orders", &shopper(number), lattes("s-2", 1)).await {
            reply if reply.status == 201 => reserved += 1,
            reply => match reply.json(200) {
                OrderReply::Offer(offer) => {
                    assert_eq!(offer.reason, Reason::StoreBusy);
                    later = later.or(offer.later);
                }
                OrderReply::Reserved(order) => panic!("{order:?}"),
            },
        }
    }
    assert!(reserved >= 2, "{reserved}");
    let later = later.expect("a later time");
    let mut order = lattes("s-2", 1);
    order["ready_at"] = json!(later.ready_at);
    let reply = shop.post("v1/orders", &shopper(50), order).await;
    let OrderReply::Reserved(order) = reply.json(201) else { panic!("expected a reservation") };
    assert!(order.ready_at >= later.ready_at, "{order:?} {later:?}");
}

#[tokio::test]
async fn orders_belong_to_their_shopper_and_store() {
    let shop = Shop::start("").await;
    let reply = shop.post("v1/orders", &shopper(1), lattes("s-1", 1)).await;
    let OrderReply::Reserved(order) = reply.json(201) else { panic!("expected a reservation") };
    let path = format!("v1/orders/{}", order.id);
    shop.get(&path, &shopper(2)).await.refused(404, Reason::OrderUnknown);
    shop.post(&format!("{path}/confirm"), &shopper(2), json!({})).await.refused(404, Reason::OrderUnknown);
    shop.get(&path, "").await.refused(401, Reason::ShopperUnknown);
    let (till, other) = (shop.key("s-1"), shop.key("s-2"));
    let ready = format!("v1/stores/s-1/orders/{}/ready", order.id);
    shop.post(&ready, &other, json!({})).await.refused(401, Reason::StoreKeyInvalid);
    shop.post(&ready, &till, json!({})).await.refused(409, Reason::OrderStateConflict);
    let elsewhere = format!("v1/stores/s-2/orders/{}/ready", order.id);
    shop.post(&elsewhere, &other, json!({})).await.refused(404, Reason::OrderUnknown);
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let shop = Shop::start("").await;
    let (me, key) = (shopper(1), fresh());
    let claimed = shop.post_with("v1/vouchers/five/claims", &me, &key, "{}").await;
    let reply = shop.post("v1/orders", &me, lattes("s-1", 1)).await;
    let OrderReply::Reserved(order) = reply.json(201) else { panic!("expected a reservation") };
    let till = shop.key("s-2");
    shop.say("s-2", &till, json!({"state": "busy", "minutes": 25})).await.json::<Live>(200);

    let shop = shop.restart().await;
    let again = shop.post_with("v1/vouchers/five/claims", &me, &key, "{}").await;
    assert!(again.replayed);
    assert_eq!(again.body, claimed.body);
    let found: Order = shop.get(&format!("v1/orders/{}", order.id), &me).await.json(200);
    assert_eq!(found, order);
    assert_eq!(shop.key("s-2"), till);
    let store: serde_json::Value = shop.get("v1/stores/s-2", "").await.json(200);
    assert_eq!(store["live"]["state"], "busy", "{store}");
    let token = serde_json::from_str::<Grant>(&claimed.body).expect("a grant").token;
    let confirmed: Order = shop.post(&format!("v1/orders/{}/confirm", order.id), &me, json!({})).await.json(200);
    shop.until(&confirmed.id, &me, OrderState::Sent).await;
    let redemption = json!({"token": token, "store": "s-1"});
    shop.post("v1/redemptions", &shop.key("s-1"), redemption).await.json::<Redemption>(200);
    assert_eq!(shop.operate(&["audit"]).status.code(), Some(0));
}
