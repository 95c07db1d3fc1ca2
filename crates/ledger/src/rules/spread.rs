//! Where else an order can go: what one store cannot take is spread over its neighbours instead of drowning the next.

use oolong_protocol::shop::{Millis, OrderRequest, StoreOffer};
use sha2::{Digest, Sha256};

use super::Ctx;
use super::capacity::room;
use super::order::{check_place, missing, slot, wish};
use super::state::{pace, start};
use crate::Candidate;
use crate::page::Page;

/// How many other stores are offered.
const ALTERNATIVES: usize = 3;
/// How far ahead a store's free slots count when orders are spread.
const AHEAD: Millis = 10 * 60_000;

/// Stores near by that can take the order as wished: three drawn by their free slots, so that what one store cannot take
/// spreads over all, nearest first.
pub(super) fn alternatives(
    page: &Page,
    ctx: &Ctx<'_>,
    request: &OrderRequest,
    near: &[Candidate],
    seed: u64,
) -> Vec<StoreOffer> {
    let (now, ttl) = (page.now, ctx.book.state_ttl());
    let mut drawn: Vec<(f64, StoreOffer)> = Vec::new();
    for Candidate { metres, facts } in near {
        let wished = wish(request, facts, now);
        let row = page.store(&facts.id);
        let fits = !missing(request, facts) && check_place(request, facts).is_ok() && facts.id != request.store;
        let Some(wish) = wished.filter(|_| fits) else { continue };
        let Some(time) = start(row, facts, now, ttl, wish).at(wish) else { continue };
        let taken = row.map_or(&[][..], |row| &row.booked);
        let weight = room(taken, pace(row, facts), wish, wish + AHEAD).max(1);
        let offer = StoreOffer {
            store: facts.id.clone(),
            names: facts.names.clone(),
            metres: *metres,
            slot: slot(time, facts, now),
        };
        drawn.push((draw(seed, &facts.id, weight), offer));
    }
    drawn.sort_by(|one, other| one.0.total_cmp(&other.0));
    drawn.truncate(ALTERNATIVES);
    let mut offers: Vec<StoreOffer> = drawn.into_iter().map(|(_, offer)| offer).collect();
    offers.sort_by(|one, other| (one.metres, &one.store).cmp(&(other.metres, &other.store)));
    offers
}

/// Weighted rendezvous hashing: the smallest draws win, each store as often as its weight says.
#[expect(clippy::cast_precision_loss, reason = "a draw needs no more than 52 bits")]
fn draw(seed: u64, store: &str, weight: usize) -> f64 {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_be_bytes());
    hasher.update(store.as_bytes());
    let hash = hasher.finalize();
    let bits = hash[..7].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte)) >> 4;
    let even = (bits as f64 + 0.5) / (1_u64 << 52) as f64;
    -even.ln() / weight as f64
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn draws_follow_the_weights() {
        let wins = (0..10_000).filter(|seed| draw(*seed, "a", 30) < draw(*seed, "b", 10)).count();
        assert!((7_300..7_700).contains(&wins), "{wins} of 10,000 for three times the weight");
    }
}
