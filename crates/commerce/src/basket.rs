//! Goods with their prices, and what still has to be paid for them while vouchers are applied.
//!
//! All money is `i64` in minor units. Prices are capped on the way in, so that the sum of everything stays below
//! `i64::MAX` and no later sum can overflow: a campaign with absurd prices shows an absurd sum, it never panics.

use oolong_catalog::{Brand, Campaign, MenuItem};
use oolong_intent::Fulfilment;

use crate::{goods::Wanted, pricing::unit_of};

/// The most that all goods, or all delivery fees, of an order cost.
const LIMIT: i64 = i64::MAX / 2;

/// One line with its price.
#[derive(Clone, Debug)]
pub(crate) struct Priced<'a> {
    pub(crate) item: &'a str,
    /// Brand and item, if the campaign has it.
    pub(crate) known: Option<(&'a Brand, &'a MenuItem)>,
    pub(crate) quantity: u16,
    pub(crate) unit: i64,
    pub(crate) amount: i64,
}

/// Goods with their prices, before vouchers.
#[derive(Clone, Debug)]
pub(crate) struct Basket<'a> {
    pub(crate) lines: Vec<Priced<'a>>,
    /// One fee for each brand that delivers, in the order of its first line.
    pub(crate) fees: Vec<(&'a str, i64)>,
    pub(crate) delivered: bool,
}

impl<'a> Basket<'a> {
    pub(crate) fn new(campaign: &'a Campaign, goods: &[Wanted<'a>], fulfilment: Option<Fulfilment>) -> Self {
        let delivered = fulfilment == Some(Fulfilment::Delivery);
        let (mut room, mut fee_room) = (LIMIT, LIMIT);
        let mut fees: Vec<(&str, i64)> = Vec::new();
        let mut lines = Vec::with_capacity(goods.len());
        for wanted in goods {
            let known = campaign.item(wanted.item);
            let count = i64::from(wanted.quantity);
            let unit = known.map_or(0, |(_, item)| unit_of(campaign, item, wanted.modifiers));
            let unit = unit.min(room / count.max(1));
            let amount = unit * count;
            room -= amount;
            lines.push(Priced { item: wanted.item, known, quantity: wanted.quantity, unit, amount });
            if let Some((brand, _)) = known
                && delivered
                && wanted.quantity > 0
                && !fees.iter().any(|(id, _)| *id == brand.id)
            {
                let fee = campaign.delivery_fee_of(brand).clamp(0, fee_room);
                fee_room -= fee;
                fees.push((&brand.id, fee));
            }
        }
        Self { lines, fees, delivered }
    }

    pub(crate) fn subtotal(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }

    pub(crate) fn delivery_fee(&self) -> i64 {
        self.fees.iter().map(|(_, fee)| fee).sum()
    }
}

/// Equal pieces of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pieces {
    pub(crate) line: usize,
    pub(crate) price: i64,
    pub(crate) count: i64,
}

/// What is still to be paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// Piece by piece, the dearest first, of equal prices by line; no longer kept up once a share of whole lines was taken off, because nobody asks after that.
    pub(crate) pieces: Vec<Pieces>,
    /// Line by line.
    pub(crate) lines: Vec<i64>,
    /// Delivery, brand by brand.
    pub(crate) fees: Vec<i64>,
}

impl Due {
    pub(crate) fn new(basket: &Basket<'_>) -> Self {
        let pieces = |(line, priced): (usize, &Priced<'_>)| {
            (priced.quantity > 0).then(|| Pieces { line, price: priced.unit, count: priced.quantity.into() })
        };
        let mut due = Self {
            pieces: basket.lines.iter().enumerate().filter_map(pieces).collect(),
            lines: basket.lines.iter().map(|line| line.amount).collect(),
            fees: basket.fees.iter().map(|(_, fee)| *fee).collect(),
        };
        due.order();
        due
    }

    /// Becomes a copy of `other`, of its pieces only if somebody still asks for them, without giving its memory back.
    pub(crate) fn copy_from(&mut self, other: &Self, pieces: bool) {
        if pieces {
            self.pieces.clone_from(&other.pieces);
        }
        self.lines.clone_from(&other.lines);
        self.fees.clone_from(&other.fees);
    }

    pub(crate) fn goods(&self) -> i64 {
        self.lines.iter().sum()
    }

    pub(crate) fn delivery(&self) -> i64 {
        self.fees.iter().sum()
    }

    /// Puts the dearest pieces first again.
    pub(crate) fn order(&mut self) {
        self.pieces.sort_unstable_by_key(|pieces| (std::cmp::Reverse(pieces.price), pieces.line));
    }

    /// Takes `cut` off each of `count` of these equal pieces. Others keep their places until [`Self::order`] is called.
    pub(crate) fn cut(&mut self, at: usize, count: i64, cut: i64) {
        if count == 0 || cut == 0 {
            return;
        }
        let pieces = &mut self.pieces[at];
        self.lines[pieces.line] -= cut * count;
        if pieces.count == count {
            pieces.price -= cut;
            return;
        }
        pieces.count -= count;
        let cheaper = Pieces { line: pieces.line, price: pieces.price - cut, count };
        self.pieces.push(cheaper);
    }
}

/// Takes `off` from the sums at these places (together `base`, at least `off`), each in proportion, by largest remainder;
/// of equal remainders the first gets the unit. No sum falls below zero.
pub(crate) fn share_out(off: i64, base: i64, places: &[usize], sums: &mut [i64]) {
    if off <= 0 || base <= 0 {
        return;
    }
    let mut left = off;
    let mut remainders: Vec<(i64, usize)> = Vec::with_capacity(places.len());
    for &at in places {
        let (share, remainder) = proportion(off, sums[at], base);
        sums[at] -= share;
        left -= share;
        if remainder > 0 {
            remainders.push((-remainder, at));
        }
    }
    // Fewer units are left than there are remainders.
    if let Some(last) = usize::try_from(left).ok().and_then(|left| left.checked_sub(1)) {
        remainders.select_nth_unstable(last);
        for (_, at) in &remainders[..=last] {
            sums[*at] -= 1;
        }
    }
}

/// `part · whole / base` and what remains; `part` is at most `base`, or `base` is 100.
pub(crate) fn proportion(part: i64, whole: i64, base: i64) -> (i64, i64) {
    // A division of 64 bits is several times faster than one of 128, and real orders fit.
    match part.checked_mul(whole) {
        Some(product) => (product / base, product % base),
        None => {
            let (product, base) = (i128::from(part) * i128::from(whole), i128::from(base));
            let cast = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
            (cast(product / base), cast(product % base))
        }
    }
}
