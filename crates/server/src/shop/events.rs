//! `GET /v1/stores/events?ids=a,b,…`: how stores stand, as server-sent events.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use futures::stream;
use oolong_protocol::shop::Reason;

use super::Shop;
use super::board::{Word, holds};
use super::hub::Following;
use super::problem::Refused;
use crate::reply::reply;
use crate::serve::Hangup;

/// The most stores of one stream.
const MOST: usize = 500;
/// A comment is sent when there was nothing else for so long: proxies close what is silent.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The least time between two writes: what changes meanwhile goes out together.
const PAUSE: Duration = Duration::from_millis(200);

/// Opens a stream.
pub(crate) async fn follow(
    State(shop): State<Arc<Shop>>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Refused> {
    let stores = wanted(&shop, query.as_deref().unwrap_or_default())?;
    let last = last_seen(request.headers())?;
    let following = shop.hub.follow(stores, request.extensions().get::<Hangup>().cloned());
    let state = Stream { shop, following, last, begun: false };
    let pieces = stream::unfold(state, |mut state| async move {
        let piece = state.next().await?;
        Some((Ok::<_, Infallible>(piece), state))
    });
    let mut response = reply(StatusCode::OK, "text/event-stream", Body::from_stream(pieces));
    // Proxies like nginx collect events otherwise.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

struct Stream {
    shop: Arc<Shop>,
    following: Following,
    /// What the client has seen already.
    last: Option<i64>,
    begun: bool,
}

impl Stream {
    /// What is written next; nothing at the end.
    async fn next(&mut self) -> Option<String> {
        if !self.begun {
            self.begun = true;
            return Some(self.beginning());
        }
        // Before looking, so that the latest is what goes out.
        tokio::time::sleep(PAUSE).await;
        let news = self.following.news(HEARTBEAT).await?;
        let text = self.events(news, None);
        Some(if text.is_empty() { ":\n\n".to_owned() } else { text })
    }

    /// All that holds, or all that was missed.
    fn beginning(&self) -> String {
        let stores = self.following.stores().to_vec();
        format!("retry: 2000\n\n{}", self.events(stores, Some(self.last.unwrap_or(i64::MIN))))
    }

    /// The latest words of these stores, oldest first; `after` leaves out what is older, and what no longer holds if the
    /// client has never seen it.
    fn events(&self, stores: impl IntoIterator<Item = u32>, after: Option<i64>) -> String {
        let now = self.shop.now();
        let look = self.shop.stores.board.look();
        let mut words: Vec<&Word> = stores.into_iter().filter_map(|store| look.word(store)).collect();
        words.retain(|word| match after {
            None => true,
            Some(i64::MIN) => holds(&word.change.live, now),
            Some(after) => word.seq > after,
        });
        words.sort_unstable_by_key(|word| word.seq);
        let mut text = String::with_capacity(words.len() * 192);
        for word in words {
            if let Ok(data) = serde_json::to_string(&word.change) {
                // Writing into a string does not fail.
                let _ = write!(text, "event: state\nid: {}\ndata: {data}\n\n", word.seq);
            }
        }
        text
    }
}

/// Which stores; unknown ids are refused, so that nobody waits for a store that there is not.
fn wanted(shop: &Shop, query: &str) -> Result<Vec<u32>, Refused> {
    let invalid = |detail: String| Refused::new(Reason::RequestInvalid, detail);
    let mut stores = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "ids" {
            return Err(invalid(format!("`{name}`: there is no such parameter here")));
        }
        for id in value.split(',').filter(|id| !id.is_empty()) {
            if stores.len() == MOST {
                return Err(invalid(format!("`ids`: expected at most {MOST}, found more")));
            }
            stores.push(shop.store(id)?.0);
        }
    }
    if stores.is_empty() { Err(invalid("`ids`: expected at least one store".to_owned())) } else { Ok(stores) }
}

fn last_seen(headers: &HeaderMap) -> Result<Option<i64>, Refused> {
    let Some(value) = headers.get("last-event-id").filter(|value| !value.is_empty()) else { return Ok(None) };
    let seen = value.to_str().ok().and_then(|value| value.trim().parse().ok()).filter(|seen: &i64| *seen >= 0);
    seen.map(Some).ok_or_else(|| Refused::new(Reason::RequestInvalid, "`Last-Event-ID`: expected an id of an event"))
}
