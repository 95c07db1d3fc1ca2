//! Which parser answers an utterance, and how the remote agent is kept from harm by its own clients.
//!
//! [`Attempt`] is the way of one utterance: the model on the device, the remote agent, names and rules, in this order,
//! within [`WHOLE_MS`]. [`Breaker`] and [`retry_after`] decide when the remote agent may be asked at all.
//! Everything here is a pure function of what it is told: no clock, no dice, no network. The page drives it with
//! promises and timers, the simulations in `tests/` with numbers.

mod attempt;
mod breaker;
mod retry;
mod tally;

pub use attempt::{
    Answer, Attempt, Circumstances, LOCAL_MS, Local, LocalWas, Next, REMOTE_MS, Remote, RemoteWas, Route, WHOLE_MS,
};
pub use breaker::{Breaker, LONGEST_REST_MS, Permit};
pub use retry::{Failure, Kind, RETRY_SHARE, retry_after};
pub use tally::Tally;
