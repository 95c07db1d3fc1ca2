//! Rows come back as they were stored, and what must not be is refused.

use super::*;

#[tokio::test]
async fn rows_come_back_as_they_were_stored_and_draw_in_what_belongs_to_them() {
    let (backend, mut writer) = opened(&fresh()).await;
    apart(move || {
        let stored = all_kinds();
        store(&mut *writer, &stored).unwrap();
        let keys = Keys {
            replies: vec![[7; 16], [9; 16]],
            outbox: names(["o1"]),
            due: 5,
            lapsed: 5,
            walk: 2,
            ..Keys::default()
        };
        let rows = load(&mut *writer, &keys);
        assert_eq!(rows.vouchers, stored.vouchers);
        assert_eq!(rows.orders, [stored.orders[0].0.clone(), stored.orders[1].0.clone()]);
        assert_eq!((rows.due, rows.lapsed), (vec!["o1".to_owned()], vec!["o2".to_owned()]));
        assert_eq!(rows.stores, stored.stores);
        assert_eq!(rows.outbox, stored.outbox);
        assert_eq!(rows.replies, stored.replies);
        // Those of Ann by her orders and by the walk, none twice; Bob's are beyond the stretch.
        assert_eq!(rows.grants, [grant("ann", 1), grant("ann", 2)]);
        let walk = rows.walk.unwrap();
        assert_eq!(walk.grants, ["ann:milk tea:1", "ann:milk tea:2"]);
        assert_eq!(walk.next.as_deref(), Some("ann:milk tea:2"));

        // Changed rows replace what was there; only new ones are inserted.
        let mut changes = Changes::default();
        let mut next = || {
            writer.unit(&Keys { orders: names(["o1"]), ..Keys::default() }, &mut |rows, _| {
                changes = Changes {
                    vouchers: vec![VoucherRow { walk: walk.next.clone(), ..rows.vouchers[0].clone() }],
                    grants: vec![(
                        GrantRow { state: GrantState::Reserved, order: Some("o1".to_owned()), ..grant("ann", 1) },
                        false,
                    )],
                    orders: vec![(OrderRow { sent_at: Some(8), ..order("o1", OrderState::Sent, 3) }, false)],
                    stores: vec![StoreRow { said: None, booked: vec![], ..rows.stores[0].clone() }],
                    ..Changes::default()
                };
                changes.clone()
            })
        };
        next().unwrap();
        let rows = load(&mut *writer, &Keys { walk: 2, orders: names(["o1", "none"]), ..Keys::default() });
        assert_eq!(rows.vouchers, changes.vouchers);
        assert_eq!(rows.orders, [changes.orders[0].0.clone()]);
        assert_eq!(rows.stores, changes.stores);
        assert_eq!(rows.grants, [changes.grants[0].0.clone(), grant("ann", 2), grant("bob", 1)]);
        let walk = rows.walk.unwrap();
        assert_eq!((walk.grants, walk.next), (vec!["bob:milk tea:1".to_owned()], None));
    })
    .await;
    assert_eq!(backend.wallet("ann".to_owned()).await.unwrap().len(), 2);
    assert_eq!(backend.queue("s1".to_owned(), 9).await.unwrap()[0].order.id, "o1");
    let listed = backend.orders("ann".to_owned(), 9).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.order.id.as_str()).collect::<Vec<_>>(), ["o1", "o2"]);
    assert_eq!(backend.order("o2".to_owned()).await.unwrap().unwrap(), order("o2", OrderState::Reserved, 1));
    assert_eq!(backend.outbox_due(3, 9).await.unwrap().len(), 1);
    assert_eq!(backend.outbox_due(2, 9).await.unwrap().len(), 0);
    assert_eq!(backend.changes(0, 9).await.unwrap(), [(2, "s1".to_owned(), "{}".to_owned())]);
    assert_eq!(backend.last_event().await.unwrap(), 2);
    backend.audit(Auditor::default()).await.unwrap();
}

#[tokio::test]
async fn a_key_that_somebody_else_took_is_a_conflict_and_nothing_is_stored() {
    let (_, mut writer) = opened(&fresh()).await;
    apart(move || {
        store(&mut *writer, &all_kinds()).unwrap();
        let taken = [
            Changes { grants: vec![(grant("ann", 1), true)], ..Changes::default() },
            Changes { orders: vec![(order("o1", OrderState::Sent, 1), true)], ..Changes::default() },
            Changes { replies: all_kinds().replies, ..Changes::default() },
            // Not loaded, thus taken for new.
            Changes { stores: all_kinds().stores, ..Changes::default() },
            Changes { vouchers: all_kinds().vouchers, ..Changes::default() },
        ];
        for mut changes in taken {
            changes.events.push(event(EventKind::Claimed, None));
            changes.grants.push((grant("eve", 1), true));
            assert_eq!(store(&mut *writer, &changes), Err(Setback::Conflict), "{changes:?}");
        }
        assert_eq!(load(&mut *writer, &Keys { wallets: names(["eve"]), ..Keys::default() }).grants, []);
        // More than there is: refused by the database itself.
        let mut overdrawn = voucher("coffee", 1);
        overdrawn.available = -1;
        overdrawn.claimed = 2;
        let refused = store(&mut *writer, &Changes { vouchers: vec![overdrawn], ..Changes::default() });
        assert!(matches!(refused, Err(Setback::Failed(LedgerError::Unavailable(_)))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn events_are_neither_altered_nor_deleted() {
    let url = fresh();
    let (_, mut writer) = opened(&url).await;
    apart(move || store(&mut *writer, &all_kinds()).unwrap()).await;
    let (client, _driver) = session::connect(&session::config(&url).unwrap()).await.unwrap();
    for statement in ["UPDATE events SET at = 0", "DELETE FROM events", "TRUNCATE events", "TRUNCATE events CASCADE"] {
        let error = client.batch_execute(statement).await.expect_err(statement);
        assert!(error.as_db_error().is_some_and(|error| error.message().contains("only appended")), "{error:?}");
    }
}
