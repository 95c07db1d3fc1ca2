//! What operators see at `/metrics`, and where.

use std::time::Duration;

use futures::future::join_all;
use oolong_protocol::shop::Grant;
use reqwest::{Method, Response};
use serde_json::json;

use crate::support::{Shop, client, shopper};

/// One value of `/metrics`.
async fn gauge(shop: &Shop, name: &str) -> u64 {
    let text = shop.get("metrics", "").await.body;
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {text}"))
}

async fn until(shop: &Shop, name: &str, fits: impl Fn(u64) -> bool) {
    for _ in 0..600 {
        if fits(gauge(shop, name).await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{name} is {}", gauge(shop, name).await);
}

#[tokio::test]
async fn streams_and_the_stores_that_they_follow_are_counted() {
    let shop = Shop::start("").await;
    let open = async |ids: &str| -> Response {
        let request = shop.request(Method::GET, &format!("v1/stores/events?ids={ids}"), "");
        request.send().await.expect("an answer")
    };
    assert_eq!(gauge(&shop, "oolong_event_streams").await, 0);
    let first = open("s-1,s-2").await;
    let second = open("s-2,s-3,s-4").await;
    assert_eq!(gauge(&shop, "oolong_event_streams").await, 2);
    assert_eq!(gauge(&shop, "oolong_stores_followed").await, 4);
    drop(first);
    drop(second);
    // The server finds out when it has something to say: a store that everybody followed speaks.
    let till = shop.key("s-2");
    shop.say("s-2", &till, json!({"state": "busy", "minutes": 20})).await;
    until(&shop, "oolong_event_streams", |count| count == 0).await;
    assert_eq!(gauge(&shop, "oolong_stores_followed").await, 0);
}

#[tokio::test]
async fn commands_that_wait_for_the_ledger_are_counted() {
    let shop = Shop::start("").await;
    let other = rusqlite::Connection::open(shop.folder.path().join("data/ledger.db")).expect("a database");
    other.execute_batch("BEGIN IMMEDIATE").expect("the only writer");
    let claims = join_all((1..=5).map(|number| {
        let shop = &shop;
        async move { shop.post("v1/vouchers/five/claims", &shopper(number), json!({})).await }
    }));
    let watch = async {
        until(&shop, "oolong_ledger_queue_length", |count| count > 0).await;
        other.execute_batch("COMMIT").expect("done");
    };
    let (claims, ()) = tokio::join!(claims, watch);
    for claim in claims {
        claim.json::<Grant>(201);
    }
    until(&shop, "oolong_ledger_queue_length", |count| count == 0).await;
}

#[tokio::test]
async fn metrics_can_have_an_address_of_their_own() {
    let beside = Shop::start("").await;
    assert_eq!(beside.running.metrics_address, None);
    assert_eq!(beside.get("metrics", "").await.status, 200);

    let apart = Shop::start("--metrics-listen 127.0.0.1:0").await;
    let own = apart.running.metrics_address.expect("an address");
    assert_ne!(own, apart.running.address);
    assert_eq!(apart.get("metrics", "").await.status, 404, "not where the public is");
    let get = async |path: &str| client().get(format!("http://{own}{path}")).send().await.expect("an answer");
    let metrics = get("/metrics").await;
    assert_eq!(metrics.status(), 200);
    assert_eq!(metrics.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = metrics.text().await.expect("text");
    let counted = "oolong_http_requests_total{route=\"site\",status=\"404\"} 1";
    assert!(text.contains(counted) && text.ends_with("# EOF\n"), "{text}");
    for path in ["/v1/vouchers", "/healthz", "/"] {
        assert_eq!(get(path).await.status(), 404, "{path}");
    }
    apart.running.stop().await;
    assert!(client().get(format!("http://{own}/metrics")).send().await.is_err(), "nobody listens any more");
}
