//! Which path is answered by what, and the one line that is logged for each request.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use futures::FutureExt as _;
use oolong_protocol::chat::{ModelEntry, ModelList};

use crate::Refusal;
use crate::app::App;
use crate::clock::now;
use crate::completions::complete;
use crate::metrics;
use crate::refusal::Code;
use crate::reply::{json, reply};
use crate::site;

/// All routes; `shop` has those of the shop, if there is one.
pub fn router(app: Arc<App>, shop: Router<Arc<App>>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(models))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .merge(metrics::beside(&app))
        .method_not_allowed_fallback(not_allowed)
        .merge(shop)
        .fallback(file)
        .layer(from_fn_with_state(Arc::clone(&app), watch))
        .with_state(app)
}

async fn models(State(app): State<Arc<App>>) -> Response {
    let model =
        ModelEntry { id: app.model.clone(), object: "model".to_owned(), created: 0, owned_by: "oolong".to_owned() };
    json(StatusCode::OK, &ModelList { object: "list".to_owned(), data: vec![model] })
}

/// The process lives, and can do its work again once it has time: not so where no engine is left, which only a restart
/// mends.
async fn alive(State(app): State<Arc<App>>) -> Response {
    match app.is_lost() {
        false => reply(StatusCode::OK, "text/plain", "alive\n".into()),
        true => reply(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "no engine is left: restart\n".into()),
    }
}

async fn ready(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    app.ready()?;
    Ok(reply(StatusCode::OK, "text/plain", "ready\n".into()))
}

async fn not_allowed(request: Request) -> Refusal {
    Refusal::Method { method: request.method().to_string(), path: request.uri().path().to_owned() }
}

/// Whatever is no route is a file of the page, or nothing.
async fn file(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    let file = app.site.as_ref().filter(|_| !path.starts_with("/v1/")).and_then(|site| site.find(path));
    match file {
        Some(file) if [Method::GET, Method::HEAD].contains(request.method()) => {
            site::answer(file, request.method(), request.headers()).await
        }
        Some(_) => {
            let mut response = not_allowed(request).await.into_response();
            response.headers_mut().insert(axum::http::header::ALLOW, axum::http::HeaderValue::from_static("GET,HEAD"));
            response
        }
        None => Refusal::Route { method: request.method().to_string(), path: path.to_owned() }.into_response(),
    }
}

/// Counts and logs a request: its route, never its path, query or body, because words could be there.
async fn watch(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let start = now();
    let route = request.extensions().get::<MatchedPath>().map_or("site", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let method = if matches!(method, Method::GET | Method::HEAD | Method::POST) { method.as_str() } else { "other" };
    let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = response.unwrap_or_else(|_| Refusal::Defect.into_response());
    let status = response.status().as_u16();
    let code = response.extensions().get::<Code>().map(|code| code.0);
    app.metrics.answered(&route, status, code);
    let ms = start.elapsed().as_millis() as u64;
    match (status, route.as_str()) {
        (429 | 503, _) => {
            if let Some(count) = app.turned_away.add() {
                tracing::warn!(count, latest = code, "turned away");
            }
        }
        (500.., _) => tracing::warn!(method, route, status, code, ms, "answered"),
        (_, "/v1/chat/completions" | "/v1/models") => tracing::info!(method, route, status, code, ms, "answered"),
        // Files and probes would be most of the log.
        _ => tracing::debug!(method, route, status, code, ms, "answered"),
    }
    response
}
