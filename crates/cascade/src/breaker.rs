//! The circuit breaker between a browser and the remote agent; all tabs of a browser share one.
//!
//! Source: Nygard, "Release It!", 2nd edition, "Circuit Breaker".

use serde::{Deserialize, Serialize};

use crate::{Failure, Kind};

/// The longest rest that this side decides upon by itself, in milliseconds: an agent that is back is asked again within it.
pub const LONGEST_REST_MS: f64 = 15_000.0;
/// The first rest, before jitter; it doubles from one failed probe to the next.
const FIRST_REST_MS: f64 = 4_000.0;
/// A probe that nobody speaks of after this time is forgotten: its tab was closed.
const PROBE_MS: f64 = 4_000.0;
/// How much later than asked for clients come back, as a share: all at once would be the next flood.
const SPREAD: f64 = 0.2;
/// The longest `Retry-After` that is believed, in milliseconds: a day.
const LONGEST_ASKED_MS: f64 = 86_400_000.0;
/// Points of failure in a row at which the agent is left alone.
const POINTS: u32 = 4;

/// What is known about the agent's health. Times are milliseconds since 1970, so that tabs can share it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaker {
    points: u32,
    /// How often it opened in a row.
    rests: u32,
    opened_at: f64,
    open_until: f64,
    probe_until: f64,
}

/// Whether the agent may be asked now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Permit {
    /// Yes.
    Go,
    /// Yes, to see whether it is well again; nobody else asks until this is answered.
    Probe,
    /// Not before this time.
    Rest {
        /// Milliseconds since 1970.
        until_ms: f64,
    },
}

impl Breaker {
    /// Whether the agent may be asked at `now`, without asking.
    #[must_use]
    pub fn look(&self, now: f64) -> Permit {
        // A clock that was set back would otherwise keep it open for as long as it was wrong.
        if self.rests == 0 || now < self.opened_at {
            Permit::Go
        } else if now < self.open_until {
            Permit::Rest { until_ms: self.open_until }
        } else if now < self.probe_until {
            Permit::Rest { until_ms: self.probe_until }
        } else {
            Permit::Probe
        }
    }

    /// Asks for a permit and, with [`Permit::Probe`], takes it: others rest until [`Self::answered`] or [`Self::failed`].
    pub fn take(&mut self, now: f64) -> Permit {
        let permit = self.look(now);
        if permit == Permit::Probe {
            self.probe_until = now + PROBE_MS;
        }
        permit
    }

    /// The agent answered.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// The agent failed at `now`; `random` is from 0 to 1.
    pub fn failed(&mut self, failure: &Failure, now: f64, random: f64) {
        self.points += if failure.kind == Kind::Useless { 1 } else { 2 };
        let asked = failure.retry_after_ms.filter(|asked| asked.is_finite() && *asked >= 0.0);
        let probed = self.rests > 0;
        if asked.is_none() && self.points < POINTS && !probed {
            return;
        }
        let doubled = FIRST_REST_MS * f64::from(2_u32.saturating_pow(self.rests.min(8)));
        // At least half of it, so that there is a rest at all, and not the same for any two browsers.
        let own = doubled.min(LONGEST_REST_MS) * (0.5 + random / 2.0);
        let asked = asked.map(|asked| asked.min(LONGEST_ASKED_MS) * (1.0 + SPREAD * random));
        self.rests = self.rests.saturating_add(1);
        self.opened_at = now;
        self.open_until = self.open_until.max(now + asked.unwrap_or(own));
        self.probe_until = 0.0;
    }

    /// A call was given up before anything was known: somebody else may probe.
    pub fn abandoned(&mut self) {
        self.probe_until = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOWN: Failure = Failure { kind: Kind::Connection, retry_after_ms: None };

    #[test]
    fn it_opens_probes_and_closes() {
        let mut breaker = Breaker::default();
        breaker.failed(&DOWN, 0.0, 1.0);
        assert_eq!(breaker.take(1.0), Permit::Go, "once is nothing");
        breaker.failed(&DOWN, 1.0, 1.0);
        assert_eq!(breaker.take(2.0), Permit::Rest { until_ms: 4_001.0 });
        assert_eq!(breaker.take(4_001.0), Permit::Probe);
        assert_eq!(breaker.take(4_002.0), Permit::Rest { until_ms: 8_001.0 }, "one probe at a time");
        breaker.failed(&DOWN, 4_100.0, 0.0);
        assert_eq!(breaker.look(8_099.0), Permit::Rest { until_ms: 8_100.0 }, "twice as long, halved by chance");
        assert_eq!(breaker.take(8_100.0), Permit::Probe);
        breaker.answered();
        assert_eq!(breaker.take(8_200.0), Permit::Go);
    }

    #[test]
    fn it_never_rests_longer_than_promised_by_itself() {
        let mut breaker = Breaker::default();
        let mut now = 0.0;
        for _ in 0..50 {
            breaker.failed(&DOWN, now, 1.0);
            if let Permit::Rest { until_ms } = breaker.look(now) {
                assert!(until_ms - now <= LONGEST_REST_MS, "{}", until_ms - now);
                now = until_ms;
            }
        }
    }

    #[test]
    fn what_the_server_asks_for_is_honoured() {
        for asked in [0.0, 1_000.0, 120_000.0, 3_600_000.0] {
            for random in [0.0, 0.5, 1.0] {
                let mut breaker = Breaker::default();
                breaker.failed(&Failure { kind: Kind::Status(503), retry_after_ms: Some(asked) }, 50.0, random);
                let rested = matches!(breaker.look(50.0 + asked - 1.0), Permit::Rest { .. });
                assert!(rested || asked == 0.0, "{asked} at {random}");
                assert_eq!(breaker.look(50.0 + asked * 1.2), Permit::Probe, "{asked} at {random}");
                // A later failure without a word about it must not shorten it.
                breaker.failed(&DOWN, 60.0, 0.0);
                assert!(asked < 5_000.0 || matches!(breaker.look(50.0 + asked - 1.0), Permit::Rest { .. }));
            }
        }
    }

    #[test]
    fn odd_values_do_no_harm() {
        let mut breaker = Breaker::default();
        for asked in [f64::NAN, f64::INFINITY, -5.0] {
            breaker.failed(&Failure { kind: Kind::Status(429), retry_after_ms: Some(asked) }, 1e12, 0.5);
        }
        assert!(matches!(breaker.look(1e12), Permit::Rest { until_ms } if until_ms < 1e12 + LONGEST_REST_MS));
        assert_eq!(breaker.look(0.0), Permit::Go, "the clock was set back");
        let text = serde_json::to_string(&breaker).expect("it can be stored");
        assert_eq!(serde_json::from_str::<Breaker>(&text).expect("and read"), breaker);
        assert_eq!(serde_json::from_str::<Breaker>("{}").expect("and less of it"), Breaker::default());
    }

    #[test]
    fn useless_answers_count_half() {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker.failed(&Kind::Useless.into(), 0.0, 0.5);
        }
        assert_eq!(breaker.look(1.0), Permit::Go);
        breaker.failed(&Kind::Useless.into(), 0.0, 0.5);
        assert!(matches!(breaker.look(1.0), Permit::Rest { .. }));
    }
}
