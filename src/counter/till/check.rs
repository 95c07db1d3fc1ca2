//! What a till can find out about a voucher's code by itself, and what became of redeeming it. No clock, no network.
//!
//! A code that is genuine is not yet accepted: whether it was used before, only the ledger knows.

use oolong_protocol::shop::{Millis, Problem, Reason, Redemption};
use oolong_token::{TokenError, VerifyingKey, verify_any};

use crate::failure::Failure;

/// What the code itself says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Signed by the campaign.
    Genuine {
        voucher: String,
        /// `None`: without an end.
        until: Option<Millis>,
    },
    /// Signed by the campaign, and over by its own words.
    Over { until: Millis },
    /// It cannot be told here: no key, an unknown one, or a clock that is wrong.
    Unknown,
    /// Forged, damaged, of another campaign, or something else altogether.
    NotOurs,
}

/// How far redeeming is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Only looked at.
    Looked,
    /// The ledger is being asked.
    Asking,
    /// The ledger has crossed it out, for this till.
    Redeemed(Redemption),
    /// It must not be taken.
    Refused {
        problem: Box<Problem>,
        /// When it was used before.
        used_at: Option<Millis>,
    },
    /// The ledger could not be asked: it must not be taken yet.
    NoAnswer,
}

/// What was scanned, cleaned of what scanners and clipboards add.
pub(crate) fn cleaned(scanned: &str) -> String {
    let text: String = scanned.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()).collect();
    // Some wallets and scanners put an address in front.
    match text.find("v4.public.") {
        Some(start) => text[start..].to_owned(),
        None => text,
    }
}

/// Looks at a cleaned code, at `now`.
pub(crate) fn check(token: &str, keys: &[VerifyingKey], campaign: &str, now: Millis) -> Check {
    match verify_any(keys, token, campaign, now / 1000) {
        Ok(claims) => Check::Genuine { voucher: claims.voucher.clone(), until: end(claims.expires_at) },
        Err(TokenError::Expired(until)) => Check::Over { until: until * 1000 },
        Err(TokenError::UnknownKey | TokenError::NotYetValid(_)) => Check::Unknown,
        Err(
            TokenError::TooLong(_)
            | TokenError::Version
            | TokenError::Encoding
            | TokenError::Signature
            | TokenError::Claims
            | TokenError::Campaign,
        ) => Check::NotOurs,
    }
}

impl Check {
    /// Whether there is any point in asking the ledger.
    pub(crate) fn is_worth_asking(&self) -> bool {
        *self != Self::NotOurs
    }

    /// Whether this is a whole code and not its beginning, as a scanner types it letter by letter.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self, Self::Genuine { .. } | Self::Over { .. })
    }
}

/// What the ledger's answer means at the counter. Without an answer nothing is accepted, ever.
pub(crate) fn verdict(reply: Result<Redemption, Failure>) -> Verdict {
    match reply {
        Ok(redemption) => Verdict::Redeemed(redemption),
        Err(Failure::Refused { problem, .. }) if !is_passing(&problem) => {
            let used_at = (problem.code == Reason::VoucherRedeemed).then(|| moment(&problem.detail)).flatten();
            Verdict::Refused { problem, used_at }
        }
        Err(_) => Verdict::NoAnswer,
    }
}

fn is_passing(problem: &Problem) -> bool {
    Failure::Refused { problem: Box::new(problem.clone()), retry_after: None }.is_passing()
}

/// Vouchers without an end are signed until the year 9999.
fn end(seconds: i64) -> Option<Millis> {
    const LAST: i64 = 253_402_300_799;
    (seconds < LAST).then_some(seconds * 1000)
}

/// The moment in the detail of a refusal, `at 1795419000000`.
fn moment(detail: &str) -> Option<Millis> {
    let digits = detail.split(|letter: char| !letter.is_ascii_digit());
    digits.filter(|digits| (12..=14).contains(&digits.len())).find_map(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use oolong_token::{Claims, SigningKey};

    use super::*;

    const NOW: Millis = 1_795_419_000_000;

    fn token(key: &SigningKey, campaign: &str, expires_at: i64) -> String {
        let claims = Claims {
            campaign: campaign.to_owned(),
            grant: "g1".to_owned(),
            shopper: "s1".to_owned(),
            voucher: "off5".to_owned(),
            issued_at: NOW / 1000 - 100,
            expires_at,
        };
        key.sign(&claims.try_into().unwrap())
    }

    #[test]
    fn a_code_is_genuine_over_unknown_or_not_ours() {
        let (key, other) = (SigningKey::from_seed(&[7; 32]), SigningKey::from_seed(&[8; 32]));
        let keys = [key.verifying_key().clone()];
        let soon = NOW / 1000 + 3600;
        let genuine = token(&key, "fest", soon);
        let altered = genuine.replacen("v4.public.e", "v4.public.f", 1);
        let is = |until: Option<i64>| Check::Genuine { voucher: "off5".to_owned(), until: until.map(|at| at * 1000) };
        for (token, expected) in [
            (genuine.clone(), is(Some(soon))),
            (token(&key, "fest", 253_402_300_799), is(None)),
            (token(&key, "fest", NOW / 1000 - 90), Check::Over { until: NOW - 90_000 }),
            (token(&key, "other", soon), Check::NotOurs),
            (token(&other, "fest", soon), Check::Unknown),
            (altered, Check::NotOurs),
            (genuine[..60].to_owned(), Check::NotOurs),
            ("6901234567892".to_owned(), Check::NotOurs),
            (String::new(), Check::NotOurs),
        ] {
            assert_eq!(check(&token, &keys, "fest", NOW), expected, "{token}");
        }
        assert_eq!(check(&genuine, &[], "fest", NOW), Check::Unknown);
        let whole: Vec<bool> =
            (1..=genuine.len()).map(|end| check(&genuine[..end], &keys, "fest", NOW).is_whole()).collect();
        assert_eq!(whole.iter().position(|whole| *whole), Some(genuine.len() - 1));
    }

    #[test]
    fn scanners_add_nothing() {
        for (scanned, token) in [
            ("v4.public.abc", "v4.public.abc"),
            (" v4.public.abc\r\n", "v4.public.abc"),
            ("v4.public.a\n bc", "v4.public.abc"),
            ("https://shop.example/#v4.public.abc", "v4.public.abc"),
            ("6901234567892\n", "6901234567892"),
        ] {
            assert_eq!(cleaned(scanned), token);
        }
    }

    #[test]
    fn only_the_ledgers_yes_accepts() {
        let refused = |reason: Reason, detail: &str| {
            Err(Failure::Refused { problem: Box::new(Problem::new(reason, detail)), retry_after: None })
        };
        let used = |reply| match verdict(reply) {
            Verdict::Refused { used_at, .. } => Some(used_at),
            Verdict::Looked | Verdict::Asking | Verdict::Redeemed(_) | Verdict::NoAnswer => None,
        };
        assert_eq!(used(refused(Reason::VoucherRedeemed, "at 1795419000000")), Some(Some(NOW)));
        assert_eq!(used(refused(Reason::VoucherRedeemed, "")), Some(None));
        assert_eq!(used(refused(Reason::VoucherOtherStore, "at 1795419000000")), Some(None));
        for reply in [
            Err(Failure::Unreachable),
            Err(Failure::Late),
            refused(Reason::LedgerUnavailable, ""),
            refused(Reason::IdempotencyKeyInFlight, ""),
            Err(Failure::Garbled { status: 200, retry_after: None, detail: String::new() }),
        ] {
            assert_eq!(verdict(reply), Verdict::NoAnswer);
        }
    }
}
