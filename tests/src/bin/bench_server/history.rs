//! What the history says of orders sent, judged by code that shares nothing with the server: plain text from SQL, windows
//! of its own, and the caps that stores have declared as whoever declared them remembers.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// What "orders per minute" means, milliseconds. Half open: a minute does not hold its own end.
const MINUTE: i64 = 60_000;
/// Breaches that are told in words.
const TOLD: usize = 20;

/// What `judge` wants to see: orders that were sent, and what stores said themselves. The rows may come in any order.
pub(crate) const QUERY: &str = "SELECT kind, store, at, seq, order_id, count FROM events
     WHERE kind = 'order_sent' OR (kind = 'store_state' AND actor_kind = 'store')";

/// What was found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Verdict {
    /// Orders that were sent.
    pub(crate) sent: u64,
    /// Stores that were sent as much as their cap within a minute.
    pub(crate) full: u64,
    /// Of these, with a cap of two or more: one order alone makes no minute of theirs full.
    pub(crate) full_of_several: u64,
    /// The fullest minute of all stores, in parts of the cap of that moment.
    pub(crate) fullest: f64,
    /// How much does not fit.
    pub(crate) breaches: u64,
    /// Of that, the first in words.
    pub(crate) told: Vec<String>,
}

struct Line<'a> {
    at: i64,
    seq: i64,
    /// The order and the cap as the server wrote it; nothing where the store spoke.
    sent: Option<(&'a str, i64)>,
}

/// Judges rows of [`QUERY`] (columns separated by `|`) by the caps that each store has declared, one after the other.
/// The cap of a minute is that of the moment of its last order.
pub(crate) fn judge(rows: &str, declared: &HashMap<String, Vec<u16>>) -> Verdict {
    let (mut verdict, mut orders) = (Verdict::default(), HashSet::new());
    let mut stores = BTreeMap::<&str, Vec<Line<'_>>>::new();
    for row in rows.lines().filter(|row| !row.is_empty()) {
        match read(row) {
            Some((store, line)) => stores.entry(store).or_default().push(line),
            None => verdict.breach(format!("expected a row of the history, found {row:?}")),
        }
    }
    // Of stores that declared a cap there must be history.
    for store in declared.keys() {
        stores.entry(store).or_default();
    }
    for (store, mut lines) in stores {
        lines.sort_unstable_by_key(|line| (line.at, line.seq));
        let declared = declared.get(store).map_or(&[][..], Vec::as_slice);
        let (mut said, mut cap, mut minute) = (0, 0_usize, VecDeque::new());
        let (mut full, mut full_of_several) = (false, false);
        for Line { at, sent, .. } in lines {
            let Some((order, written)) = sent else {
                cap = declared.get(said).copied().unwrap_or(0).into();
                said += 1;
                continue;
            };
            verdict.sent += 1;
            if !orders.insert(order) {
                verdict.breach(format!("{store}: order {order} was sent again at {at}"));
            }
            minute.push_back(at);
            while minute.front().is_some_and(|first| at - first >= MINUTE) {
                minute.pop_front();
            }
            if minute.len() > cap {
                let first = minute.front().copied().unwrap_or(at);
                verdict.breach(format!("{store}: {} orders from {first} to {at}, declared {cap}", minute.len()));
            }
            if usize::try_from(written) != Ok(cap) {
                verdict.breach(format!("{store}: at {at} the history says a cap of {written}, declared {cap}"));
            }
            verdict.fullest = verdict.fullest.max(minute.len() as f64 / cap as f64);
            full |= minute.len() >= cap;
            full_of_several |= minute.len() >= cap && cap > 1;
        }
        verdict.full += u64::from(full);
        verdict.full_of_several += u64::from(full_of_several);
        if said != declared.len() {
            verdict.breach(format!("{store}: declared a cap {} times, the history says {said}", declared.len()));
        }
    }
    verdict
}

/// The most of `times` (ascending, milliseconds) within any minute.
pub(crate) fn most_in_a_minute(times: &[i64]) -> usize {
    let until = |first: &i64| times.partition_point(|time| time - first < MINUTE);
    times.iter().enumerate().map(|(at, first)| until(first) - at).max().unwrap_or(0)
}

fn read(row: &str) -> Option<(&str, Line<'_>)> {
    let mut columns = row.split('|');
    let (kind, store) = (columns.next()?, columns.next()?);
    let (at, seq) = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
    let (order, count) = (columns.next()?, columns.next()?.parse().ok()?);
    let sent = (kind == "order_sent").then_some((order, count));
    (!store.is_empty() && (sent.is_none() || !order.is_empty())).then_some((store, Line { at, seq, sent }))
}

impl Verdict {
    fn breach(&mut self, what: String) {
        self.breaches += 1;
        if self.told.len() < TOLD {
            self.told.push(what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaches of a history of one store: `s` where it declares its next cap, else the cap that is written with an order.
    #[track_caller]
    fn check(declared: &[u16], history: &[(i64, &str)], breaches: u64) -> Verdict {
        let row = |(seq, (at, what)): (usize, &(i64, &str))| match *what {
            "s" => format!("store_state|s-1|{at}|{seq}||1\n"),
            cap => format!("order_sent|s-1|{at}|{seq}|o-{at}-{seq}|{cap}\n"),
        };
        // The history may come in any order.
        let rows: String = history.iter().enumerate().map(row).rev().collect();
        let verdict = judge(&rows, &HashMap::from([("s-1".to_owned(), declared.to_vec())]));
        assert_eq!(verdict.breaches, breaches, "{:?}", verdict.told);
        verdict
    }

    #[test]
    fn a_minute_holds_as_much_as_was_declared_and_no_more() {
        let fine = check(&[2], &[(0, "s"), (10, "2"), (59_000, "2"), (60_010, "2"), (119_000, "2")], 0);
        assert_eq!((fine.sent, fine.full, fine.full_of_several, fine.fullest), (4, 1, 1, 1.0));
        assert_eq!(check(&[1], &[(0, "s"), (0, "1")], 0).full_of_several, 0);
        assert_eq!(check(&[3], &[(0, "s"), (5, "3"), (5, "3")], 0).full, 0);
        // One millisecond too early; in one moment.
        assert_eq!(check(&[2], &[(0, "s"), (10, "2"), (59_000, "2"), (60_009, "2")], 1).fullest, 1.5);
        check(&[1], &[(0, "s"), (10, "1"), (60_009, "1"), (120_008, "1")], 2);
        check(&[2], &[(0, "s"), (7, "2"), (7, "2"), (7, "2")], 1);
    }

    #[test]
    fn a_cap_holds_from_when_it_was_declared() {
        check(&[1, 3], &[(0, "s"), (1, "1"), (10, "s"), (11, "3"), (12, "3")], 0);
        check(&[1, 3], &[(0, "s"), (1, "1"), (9, "1"), (10, "s"), (11, "3")], 1);
        check(&[3, 1], &[(0, "s"), (1, "3"), (2, "3"), (10, "s"), (60_002, "1")], 0);
        check(&[3, 1], &[(0, "s"), (1, "3"), (2, "3"), (10, "s"), (60_001, "1")], 1);
        // What the server itself writes proves nothing: it is too much, and it was never declared.
        check(&[1], &[(0, "s"), (1, "5"), (2, "5")], 3);
        check(&[1], &[(0, "s"), (0, "s"), (1, "1")], 3);
        check(&[], &[(1, "1")], 2);
        check(&[1, 2], &[(0, "s"), (1, "1")], 1);
    }

    #[test]
    fn orders_are_sent_once_and_no_row_is_passed_over() {
        let declared = HashMap::from([("a".to_owned(), vec![6]), ("b".to_owned(), vec![6])]);
        let said = "store_state|a|0|1||1\nstore_state|b|0|2||1\norder_sent|a|1|3|o|6\n";
        let breaches = |more: &str| judge(&format!("{said}{more}"), &declared).breaches;
        assert_eq!(breaches("order_sent|b|1|4|p|6"), 0);
        assert_eq!(breaches("order_sent|a|90000|4|o|6"), 1);
        assert_eq!(breaches("order_sent|b|90000|4|o|6"), 1);
        assert_eq!(breaches("order_sent|b|soon|4|p|6\norder_sent|b|9|5||6\norder_sent||9|6|q|6\nrubbish"), 4);
        assert_eq!(judge("", &declared).breaches, 2);
    }

    #[test]
    fn the_fullest_minute() {
        assert_eq!(most_in_a_minute(&[]), 0);
        assert_eq!(most_in_a_minute(&[0, 60_000, 120_000]), 1);
        assert_eq!(most_in_a_minute(&[0, 1, 60_000, 60_000, 60_001]), 3);
    }
}
