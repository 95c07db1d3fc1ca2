//! Which rows a command may touch, before any of them is known.

use sha2::{Digest, Sha256};

use crate::backend::Keys;
use crate::rows::grant_key;
use crate::{Act, Actor, Command, Idempotency};

/// Orders that one unit hands to their stores at most.
const DUE: usize = 500;
/// Reservations that one unit rolls back at most.
pub(crate) const LAPSED: usize = 500;
/// Grants that one unit goes through at most.
const WALK: usize = 5_000;

/// What a stored reply is found by.
pub(crate) fn digest(actor: &Actor, idempotency: &Idempotency) -> [u8; 16] {
    let (kind, id) = actor.parts();
    let mut hasher = Sha256::new();
    // No part can contain the separator, so that no two triples look alike.
    for part in [kind, id, &idempotency.key] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize()[..16]);
    digest
}

impl Actor {
    /// Kind and id, as they are written into the history.
    #[must_use]
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Shopper(id) => ("shopper", id),
            Self::Store(id) => ("store", id),
            Self::Operator => ("operator", ""),
            Self::Clockwork => ("clockwork", ""),
        }
    }
}

impl Keys {
    /// Adds what `command` may touch.
    pub(crate) fn add(&mut self, command: &Command) {
        if let Some(idempotency) = &command.idempotency {
            self.replies.push(digest(&command.actor, idempotency));
        }
        if let Actor::Shopper(shopper) = &command.actor
            && (command.idempotency.is_some() || matches!(command.act, Act::Claim { .. } | Act::PlaceOrder { .. }))
        {
            // Also because stored replies may be found by the grants that they speak of.
            self.wallets.insert(shopper.clone());
        }
        match &command.act {
            Act::Claim { voucher }
            | Act::Suspend { voucher }
            | Act::Resume { voucher }
            | Act::Extend { voucher, .. }
            | Act::AddStock { voucher, .. } => {
                self.vouchers.insert(voucher.clone());
            }
            Act::Revoke { voucher, grant } => {
                self.vouchers.insert(voucher.clone());
                if let Some((shopper, _, _)) = grant.as_deref().and_then(grant_key) {
                    self.wallets.insert(shopper.to_owned());
                }
            }
            Act::PlaceOrder { store, near, .. } => {
                self.stores.insert(store.id.clone());
                self.stores.extend(near.iter().map(|candidate| candidate.facts.id.clone()));
            }
            Act::Confirm { order } | Act::Cancel { order } | Act::Ready { order } | Act::Collected { order } => {
                self.orders.insert(order.clone());
            }
            Act::Redeem { grant, .. } => {
                if let Some((shopper, _, _)) = grant_key(grant) {
                    self.wallets.insert(shopper.to_owned());
                }
            }
            Act::ChangeState { store, .. } => {
                self.stores.insert(store.id.clone());
            }
            Act::Announcing { order, .. }
            | Act::Announced { order, .. }
            | Act::NotAnnounced { order, .. }
            | Act::AnnounceAgain { order } => {
                self.orders.insert(order.clone());
                self.outbox.insert(order.clone());
            }
            Act::Issue => self.every_voucher = true,
            Act::SendDue => self.due = DUE,
            Act::Sweep => {
                self.every_voucher = true;
                self.lapsed = LAPSED;
                self.forgotten = LAPSED;
                self.walk = WALK;
            }
        }
    }
}
