//! The cases on SQLite files.

mod common;

use common::cases;
use oolong_ledger::Place;

macro_rules! on_sqlite {
    ($($case:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            let folder = tempfile::tempdir().unwrap();
            cases::$case(Place::Sqlite(folder.path().join("ledger.sqlite"))).await;
        }
    )* };
}

on_sqlite! { vouchers operation orders stores stampede idempotency reopening offers outbox changes }
