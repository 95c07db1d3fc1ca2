//! Which component shows which card.

use leptos::prelude::*;
use oolong_protocol::counter::Card;

use crate::{orders, stores, wallet};

/// What an element shows.
pub(crate) fn view(card: Card) -> AnyView {
    match card {
        Card::Wallet => view! { <wallet::WalletPanel/> }.into_any(),
        Card::Vouchers { ids } => view! { <wallet::VouchersCard ids/> }.into_any(),
        Card::Claim { voucher, wish } => view! { <wallet::ClaimCard voucher wish/> }.into_any(),
        Card::Stores(search) => view! { <stores::StoresPanel search/> }.into_any(),
        Card::FoundStores(search) => view! { <stores::FoundStores search/> }.into_any(),
        Card::Orders => view! { <orders::OrdersPanel/> }.into_any(),
        Card::Order { order, wish } => view! { <orders::OrderCard order=*order wish/> }.into_any(),
        Card::Status => view! { <orders::StatusCard/> }.into_any(),
        Card::Cancel { wish } => view! { <orders::CancelCard wish/> }.into_any(),
    }
}
