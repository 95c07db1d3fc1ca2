//! Who asks, and what was signed: shoppers by their codes, stores by their keys, vouchers by their tokens.

use axum::http::HeaderMap;
use oolong_protocol::shop::{Grant, Reason};
use oolong_token::{Claims, ShopperCode, SigningKey, TokenError, VoucherClaims};
use serde::Serialize;

use super::keyring::Keyring;
use super::problem::Refused;
use super::request::bearer;
use crate::clock::unix_millis;

/// 9999-12-31T23:59:59Z, for vouchers without an end.
const NEVER: i64 = 253_402_300_799;

/// Knows all keys.
pub(crate) struct Notary {
    campaign: String,
    ring: Keyring,
    key: SigningKey,
    public: PublicKeys,
}

/// `GET /v1/keys`.
#[derive(Debug, Serialize)]
pub(crate) struct PublicKeys {
    keys: Vec<PublicKey>,
}

#[derive(Debug, Serialize)]
struct PublicKey {
    kid: String,
    key: String,
}

impl Notary {
    /// With the keys of `ring`, for the vouchers of `campaign`.
    pub(crate) fn new(ring: Keyring, campaign: String) -> Self {
        let key = SigningKey::from_seed(&ring.seed);
        let public = key.verifying_key();
        let public = PublicKeys { keys: vec![PublicKey { kid: public.id().to_owned(), key: public.to_paserk() }] };
        Self { campaign, ring, key, public }
    }

    /// What tills check tokens with.
    pub(crate) fn public_keys(&self) -> &PublicKeys {
        &self.public
    }

    /// The id of the shopper whose code was sent.
    ///
    /// # Errors
    /// [`Reason::ShopperUnknown`].
    pub(crate) fn shopper(&self, headers: &HeaderMap) -> Result<String, Refused> {
        let refused = |detail: String| Refused::new(Reason::ShopperUnknown, detail);
        let code = bearer(headers).ok_or_else(|| refused("expected `Authorization: Bearer CODE`".to_owned()))?;
        let code: ShopperCode = code.parse().map_err(|error: oolong_token::CodeError| refused(error.to_string()))?;
        Ok(code.shopper_id())
    }

    /// Whether the key of `store` was sent.
    ///
    /// # Errors
    /// [`Reason::StoreKeyInvalid`], also for stores that there are not: nobody is told which ones there are.
    pub(crate) fn check_store(&self, headers: &HeaderMap, store: &str) -> Result<(), Refused> {
        match bearer(headers) {
            Some(key) if self.ring.is_key_of(key, store) => Ok(()),
            _ => {
                Err(Refused::new(Reason::StoreKeyInvalid, "expected `Authorization: Bearer KEY` with the store's key"))
            }
        }
    }

    /// The key of a store's till.
    pub(crate) fn store_key(&self, store: &str) -> String {
        self.ring.store_key(store)
    }

    /// The token of a shopper's grant; empty for ids that no token can carry, which no campaign has.
    pub(crate) fn sign(&self, grant: &Grant, shopper: &str) -> String {
        let issued_at = grant.claimed_at.div_euclid(1000);
        let claims = Claims {
            campaign: self.campaign.clone(),
            grant: grant.id.clone(),
            shopper: shopper.to_owned(),
            voucher: grant.voucher.clone(),
            issued_at,
            expires_at: grant.valid_until.map_or(NEVER, |end| end.div_euclid(1000)).max(issued_at),
        };
        match VoucherClaims::try_from(claims) {
            Ok(claims) => self.key.sign(&claims),
            Err(error) => {
                tracing::error!(%error, "a grant cannot be signed");
                String::new()
            }
        }
    }

    /// The grant that a token is about, if it is one of ours. Whether it can still be used is the ledger's business: it
    /// knows of a voucher that was extended after the token was made, and of an order that held it in time.
    ///
    /// # Errors
    /// [`Reason::VoucherTokenInvalid`].
    pub(crate) fn grant(&self, token: &str) -> Result<String, Refused> {
        let verify = |seconds: i64| self.key.verifying_key().verify(token, &self.campaign, seconds);
        let verified = match verify(unix_millis().div_euclid(1000)) {
            // Not yet valid: claimed while the ledger's time was ahead of this machine's clock, which was set back.
            Err(TokenError::Expired(at) | TokenError::NotYetValid(at)) => verify(at),
            verified => verified,
        };
        let claims = verified.map_err(|error| Refused::new(Reason::VoucherTokenInvalid, error.to_string()))?;
        Ok(Claims::from(claims).grant)
    }
}
