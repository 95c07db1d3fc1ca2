//! Signing ahead: the grant that a claim will most likely bring is signed in the task of whoever claims, because writers
//! have better to do. If it comes otherwise, nothing is lost but that signature.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use oolong_protocol::shop::{Grant, GrantState};

use crate::page::Page;
use crate::rows::grant_id;
use crate::rules::Book;
use crate::{Act, Actor, Command};

/// What claims will most likely find. Nothing is decided by it.
pub(crate) struct Ahead {
    hints: HashMap<String, Hint>,
    /// The time of the last unit of work.
    latest: AtomicI64,
}

#[derive(Default)]
struct Hint {
    claimable: AtomicBool,
    /// 0: none.
    valid_until: AtomicI64,
}

impl Ahead {
    pub(crate) fn new(book: &Book) -> Self {
        let hints = book.campaign.vouchers.iter().map(|voucher| (voucher.id.clone(), Hint::default())).collect();
        Self { hints, latest: AtomicI64::new(0) }
    }

    /// The grant of a claim of a voucher that is not known to be gone.
    pub(crate) fn sign(&self, book: &Book, command: &Command) -> Option<Grant> {
        let (Act::Claim { voucher }, Actor::Shopper(shopper)) = (&command.act, &command.actor) else { return None };
        let hint = self.hints.get(voucher).filter(|hint| hint.claimable.load(Ordering::Relaxed))?;
        let valid_until = Some(hint.valid_until.load(Ordering::Relaxed)).filter(|until| *until != 0);
        let mut grant = Grant {
            id: grant_id(shopper, voucher, 1),
            voucher: voucher.clone(),
            state: GrantState::Claimed,
            claimed_at: self.latest.load(Ordering::Relaxed),
            valid_until,
            order: None,
            token: None,
        };
        grant.token = Some((book.settings.sign)(&grant, shopper));
        Some(grant)
    }

    /// Remembers what the next claims will find.
    pub(crate) fn look(&self, page: &Page) {
        let now = page.now;
        self.latest.fetch_max(now, Ordering::Relaxed);
        for row in page.vouchers() {
            if let Some(hint) = self.hints.get(&row.id) {
                let claimable = row.available > 0
                    && !row.suspended
                    && row.valid_from.is_none_or(|from| now >= from)
                    && row.valid_until.is_none_or(|until| now <= until);
                hint.valid_until.store(row.valid_until.unwrap_or(0), Ordering::Relaxed);
                hint.claimable.store(claimable, Ordering::Relaxed);
            }
        }
    }
}
