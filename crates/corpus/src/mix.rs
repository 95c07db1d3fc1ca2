//! How often people want what.

use oolong_intent::Intent;

/// How often each intent is drawn.
pub const MIX: [(Intent, f64); 15] = [
    (Intent::Order, 34.0),
    (Intent::Change, 17.0),
    (Intent::Remove, 5.0),
    (Intent::FindStore, 6.0),
    (Intent::CheckStock, 4.0),
    (Intent::FindVoucher, 5.0),
    (Intent::ClaimVoucher, 4.0),
    (Intent::UseVoucher, 4.0),
    (Intent::AskMenu, 6.0),
    (Intent::OrderStatus, 2.0),
    (Intent::CancelOrder, 2.0),
    (Intent::Confirm, 2.5),
    (Intent::Deny, 2.5),
    (Intent::Chat, 3.0),
    (Intent::Other, 7.0),
];

/// Two wishes that are said in one breath.
pub const PAIRS: [(Intent, Intent); 22] = [
    (Intent::Order, Intent::UseVoucher),
    (Intent::Order, Intent::UseVoucher),
    (Intent::Remove, Intent::Order),
    (Intent::Remove, Intent::Order),
    (Intent::Remove, Intent::Order),
    (Intent::Change, Intent::Order),
    (Intent::Change, Intent::Order),
    (Intent::Order, Intent::Remove),
    (Intent::Remove, Intent::Change),
    (Intent::Change, Intent::Remove),
    (Intent::ClaimVoucher, Intent::FindStore),
    (Intent::ClaimVoucher, Intent::UseVoucher),
    (Intent::ClaimVoucher, Intent::Order),
    (Intent::AskMenu, Intent::Order),
    (Intent::CheckStock, Intent::Order),
    (Intent::CancelOrder, Intent::FindStore),
    (Intent::Order, Intent::FindVoucher),
    (Intent::FindStore, Intent::Order),
    (Intent::Change, Intent::UseVoucher),
    (Intent::Confirm, Intent::UseVoucher),
    (Intent::Order, Intent::Order),
    (Intent::Order, Intent::Order),
];
