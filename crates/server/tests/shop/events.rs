//! Streams of stores' states.

use std::time::Duration;

use futures::StreamExt as _;
use oolong_protocol::shop::{Availability, Live, Reason, StateChange};
use reqwest::Method;
use serde_json::json;

use crate::support::Shop;

/// A stream that is being read.
struct Events {
    pieces: futures::stream::BoxStream<'static, reqwest::Result<Vec<u8>>>,
    text: String,
}

impl Events {
    async fn open(shop: &Shop, ids: &str, last: Option<i64>) -> Self {
        let request = shop.request(Method::GET, &format!("v1/stores/events?ids={ids}"), "");
        let request = match last {
            Some(last) => request.header("last-event-id", last.to_string()),
            None => request,
        };
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let pieces = response.bytes_stream().map(|piece| piece.map(|piece| piece.to_vec())).boxed();
        Self { pieces, text: String::new() }
    }

    /// The next event of the name `state`; none at the end of the stream.
    async fn next(&mut self) -> Option<(i64, StateChange)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
                };
                let found = (field("event:"), field("id:"), field("data:"));
                self.text = rest.to_owned();
                if let (Some(name), Some(id), Some(data)) = found {
                    assert_eq!(name, "state");
                    return Some((id.parse().expect("a number"), serde_json::from_str(&data).expect("a change")));
                }
                continue;
            }
            let piece = tokio::time::timeout(Duration::from_secs(60), self.pieces.next()).await.expect("in a minute");
            self.text += std::str::from_utf8(&piece?.ok()?).expect("text");
        }
    }

    async fn state(&mut self) -> (String, Availability) {
        let (_, change) = self.next().await.expect("an event");
        (change.store, change.live.state)
    }
}

#[tokio::test]
async fn changes_arrive_and_what_was_missed_is_told() {
    let shop = Shop::start("").await;
    let (first, second) = (shop.key("s-1"), shop.key("s-2"));
    shop.say("s-1", &first, json!({"state": "paused"})).await.json::<Live>(200);
    let mut follower = Events::open(&shop, "s-1,s-2,s-3", None).await;
    assert_eq!(follower.state().await, ("s-1".to_owned(), Availability::Paused));
    shop.say("s-2", &second, json!({"state": "busy", "minutes": 30})).await.json::<Live>(200);
    let (seen, change) = follower.next().await.expect("an event");
    assert_eq!((change.store.as_str(), change.live.state, change.live.minutes), ("s-2", Availability::Busy, Some(30)));
    drop(follower);

    shop.say("s-1", &first, json!({"state": "closed"})).await.json::<Live>(200);
    let mut again = Events::open(&shop, "s-1,s-2,s-3", Some(seen)).await;
    let (later, change) = again.next().await.expect("an event");
    assert_eq!((change.store.as_str(), change.live.state), ("s-1", Availability::Closed));
    assert!(later > seen);
    shop.say("s-2", &second, json!({"state": "open"})).await.json::<Live>(200);
    assert_eq!(again.state().await, ("s-2".to_owned(), Availability::Open), "and s-2 was not told twice");
}

#[tokio::test]
async fn a_stop_ends_all_streams() {
    let shop = Shop::start("").await;
    let till = shop.key("s-1");
    shop.say("s-1", &till, json!({"state": "paused"})).await.json::<Live>(200);
    let mut follower = Events::open(&shop, "s-1", None).await;
    let (seen, _) = follower.next().await.expect("an event");
    let end = tokio::spawn(async move { follower.next().await });
    let shop = tokio::time::timeout(Duration::from_secs(60), shop.restart()).await.expect("streams do not hold it up");
    assert!(end.await.expect("no panic").is_none());
    let mut follower = Events::open(&shop, "s-1", Some(seen)).await;
    shop.say("s-1", &till, json!({"state": "open"})).await.json::<Live>(200);
    loop {
        let (id, change) = follower.next().await.expect("an event");
        assert!(id >= seen);
        if change.live.state == Availability::Open {
            break;
        }
    }
}

#[tokio::test]
async fn streams_of_what_there_is_not_are_refused() {
    let shop = Shop::start("").await;
    let path = |ids: &str| format!("v1/stores/events?ids={ids}");
    shop.get(&path("s-1,nowhere"), "").await.refused(404, Reason::StoreUnknown);
    shop.get(&path(""), "").await.refused(400, Reason::RequestInvalid);
    shop.get(&path(&"s-1,".repeat(501)), "").await.refused(400, Reason::RequestInvalid);
    shop.get("v1/stores/events?id=s-1", "").await.refused(400, Reason::RequestInvalid);
}
