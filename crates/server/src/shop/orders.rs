//! Orders of shoppers.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use oolong_ledger::{Act, Actor};
use oolong_protocol::shop::{Claim, Millis, Order, OrderRequest, Reason};
use serde::Serialize;

use super::Shop;
use super::named::Named;
use super::problem::Refused;
use super::request::Wanted;
use crate::reply::json;

#[derive(Serialize)]
struct Orders {
    as_of: Millis,
    orders: Vec<Order>,
}

/// `POST /v1/orders`.
pub(crate) async fn place(State(shop): State<Arc<Shop>>, request: Request) -> Result<Response, Refused> {
    let shopper = shop.notary.shopper(request.headers());
    let Wanted { body, idempotency } = Wanted::<OrderRequest>::read(request).await?;
    let shopper = shopper?;
    let (index, store) = shop.store(&body.store)?;
    let now = shop.now();
    let near = shop.stores.candidates(index, &store, &body, now);
    if let Some(shifts) = &shop.shifts {
        shifts.ordered(&store.id);
    }
    let store = Box::new(shop.stores.facts(index, store, now));
    let act = Act::PlaceOrder { request: Box::new(body), store, near };
    shop.act(Actor::Shopper(shopper), idempotency, act).await
}

/// `GET /v1/orders`.
pub(crate) async fn list(State(shop): State<Arc<Shop>>, request: Request) -> Result<Response, Refused> {
    let shopper = shop.notary.shopper(request.headers())?;
    let (as_of, orders) = shop.ledger.orders(&shopper).await?;
    Ok(json(StatusCode::OK, &Orders { as_of, orders }))
}

/// `GET /v1/orders/{id}`.
pub(crate) async fn one(
    State(shop): State<Arc<Shop>>,
    Named(id): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    let shopper = shop.notary.shopper(request.headers())?;
    let order = shop.ledger.order(&shopper, &id).await?;
    let order = order.ok_or_else(|| Refused::new(Reason::OrderUnknown, ""))?;
    Ok(json(StatusCode::OK, &order))
}

/// `POST /v1/orders/{id}/confirm`.
pub(crate) async fn confirm(
    State(shop): State<Arc<Shop>>,
    Named(order): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    change(&shop, request, Act::Confirm { order }).await
}

/// `POST /v1/orders/{id}/cancel`.
pub(crate) async fn cancel(
    State(shop): State<Arc<Shop>>,
    Named(order): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    change(&shop, request, Act::Cancel { order }).await
}

async fn change(shop: &Shop, request: Request, act: Act) -> Result<Response, Refused> {
    let shopper = shop.notary.shopper(request.headers());
    let Wanted { body: Claim {}, idempotency } = Wanted::read(request).await?;
    shop.act(Actor::Shopper(shopper?), idempotency, act).await
}
