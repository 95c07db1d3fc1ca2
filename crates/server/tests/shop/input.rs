//! Whatever is sent: told what is wrong, nothing is lost, nobody else notices.

use oolong_protocol::shop::{OrderReply, Reason, VoucherList, Wallet};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Shop, changing, fresh, lattes, read, shopper};

#[tokio::test]
async fn orders_that_cannot_be_are_refused() {
    let shop = Shop::start("").await;
    let me = shopper(1);
    let check = |body: Value, status: u16, reason: Reason, words: &'static str| {
        let (shop, me) = (&shop, &me);
        async move {
            let problem = shop.post("v1/orders", me, body).await.refused(status, reason);
            assert!(problem.detail.contains(words), "{problem:?}");
        }
    };
    let with = |change: fn(&mut Value)| {
        let mut order = lattes("s-1", 1);
        change(&mut order);
        order
    };
    check(lattes("s-1", -1), 422, Reason::OrderInvalid, "quantity").await;
    check(lattes("s-1", 0), 422, Reason::OrderInvalid, "").await;
    check(lattes("s-1", 65_536), 422, Reason::OrderInvalid, "quantity").await;
    check(lattes("s-1", 65_535), 422, Reason::OrderInvalid, "").await;
    check(lattes("nowhere", 1), 404, Reason::StoreUnknown, "").await;
    check(lattes("'; DROP TABLE orders; --", 1), 404, Reason::StoreUnknown, "").await;
    check(with(|order| order["goods"][0]["item"] = json!("caviar")), 422, Reason::OrderInvalid, "").await;
    check(with(|order| order["goods"] = json!([])), 422, Reason::OrderInvalid, "").await;
    check(with(|order| order["fulfilment"] = json!("drone")), 400, Reason::RequestInvalid, "fulfilment").await;
    check(with(|order| order["goods"][0]["modifiers"] = json!(["size:huge"])), 422, Reason::OrderInvalid, "").await;
    check(
        with(|order| order["vouchers"] = json!({"grants": ["x' OR 1=1"]})),
        403,
        Reason::DiscountCodeUserIneligible,
        "",
    )
    .await;
    check(with(|order| order["goods"][0]["item"] = json!("espresso")), 409, Reason::ItemOtherBrand, "").await;
    let OrderReply::Offer(offer) = shop.post("v1/orders", &me, lattes("s-5", 1)).await.json(200) else {
        panic!("expected an offer");
    };
    assert_eq!(offer.reason, Reason::StorePermanentlyClosed);
}

#[tokio::test]
async fn prices_of_the_client_are_ignored() {
    let shop = Shop::start("").await;
    let placed = async |who: u8, order: Value| match shop.post("v1/orders", &shopper(who), order).await.json(201) {
        OrderReply::Reserved(order) => order.price,
        OrderReply::Offer(offer) => panic!("expected an order, found {offer:?}"),
    };
    let honest = placed(1, lattes("s-1", 2)).await;
    let mut order = lattes("s-1", 2);
    order["goods"][0]["price"] = json!(1);
    order["price"] = json!({"total": 1, "subtotal": -5});
    order["total"] = json!(1);
    let cheated = placed(2, order).await;
    assert_eq!((cheated.subtotal, cheated.total), (honest.subtotal, honest.total));
}

#[tokio::test]
async fn paths_that_are_no_ids_are_refused_in_the_shops_words() {
    let shop = Shop::start("").await;
    for id in ["%00", "a%00b", "%ff", "%0a", &"a".repeat(201)] {
        for path in [format!("v1/vouchers/{id}/claims"), format!("v1/orders/{id}/confirm")] {
            shop.post_with(&path, &shopper(1), &fresh(), "{}").await.refused(400, Reason::RequestInvalid);
        }
        shop.get(&format!("v1/stores/{id}"), "").await.refused(400, Reason::RequestInvalid);
    }
}

#[tokio::test]
async fn bodies_that_are_none_are_refused() {
    let shop = Shop::start("").await;
    let me = shopper(1);
    let path = "v1/orders";
    let post = |body: String| {
        let (shop, me) = (&shop, &me);
        async move { shop.post_with(path, me, &fresh(), &body).await }
    };
    post("x".repeat(1 << 20)).await.refused(413, Reason::RequestTooLarge);
    post(format!("\"{}\"", "x".repeat(65_000))).await.refused(400, Reason::RequestInvalid);
    post("[".repeat(60_000)).await.refused(400, Reason::RequestInvalid);
    post("{\"a\":".repeat(12_000)).await.refused(400, Reason::RequestInvalid);
    post(String::new()).await.refused(400, Reason::RequestInvalid);
    post("null".to_owned()).await.refused(400, Reason::RequestInvalid);
    post("{\"store\":\"s-1\"".to_owned()).await.refused(400, Reason::RequestInvalid);
    let plain = shop.request(Method::POST, path, &me).header("idempotency-key", fresh()).body("{}");
    read(plain.header("content-type", "text/plain")).await.refused(415, Reason::RequestInvalid);
    let claim = |body: &'static str| shop.post_with("v1/vouchers/five/claims", &me, "key-for-claims", body);
    claim("{\"count\":100}").await.refused(400, Reason::RequestInvalid);
    claim("[]").await.refused(400, Reason::RequestInvalid);
    assert_eq!(claim("{}").await.status, 201, "what was never taken in has used no key");
    let read_back: VoucherList = shop.get("v1/vouchers", "").await.json(200);
    assert_eq!(read_back.vouchers[0].available, 99);
}

#[tokio::test]
async fn who_asks_must_say_so() {
    let shop = Shop::start("").await;
    let claim = "v1/vouchers/five/claims";
    for code in ["", "x", "7K3QX", "00000-00000-00000-00000-00000-01", "Robert'); DROP TABLE grants;--"] {
        shop.post(claim, code, json!({})).await.refused(401, Reason::ShopperUnknown);
        shop.get("v1/wallet", code).await.refused(401, Reason::ShopperUnknown);
    }
    let sloppy = shopper(1).to_lowercase().replace('-', "");
    shop.post(claim, &sloppy, json!({})).await.json::<Value>(201);
    let wallet: Wallet = shop.get("v1/wallet", &shopper(1)).await.json(200);
    assert_eq!(wallet.grants.len(), 1, "a code is the same however it is written");
    for key in ["", "x", &shop.key("s-2"), &shop.key("s-1")[1..]] {
        shop.say("s-1", key, json!({"state": "open"})).await.refused(401, Reason::StoreKeyInvalid);
        shop.get("v1/stores/s-1/orders", key).await.refused(401, Reason::StoreKeyInvalid);
    }
    shop.say("nowhere", &shop.key("nowhere"), json!({"state": "open"})).await.refused(404, Reason::StoreUnknown);
}

#[tokio::test]
async fn keys_of_repetition_are_needed() {
    let shop = Shop::start("").await;
    for key in ["", "short", &"k".repeat(129), "with a space", "\"short\""] {
        let reply = shop.post_with("v1/vouchers/five/claims", &shopper(1), key, "{}").await;
        reply.refused(400, Reason::IdempotencyKeyMissing);
    }
    let none = shop.request(Method::POST, "v1/vouchers/five/claims", &shopper(1));
    let none = none.header("content-type", "application/json").body("{}");
    read(none).await.refused(400, Reason::IdempotencyKeyMissing);
    let two = shop.request(Method::POST, "v1/vouchers/five/claims", &shopper(1)).header("idempotency-key", fresh());
    read(changing(two, &fresh(), "{}")).await.refused(400, Reason::IdempotencyKeyMissing);
}

#[tokio::test]
async fn methods_paths_and_clocks() {
    let shop = Shop::start("").await;
    shop.get("v1/vouchers/five/claims", "").await.refused(405, Reason::RequestInvalid);
    read(shop.request(Method::DELETE, "v1/orders", "")).await.refused(405, Reason::RequestInvalid);
    shop.get("stores/../campaign.json", "").await;
    shop.get("stores/%2e%2e%2fcampaign.json", "").await.refused(404, Reason::RequestInvalid);
    // The client's clock does not matter.
    let late = shop.request(Method::POST, "v1/vouchers/five/claims", &shopper(1));
    let late = late.header("date", "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(read(changing(late, &fresh(), "{}")).await.status, 201);
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits() {
    let shop = Shop::start("--shop-rate-per-minute 60 --shop-burst 3").await;
    for _ in 0..3 {
        shop.get("v1/vouchers", "").await.json::<VoucherList>(200);
    }
    shop.get("v1/vouchers", "").await.refused(429, Reason::RateLimited);
    shop.post("v1/vouchers/five/claims", &shopper(1), json!({})).await.refused(429, Reason::RateLimited);
}

#[tokio::test]
async fn states_that_stores_cannot_have_are_refused() {
    let shop = Shop::start("").await;
    let till = shop.key("s-1");
    let check = |state: Value, status: u16| {
        let (shop, till) = (&shop, &till);
        async move {
            let reply = shop.say("s-1", till, state).await;
            assert_eq!(reply.status, status, "{reply:?}");
            assert_eq!(reply.kind, "application/problem+json");
        }
    };
    check(json!({"state": "on fire"}), 400).await;
    check(json!({"state": "busy", "minutes": -5}), 400).await;
    check(json!({"state": "busy", "minutes": 1_000_000}), 400).await;
    check(json!({"state": "open", "colour": "green"}), 400).await;
    check(json!({"state": "unknown"}), 400).await;
    check(json!({}), 400).await;
    let order = shop.post("v1/orders", &shopper(1), lattes("s-1", 1)).await;
    assert!(matches!(order.json(201), OrderReply::Reserved(_)));
}
