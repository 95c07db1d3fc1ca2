//! Vouchers: what there is, what a shopper holds, what a shop redeems.

use serde::{Deserialize, Serialize};

use super::Millis;

/// `GET /v1/vouchers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherList {
    /// The campaign's id.
    pub campaign: String,
    /// When this was so.
    pub as_of: Millis,
    /// In campaign order.
    pub vouchers: Vec<VoucherStatus>,
}

/// How a voucher of the campaign stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherStatus {
    /// Its id in the campaign.
    pub id: String,
    /// Whether it can be claimed.
    pub state: VoucherState,
    /// How many can still be claimed.
    pub available: u64,
    /// How many a shopper may have.
    pub per_shopper: u32,
    /// From when it can be claimed and used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Millis>,
    /// Until when; later than the campaign file says where the operator extended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Millis>,
}

/// Whether a voucher can be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherState {
    /// It can.
    Available,
    /// All are claimed; some may come back.
    SoldOut,
    /// The operator has stopped it for now.
    Suspended,
    /// It has not begun.
    NotYet,
    /// It is over.
    Expired,
}

/// `POST /v1/vouchers/{id}/claims`: what the body says, which is nothing so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {}

/// One voucher in one shopper's wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its own id.
    pub id: String,
    /// Which voucher of the campaign.
    pub voucher: String,
    /// How far it is.
    pub state: GrantState,
    /// When it was claimed.
    pub claimed_at: Millis,
    /// Until when it can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Millis>,
    /// The order that it is reserved for or was redeemed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Signed token (PASETO v4.public) for the QR code; only while it can be redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The life of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// In the wallet, to be used.
    Claimed,
    /// Held by an order until that is confirmed, cancelled or too old; and from its confirmation until it is handed over.
    Reserved,
    /// Used.
    Redeemed,
    /// Over before it was used.
    Expired,
    /// Taken back by the operator.
    Revoked,
}

/// `GET /v1/wallet`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// When this was so, by the server's clock.
    pub as_of: Millis,
    /// In the order of their claiming.
    pub grants: Vec<Grant>,
}

/// `POST /v1/redemptions`, with a store's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedemptionRequest {
    /// The scanned token.
    pub token: String,
    /// The store that redeems; the key must be its own.
    pub store: String,
}

/// What a shop is told of a redeemed voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// The grant.
    pub grant: String,
    /// The voucher.
    pub voucher: String,
    /// The order that it belonged to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// When.
    pub redeemed_at: Millis,
}
