//! From a listening socket to requests: bounded in connections and in the time that a client may take to ask.
//!
//! HTTP/1.1 only. A proxy in front speaks TLS and HTTP/2 to the world.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::app::Peer;

/// How long a client may take for the head of a request, and may keep an idle connection.
const HEAD: Duration = Duration::from_secs(20);
/// The most that is kept of a head, in bytes.
const MAX_HEAD: usize = 32 << 10;
/// What is answered where there is no room even to read the question.
const NO_ROOM: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Ends a connection from within one of its requests: for clients that do not read what they asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hangup(watch::Sender<bool>);

impl Hangup {
    /// Ends the connection, whatever it is doing.
    pub(crate) fn now(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was ended.
    #[cfg(test)]
    pub(crate) fn is_now(&self) -> bool {
        *self.0.borrow()
    }

    async fn wait(&self) {
        // The sender is ours, so that waiting ends only when somebody hangs up.
        let _ = self.0.subscribe().wait_for(|now| *now).await;
    }
}

/// Serves `router` until `stop`, then lets open requests finish within `patience`.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    max_connections: usize,
    stop: oneshot::Receiver<Duration>,
) {
    let room = Arc::new(Semaphore::new(max_connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = stop;
    let patience = loop {
        let (stream, peer) = tokio::select! {
            patience = &mut stop => break patience.unwrap_or_default(),
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    // Out of file descriptors, most likely: some come back as connections end.
                    tracing::warn!("cannot accept connections");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
            turn_away(&stream);
            continue;
        };
        // Answers are small and whole: waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let (router, hangup) = (router.clone(), Hangup::default());
        let hung_up = hangup.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            request.extensions_mut().insert(hangup.clone());
            let router = router.clone();
            async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // Clients that break off are their own business.
            tokio::select! {
                _ = connection => {}
                () = hung_up.wait() => {}
            }
            drop(permit);
        });
    };
    drop(listener);
    let _ = tokio::time::timeout(patience, graceful.shutdown()).await;
    connections.abort_all();
    while connections.join_next().await.is_some() {}
}

/// Best effort, and never a wait: the answer fits any socket's buffer.
fn turn_away(stream: &TcpStream) {
    let mut unread = [0; 4096];
    let _ = stream.try_read(&mut unread);
    let _ = stream.try_write(NO_ROOM);
}
