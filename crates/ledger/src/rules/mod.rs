//! The rules: what becomes of a command, decided on the rows of a unit of work. No database, no clock, no chance: times
//! come with the page, ids are given in. A refusal changes nothing.

mod capacity;
mod claim;
mod operate;
mod order;
mod outbox;
mod progress;
mod redeem;
mod send;
mod shift;
mod spread;
mod state;
mod sweep;
mod view;

use std::sync::Arc;

use oolong_catalog::Campaign;
use oolong_protocol::shop::{Grant, Millis, Problem, Reason};
use serde::Serialize;

use crate::page::Page;
use crate::rows::{EventKind, EventRow};
use crate::{Act, Actor, Settings};

pub(crate) use capacity::WINDOW;
pub(crate) use shift::effective;
pub(crate) use state::{has_word, live};
pub(crate) use view::{grant, status, till_order};

/// What holds for the whole campaign.
pub(crate) struct Book {
    pub(crate) campaign: Arc<Campaign>,
    pub(crate) settings: Settings,
}

impl Book {
    pub(crate) fn new(campaign: Arc<Campaign>, settings: Settings) -> Self {
        Self { campaign, settings }
    }

    pub(crate) fn state_ttl(&self) -> Millis {
        Millis::try_from(self.settings.state_ttl.as_millis()).unwrap_or(Millis::MAX / 4)
    }

    pub(crate) fn hold(&self) -> Millis {
        Millis::try_from(self.settings.hold.as_millis()).unwrap_or(Millis::MAX / 4)
    }
}

/// What a rule has at hand beside the page.
pub(crate) struct Ctx<'a> {
    pub(crate) book: &'a Book,
    pub(crate) actor: &'a Actor,
    /// A grant that was signed before, for a claim that will most likely succeed.
    pub(crate) signed: Option<&'a Grant>,
    /// Random numbers for new ids.
    pub(crate) ids: &'a mut dyn FnMut() -> u64,
}

impl Ctx<'_> {
    /// An event of this actor, with nothing named yet.
    pub(crate) fn event(&self, page: &Page, kind: EventKind) -> EventRow {
        let (actor_kind, actor) = self.actor.parts();
        EventRow {
            at: page.now,
            kind,
            actor_kind,
            actor: actor.to_owned(),
            voucher: None,
            grant: None,
            order: None,
            store: None,
            count: 1,
            detail: "{}".to_owned(),
        }
    }
}

/// A reply in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// The grant that it speaks of.
    pub(crate) grant: Option<String>,
}

impl Done {
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // Messages of the protocol have no maps with keys that are no texts, the only thing that could fail.
        Self { status, body: serde_json::to_vec(body).unwrap_or_default(), grant: None }
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

impl From<Refusal> for Done {
    fn from(refusal: Refusal) -> Self {
        let problem = Problem::new(refusal.reason, refusal.detail);
        Self::json(problem.status, &problem)
    }
}

/// Shorthand for `Err(Refusal)`.
pub(crate) fn refuse<T>(reason: Reason, detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { reason, detail: detail.into() })
}

/// Decides one command.
pub(crate) fn decide(page: &mut Page, ctx: &mut Ctx<'_>, act: &Act) -> Result<Done, Refusal> {
    let actor = ctx.actor;
    match (act, actor) {
        (Act::Claim { voucher }, Actor::Shopper(shopper)) => claim::claim(page, ctx, shopper, voucher),
        (Act::PlaceOrder { request, store, near }, Actor::Shopper(shopper)) => {
            order::place(page, ctx, shopper, request, store, near)
        }
        (Act::Confirm { order }, Actor::Shopper(shopper)) => progress::confirm(page, ctx, shopper, order),
        (Act::Cancel { order }, Actor::Shopper(shopper)) => progress::cancel(page, ctx, shopper, order),
        (Act::Redeem { grant, brand }, Actor::Store(store)) => redeem::redeem(page, ctx, store, grant, brand),
        (Act::ChangeState { change, store }, Actor::Store(id)) if *id == store.id => {
            state::change(page, ctx, store, change)
        }
        (Act::Ready { order }, Actor::Store(store)) => progress::ready(page, ctx, store, order),
        (Act::Collected { order }, Actor::Store(store)) => progress::collected(page, ctx, store, order),
        (Act::Suspend { voucher }, Actor::Operator) => operate::suspend(page, ctx, voucher, true),
        (Act::Resume { voucher }, Actor::Operator) => operate::suspend(page, ctx, voucher, false),
        (Act::Extend { voucher, until }, Actor::Operator) => operate::extend(page, ctx, voucher, *until),
        (Act::AddStock { voucher, count }, Actor::Operator) => operate::add_stock(page, ctx, voucher, *count),
        (Act::Revoke { voucher, grant }, Actor::Operator) => operate::revoke(page, ctx, voucher, grant.as_deref()),
        (Act::AnnounceAgain { order }, Actor::Operator) => outbox::announce_again(page, ctx, order),
        (Act::Issue, Actor::Clockwork) => Ok(operate::issue(page, ctx)),
        (Act::SendDue, Actor::Clockwork) => Ok(send::send_due(page, ctx)),
        (Act::Sweep, Actor::Clockwork) => Ok(sweep::sweep(page, ctx)),
        (Act::Announcing { order, seq }, Actor::Clockwork) => Ok(outbox::announcing(page, order, *seq)),
        (Act::Announced { order, seq }, Actor::Clockwork) => Ok(outbox::announced(page, order, *seq)),
        (Act::NotAnnounced { order, seq, attempt, error, wait }, Actor::Clockwork) => {
            Ok(outbox::not_announced(page, ctx, (order, *seq, *attempt), error, *wait))
        }
        _ => refuse(Reason::RequestInvalid, format!("{} cannot ask for this", actor.parts().0)),
    }
}
