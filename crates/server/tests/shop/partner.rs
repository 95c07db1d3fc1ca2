//! Announcements to the partner: signed, repeated, in order, given up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use oolong_protocol::shop::{OrderReply, OrderState, Wallet};
use serde_json::json;
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::support::{PARTNER_SECRET, Shop, shopper};

/// What the partner got, and how it answered.
#[derive(Clone, Default)]
struct Desk {
    seen: Arc<Mutex<Vec<Letter>>>,
    answers: Arc<Mutex<Vec<StatusCode>>>,
}

#[derive(Clone, Debug)]
struct Letter {
    id: String,
    body: String,
    answered: StatusCode,
}

impl Desk {
    /// A real server that gives these answers, one after another, and then accepts everything.
    async fn open(mut answers: Vec<StatusCode>) -> (Self, String) {
        answers.reverse();
        let desk = Self { answers: Arc::new(Mutex::new(answers)), ..Self::default() };
        let router = Router::new().route("/orders", post(take)).with_state(desk.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        (desk, format!("http://{address}/orders"))
    }

    fn letters(&self) -> Vec<Letter> {
        self.seen.lock().expect("sound").clone()
    }

    async fn until(&self, what: impl Fn(&[Letter]) -> bool) -> Vec<Letter> {
        for _ in 0..600 {
            let letters = self.letters();
            if what(&letters) {
                return letters;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{:?}", self.letters());
    }
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let (id, seconds) = (header("webhook-id"), header("webhook-timestamp"));
    let body = String::from_utf8(body.to_vec()).expect("text");
    let key = STANDARD.decode(&PARTNER_SECRET["whsec_".len()..]).expect("base64");
    let key: Hmac<Sha256> = Hmac::new_from_slice(&key).expect("a key");
    let signed = key.chain_update(format!("{id}.{seconds}.{body}")).finalize();
    let expected = format!("v1,{}", STANDARD.encode(signed.into_bytes()));
    let genuine = header("webhook-signature") == expected;
    let answered = if genuine {
        desk.answers.lock().expect("sound").pop().unwrap_or(StatusCode::OK)
    } else {
        StatusCode::UNAUTHORIZED
    };
    // 408 stands for an answer that takes its time.
    if answered == StatusCode::REQUEST_TIMEOUT {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    desk.seen.lock().expect("sound").push(Letter { id, body, answered });
    answered
}

/// An order for delivery, confirmed; its id.
async fn deliver(shop: &Shop, number: u8) -> String {
    let order = json!({"store": "s-1", "goods": [{"item": "latte", "quantity": 1}], "fulfilment": "delivery",
        "place": "1 Main Street"});
    let reply = shop.post("v1/orders", &shopper(number), order).await;
    let OrderReply::Reserved(order) = reply.json(201) else { panic!("expected a reservation") };
    assert_eq!(order.price.delivery_fee, 600);
    let confirmed = shop.post(&format!("v1/orders/{}/confirm", order.id), &shopper(number), json!({})).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    order.id
}

#[tokio::test]
async fn a_partner_that_fails_is_asked_again_until_it_takes_it() {
    let answers = [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::REQUEST_TIMEOUT, StatusCode::SERVICE_UNAVAILABLE];
    let (desk, url) = Desk::open(answers.to_vec()).await;
    let shop = Shop::start(&format!("--partner {url} --partner-pause-ms 100")).await;
    let order = deliver(&shop, 1).await;
    let letters = desk.until(|letters| letters.iter().any(|letter| letter.answered == StatusCode::OK)).await;
    assert!(letters.len() >= 4, "{letters:?}");
    assert!(letters.iter().all(|letter| letter.answered != StatusCode::UNAUTHORIZED), "{letters:?}");
    assert!(letters[..4].iter().all(|letter| letter.id == letters[0].id && letter.body == letters[0].body));
    assert!(letters[0].body.contains(&order), "{letters:?}");
    shop.until(&order, &shopper(1), OrderState::Sent).await;
    shop.post(&format!("v1/stores/s-1/orders/{order}/ready"), &shop.key("s-1"), json!({})).await;
    // Whatever else is announced of the order comes after what came before it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut taken: Vec<u32> = Vec::new();
    for letter in desk.letters().iter().filter(|letter| letter.answered == StatusCode::OK) {
        taken.push(letter.id.rsplit('_').next().and_then(|seq| seq.parse().ok()).expect("a number"));
    }
    assert!(taken.is_sorted(), "{taken:?}");
    assert!(String::from_utf8_lossy(&shop.operate(&["outbox"]).stdout).is_empty());
}

#[tokio::test]
async fn what_is_never_taken_is_given_up_and_the_order_has_failed() {
    let (desk, url) = Desk::open(vec![StatusCode::BAD_GATEWAY; 1000]).await;
    let shop = Shop::start(&format!("--partner {url} --partner-pause-ms 50 --partner-tries 3")).await;
    shop.post("v1/vouchers/five/claims", &shopper(1), json!({})).await.json::<serde_json::Value>(201);
    let order = deliver(&shop, 1).await;
    shop.until(&order, &shopper(1), OrderState::Failed).await;
    assert_eq!(desk.letters().len(), 3);
    let wallet: Wallet = shop.get("v1/wallet", &shopper(1)).await.json(200);
    assert_eq!(wallet.grants[0].order, None, "its voucher is back");
    let dead = shop.operate(&["outbox"]);
    let dead = String::from_utf8(dead.stdout).expect("text");
    assert!(dead.contains(&order) && dead.contains("status 502") && dead.contains("order failed"), "{dead}");
    let refused = shop.operate(&["outbox", "retry", &order]);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && told.contains(&order) && told.contains("order anew"), "{refused:?}");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(desk.letters().len(), 3, "it is closed");
    assert_eq!(shop.operate(&["audit"]).status.code(), Some(0));
}

#[tokio::test]
async fn what_was_given_up_of_an_order_that_was_handed_over_is_announced_when_the_operator_says_so() {
    let (desk, url) = Desk::open(vec![StatusCode::BAD_GATEWAY; 1000]).await;
    // Given up after some three seconds: time enough for the order to be handed over.
    let shop = Shop::start(&format!("--partner {url} --partner-tries 4 --partner-pause-ms 2000")).await;
    let order = deliver(&shop, 1).await;
    shop.until(&order, &shopper(1), OrderState::Sent).await;
    let listed = async |what: &str| {
        for _ in 0..600 {
            let text = String::from_utf8(shop.operate(&["outbox"]).stdout).expect("text");
            if text.contains(what) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {what}");
    };
    listed("waiting, order sent").await;
    shop.post(&format!("v1/stores/s-1/orders/{order}/collected"), &shop.key("s-1"), json!({})).await;
    let dead = listed("given up, order collected").await;
    assert_eq!(dead.lines().count(), 2, "{dead}");
    desk.answers.lock().expect("sound").clear();
    let retried = shop.operate(&["outbox", "retry", "nothing", &order]);
    assert!(!retried.status.success(), "there is no order of the first name");
    assert!(String::from_utf8_lossy(&retried.stdout).contains(&order), "{retried:?}");
    let taken = |letters: &[Letter]| -> Vec<String> {
        let taken = letters.iter().filter(|letter| letter.answered == StatusCode::OK);
        taken.map(|letter| letter.id.clone()).collect()
    };
    let letters = desk.until(|letters| taken(letters).len() == 2).await;
    assert_eq!(taken(&letters), [format!("msg_{order}_1"), format!("msg_{order}_2")]);
    shop.until(&order, &shopper(1), OrderState::Collected).await;
    assert!(shop.operate(&["outbox"]).stdout.is_empty());
    assert_eq!(shop.operate(&["audit"]).status.code(), Some(0));
}
