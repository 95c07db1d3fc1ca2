//! Which of the loaded stores are shown.

use oolong_catalog::Campaign;
use oolong_stores::{Fulfilment, Store};

/// Conditions; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sieve {
    /// Brand id.
    pub(crate) brand: Option<String>,
    /// Takes orders now.
    pub(crate) open_now: bool,
    /// Pickup or delivery.
    pub(crate) fulfilment: Option<Fulfilment>,
    /// Items that it sells.
    pub(crate) goods: Vec<Wanted>,
}

/// An item, and what a store must be to sell it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    /// Its id.
    pub(crate) item: String,
    /// The only brand that has it.
    pub(crate) brand: String,
    /// What it is one of: a store may lack all of these.
    pub(crate) category: String,
}

impl Wanted {
    /// By the campaign; nothing for an item that it does not have.
    pub(crate) fn of(campaign: &Campaign, item: &str) -> Option<Self> {
        let (brand, item) = campaign.item(item)?;
        Some(Self { item: item.id.clone(), brand: brand.id.clone(), category: item.category.clone() })
    }

    fn is_sold_by(&self, store: &Store) -> bool {
        let lacks = |id: &String| store.unavailable.binary_search(id).is_ok();
        store.brand == self.brand && !lacks(&self.item) && !lacks(&self.category)
    }
}

impl Sieve {
    /// Whether a store stays, as far as that does not depend on how it stands at the moment.
    pub(crate) fn fits(&self, store: &Store) -> bool {
        self.brand.as_ref().is_none_or(|brand| *brand == store.brand)
            && self.fulfilment.is_none_or(|way| store.offers(way))
            && self.goods.iter().all(|wanted| wanted.is_sold_by(store))
    }

    /// Whether anything is sieved out at all.
    pub(crate) fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

#[cfg(test)]
pub(crate) mod tests {
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
            assert_eq!(sieve.fits(&store()), expected, "{sieve:?}");
        };
        check(Sieve::default(), true);
        // Who is open is another question: it must be followed to be answered.
        check(Sieve { brand: Some("luckin".to_owned()), open_now: true, ..Sieve::default() }, true);
        check(Sieve { brand: Some("naixue".to_owned()), ..Sieve::default() }, false);
        check(Sieve { fulfilment: Some(Fulfilment::Delivery), ..Sieve::default() }, false);
        let wanted = |item: &str, brand: &str, category: &str| Wanted {
            item: item.to_owned(),
            brand: brand.to_owned(),
            category: category.to_owned(),
        };
        let goods = |goods: Vec<Wanted>| Sieve { goods, ..Sieve::default() };
        check(goods(vec![wanted("latte", "luckin", "coffee")]), true);
        check(goods(vec![wanted("latte", "nayuki", "coffee")]), false);
        check(goods(vec![wanted("latte", "luckin", "coffee"), wanted("brownie", "luckin", "cake")]), false);
        check(goods(vec![wanted("boba", "luckin", "tea")]), false);
    }
}
