//! The operator's commands beside a running server.

use oolong_protocol::shop::{Grant, OrderReply, OrderState, Reason, VoucherList, VoucherState};
use serde_json::json;

use crate::support::{Shop, lattes, operate, shopper};

#[track_caller]
fn done(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[tokio::test]
async fn vouchers_are_stopped_extended_and_refilled_while_the_server_runs() {
    let shop = Shop::start("").await;
    let claim = |voucher: &str, number: u8| {
        let (path, me) = (format!("v1/vouchers/{voucher}/claims"), shopper(number));
        let shop = &shop;
        async move { shop.post(&path, &me, json!({})).await }
    };
    let held: Grant = claim("five", 1).await.json(201);
    done(&shop.operate(&["suspend", "five"]));
    claim("five", 2).await.refused(409, Reason::VoucherSuspended);
    let list: VoucherList = shop.get("v1/vouchers", "").await.json(200);
    assert_eq!(list.vouchers[0].state, VoucherState::Suspended);
    let till = shop.key("s-1");
    let redemption = json!({"token": held.token, "store": "s-1"});
    shop.post("v1/redemptions", &till, redemption).await.refused(409, Reason::VoucherSuspended);
    done(&shop.operate(&["resume", "five"]));
    claim("five", 2).await.json::<Grant>(201);

    claim("over", 1).await.refused(409, Reason::DiscountCodeExpired);
    done(&shop.operate(&["extend", "over", "2999-12-31T23:59:59+08:00"]));
    let extended: Grant = claim("over", 1).await.json(201);
    assert_eq!(extended.valid_until, Some(32_503_651_199_000));

    claim("rare", 1).await.json::<Grant>(201);
    claim("rare", 2).await.refused(409, Reason::VoucherSoldOut);
    done(&shop.operate(&["add-stock", "rare", "1"]));
    claim("rare", 2).await.json::<Grant>(201);

    done(&shop.operate(&["revoke", "five", "--grant", &held.id]));
    let redemption = json!({"token": held.token, "store": "s-1"});
    shop.post("v1/redemptions", &till, redemption).await.refused(409, Reason::VoucherRevoked);
    for wrong in [&["suspend", "nothing"][..], &["extend", "five", "tomorrow"], &["add-stock", "five", "0"]] {
        assert!(!shop.operate(wrong).status.success(), "{wrong:?}");
    }
    let audit = done(&shop.operate(&["audit"]));
    assert!(audit.contains("breaches: 0") && audit.contains("five: issued 100 ="), "{audit}");
}

#[tokio::test]
async fn an_audit_tells_by_its_status() {
    let shop = Shop::start("").await;
    shop.post("v1/vouchers/five/claims", &shopper(1), json!({})).await.json::<Grant>(201);
    let folder = std::sync::Arc::clone(&shop.folder);
    shop.running.stop().await;
    assert_eq!(operate(folder.path(), &["audit"]).status.code(), Some(0));
    let database = folder.path().join("data/ledger.db");
    tamper(&database);
    let found = operate(folder.path(), &["audit"]);
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    assert!(String::from_utf8_lossy(&found.stdout).contains("BREACH"), "{found:?}");
    std::fs::write(&database, "this is no database, and long enough to be looked at ".repeat(100)).expect("written");
    assert_eq!(operate(folder.path(), &["audit"]).status.code(), Some(2));
    std::fs::remove_file(&database).expect("removed");
    assert_eq!(operate(folder.path(), &["audit"]).status.code(), Some(2));
    std::fs::remove_dir_all(folder.path().join("data")).expect("removed");
    assert!(!operate(folder.path(), &["store-key", "s-1"]).status.success(), "a key of nobody's");
}

/// Somebody takes a voucher out of the drawer.
fn tamper(database: &std::path::Path) {
    let connection = rusqlite::Connection::open(database).expect("a database");
    let changed = connection
        .execute("UPDATE vouchers SET available = available - 1, claimed = claimed + 1 WHERE id = 'five'", ());
    assert_eq!(changed.expect("a row"), 1);
}

#[tokio::test]
async fn a_simulated_till_makes_orders_and_leaves_real_tills_alone() {
    let shop = Shop::start("--till simulated").await;
    let database = shop.folder.path().join("data/ledger.db");
    let order = async |store: &str, number: u8| {
        let reply = shop.post("v1/orders", &shopper(number), lattes(store, 1)).await;
        let OrderReply::Reserved(order) = reply.json(201) else { panic!("expected a reservation") };
        shop.post(&format!("v1/orders/{}/confirm", order.id), &shopper(number), json!({})).await;
        shop.until(&order.id, &shopper(number), OrderState::Sent).await;
        order.id
    };
    let (manned, unmanned) = (order("s-2", 1).await, order("s-1", 2).await);
    let queue = shop.get("v1/stores/s-2/orders", &shop.key("s-2")).await;
    assert_eq!(queue.status, 200);
    // Nobody waits ten minutes for a test.
    let connection = rusqlite::Connection::open(database).expect("a database");
    connection.busy_timeout(std::time::Duration::from_secs(10)).expect("set");
    let changed = connection.execute("UPDATE orders SET sent_at = sent_at - 600000", ()).expect("rows");
    assert_eq!(changed, 2);
    let made = shop.until(&unmanned, &shopper(2), OrderState::Ready).await;
    assert_eq!(made.id, unmanned);
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    shop.until(&manned, &shopper(1), OrderState::Sent).await;
    shop.until(&unmanned, &shopper(2), OrderState::Ready).await;
    let noted = std::fs::read_to_string(shop.folder.path().join("data/simulated-till")).expect("a file");
    assert_eq!(noted, "s-2\ns-1\n");
}
