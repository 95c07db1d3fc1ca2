//! Lines of data as commands.

use std::collections::HashMap;

use oolong_intent::Fulfilment;
use oolong_ledger::{Act, Actor, Place, Reply};
use oolong_protocol::shop::{Availability, ChangeState, Goods, OrderReply, OrderRequest, VoucherChoice};

use super::{SECOND, Shop, near, reason, shopper, store};

/// Plays a script on a fresh ledger; at its end the audit must find nothing.
pub(crate) async fn play(place: Place, script: &str) {
    let shop = Shop::open(&place).await;
    let mut orders = HashMap::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        step(&shop, &mut orders, line).await;
    }
    shop.sound().await;
    shop.ledger.close().await;
}

async fn step(shop: &Shop, orders: &mut HashMap<String, String>, line: &str) {
    let (said, expected) = line.split_once("->").unwrap_or((line, ""));
    let words: Vec<&str> = said.split_whitespace().collect();
    let expected = expected.trim();
    let reply = match words[..] {
        ["wait", seconds] => return shop.pass(seconds.parse::<i64>().unwrap() * SECOND),
        ["balance", voucher] => {
            let rows = shop.ledger.balances().await.unwrap();
            let row = rows.iter().find(|row| row.id == voucher.replace('_', " ")).unwrap();
            let found = format!(
                "{} {} {} {} {} {} {}",
                row.issued, row.available, row.claimed, row.reserved, row.redeemed, row.expired, row.revoked
            );
            return assert_eq!(found, expected, "{line}");
        }
        ["wallet", who] => {
            let wallet = shop.ledger.wallet(who).await.unwrap();
            let found: Vec<String> =
                wallet.grants.iter().map(|grant| format!("{}:{}", grant.voucher, text(&grant.state))).collect();
            return assert_eq!(found.join(" "), expected, "{line}");
        }
        ["status", voucher] => {
            let list = shop.ledger.vouchers().await.unwrap();
            let found = list.vouchers.iter().find(|status| status.id == voucher.replace('_', " ")).unwrap();
            return assert_eq!(text(&found.state), expected, "{line}");
        }
        ["stands", id] => {
            let live = shop.ledger.standing(&[store(id)]).await.unwrap().remove(0);
            let minutes = live.minutes.map_or(String::new(), |minutes| format!(" {minutes}"));
            return assert_eq!(format!("{}{minutes}", text(&live.state)), expected, "{line}");
        }
        ["queue", id] => {
            let queue = shop.ledger.queue(id).await.unwrap();
            let found: Vec<String> =
                queue.orders.iter().map(|order| format!("{}:{}", order.number, text(&order.state))).collect();
            return assert_eq!(found.join(" "), expected, "{line}");
        }
        _ => shop.act(actor(words[0]), act(&words, orders)).await,
    };
    if let Ok(OrderReply::Reserved(order)) = serde_json::from_slice(&reply.body) {
        orders.insert(words[0].to_owned(), order.id);
    }
    let found = format!("{} {}", reply.status, reason(&reply));
    assert_eq!(found.trim(), expected, "{line}: {}", shown(&reply));
}

fn actor(word: &str) -> Actor {
    match word {
        "operator" => Actor::Operator,
        "clock" => Actor::Clockwork,
        store if store.starts_with('s') => Actor::Store(store.to_owned()),
        who => shopper(who),
    }
}

fn act(words: &[&str], orders: &HashMap<String, String>) -> Act {
    let voucher = |at: usize| words[at].replace('_', " ");
    let order = |who: &str| orders.get(who).cloned().unwrap_or_else(|| "none".to_owned());
    match words[1] {
        "claims" => Act::Claim { voucher: voucher(2) },
        "orders" => place(words),
        "confirms" => Act::Confirm { order: order(words.get(2).unwrap_or(&words[0])) },
        "cancels" => Act::Cancel { order: order(words.get(2).unwrap_or(&words[0])) },
        "redeems" => Act::Redeem { grant: words[2].replace('_', " "), brand: store(words[0]).brand },
        "makes" => Act::Ready { order: order(words[2]) },
        "hands" => Act::Collected { order: order(words[2]) },
        "says" => Act::ChangeState { change: said(words), store: Box::new(store(words[0])) },
        "suspends" => Act::Suspend { voucher: voucher(2) },
        "resumes" => Act::Resume { voucher: voucher(2) },
        "extends" => {
            Act::Extend { voucher: voucher(2), until: super::BEGIN + words[3].parse::<i64>().unwrap() * SECOND }
        }
        "adds" => Act::AddStock { voucher: voucher(2), count: words[3].parse().unwrap() },
        "revokes" => Act::Revoke { voucher: voucher(2), grant: words.get(3).map(|grant| grant.replace('_', " ")) },
        "sends" => Act::SendDue,
        "sweeps" => Act::Sweep,
        other => panic!("no such verb: {other}"),
    }
}

/// `WHO orders STORE ITEM[*N][+group:modifier],… [best|none|GRANT,…] [delivery] [at=SECONDS]`.
fn place(words: &[&str]) -> Act {
    let goods = words[3].split(',').map(|entry| {
        let mut parts = entry.split('+');
        let (item, quantity) = parts.next().unwrap().split_once('*').map_or((entry, "1"), |pair| pair);
        let item = item.split('+').next().unwrap();
        Goods {
            item: item.to_owned(),
            quantity: quantity.parse().unwrap(),
            modifiers: parts.map(str::to_owned).collect(),
        }
    });
    let mut request = OrderRequest {
        store: words[2].to_owned(),
        goods: goods.collect(),
        fulfilment: Fulfilment::Pickup,
        place: None,
        ready_at: None,
        vouchers: VoucherChoice::Best,
    };
    for word in &words[4..] {
        match *word {
            "best" => {}
            "none" => request.vouchers = VoucherChoice::None,
            "delivery" => {
                request.fulfilment = Fulfilment::Delivery;
                request.place = Some("the station".to_owned());
            }
            time if time.starts_with("at=") => {
                request.ready_at = Some(super::BEGIN + time[3..].parse::<i64>().unwrap() * SECOND);
            }
            grants => {
                let ids = grants.split(',').map(|grant| grant.replace('_', " "));
                request.vouchers = VoucherChoice::Grants(ids.collect());
            }
        }
    }
    Act::PlaceOrder { request: Box::new(request), store: Box::new(store(words[2])), near: near() }
}

/// `STORE says STATE [minutes=N] [until=SECONDS] [pace=N]`.
fn said(words: &[&str]) -> ChangeState {
    let state: Availability = serde_json::from_str(&format!("{:?}", words[2])).unwrap();
    let mut change = ChangeState { state, minutes: None, until: None, orders_per_minute: None };
    for word in &words[3..] {
        let (name, value) = word.split_once('=').unwrap();
        match name {
            "minutes" => change.minutes = Some(value.parse().unwrap()),
            "until" => change.until = Some(super::BEGIN + value.parse::<i64>().unwrap() * SECOND),
            "pace" => change.orders_per_minute = Some(value.parse().unwrap()),
            other => panic!("no such word: {other}"),
        }
    }
    change
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn shown(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}
