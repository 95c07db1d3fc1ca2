//! Vouchers with what they are worth and what they ask for; and shops, of which this build knows none.

use leptos::prelude::*;
use oolong_catalog::{Campaign, Voucher};
use oolong_commerce::{Action, Answer, Misfit, StoreWish};
use oolong_intent::Prefer;

use crate::{
    session::{Session, use_session},
    show::{brand_name, category_name, item_name, name, voucher_name},
    worth::{self, terms, worth},
};

#[component]
pub(crate) fn VouchersCard(ids: Vec<String>, brand: Option<String>) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let none = ids.is_empty();
    let title = {
        let campaign = campaign.clone();
        move || {
            let words = session.words();
            match &brand {
                Some(id) => (words.vouchers_of)(&brand_name(&campaign, id, session.language.get())),
                None => words.vouchers.to_owned(),
            }
        }
    };
    let rows =
        ids.iter().filter_map(|id| campaign.voucher(id)).map(|voucher| view! { <Ticket voucher=voucher.clone()/> });
    view! {
        <article class="card" data-testid="answer-card" data-kind="vouchers">
            <h2>{title}</h2>
            {none.then(|| view! { <p>{move || session.words().vouchers_none}</p> })}
            <ul class="tickets">{rows.collect_view()}</ul>
        </article>
    }
}

#[component]
fn Ticket(voucher: Voucher) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let (id, for_claim, for_use) = (voucher.id.clone(), voucher.id.clone(), voucher.id.clone());
    let data = voucher.id.clone();
    let held = {
        let id = id.clone();
        move || session.dialogue.with(|dialogue| dialogue.state().wallet.contains(&id))
    };
    let used = move || session.dialogue.with(|dialogue| dialogue.state().order.uses(&id));
    let use_label = {
        let used = used.clone();
        move || if used() { session.words().used_mark } else { session.words().use_it }
    };
    let names = voucher.names.clone();
    let worth = {
        let (campaign, discount) = (campaign.clone(), voucher.discount.clone());
        move || worth(&campaign, &discount, session.language.get())
    };
    let terms = move || {
        let terms = terms(&campaign, &voucher, session.language.get());
        match voucher.valid_until.as_deref().and_then(|time| time.get(..10)) {
            Some(day) => format!("{terms} · {}", (session.words().until)(day)),
            None => terms,
        }
    };
    let label = {
        let held = held.clone();
        move || if held() { session.words().claimed_mark } else { session.words().claim }
    };
    view! {
        <li class="ticket" data-testid="voucher" data-voucher=data>
            <div class="ticket-what">
                <b>{worth}</b>
                <span>{move || name(&names, session.language.get()).to_owned()}</span>
                <small>{terms}</small>
            </div>
            <div class="ticket-do">
                <button type="button" class="quiet" data-testid="claim" disabled=held on:click=move |_| session.act(Action::Claim(for_claim.clone()))>
                    {label}
                </button>
                <button type="button" class="quiet" data-testid="use-voucher" disabled=used on:click=move |_| session.act(Action::UseVoucher(for_use.clone()))>
                    {use_label}
                </button>
            </div>
        </li>
    }
}

/// What became of one voucher.
#[component]
pub(crate) fn VoucherNews(news: Answer) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let usable = match &news {
        Answer::Claimed { voucher, .. } => Some(voucher.clone()),
        _ => None,
    };
    let kind =
        if matches!(news, Answer::VoucherMisfit { .. } | Answer::NoVoucher) { "voucher-misfit" } else { "voucher" };
    let text = move || {
        let (words, language) = (session.words(), session.language.get());
        let name = |id: &String| voucher_name(&campaign, id, language);
        match &news {
            Answer::Claimed { voucher, fresh: true } => ((words.claimed)(&name(voucher)), String::new()),
            Answer::Claimed { voucher, fresh: false } => ((words.claimed_before)(&name(voucher)), String::new()),
            Answer::VoucherUsed { voucher, saving, replaced } => {
                let worth = match saving {
                    0 => words.free_delivery_used.to_owned(),
                    saving => (words.voucher_saves)(&session.money(*saving)),
                };
                let replaced = replaced.as_ref().map(|id| (words.voucher_replaced)(&name(id))).unwrap_or_default();
                ((words.voucher_used)(&name(voucher)), format!("{worth} {replaced}"))
            }
            Answer::VoucherMisfit { voucher, why } => {
                ((words.voucher_misfit)(&name(voucher)), misfit(session, &campaign, why))
            }
            _ => (words.no_voucher.to_owned(), String::new()),
        }
    };
    let title = {
        let text = text.clone();
        move || text().0
    };
    view! {
        <article class="card" data-testid="answer-card" data-kind=kind>
            <h2>{title}</h2>
            <p>{move || text().1}</p>
            <div class="buttons">
                {usable.map(|id| view! {
                    <button type="button" class="main" data-testid="use-voucher" on:click=move |_| session.act(Action::UseVoucher(id.clone()))>
                        {move || session.words().use_it}
                    </button>
                })}
                <button type="button" class="quiet" on:click=move |_| session.act(Action::ShowVouchers)>
                    {move || session.words().vouchers}
                </button>
            </div>
        </article>
    }
}

fn misfit(session: Session, campaign: &Campaign, why: &Misfit) -> String {
    let (words, language) = (session.words(), session.language.get());
    match why {
        Misfit::EmptyCart => words.misfit_empty.to_owned(),
        Misfit::Brand { brands } => (words.misfit_brand)(&worth::brands(campaign, brands, language)),
        Misfit::MinSpend { missing } => (words.misfit_spend)(&session.money(*missing)),
        Misfit::Goods { category, item } => {
            let item = item.as_ref().map(|id| item_name(campaign, id, language));
            let category = category.as_ref().map(|id| category_name(campaign, id, language));
            (words.misfit_goods)(item.or(category).as_deref().unwrap_or(worth::any_item(language)))
        }
        Misfit::Pieces { missing } => (words.misfit_pieces)(*missing),
        Misfit::NotDelivered => words.misfit_not_delivered.to_owned(),
        Misfit::NotYet => words.misfit_not_yet.to_owned(),
        Misfit::Over => words.misfit_over.to_owned(),
    }
}

/// A shop was asked for: an honest answer, with what was understood.
#[component]
pub(crate) fn StoresCard(wish: StoreWish) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let rows = move || {
        let (words, language) = (session.words(), session.language.get());
        let brand = wish.brand.as_ref().map_or(words.any_brand.to_owned(), |id| brand_name(&campaign, id, language));
        let place =
            wish.place.as_ref().map(|place| if place == "here" { words.here.to_owned() } else { place.clone() });
        let prefer = wish.prefer.map(|prefer| match prefer {
            Prefer::Nearest => words.nearest,
            Prefer::Fastest => words.fastest,
            Prefer::Cheapest => words.cheapest,
        });
        let wishes: Vec<&str> = prefer.into_iter().chain(wish.open_now.then_some(words.open_now)).collect();
        let goods: Vec<String> = wish.items.iter().map(|id| item_name(&campaign, id, language)).collect();
        let rows = [
            (words.brand, Some(brand)),
            (words.place, place),
            (words.wish, (!wishes.is_empty()).then(|| wishes.join(", "))),
            (words.menu, (!goods.is_empty()).then(|| goods.join(", "))),
        ];
        let rows = rows.into_iter().filter_map(|(term, value)| Some((term, value?)));
        rows.map(|(term, value)| view! { <div><dt>{term}</dt><dd>{value}</dd></div> }).collect_view()
    };
    view! {
        <article class="card" data-testid="answer-card" data-kind="stores">
            <h2>{move || session.words().stores}</h2>
            <p>{move || session.words().stores_note}</p>
            <dl class="facts">{rows}</dl>
        </article>
    }
}
