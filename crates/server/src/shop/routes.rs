//! Which path of the shop is answered by what, and the door in front of all of them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use futures::FutureExt as _;

use super::problem::Refused;
use super::{Shop, counter, events, find, orders, tiles, till};
use crate::app::Peer;
use crate::clock::now;
use crate::rates::client;
use crate::request::discard;

/// All routes of the shop.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(shop: Arc<Shop>) -> Router<S> {
    let asked = Router::new()
        .route("/v1/vouchers", get(counter::vouchers))
        .route("/v1/vouchers/{id}/claims", post(counter::claim))
        .route("/v1/wallet", get(counter::wallet))
        .route("/v1/redemptions", post(counter::redeem))
        .route("/v1/keys", get(counter::keys))
        .route("/v1/orders", get(orders::list).post(orders::place))
        .route("/v1/orders/{id}", get(orders::one))
        .route("/v1/orders/{id}/confirm", post(orders::confirm))
        .route("/v1/orders/{id}/cancel", post(orders::cancel))
        .route("/v1/places", get(find::places))
        .route("/v1/stores", get(find::list))
        .route("/v1/stores/events", get(events::follow))
        .route("/v1/stores/{id}", get(find::one))
        .route("/v1/stores/{id}/state", put(till::state))
        .route("/v1/stores/{id}/orders", get(till::queue))
        .route("/v1/stores/{id}/orders/{order}/ready", post(till::ready))
        .route("/v1/stores/{id}/orders/{order}/collected", post(till::collected))
        .method_not_allowed_fallback(not_allowed)
        .layer(from_fn_with_state(Arc::clone(&shop), door));
    asked.route("/stores/{file}", get(tiles::file)).with_state(shop)
}

async fn not_allowed() -> Refused {
    Refused::unreadable(StatusCode::METHOD_NOT_ALLOWED, "this path is answered, but not with this method")
}

/// Turns away who asks too often, and everybody once the server is about to stop.
async fn door(State(shop): State<Arc<Shop>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>();
    let allowed = peer.map_or(Ok(()), |peer| shop.rates.check(client(request.headers(), peer.0, shop.trust_proxy)));
    let refused = match allowed {
        _ if shop.draining.load(Ordering::Relaxed) => Refused::unavailable("the server is restarting"),
        Err(wait) => Refused::too_many(wait),
        Ok(()) => {
            let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
            return answered.unwrap_or_else(|_| Refused::defect().into_response());
        }
    };
    discard(&mut request.into_body(), now() + super::request::PATIENCE).await;
    refused.into_response()
}
