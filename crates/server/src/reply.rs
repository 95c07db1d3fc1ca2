//! Bodies of the API: JSON that nobody keeps.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

/// A JSON response.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => reply(status, "application/json", body.into()),
        // Only maps with keys that are no strings cannot be written, and there are none in the protocol.
        Err(_) => reply(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", Body::empty()),
    }
}

/// A response that is about this moment only.
pub(crate) fn reply(status: StatusCode, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
