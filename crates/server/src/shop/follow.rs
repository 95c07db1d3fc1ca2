//! The one follower of the ledger in this process: changes of stores go onto the board, and to who asked for them.

use std::sync::Arc;
use std::time::Duration;

use oolong_ledger::LedgerError;
use oolong_protocol::shop::StateChange;

use super::board::Word;
use super::{Shop, pause};

/// How often the ledger is asked.
const OFTEN: Duration = Duration::from_millis(100);
/// The most changes of one answer.
const CHANGES: usize = 5_000;
/// Stores that are asked for at a time at the beginning.
const STORES: usize = 1_000;
/// Rounds between two looks for followers that do not read, at the ledger's time, and for words that have run out.
const ROUNDS: u32 = 50;

/// Puts up what holds of all stores; gives the place in the history from which on changes are to be followed.
///
/// # Errors
/// When the ledger cannot be read.
pub(crate) async fn begin(shop: &Shop) -> Result<i64, LedgerError> {
    let after = shop.ledger.last_change().await?;
    // A ledger in which nothing ever happened needs no look at every store.
    if shop.ledger.changes(0, 1).await?.is_empty() {
        return Ok(after);
    }
    let ids: Vec<String> = shop.stores.all().map(|(_, id)| id).collect();
    for ids in ids.chunks(STORES) {
        for change in shop.ledger.live(ids).await? {
            put(shop, after, change);
        }
    }
    Ok(after)
}

/// Follows until it is stopped.
pub(crate) async fn run(shop: Arc<Shop>, mut after: i64) {
    let (mut errors, mut round) = (0, 0u32);
    loop {
        let changes = shop.ledger.changes(after, CHANGES).await;
        let (failed, more) = match changes {
            Ok(changes) => {
                let more = changes.len() == CHANGES;
                let mut told = Vec::with_capacity(changes.len());
                for (seq, change) in changes {
                    after = after.max(seq);
                    told.extend(put(&shop, seq, change));
                }
                shop.hub.tell(told);
                (false, more)
            }
            Err(error) => {
                if errors == 0 {
                    tracing::error!(%error, "changes of stores");
                }
                (true, false)
            }
        };
        round = round.wrapping_add(1);
        if round.is_multiple_of(ROUNDS) {
            shop.hub.sweep();
            if let Err(error) = shop.set_time().await {
                tracing::debug!(%error, "the ledger's time");
            }
            shop.stores.forget(shop.now());
        }
        if !more {
            pause(OFTEN, &mut errors, failed).await;
        }
    }
}

/// A store that is not in the pack has no place on the board, and nobody can have asked for it.
fn put(shop: &Shop, seq: i64, change: StateChange) -> Option<u32> {
    let (index, _) = shop.stores.by_id(&change.store)?;
    shop.stores.put(index, Word { seq, change });
    Some(index)
}
