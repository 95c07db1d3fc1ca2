//! What a token says.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time;

/// The longest id, in bytes: four of these make a token of less than 2 kB.
const MAX_ID: usize = 192;

/// What is to be said; becomes [`VoucherClaims`] by `try_from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Id of the campaign that grants (`iss`).
    pub campaign: String,
    /// Id of the grant (`jti`): the copy that can be used once.
    pub grant: String,
    /// Id of the shopper (`sub`), see [`crate::ShopperCode::shopper_id`].
    pub shopper: String,
    /// Id of the voucher in the campaign.
    pub voucher: String,
    /// When it was granted (`iat`), in seconds since 1970.
    pub issued_at: i64,
    /// Until when it can be used (`exp`), in seconds since 1970.
    pub expires_at: i64,
}

/// Claims that can be signed, or were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherClaims(Claims);

/// Claims that cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClaimsError {
    /// An id is empty, too long, or not printable.
    #[error("claim `{0}`: expected 1 to 192 bytes without control characters, quotes and backslashes")]
    Id(&'static str),
    /// A time is not between 1970 and 9999, or the end is before the beginning.
    #[error("claim `{0}`: expected a time from 1970 to 9999, the end not before the beginning")]
    Time(&'static str),
}

impl TryFrom<Claims> for VoucherClaims {
    type Error = ClaimsError;

    fn try_from(claims: Claims) -> Result<Self, ClaimsError> {
        for (name, id) in
            [("iss", &claims.campaign), ("jti", &claims.grant), ("sub", &claims.shopper), ("voucher", &claims.voucher)]
        {
            let plain = |character: char| !character.is_control() && !matches!(character, '"' | '\\');
            if id.is_empty() || id.len() > MAX_ID || !id.chars().all(plain) {
                return Err(ClaimsError::Id(name));
            }
        }
        if !(0..=time::LAST).contains(&claims.issued_at) {
            return Err(ClaimsError::Time("iat"));
        }
        if !(claims.issued_at..=time::LAST).contains(&claims.expires_at) {
            return Err(ClaimsError::Time("exp"));
        }
        Ok(Self(claims))
    }
}

impl Deref for VoucherClaims {
    type Target = Claims;

    fn deref(&self) -> &Claims {
        &self.0
    }
}

impl From<VoucherClaims> for Claims {
    fn from(claims: VoucherClaims) -> Self {
        claims.0
    }
}

/// The payload. Fields that are missing, unknown or there twice are refused.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    iss: String,
    sub: String,
    jti: String,
    voucher: String,
    iat: String,
    exp: String,
}

impl VoucherClaims {
    /// JSON, always the same for the same claims.
    pub(crate) fn payload(&self) -> String {
        let payload = Payload {
            iss: self.campaign.clone(),
            sub: self.shopper.clone(),
            jti: self.grant.clone(),
            voucher: self.voucher.clone(),
            iat: time::format(self.issued_at),
            exp: time::format(self.expires_at),
        };
        serde_json::to_string(&payload).expect("texts under fixed names are always JSON")
    }

    /// `None` for anything that is not sound.
    pub(crate) fn from_payload(bytes: &[u8]) -> Option<Self> {
        let payload: Payload = serde_json::from_slice(bytes).ok()?;
        let claims = Claims {
            campaign: payload.iss,
            grant: payload.jti,
            shopper: payload.sub,
            voucher: payload.voucher,
            issued_at: time::parse(&payload.iat)?,
            expires_at: time::parse(&payload.exp)?,
        };
        Self::try_from(claims).ok()
    }
}
