//! Scans whose outcome nobody at the till has seen. The ledger may have redeemed them, so the next scan of the same code
//! asks again under the same key: a new one would count as a second redemption, and be refused.

/// More are not remembered; who has scanned so many others since does not wait for the first.
const MOST: usize = 50;

/// Codes, and the idempotency keys under which they were sent.
#[derive(Debug, Default)]
pub(super) struct Unanswered(Vec<(String, String)>);

impl Unanswered {
    /// The key for a scan of this code.
    pub(super) fn key(&self, token: &str, fresh: impl FnOnce() -> String) -> String {
        let known = self.0.iter().find(|(known, _)| known == token);
        known.map_or_else(fresh, |(_, key)| key.clone())
    }

    /// An attempt is made.
    pub(super) fn sent(&mut self, token: &str, key: &str) {
        self.0.retain(|(_, known)| known != key);
        self.0.push((token.to_owned(), key.to_owned()));
        self.0.drain(..self.0.len().saturating_sub(MOST));
    }

    /// The ledger's answer to the scan with this key was shown.
    pub(super) fn seen(&mut self, key: &str) {
        self.0.retain(|(_, known)| known != key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_without_an_answer_goes_on_under_its_key() {
        let mut unanswered = Unanswered::default();
        let key = |unanswered: &Unanswered, token: &str| unanswered.key(token, || "new".to_owned());
        assert_eq!(key(&unanswered, "a"), "new");
        unanswered.sent("a", "k1");
        unanswered.sent("b", "k2");
        unanswered.sent("a", "k1");
        assert_eq!([key(&unanswered, "a"), key(&unanswered, "b"), key(&unanswered, "c")], ["k1", "k2", "new"]);
        // Once it was seen, another scan is another redemption.
        unanswered.seen("k1");
        assert_eq!([key(&unanswered, "a"), key(&unanswered, "b")], ["new", "k2"]);
        for number in 0..2 * MOST {
            unanswered.sent(&format!("t{number}"), &format!("n{number}"));
        }
        assert_eq!([key(&unanswered, "b"), key(&unanswered, "t99")], ["new", "n99"]);
    }
}
