//! What every database must do alike: each function takes a fresh place for a ledger. Lifecycles are lines of data:
//! who, what, `->` status and, for refusals and offers, the reason.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "all of this runs in tests")]

pub(crate) mod cases;
pub(crate) mod script;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use oolong_catalog::Campaign;
use oolong_ledger::{
    Act, Actor, Candidate, Command, Idempotency, Ledger, LedgerError, Place, Reply, Settings, StoreFacts, Tuning,
};
use oolong_protocol::shop::Millis;

/// 2026-06-01T00:00:00Z.
pub(crate) const BEGIN: Millis = 1_780_272_000_000;
pub(crate) const SECOND: Millis = 1_000;
pub(crate) const MINUTE: Millis = 60 * SECOND;
pub(crate) const HOUR: Millis = 60 * MINUTE;

/// A campaign for these tests.
pub(crate) fn campaign(stock: u64) -> Arc<Campaign> {
    let text = format!(
        r#"{{
        "id": "test", "names": ["Test"], "currency": "CNY", "delivery_fee": 500,
        "modifier_groups": [{{"id": "size", "names": ["size"], "select": "one", "default": "small",
            "modifiers": [{{"id": "small", "names": ["small"]}}, {{"id": "large", "names": ["large"], "price": 300}}]}}],
        "brands": [
            {{"id": "leaf", "names": ["Leaf"], "menu": [
                {{"id": "tea", "names": ["tea"], "category": "tea", "price": 1000, "modifier_groups": ["size"]}},
                {{"id": "cake", "names": ["cake"], "category": "bakery", "price": 2000}}]}},
            {{"id": "bean", "names": ["Bean"], "menu": [
                {{"id": "latte", "names": ["latte"], "category": "coffee", "price": 1500}}]}}],
        "vouchers": [
            {{"id": "free", "names": ["free tea"], "discount": {{"type": "item", "category": "tea"}},
              "per_user": 1, "stock": {stock}, "valid_until": "2026-06-01T01:00:00Z"}},
            {{"id": "off", "names": ["three off"], "discount": {{"type": "amount", "amount": 300}},
              "min_spend": 500, "per_user": 2, "stock": 3, "stackable": true}},
            {{"id": "bean only", "names": ["bean"], "brands": ["bean"], "per_user": 1, "stock": 5,
              "discount": {{"type": "percent", "percent": 50}}}},
            {{"id": "later", "names": ["later"], "discount": {{"type": "delivery"}}, "per_user": 1, "stock": 5,
              "valid_from": "2026-06-01T02:00:00Z"}}]
        }}"#
    );
    let campaign: Campaign = serde_json::from_str(&text).unwrap();
    Arc::new(campaign)
}

/// A store of the brand `leaf` (or `bean`, if its id says so) with two orders per minute and five minutes to make one.
pub(crate) fn store(id: &str) -> StoreFacts {
    StoreFacts {
        id: id.to_owned(),
        names: vec![format!("Store {id}"), format!("{id}店")],
        brand: if id.contains("bean") { "bean" } else { "leaf" }.to_owned(),
        orders_per_minute: 2,
        ahead_minutes: 24 * 60,
        prep_minutes: 5,
        unavailable: if id.contains("cakeless") { vec!["cake".to_owned()] } else { Vec::new() },
        picks_up: !id.contains("courier"),
        delivers: !id.contains("pickup"),
        open: if id.contains("unknown") { None } else { Some(vec![(BEGIN - HOUR, BEGIN + 48 * HOUR)]) },
        permanently_closed: false,
    }
}

/// Three stores near by.
pub(crate) fn near() -> Vec<Candidate> {
    let candidate = |(metres, id): (u32, &str)| Candidate { metres, facts: store(id) };
    [(100, "n1"), (200, "n2"), (300, "n3-cakeless")].map(candidate).into()
}

pub(crate) fn settings() -> Settings {
    Settings {
        hold: Duration::from_secs(120),
        state_ttl: Duration::from_secs(1800),
        sign: Arc::new(|grant, shopper| format!("signed {} {shopper} {}", grant.id, grant.claimed_at)),
        partner: Some("https://partner.invalid/orders".to_owned()),
    }
}

/// A ledger with a clock that the test moves.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) place: Place,
}

impl Shop {
    pub(crate) async fn open(place: &Place) -> Self {
        Self::open_at(place, Arc::new(AtomicI64::new(BEGIN)), campaign(10)).await.unwrap()
    }

    pub(crate) async fn open_at(
        place: &Place,
        clock: Arc<AtomicI64>,
        campaign: Arc<Campaign>,
    ) -> Result<Self, LedgerError> {
        Self::open_tuned(place, clock, campaign, Tuning::default()).await
    }

    /// With its own clock and all else as `tuning` says.
    pub(crate) async fn open_tuned(
        place: &Place,
        clock: Arc<AtomicI64>,
        campaign: Arc<Campaign>,
        tuning: Tuning,
    ) -> Result<Self, LedgerError> {
        let seen = Arc::clone(&clock);
        let clock_of = Arc::new(move || seen.load(Ordering::Relaxed));
        let tuning = Tuning { clock: Some(clock_of), ..tuning };
        let ledger = Ledger::open_tuned(place.clone(), campaign, settings(), tuning).await?;
        Ok(Self { ledger, clock, place: place.clone() })
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Millis) {
        self.clock.fetch_add(time, Ordering::Relaxed);
    }

    pub(crate) async fn act(&self, actor: Actor, act: Act) -> Reply {
        self.ledger.submit(Command { actor, idempotency: None, act }).await.unwrap()
    }

    pub(crate) async fn keyed(&self, actor: Actor, key: &str, body: u8, act: Act) -> Result<Reply, LedgerError> {
        let idempotency = Some(Idempotency { key: key.to_owned(), fingerprint: [body; 32] });
        self.ledger.submit(Command { actor, idempotency, act }).await
    }

    pub(crate) async fn sound(&self) {
        let audit = self.ledger.audit().await.unwrap();
        assert_eq!(audit.breaches, Vec::<String>::new());
        assert_eq!(audit.breached, 0);
    }
}

pub(crate) fn shopper(id: &str) -> Actor {
    Actor::Shopper(id.to_owned())
}

pub(crate) fn claim(voucher: &str) -> Act {
    Act::Claim { voucher: voucher.to_owned() }
}

/// The reason of a refusal or of an offer; empty for anything else.
pub(crate) fn reason(reply: &Reply) -> String {
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let found = body.get("code").or_else(|| body.get("reason"));
    found.and_then(|reason| reason.as_str()).unwrap_or_default().to_owned()
}
