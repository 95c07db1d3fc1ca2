//! Packed hours against the parser they come from, minute by minute where it matters, over eight weeks.
#![cfg(feature = "pack")]

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use oolong_stores::{Hours, Names, Pack, Seller, day, generate, pack};
use opening_hours::localization::Country;
use opening_hours::{Context, OpeningHours, RuleKind};

#[test]
fn packed_hours_equal_their_source_for_eight_weeks() {
    let seller = Seller { id: "tea".to_owned(), names: Names::new("Tea", "茶"), items: vec!["oolong".to_owned()] };
    let stores: Vec<_> = generate(2_500, 3, &[seller]).collect();
    let packed_on = day(2026, 12, 20).unwrap();
    let pack = Pack::read(&pack(&stores, packed_on).country).unwrap();
    let mut seen = BTreeSet::new();
    for at in pack.index.stores() {
        let store = pack.index.store(at).unwrap();
        if store.permanently_closed || !seen.insert(store.hours.clone()) {
            continue;
        }
        if store.hours.is_empty() {
            assert_eq!(pack.index.hours(at, i64::from(packed_on) * 86_400), Some(Hours::Unknown));
            continue;
        }
        let source: OpeningHours = store.hours.parse().unwrap();
        let source = source.with_context(Context::default().with_holidays(Country::CN.holidays()));
        let start = NaiveDate::from_ymd_opt(2026, 12, 20).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let end = start + Days::new(56);
        let utc = |local: chrono::NaiveDateTime| local.and_utc().timestamp() - 8 * 3600;
        for stretch in source.iter_range(start, end) {
            let (from, to) = (stretch.range.start, stretch.range.end);
            for moment in [utc(from), utc(from) + 60, utc(from).midpoint(utc(to)), utc(to) - 1] {
                let found = pack.index.hours(at, moment).unwrap();
                let same = match stretch.kind {
                    RuleKind::Open => matches!(found, Hours::Open { .. }),
                    RuleKind::Closed => matches!(found, Hours::Closed { .. }),
                    RuleKind::Unknown => found == Hours::Unknown,
                };
                assert!(same, "{}: {:?} from {from} to {to}, found {found:?} at {moment}", store.hours, stretch.kind);
                if to < end && (to - from).num_days() < 6 {
                    let change = Some(utc(to));
                    match found {
                        Hours::Open { until } => assert_eq!(until, change, "{} from {from}", store.hours),
                        Hours::Closed { opens } if source.is_open(to) => {
                            assert_eq!(opens, change, "{} from {from}", store.hours);
                        }
                        Hours::Closed { .. } | Hours::Unknown => {}
                    }
                }
            }
        }
        let late = i64::from(packed_on + 61) * 86_400;
        let weekly = pack.index.schedule(at).unwrap().until(480).is_none();
        assert_eq!(
            weekly,
            !matches!(pack.index.hours(at, late), Some(Hours::Unknown)) || store.hours.contains("unknown")
        );
    }
    assert!(seen.len() >= 36, "only {} different hours", seen.len());
}
