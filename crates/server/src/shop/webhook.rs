//! Announcements of orders to the partner that brings them, as Standard Webhooks: at least once, in order for each order.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use oolong_ledger::{LedgerError, OutboxRow};
use reqwest::Client;
use sha2::Sha256;
use tokio::task::JoinSet;

use super::settings::ShopSettings;
use super::{Shop, pause};
use crate::clock::unix_millis;

/// How often the outbox is looked at.
const OFTEN: Duration = Duration::from_millis(250);
/// The most announcements on the way at a time, each of another order.
const MOST: usize = 16;
/// How long the partner may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause after the first failure.
const FIRST: Duration = Duration::from_millis(500);

/// Who is told.
pub(crate) struct Partner {
    client: Client,
    key: Hmac<Sha256>,
    tries: i64,
    longest: Duration,
}

impl Partner {
    /// As the operator says.
    ///
    /// # Errors
    /// Without a secret, or with an address that is none.
    pub(crate) fn new(settings: &ShopSettings) -> Result<Self> {
        let secret = settings.partner_secret.as_ref();
        let secret = secret.context("--partner needs its secret in the environment variable OOLONG_PARTNER_SECRET")?;
        let key = match secret.reveal().strip_prefix("whsec_") {
            Some(encoded) => STANDARD.decode(encoded).context("OOLONG_PARTNER_SECRET: expected base64 after whsec_")?,
            None => secret.reveal().as_bytes().to_vec(),
        };
        // A redirect would show the order to somebody else.
        let client = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self {
            client,
            key: Hmac::new_from_slice(&key).context("a secret of any length is a key")?,
            tries: settings.partner_tries.get().into(),
            longest: Duration::from_millis(settings.partner_pause_ms.get().into()),
        })
    }

    /// The value of `Webhook-Signature`.
    fn signature(&self, id: &str, seconds: i64, body: &str) -> String {
        let signed = self.key.clone().chain_update(format!("{id}.{seconds}.{body}")).finalize();
        format!("v1,{}", STANDARD.encode(signed.into_bytes()))
    }

    /// Tries once; says what the partner answered where it did not take it, and for how long it asks to be left alone.
    async fn tell(&self, row: &OutboxRow) -> Result<(), (String, Duration)> {
        let id = format!("msg_{}_{}", row.order, row.seq);
        let seconds = unix_millis().div_euclid(1000);
        let request = self.client.post(&row.url).header("content-type", "application/json");
        let request = request
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", self.signature(&id, seconds, &row.payload))
            .body(row.payload.clone());
        let response = request.send().await.map_err(|error| {
            // The address may have a secret in it.
            (error.without_url().to_string(), Duration::ZERO)
        })?;
        if response.status().is_success() {
            return Ok(());
        }
        let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let wait = Duration::from_secs(wait.unwrap_or_default()).min(self.longest);
        Err((format!("status {}", response.status().as_u16()), wait))
    }

    /// How long to wait after the failure of the try with this number, from 1; never, if it was the last.
    fn wait(&self, tried: i64, at_least: Duration, dice: f64) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let doubled = FIRST.saturating_mul(1 << (tried.clamp(1, 21) - 1));
        Some(doubled.min(self.longest).mul_f64(0.75 + dice / 2.0).max(at_least))
    }
}

/// Announces until it is stopped.
pub(crate) async fn run(shop: Arc<Shop>, partner: Partner) {
    let partner = Arc::new(partner);
    let mut on_the_way: JoinSet<String> = JoinSet::new();
    let mut orders = HashSet::new();
    let mut errors = 0;
    loop {
        while let Some(ended) = on_the_way.try_join_next() {
            match ended {
                Ok(order) => drop(orders.remove(&order)),
                // A task that broke gives its place back by and by: nothing is lost, it is tried again.
                Err(_) => orders.clear(),
            }
        }
        let due = shop.ledger.outbox_due(MOST * 4).await;
        let failed = due.is_err();
        if let Err(error) = &due
            && errors == 0
        {
            tracing::error!(%error, "outbox");
        }
        for row in due.unwrap_or_default() {
            if on_the_way.len() < MOST && orders.insert(row.order.clone()) {
                on_the_way.spawn(announce(Arc::clone(&shop), Arc::clone(&partner), row));
            }
        }
        pause(OFTEN, &mut errors, failed).await;
    }
}

async fn announce(shop: Arc<Shop>, partner: Arc<Partner>, row: OutboxRow) -> String {
    if let Err(error) = tell(&shop, &partner, &row).await {
        tracing::error!(%error, "outbox");
    }
    row.order
}

/// Several servers see the same outbox: one of them takes an announcement on.
async fn tell(shop: &Shop, partner: &Partner, row: &OutboxRow) -> Result<(), LedgerError> {
    let Some(tried) = shop.ledger.outbox_take(&row.order, row.seq).await? else { return Ok(()) };
    match partner.tell(row).await {
        Ok(()) => shop.ledger.outbox_done(&row.order, row.seq).await?,
        Err((error, at_least)) => {
            let wait = partner.wait(tried, at_least, rand::random());
            tracing::warn!(error, tried, given_up = wait.is_none(), "the partner did not take an announcement");
            shop.ledger.outbox_failed(&row.order, row.seq, tried, &error, wait).await?
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::{Config, Key};

    fn partner(secret: &str) -> Partner {
        let flags = ["oolong-server", "--partner-tries", "4", "--partner-pause-ms", "1500"];
        let mut config = Config::try_parse_from(flags).expect("sound flags");
        config.shop.partner_secret = Some(Key::new(secret.to_owned()));
        Partner::new(&config.shop).expect("a partner")
    }

    #[test]
    fn signatures_are_those_of_the_specification() {
        // From the reference libraries' tests of Standard Webhooks.
        let partner = partner("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signature = partner.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn pauses_grow_to_the_longest_and_tries_end() {
        let partner = partner("secret");
        let wait = |tried: i64| partner.wait(tried, Duration::ZERO, 0.5).map(|wait| wait.as_millis());
        assert_eq!([1, 2, 3, 4].map(wait), [Some(500), Some(1_000), Some(1_500), None]);
        let asked = partner.wait(1, Duration::from_secs(9), 0.0);
        assert_eq!(asked, Some(Duration::from_secs(9)));
    }
}
