//! Which of the loaded stores are shown.

use oolong_stores::{Fulfilment, Store};

use super::standing::Standing;

/// Conditions; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sieve {
    /// Brand id.
    pub(crate) brand: Option<String>,
    /// Takes orders now.
    pub(crate) open_now: bool,
    /// Pickup or delivery.
    pub(crate) fulfilment: Option<Fulfilment>,
    /// Ids of items that it sells.
    pub(crate) items: Vec<String>,
}

impl Sieve {
    /// Whether a store stays. How it stands is asked only if that matters.
    pub(crate) fn passes(&self, store: &Store, standing: impl FnOnce() -> Standing) -> bool {
        self.brand.as_ref().is_none_or(|brand| *brand == store.brand)
            && self.fulfilment.is_none_or(|way| store.offers(way))
            && self.items.iter().all(|item| store.unavailable.binary_search(item).is_err())
            && (!self.open_now || standing().takes_orders())
    }

    /// Whether anything is sieved out at all.
    pub(crate) fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use oolong_protocol::shop::Availability;
    use oolong_stores::Names;

    use super::*;

    pub(crate) fn store() -> Store {
        Store {
            id: "s-1".to_owned(),
            brand: "luckin".to_owned(),
            names: Names::new("Luckin (People's Square)", "瑞幸（人民广场店）"),
            lon: 121.47,
            lat: 31.23,
            city: Names::new("Shanghai", "上海"),
            district: Names::new("Huangpu", "黄浦区"),
            landmark: Names::default(),
            address: "1 Nanjing Road".to_owned(),
            telephone: String::new(),
            hours: "Mo-Su 08:00-22:00".to_owned(),
            pickup: true,
            delivery: false,
            unavailable: vec!["boba".to_owned(), "cake".to_owned()],
            orders_per_minute: 2,
            ahead_minutes: 120,
            prep_minutes: 6,
            permanently_closed: false,
            utc_offset_minutes: 480,
        }
    }

    #[test]
    fn each_condition_counts() {
        let check = |sieve: Sieve, expected: bool| {
            let standing = || Standing { state: Availability::Busy, minutes: Some(9), until: None, as_of: Some(0) };
            assert_eq!(sieve.passes(&store(), standing), expected, "{sieve:?}");
        };
        check(Sieve::default(), true);
        check(Sieve { brand: Some("luckin".to_owned()), open_now: true, ..Sieve::default() }, true);
        check(Sieve { brand: Some("naixue".to_owned()), ..Sieve::default() }, false);
        check(Sieve { fulfilment: Some(Fulfilment::Delivery), ..Sieve::default() }, false);
        check(Sieve { items: vec!["latte".to_owned()], ..Sieve::default() }, true);
        check(Sieve { items: vec!["latte".to_owned(), "cake".to_owned()], ..Sieve::default() }, false);
    }

    #[test]
    fn unknown_is_not_open() {
        let unknown = || Standing { state: Availability::Unknown, minutes: None, until: None, as_of: None };
        assert!(!Sieve { open_now: true, ..Sieve::default() }.passes(&store(), unknown));
    }
}
