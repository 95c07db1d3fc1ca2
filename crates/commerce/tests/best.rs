//! The best set of vouchers against all sets, each priced by a second, naive arithmetic, on random campaigns and wallets.
//!
//! 10,000 orders as built for tests, 100,000 with `OOLONG_LONG=1` (seconds when optimised).

#![expect(clippy::unwrap_used, reason = "the cases are made here, so what is unwrapped is there")]

use oolong_catalog::{Brand, Campaign, Discount, MenuItem, Modifier, ModifierGroup, Select, Voucher};
use oolong_commerce::{AllocationTarget, Held, Price, Reason, Wanted, best, check_goods, price, seconds, unit_price};
use oolong_intent::{Fulfilment, ModifierChoice};
use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

const NOW: i64 = 1_790_000_000;

struct Case {
    campaign: Campaign,
    goods: Vec<(String, u16, Vec<ModifierChoice>)>,
    fulfilment: Option<Fulfilment>,
    wallet: Vec<Held>,
    now: Option<i64>,
}

impl Case {
    fn goods(&self) -> Vec<Wanted<'_>> {
        self.goods.iter().map(|(item, quantity, modifiers)| Wanted { item, quantity: *quantity, modifiers }).collect()
    }
}

fn names() -> Vec<String> {
    vec!["name".to_owned()]
}

/// Few different prices, so that there are ties; now and then one that is absurd.
fn money(rng: &mut SmallRng) -> i64 {
    match rng.random_range(0..12) {
        0 => 0,
        1..=5 => *[100, 500, 999, 1000, 2000].choose(rng).unwrap(),
        6..=10 => rng.random_range(1..4000),
        _ => rng.random_range(0..100_000_000),
    }
}

fn maybe<T>(rng: &mut SmallRng, chance: f64, value: impl FnOnce(&mut SmallRng) -> T) -> Option<T> {
    rng.random_bool(chance).then(|| value(rng))
}

fn campaign(rng: &mut SmallRng, vouchers: usize) -> Campaign {
    let brands = rng.random_range(1..=3);
    let item = |rng: &mut SmallRng, brand: usize, at: usize| MenuItem {
        id: format!("i{brand}-{at}"),
        names: names(),
        category: format!("c{}", rng.random_range(0..3)),
        price: money(rng),
        modifier_groups: vec!["size".to_owned(), "topping".to_owned()],
        includes: Vec::new(),
    };
    let brand = |rng: &mut SmallRng, brand: usize| Brand {
        id: format!("b{brand}"),
        names: names(),
        menu: (0..rng.random_range(1..=4)).map(|at| item(rng, brand, at)).collect(),
        delivery_fee: maybe(rng, 0.3, money),
    };
    let modifier = |id: &str, price: i64| Modifier { id: id.to_owned(), names: names(), price };
    let absurd = rng.random_bool(0.01);
    let extra = if absurd { *[i64::MAX, i64::MIN, i64::MAX / 3].choose(rng).unwrap() } else { 300 };
    let group = |id: &str, select, modifiers| ModifierGroup {
        id: id.to_owned(),
        names: names(),
        select,
        default: None,
        modifiers,
    };
    let mut made = Campaign {
        id: "random".to_owned(),
        names: names(),
        currency: "CNY".to_owned(),
        note: None,
        categories: Vec::new(),
        modifier_groups: vec![
            group("size", Select::One, vec![modifier("large", 300), modifier("tiny", -250)]),
            group("topping", Select::Many, vec![modifier("pearls", extra)]),
        ],
        brands: (0..brands).map(|at| brand(rng, at)).collect(),
        vouchers: Vec::new(),
        delivery_fee: maybe(rng, 0.6, money),
    };
    made.vouchers = (0..vouchers).map(|at| voucher(rng, &made, at)).collect();
    made
}

fn voucher(rng: &mut SmallRng, campaign: &Campaign, at: usize) -> Voucher {
    let brands = campaign.brands.iter().filter(|_| rng.random_bool(0.5)).map(|brand| brand.id.clone()).collect();
    let category = maybe(rng, 0.5, |rng| format!("c{}", rng.random_range(0..3)));
    let item = maybe(rng, 0.15, |_| campaign.brands[0].menu[0].id.clone());
    let max_amount = maybe(rng, 0.4, money);
    let percent = *[1, 7, 10, 20, 33, 50, 99, 100].choose(rng).unwrap();
    let discount = match rng.random_range(0..6) {
        0 => Discount::Percent { percent, max_amount },
        1 => Discount::Amount { amount: money(rng) },
        2 => Discount::Item { category, item, max_amount },
        3 => Discount::FixedPrice { category, item, price: money(rng) },
        4 => Discount::NthItemPercent { n: rng.random_range(0..4), percent },
        _ => Discount::Delivery,
    };
    let times = ["2026-01-01T00:00:00Z", "2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00Z"];
    Voucher {
        id: format!("v{at}"),
        names: names(),
        brands: if rng.random_bool(0.5) { Vec::new() } else { brands },
        discount,
        min_spend: maybe(rng, 0.4, money).unwrap_or(0),
        per_user: 1,
        stock: 1,
        stackable: rng.random_bool(0.6),
        valid_from: maybe(rng, 0.1, |rng| times.choose(rng).unwrap().to_string()),
        valid_until: maybe(rng, 0.5, |rng| times.choose(rng).unwrap().to_string()),
    }
}

fn case(rng: &mut SmallRng, lines: usize, vouchers: usize) -> Case {
    let campaign = campaign(rng, vouchers);
    let items: Vec<String> = campaign.items().map(|(_, item)| item.id.clone()).collect();
    let choice = |text: &str| text.parse::<ModifierChoice>().unwrap();
    let mut goods = Vec::new();
    for _ in 0..rng.random_range(0..=lines) {
        let modifiers = ["size:large", "size:tiny", "topping:pearls*2"].map(choice);
        let modifiers = modifiers.into_iter().filter(|_| rng.random_bool(0.2)).take(1).collect();
        let quantity = if rng.random_bool(0.02) { 999 } else { rng.random_range(1..=4) };
        goods.push((items.choose(rng).unwrap().clone(), quantity, modifiers));
    }
    let mut wallet: Vec<Held> = Vec::new();
    for at in 0..vouchers {
        for _ in 0..*[0, 1, 1, 1, 1, 2].choose(rng).unwrap() {
            wallet.push(Held {
                grant: format!("g{}", wallet.len()),
                voucher: format!("v{at}"),
                expires: maybe(rng, 0.3, |rng| NOW + rng.random_range(-2..6) * 1_000_000),
            });
        }
    }
    if rng.random_bool(0.05) {
        wallet.push(Held { grant: "stray".to_owned(), voucher: "gone".to_owned(), expires: None });
    }
    Case {
        campaign,
        goods,
        fulfilment: [None, Some(Fulfilment::Pickup), Some(Fulfilment::Delivery), Some(Fulfilment::Delivery)]
            [rng.random_range(0..4)],
        wallet,
        now: maybe(rng, 0.8, |_| NOW),
    }
}

/// A bill in which every piece stands for itself.
#[derive(Clone)]
struct Bill {
    /// Line, brand, category, item, price.
    pieces: Vec<(usize, String, String, String, i128)>,
    fees: Vec<(String, i128)>,
}

impl Bill {
    fn new(case: &Case) -> Self {
        let mut bill = Self { pieces: Vec::new(), fees: Vec::new() };
        for (line, (id, quantity, modifiers)) in case.goods.iter().enumerate() {
            let (brand, item) = case.campaign.item(id).unwrap();
            let unit = unit_price(&case.campaign, id, modifiers).into();
            for _ in 0..*quantity {
                bill.pieces.push((line, brand.id.clone(), item.category.clone(), id.clone(), unit));
            }
            let known = bill.fees.iter().any(|(id, _)| *id == brand.id);
            if case.fulfilment == Some(Fulfilment::Delivery) && !known {
                let fee = brand.delivery_fee.or(case.campaign.delivery_fee).unwrap_or(0);
                bill.fees.push((brand.id.clone(), fee.into()));
            }
        }
        bill
    }

    fn total(&self) -> i128 {
        self.pieces.iter().map(|piece| piece.4).sum::<i128>() + self.fees.iter().map(|fee| fee.1).sum::<i128>()
    }

    fn fits(&self, voucher: &Voucher, case: &Case) -> bool {
        let time = |text: &Option<String>| text.as_deref().and_then(seconds);
        if let Some(now) = case.now
            && (time(&voucher.valid_from).is_some_and(|from| now < from)
                || time(&voucher.valid_until).is_some_and(|until| now > until))
        {
            return false;
        }
        let mine: Vec<_> = self.pieces.iter().filter(|piece| of(voucher, &piece.1)).collect();
        let spend: i128 = mine.iter().map(|piece| piece.4).sum();
        !mine.is_empty()
            && spend >= voucher.min_spend.into()
            && match &voucher.discount {
                Discount::Item { category, item, .. } | Discount::FixedPrice { category, item, .. } => {
                    mine.iter().any(|piece| kind(category, item, piece))
                }
                Discount::NthItemPercent { n, .. } => mine.len() >= usize::from((*n).max(1)),
                Discount::Delivery => case.fulfilment == Some(Fulfilment::Delivery),
                Discount::Percent { .. } | Discount::Amount { .. } => true,
            }
    }

    /// What has been taken off is written down as negative pieces of the line, for shares of whole lines.
    fn apply(&mut self, voucher: &Voucher) {
        match &voucher.discount {
            Discount::Item { category, item, max_amount } => {
                if let Some(at) = self.dearest(voucher, category, item) {
                    let off = max_amount.map_or(self.pieces[at].4, |most| self.pieces[at].4.min(most.into()));
                    self.pieces[at].4 -= off;
                }
            }
            Discount::FixedPrice { category, item, price } => {
                if let Some(at) = self.dearest(voucher, category, item) {
                    self.pieces[at].4 = self.pieces[at].4.min((*price).into());
                }
            }
            Discount::NthItemPercent { n, percent } => {
                let mut mine: Vec<usize> =
                    (0..self.pieces.len()).filter(|at| of(voucher, &self.pieces[*at].1)).collect();
                mine.sort_by_key(|at| (-self.pieces[*at].4, self.pieces[*at].0));
                for at in mine.chunks_exact(usize::from((*n).max(1))).map(|few| few[few.len() - 1]) {
                    self.pieces[at].4 -= self.pieces[at].4 * i128::from(*percent) / 100;
                }
            }
            Discount::Percent { percent, max_amount } => {
                let most = max_amount.map_or(i128::MAX, i128::from);
                self.share(voucher, |sum| (sum * i128::from(*percent) / 100).min(most));
            }
            Discount::Amount { amount } => self.share(voucher, |sum| sum.min((*amount).into())),
            Discount::Delivery => {
                self.fees.iter_mut().filter(|fee| of(voucher, &fee.0)).for_each(|fee| fee.1 = 0);
            }
        }
    }

    fn dearest(&self, voucher: &Voucher, category: &Option<String>, item: &Option<String>) -> Option<usize> {
        let fits = |at: &usize| of(voucher, &self.pieces[*at].1) && kind(category, item, &self.pieces[*at]);
        (0..self.pieces.len()).filter(fits).min_by_key(|at| (-self.pieces[*at].4, self.pieces[*at].0))
    }

    fn line(&self, line: usize) -> i128 {
        self.pieces.iter().filter(|piece| piece.0 == line).map(|piece| piece.4).sum()
    }

    /// Largest remainder, said plainly: everyone gets the whole units, the rest goes one by one to whoever is owed most.
    fn share(&mut self, voucher: &Voucher, off: impl Fn(i128) -> i128) {
        let mut lines: Vec<usize> = Vec::new();
        for piece in self.pieces.iter().filter(|piece| of(voucher, &piece.1)) {
            if !lines.contains(&piece.0) {
                lines.push(piece.0);
            }
        }
        let sums: Vec<i128> = lines.iter().map(|line| self.line(*line)).collect();
        let base: i128 = sums.iter().sum();
        if base == 0 {
            return;
        }
        let off = off(base);
        let mut shares: Vec<i128> = sums.iter().map(|sum| off * sum / base).collect();
        let mut owed: Vec<(i128, usize)> = sums.iter().enumerate().map(|(at, sum)| (-(off * sum % base), at)).collect();
        owed.sort();
        let left = off - shares.iter().sum::<i128>();
        for (_, at) in owed.into_iter().take(left as usize) {
            shares[at] += 1;
        }
        for (line, share) in lines.into_iter().zip(shares) {
            let piece = self.pieces.iter().find(|piece| piece.0 == line).unwrap().clone();
            self.pieces.push((piece.0, piece.1, piece.2, piece.3, -share));
        }
    }
}

fn of(voucher: &Voucher, brand: &String) -> bool {
    voucher.brands.is_empty() || voucher.brands.contains(brand)
}

fn kind(category: &Option<String>, item: &Option<String>, piece: &(usize, String, String, String, i128)) -> bool {
    category.as_ref().is_none_or(|id| *id == piece.2) && item.as_ref().is_none_or(|id| *id == piece.3)
}

fn rank(voucher: &Voucher) -> usize {
    match voucher.discount {
        Discount::Item { .. } => 0,
        Discount::FixedPrice { .. } => 1,
        Discount::NthItemPercent { .. } => 2,
        Discount::Percent { .. } => 3,
        Discount::Amount { .. } => 4,
        Discount::Delivery => 5,
    }
}

/// All permitted sets, each from the full bill: total, count, ends, positions.
fn by_hand(case: &Case) -> (i128, usize, Vec<i64>, Vec<usize>) {
    let bill = Bill::new(case);
    let mut found = (bill.total(), 0, Vec::new(), Vec::new());
    let ends = |held: &Held| {
        let voucher = case.campaign.voucher(&held.voucher).unwrap();
        let end = voucher.valid_until.as_deref().and_then(seconds).unwrap_or(i64::MAX);
        end.min(held.expires.unwrap_or(i64::MAX))
    };
    let usable: Vec<usize> = (0..case.wallet.len())
        .filter(|at| {
            let held = &case.wallet[*at];
            let over = |end: i64| case.now.is_some_and(|now| now > end);
            case.campaign.voucher(&held.voucher).is_some_and(|voucher| bill.fits(voucher, case) && !over(ends(held)))
        })
        .collect();
    for set in 1_u32..1 << usable.len() {
        let positions: Vec<usize> =
            usable.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, at)| *at).collect();
        let mut vouchers: Vec<(usize, usize, &Voucher)> = positions
            .iter()
            .map(|at| case.campaign.vouchers.iter().position(|known| known.id == case.wallet[*at].voucher).unwrap())
            .map(|listed| (rank(&case.campaign.vouchers[listed]), listed, &case.campaign.vouchers[listed]))
            .collect();
        vouchers.sort_by_key(|(rank, listed, _)| (*rank, *listed));
        let twice = vouchers.windows(2).any(|pair| pair[0].1 == pair[1].1);
        if twice || vouchers.iter().filter(|(_, _, voucher)| !voucher.stackable).count() > 1 {
            continue;
        }
        let mut due = bill.clone();
        vouchers.iter().for_each(|(_, _, voucher)| due.apply(voucher));
        let mut ends: Vec<i64> = positions.iter().map(|at| ends(&case.wallet[*at])).collect();
        ends.sort();
        found = found.min((due.total(), positions.len(), ends, positions));
    }
    found
}

/// What must be true of every price.
fn sound(price: &Price) {
    let amounts = |price: &Price| price.lines.iter().map(|line| i128::from(line.amount)).collect::<Vec<_>>();
    let mut due = amounts(price);
    assert_eq!(due.iter().sum::<i128>(), price.subtotal.into());
    assert!(price.lines.iter().all(|line| line.amount == line.unit_price * i64::from(line.quantity)));
    let mut delivery = i128::from(price.delivery_fee);
    for discount in &price.discounts {
        let mut sum = 0;
        for part in &discount.allocations {
            assert!(part.amount > 0);
            sum += i128::from(part.amount);
            let from = match part.target {
                AllocationTarget::Line(at) => &mut due[at],
                AllocationTarget::Delivery => &mut delivery,
            };
            *from -= i128::from(part.amount);
            assert!(*from >= 0, "no line pays out");
        }
        assert_eq!(sum, discount.amount.into());
    }
    assert_eq!(due.iter().sum::<i128>() + delivery, price.total.into());
}

#[test]
fn the_best_set_is_the_best_of_all_sets() {
    let long = std::env::var_os("OOLONG_LONG").is_some();
    let mut rng = SmallRng::seed_from_u64(20_261_123);
    let (mut several, mut delivered) = (0, 0);
    for number in 0..if long { 100_000 } else { 10_000 } {
        let (lines, vouchers) = *[(3, 3), (4, 5), (6, 6), (3, 7)].choose(&mut rng).unwrap();
        let case = case(&mut rng, lines, vouchers);
        let goods = case.goods();
        let found = best(&case.campaign, &goods, case.fulfilment, &case.wallet, case.now);
        sound(&found.price);
        assert!(found.proven);
        assert_eq!(found.used.len() + found.unused.len(), case.wallet.len(), "every voucher is accounted for");
        assert!(found.unused.iter().all(|(_, reason)| reason.code().starts_with("discount_code_")));
        let chosen: Vec<&Voucher> =
            found.used.iter().map(|at| case.campaign.voucher(&case.wallet[*at].voucher).unwrap()).rev().collect();
        let again = price(&case.campaign, &goods, case.fulfilment, &chosen, case.now);
        assert_eq!((&again.price, again.unused.len()), (&found.price, 0), "named in any order, case {number}");
        if Bill::new(&case).total() > i128::from(i64::MAX / 4) {
            continue; // Capped on the way in; the naive arithmetic does not do that.
        }
        let (total, count, _, positions) = by_hand(&case);
        let mut used = found.used.clone();
        used.sort_unstable();
        assert_eq!((i128::from(found.price.total), &used), (total, &positions), "case {number}");
        several += usize::from(count > 1);
        delivered += usize::from(found.price.delivery_fee > 0);
    }
    assert!(several > 500 && delivered > 500, "the cases are worth it: {several}, {delivered}");
}

#[test]
fn any_vouchers_in_any_order_make_a_sound_price() {
    let mut rng = SmallRng::seed_from_u64(7);
    for _ in 0..2_000 {
        let case = case(&mut rng, 8, 6);
        let vouchers: Vec<&Voucher> = (0..6).map(|_| case.campaign.vouchers.choose(&mut rng).unwrap()).collect();
        let priced = price(&case.campaign, &case.goods(), case.fulfilment, &vouchers, case.now);
        sound(&priced.price);
        assert_eq!(priced.price.discounts.len() + priced.unused.len(), vouchers.len());
        assert!(case.goods.is_empty() || check_goods(&case.campaign, &case.goods()).is_ok());
        let twice = vouchers.iter().enumerate().any(|(at, voucher)| vouchers[..at].iter().any(|b| b.id == voucher.id));
        assert!(!twice || !priced.unused.is_empty());
        for (at, reason) in &priced.unused {
            if let Reason::Combination { with } = reason {
                assert!(!vouchers[*at].stackable && vouchers.iter().any(|voucher| voucher.id == *with));
            }
        }
    }
}

/// `cargo test --release -p oolong-commerce --test best -- --ignored --nocapture`
#[test]
#[ignore = "measures"]
fn twenty_items_and_twelve_vouchers() {
    let mut rng = SmallRng::seed_from_u64(12);
    let mut took = Vec::new();
    for number in 0..20_000 {
        let mut case = case(&mut rng, 20, 12);
        while case.goods.len() < 20 {
            let more = case.goods.first().cloned().unwrap_or_else(|| ("i0-0".to_owned(), 2, Vec::new()));
            case.goods.push(more);
        }
        for voucher in &mut case.campaign.vouchers {
            // The hard half of the cases: everything may be combined and fits.
            if number % 2 == 0 {
                (voucher.stackable, voucher.min_spend) = (true, 0);
            }
        }
        let held = |voucher: &Voucher| Held { grant: voucher.id.clone(), voucher: voucher.id.clone(), expires: None };
        case.wallet = case.campaign.vouchers.iter().map(held).collect();
        let mut least = std::time::Duration::MAX;
        let mut used = 0;
        for _ in 0..5 {
            // The least of five is what it takes; the rest is what else the machine does.
            #[expect(clippy::disallowed_methods, reason = "a native measurement")]
            let start = std::time::Instant::now();
            let found = best(&case.campaign, &case.goods(), case.fulfilment, &case.wallet, None);
            least = least.min(start.elapsed());
            used = found.used.len();
        }
        took.push((least, used, number));
    }
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    println!("median {:?}, 99% {:?}, 99.9% {:?}, most {:?}", at(0.5), at(0.99), at(0.999), at(1.0));
}
