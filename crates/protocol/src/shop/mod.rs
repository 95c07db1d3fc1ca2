//! What page, tills and server say to each other about vouchers, orders and stores (`/v1/…`, JSON).
//!
//! Times are milliseconds since 1970, UTC; money is in minor units of the campaign's currency. Every POST carries an
//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header); refusals are problem details (RFC 9457).

mod order;
mod reason;
mod store;
mod voucher;

pub use order::{
    Allocation, Goods, Offer, Order, OrderReply, OrderRequest, OrderState, PriceLine, PriceView, Saving, Slot,
    StoreOffer, Unused, VoucherChoice,
};
pub use reason::{Problem, Reason, Text};
pub use store::{
    Availability, ChangeState, ClusterView, Live, PlaceList, PlaceView, StateChange, StoreList, StoreView, TillOrder,
    TillQueue,
};
pub use voucher::{
    Claim, Grant, GrantState, Redemption, RedemptionRequest, VoucherList, VoucherState, VoucherStatus, Wallet,
};

/// Milliseconds since 1970, UTC.
pub type Millis = i64;
