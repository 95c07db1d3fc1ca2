//! Vouchers: what there is, what a shopper claims and holds, what a store redeems.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use oolong_ledger::{Act, Actor};
use oolong_protocol::shop::{Claim, RedemptionRequest};

use super::Shop;
use super::named::Named;
use super::problem::Refused;
use super::request::Wanted;
use crate::reply::json;

/// `GET /v1/vouchers`.
pub(crate) async fn vouchers(State(shop): State<Arc<Shop>>) -> Result<Response, Refused> {
    Ok(json(StatusCode::OK, &shop.ledger.vouchers().await?))
}

/// `POST /v1/vouchers/{id}/claims`.
pub(crate) async fn claim(
    State(shop): State<Arc<Shop>>,
    Named(voucher): Named<String>,
    request: Request,
) -> Result<Response, Refused> {
    let shopper = shop.notary.shopper(request.headers());
    let Wanted { body: Claim {}, idempotency } = Wanted::read(request).await?;
    shop.act(Actor::Shopper(shopper?), idempotency, Act::Claim { voucher }).await
}

/// `GET /v1/wallet`.
pub(crate) async fn wallet(State(shop): State<Arc<Shop>>, request: Request) -> Result<Response, Refused> {
    let shopper = shop.notary.shopper(request.headers())?;
    Ok(json(StatusCode::OK, &shop.ledger.wallet(&shopper).await?))
}

/// `POST /v1/redemptions`.
pub(crate) async fn redeem(State(shop): State<Arc<Shop>>, request: Request) -> Result<Response, Refused> {
    let headers = request.headers().clone();
    let Wanted { body: RedemptionRequest { token, store }, idempotency } = Wanted::read(request).await?;
    shop.notary.check_store(&headers, &store)?;
    let (_, facts) = shop.store(&store)?;
    let grant = shop.notary.grant(&token)?;
    shop.act(Actor::Store(store), idempotency, Act::Redeem { grant, brand: facts.brand }).await
}

/// `GET /v1/keys`.
pub(crate) async fn keys(State(shop): State<Arc<Shop>>) -> Response {
    json(StatusCode::OK, shop.notary.public_keys())
}
