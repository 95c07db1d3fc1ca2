//! How a voucher looks to its shopper, from what the server said and what time it is.

use oolong_protocol::shop::{Grant, GrantState, Millis, VoucherState, VoucherStatus};

/// How a voucher in the wallet looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// It can be used.
    Usable,
    /// An order holds it.
    Reserved,
    /// The operator has stopped it for now.
    Suspended,
    /// It has not begun.
    NotYet,
    /// It was used.
    Redeemed,
    /// It is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl Look {
    /// For tests and styles.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Usable => "claimed",
            Self::Reserved => "reserved",
            Self::Suspended => "suspended",
            Self::NotYet => "not_yet",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Whether nothing more will come of it.
    pub(crate) fn is_past(self) -> bool {
        matches!(self, Self::Redeemed | Self::Expired | Self::Revoked)
    }
}

/// How a grant looks at `now`, by the server's clock; the status is its voucher's, if known.
pub(crate) fn look(grant: &Grant, status: Option<&VoucherStatus>, now: Millis) -> Look {
    match grant.state {
        GrantState::Redeemed => Look::Redeemed,
        GrantState::Expired => Look::Expired,
        GrantState::Revoked => Look::Revoked,
        GrantState::Reserved => Look::Reserved,
        // What the server said may be from before the end, or from before the end was moved.
        GrantState::Claimed if ends(grant, status).is_some_and(|until| until <= now) => Look::Expired,
        GrantState::Claimed => match status.map(|status| status.state) {
            Some(VoucherState::Suspended) => Look::Suspended,
            Some(VoucherState::NotYet) if status.and_then(|status| status.valid_from).is_none_or(|from| from > now) => {
                Look::NotYet
            }
            Some(VoucherState::NotYet | VoucherState::Available | VoucherState::SoldOut | VoucherState::Expired)
            | None => Look::Usable,
        },
    }
}

/// Until when a grant can be used: the later of what is known, because ends are only ever moved back.
pub(crate) fn ends(grant: &Grant, status: Option<&VoucherStatus>) -> Option<Millis> {
    let moved = status.and_then(|status| status.valid_until);
    match (grant.valid_until, moved) {
        (Some(own), Some(moved)) => Some(own.max(moved)),
        (own, moved) => own.or(moved),
    }
}

/// Whether the shopper can claim a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stock {
    /// So many are left.
    Left(u64),
    /// The shopper has as many as one may have.
    Full,
    /// All are claimed.
    SoldOut,
    /// The operator has stopped it for now.
    Suspended,
    /// From then on.
    NotYet(Option<Millis>),
    /// It is over.
    Over,
}

impl Stock {
    /// For tests and styles.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Left(_) => "available",
            Self::Full => "full",
            Self::SoldOut => "sold_out",
            Self::Suspended => "suspended",
            Self::NotYet(_) => "not_yet",
            Self::Over => "expired",
        }
    }
}

/// Whether a shopper who has claimed `held` of it can claim another at `now`. It only saves a press of a button that the
/// server would refuse; the server decides.
pub(crate) fn stock(status: &VoucherStatus, held: usize, now: Millis) -> Stock {
    let begun = status.valid_from.is_none_or(|from| from <= now);
    let over = status.valid_until.is_some_and(|until| until <= now);
    match status.state {
        VoucherState::Expired => Stock::Over,
        _ if over => Stock::Over,
        VoucherState::Suspended => Stock::Suspended,
        VoucherState::NotYet if !begun || status.valid_from.is_none() => Stock::NotYet(status.valid_from),
        _ if held >= status.per_shopper as usize => Stock::Full,
        VoucherState::SoldOut => Stock::SoldOut,
        VoucherState::NotYet | VoucherState::Available => Stock::Left(status.available),
    }
}

/// Campaign ids of what can be used now, as the page counts with them.
pub(crate) fn usable(grants: &[Grant], vouchers: &[VoucherStatus], now: Millis) -> Vec<String> {
    let usable = grants.iter().filter(|grant| look(grant, status(vouchers, &grant.voucher), now) == Look::Usable);
    usable.map(|grant| grant.voucher.clone()).collect()
}

/// How a voucher stands, if the server has said so.
pub(crate) fn status<'a>(vouchers: &'a [VoucherStatus], id: &str) -> Option<&'a VoucherStatus> {
    vouchers.iter().find(|status| status.id == id)
}

/// A short number for a grant: for people to compare, not to redeem.
pub(crate) fn short_code(id: &str) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    // FNV-1a: ids differ in a few letters somewhere, and all of them must count.
    let hash =
        id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let letter = |place: u32| char::from(LETTERS[(hash >> (24 + 5 * place)) as usize % LETTERS.len()]);
    let group = |places: std::ops::Range<u32>| places.map(letter).collect::<String>();
    format!("{} {}", group(0..4), group(4..8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(state: GrantState, valid_until: Option<Millis>) -> Grant {
        let (id, voucher) = ("01abcdef23456789".to_owned(), "cup".to_owned());
        Grant { id, voucher, state, claimed_at: 0, valid_until, order: None, token: None }
    }

    fn standing(state: VoucherState, valid_from: Option<Millis>, valid_until: Option<Millis>) -> VoucherStatus {
        VoucherStatus { id: "cup".to_owned(), state, available: 7, per_shopper: 2, valid_from, valid_until }
    }

    #[test]
    fn a_grant_looks_as_the_server_and_the_clock_say() {
        let open = standing(VoucherState::Available, Some(0), Some(200));
        for (state, until, status, now, expected) in [
            (GrantState::Claimed, Some(100), None, 99, Look::Usable),
            (GrantState::Claimed, Some(100), None, 100, Look::Expired),
            (GrantState::Claimed, Some(100), Some(&open), 150, Look::Usable),
            (GrantState::Claimed, None, None, i64::MAX, Look::Usable),
            (GrantState::Claimed, None, Some(&standing(VoucherState::Suspended, None, None)), 0, Look::Suspended),
            (GrantState::Claimed, None, Some(&standing(VoucherState::NotYet, Some(50), None)), 49, Look::NotYet),
            (GrantState::Claimed, None, Some(&standing(VoucherState::NotYet, Some(50), None)), 50, Look::Usable),
            (GrantState::Claimed, None, Some(&standing(VoucherState::SoldOut, None, None)), 0, Look::Usable),
            (GrantState::Reserved, Some(100), Some(&open), 300, Look::Reserved),
            (GrantState::Redeemed, None, Some(&open), 0, Look::Redeemed),
            (GrantState::Expired, None, Some(&open), 0, Look::Expired),
            (GrantState::Revoked, None, Some(&open), 0, Look::Revoked),
        ] {
            assert_eq!(look(&grant(state, until), status, now), expected, "{state:?} {until:?} at {now}");
        }
    }

    #[test]
    fn what_can_be_claimed_follows_state_limit_and_clock() {
        for (state, from, until, held, now, expected) in [
            (VoucherState::Available, None, None, 0, 0, Stock::Left(7)),
            (VoucherState::Available, None, None, 2, 0, Stock::Full),
            (VoucherState::Available, None, Some(10), 0, 10, Stock::Over),
            (VoucherState::NotYet, Some(10), None, 0, 9, Stock::NotYet(Some(10))),
            (VoucherState::NotYet, Some(10), None, 0, 10, Stock::Left(7)),
            (VoucherState::SoldOut, None, None, 0, 0, Stock::SoldOut),
            (VoucherState::SoldOut, None, None, 2, 0, Stock::Full),
            (VoucherState::Suspended, None, None, 2, 0, Stock::Suspended),
            (VoucherState::Expired, None, None, 0, 0, Stock::Over),
        ] {
            assert_eq!(stock(&standing(state, from, until), held, now), expected, "{state:?} {held} at {now}");
        }
    }

    #[test]
    fn the_page_hears_of_each_usable_voucher() {
        let grants =
            [grant(GrantState::Claimed, None), grant(GrantState::Claimed, None), grant(GrantState::Redeemed, None)];
        assert_eq!(usable(&grants, &[], 0), ["cup", "cup"]);
        assert!(usable(&grants, &[standing(VoucherState::Suspended, None, None)], 0).is_empty());
    }

    #[test]
    fn short_codes_are_short() {
        let (one, other) = (short_code("01ab:cup:1"), short_code("01ab:cup:2"));
        assert_eq!(one.len(), 9);
        assert_ne!(one, other);
        assert_eq!(one, short_code("01ab:cup:1"));
    }
}
