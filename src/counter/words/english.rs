//! English.

use super::{Words, orders, stores, till, wallet};

pub(super) static WORDS: Words = Words {
    now: "now",
    in_minutes: |minutes| format!("in {minutes} min"),
    without: |name| format!("no {name}"),
    loading: "Loading",
    retry: "Try again",
    close: "Close",
    unreachable: ("The shop cannot be reached.", "Check your connection and try again."),
    late: ("The shop takes too long to answer.", "Try again in a moment."),
    garbled: ("The shop’s answer could not be read.", "Try again in a moment; if it stays so, reload the page."),
    as_of: |time| format!("As of {time}"),
    till_failed: "The campaign could not be loaded. Check the connection and reload.",
    wallet: wallet::EN,
    stores: stores::EN,
    orders: orders::EN,
    till: till::EN,
};
