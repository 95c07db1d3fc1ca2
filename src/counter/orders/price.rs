//! What an order costs, line by line, and what became of the vouchers.

use std::str::FromStr;

use leptos::prelude::*;
use oolong_intent::ModifierChoice;
use oolong_protocol::shop::{Goods, Order, Problem};

use super::part::problem_text;
use crate::{
    desk::{Desk, use_desk},
    show::{item_name, modifier_name, voucher_name},
    words::Language,
};

#[component]
pub(crate) fn Price(order: Order) -> impl IntoView {
    let desk = use_desk();
    let language = desk.language.get_untracked();
    let words = &language.words().orders;
    let campaign = desk.campaign();
    let price = order.price;
    let plain = price.savings.is_empty() && price.delivery_fee == 0;
    let lines = order
        .goods
        .iter()
        .zip(&price.lines)
        .map(|(goods, line)| row(desk, goods_text(desk, goods, language), line.amount));
    let savings = price.savings.iter().map(|saving| {
        let voucher = voucher_name(&campaign, &saving.voucher, language);
        view! {
            <li class="saving" data-testid="saving" data-voucher=saving.voucher.clone()>
                <span>{voucher}</span>
                <span class="leader"></span>
                <span>{desk.money(-saving.amount)}</span>
            </li>
        }
    });
    let unused = price.unused.iter().map(|unused| {
        let (why, _) = problem_text(&Problem::new(unused.reason, ""), language);
        view! {
            <li data-testid="unused-voucher"><b>{voucher_name(&campaign, &unused.voucher, language)}</b> " " {why}</li>
        }
    });
    view! {
        <div class="order-price receipt" data-testid="order-price">
            <ul class="leaders">
                {lines.collect_view()}
                {(!plain).then(|| row(desk, words.subtotal.to_owned(), price.subtotal))}
                {(price.delivery_fee != 0).then(|| row(desk, words.delivery_fee.to_owned(), price.delivery_fee))}
                {savings.collect_view()}
            </ul>
            <p class="sum"><span>{words.total}</span><b data-testid="order-total">{desk.money(price.total)}</b></p>
            {(!price.unused.is_empty()).then(|| view! {
                <details class="order-unused" data-testid="unused-vouchers">
                    <summary>{(words.unused)(price.unused.len())}</summary>
                    <ul>{unused.collect_view()}</ul>
                </details>
            })}
        </div>
    }
}

fn row(desk: Desk, text: String, amount: i64) -> impl IntoView {
    view! { <li><span>{text}</span><span class="leader"></span><span>{desk.money(amount)}</span></li> }
}

/// A line of goods in words: `2 × Latte, large`.
pub(crate) fn goods_text(desk: Desk, goods: &Goods, language: Language) -> String {
    let campaign = desk.campaign();
    let made = goods.modifiers.iter().filter_map(|text| ModifierChoice::from_str(text).ok());
    let made: String = made.map(|choice| format!(", {}", modifier_name(&campaign, &choice, language))).collect();
    format!("{} × {}{made}", goods.quantity, item_name(&campaign, &goods.item, language))
}
