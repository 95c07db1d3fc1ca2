//! How often one address may ask.
//!
//! Addresses share a fixed number of buckets by a hash that is another one in every process: memory is bounded whatever
//! the addresses, nothing has to be cleaned up, and nobody can choose whom to share with. Two clients that share a bucket
//! by chance share its allowance, which is why that is generous.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderMap;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// About 64 bytes each.
const BUCKETS: u64 = 1 << 16;

/// The allowance of every address.
pub(crate) struct Rates {
    limiter: Option<RateLimiter<u64, HashMapStateStore<u64>, DefaultClock>>,
    clock: DefaultClock,
    hash: RandomState,
}

impl Rates {
    /// So many questions a minute on average (0 for no limit), so many at once.
    pub(crate) fn new(per_minute: u32, burst: NonZeroU32) -> Self {
        let quota = NonZeroU32::new(per_minute).map(|count| Quota::per_minute(count).allow_burst(burst));
        Self { limiter: quota.map(RateLimiter::hashmap), clock: DefaultClock::default(), hash: RandomState::new() }
    }

    /// Takes one question of `client` off its allowance.
    ///
    /// # Errors
    /// How long the client should wait.
    pub(crate) fn check(&self, client: IpAddr) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let bucket = self.hash.hash_one(network(client)) % BUCKETS;
        limiter.check_key(&bucket).map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

impl std::fmt::Debug for Rates {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Rates").field("limited", &self.limiter.is_some()).finish_non_exhaustive()
    }
}

/// Who asks: the peer, or what a trusted proxy says last.
pub(crate) fn client(headers: &HeaderMap, peer: SocketAddr, trust_proxy: bool) -> IpAddr {
    let hop = || {
        let last = headers.get_all("x-forwarded-for").iter().next_back()?;
        let last = last.to_str().ok()?.rsplit(',').next()?.trim();
        // Some proxies write a port as well.
        last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
    };
    let address = if trust_proxy { hop() } else { None };
    address.unwrap_or_else(|| peer.ip()).to_canonical()
}

/// The network that one customer has: IPv6 providers give out /64s, and more.
fn network(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address) >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_average() {
        let rates = Rates::new(60, NonZeroU32::new(3).expect("three"));
        let client = address("192.0.2.1");
        assert_eq!((0..3).filter(|_| rates.check(client).is_ok()).count(), 3);
        let wait = rates.check(client).expect_err("the fourth at once");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert!((1..9).any(|other| rates.check(address(&format!("198.51.100.{other}"))).is_ok()));
        let free = Rates::new(0, NonZeroU32::MIN);
        assert!((0..1000).all(|_| free.check(client).is_ok()));
    }

    #[test]
    fn one_network_of_ipv6_is_one_client() {
        assert_eq!(network(address("2001:db8::1")), network(address("2001:db8::ffff:1")));
        assert_ne!(network(address("2001:db8::1")), network(address("2001:db8:0:1::1")));
    }

    #[test]
    fn only_the_last_hop_of_a_trusted_proxy_counts() {
        let peer: SocketAddr = "10.0.0.1:1000".parse().expect("an address");
        let check = |hops: &[&str], trust: bool, expected: &str| {
            let headers = hops
                .iter()
                .map(|hop| (axum::http::HeaderName::from_static("x-forwarded-for"), hop.parse().expect("a header")));
            assert_eq!(client(&headers.collect(), peer, trust), address(expected), "{hops:?}");
        };
        check(&["192.0.2.1, 192.0.2.2"], true, "192.0.2.2");
        check(&["192.0.2.1", "192.0.2.3"], true, "192.0.2.3");
        check(&["192.0.2.1:4711"], true, "192.0.2.1");
        check(&["::ffff:192.0.2.9"], true, "192.0.2.9");
        check(&["nonsense"], true, "10.0.0.1");
        check(&[], true, "10.0.0.1");
        check(&["192.0.2.1"], false, "10.0.0.1");
    }
}
