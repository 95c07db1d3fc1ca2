//! What stores say and do.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use oolong_ledger::{Act, Actor};
use oolong_protocol::shop::{ChangeState, Claim};

use super::Shop;
use super::named::Named;
use super::problem::Refused;
use super::request::Wanted;
use crate::reply::json;

/// `PUT /v1/stores/{id}/state`.
pub(crate) async fn state(
    State(shop): State<Arc<Shop>>,
    Named(id): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    let allowed = shop.check_till(request.headers(), &id);
    let Wanted { body, idempotency } = Wanted::<ChangeState>::read(request).await?;
    allowed?;
    let (index, store) = shop.store(&id)?;
    let store = Box::new(shop.stores.facts(index, store, shop.now()));
    shop.act(Actor::Store(id), idempotency, Act::ChangeState { change: body, store }).await
}

/// `GET /v1/stores/{id}/orders`.
pub(crate) async fn queue(
    State(shop): State<Arc<Shop>>,
    Named(id): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    shop.check_till(request.headers(), &id)?;
    let (index, store) = shop.store(&id)?;
    let mut queue = shop.ledger.queue(&id).await?;
    let facts = shop.stores.facts(index, store, queue.as_of);
    if let Some(live) = shop.ledger.standing(std::slice::from_ref(&facts)).await?.pop() {
        queue.live = live;
    }
    Ok(json(StatusCode::OK, &queue))
}

/// `POST /v1/stores/{id}/orders/{order}/ready`.
pub(crate) async fn ready(
    State(shop): State<Arc<Shop>>,
    Named((store, order)): Named<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    change(&shop, store, request, Act::Ready { order }).await
}

/// `POST /v1/stores/{id}/orders/{order}/collected`.
pub(crate) async fn collected(
    State(shop): State<Arc<Shop>>,
    Named((store, order)): Named<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    change(&shop, store, request, Act::Collected { order }).await
}

async fn change(shop: &Shop, store: String, request: Request, act: Act) -> Result<Response, Refused> {
    let allowed = shop.check_till(request.headers(), &store);
    let Wanted { body: Claim {}, idempotency } = Wanted::read(request).await?;
    allowed?;
    shop.store(&store)?;
    shop.act(Actor::Store(store), idempotency, act).await
}
