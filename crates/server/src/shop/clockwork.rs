//! What has to happen without anybody asking: orders go to their stores, and what is too old ends.
//!
//! Several processes at once are fine: the ledger decides on the rows as they are.

use std::sync::Arc;
use std::time::Duration;

use oolong_ledger::{Act, Actor, Command, LedgerError};
use tokio::task::JoinHandle;

use super::{Shop, pause};

const SEND: Duration = Duration::from_millis(250);
const SWEEP: Duration = Duration::from_secs(5);

/// Starts both.
pub(crate) fn start(shop: &Arc<Shop>) -> [JoinHandle<()>; 2] {
    [
        tokio::spawn(again(Arc::clone(shop), SEND, || Act::SendDue)),
        tokio::spawn(again(Arc::clone(shop), SWEEP, || Act::Sweep)),
    ]
}

async fn again(shop: Arc<Shop>, every: Duration, act: fn() -> Act) {
    let mut errors = 0;
    loop {
        let command = Command { actor: Actor::Clockwork, idempotency: None, act: act() };
        let done = shop.ledger.submit(command).await;
        if matches!(&done, Ok(reply) if is_unfinished(&reply.body)) {
            tokio::task::yield_now().await;
            continue;
        }
        // A full queue is the flood's sign, not a defect; the rest is told once.
        if let Err(error) = &done
            && errors == 0
            && !matches!(error, LedgerError::Busy(_))
        {
            tracing::error!(%error, "clockwork");
        }
        pause(every, &mut errors, done.is_err()).await;
    }
}

/// Whether there was more to do than one unit of work takes.
fn is_unfinished(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|done| done["more"] == true)
}
