//! How stores stand: their own word while it is fresh, else their hours; and their bookings.

use oolong_protocol::shop::{Availability, ChangeState, Live, Millis, Reason};

use super::capacity::{earliest_open, merged};
use super::{Ctx, Done, Refusal, refuse};
use crate::StoreFacts;
use crate::page::Page;
use crate::rows::{EventKind, StoreRow};

/// By how much an order may begin later than wished without anybody being asked.
pub(crate) const SLACK: Millis = 60_000;
/// Open without end, as far as the ledger is concerned.
const ALWAYS: [(Millis, Millis); 1] = [(0, Millis::MAX / 4)];
/// The longest wait and the highest pace that a store may say.
const MOST_MINUTES: u32 = 24 * 60;
const MOST_PACE: u16 = 1_000;

/// Whether a store's own word still counts at `now`. That it has closed for good always does.
pub(crate) fn has_word(row: &StoreRow, now: Millis, ttl: Millis) -> bool {
    row.said.is_some_and(|said| said == Availability::PermanentlyClosed || now < word_ends(row, said, ttl))
}

/// Until when a word counts. Whoever says until when a store takes no orders has said it for so long.
fn word_ends(row: &StoreRow, said: Availability, ttl: Millis) -> Millis {
    let said_until = row.until.filter(|_| matches!(said, Availability::Paused | Availability::Closed));
    said_until.unwrap_or(Millis::MIN).max(row.said_at + ttl)
}

/// When a store could begin an order that is wished to begin at `wish`, and why not then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) time: Option<Millis>,
    pub(crate) reason: Reason,
}

impl Start {
    /// The time, if it is as good as the wish.
    pub(crate) fn at(self, wish: Millis) -> Option<Millis> {
        self.time.filter(|time| *time <= wish + SLACK)
    }
}

/// How many orders the store can begin in a minute.
pub(crate) fn pace(row: Option<&StoreRow>, facts: &StoreFacts) -> usize {
    let said = row.and_then(|row| row.pace).unwrap_or(facts.orders_per_minute.into());
    usize::try_from(said).unwrap_or(0)
}

/// Looks for a start from `wish` on.
pub(crate) fn start(row: Option<&StoreRow>, facts: &StoreFacts, now: Millis, ttl: Millis, wish: Millis) -> Start {
    let none = |reason| Start { time: None, reason };
    let word = row.filter(|row| has_word(row, now, ttl));
    let said = word.and_then(|row| row.said);
    if facts.permanently_closed || said == Some(Availability::PermanentlyClosed) {
        return none(Reason::StorePermanentlyClosed);
    }
    let prep = minutes(facts.prep_minutes.into());
    let (mut floor, mut reason) = (wish.max(now), Reason::StoreBusy);
    if let (Some(row), Some(said @ (Availability::Paused | Availability::Closed))) = (word, said) {
        let why = if said == Availability::Paused { Reason::StorePaused } else { Reason::StoreClosed };
        let Some(until) = row.until else { return none(why) };
        if until > floor + SLACK {
            reason = why;
        }
        floor = floor.max(until);
    }
    if let (Some(row), Some(Availability::Busy)) = (word, said) {
        floor = floor.max(row.said_at + minutes(row.minutes.unwrap_or(0)) - prep);
    }
    // That it is open, a store knows better than its listed hours, as long as its word is fresh.
    let own = word.filter(|_| matches!(said, Some(Availability::Open | Availability::Busy)));
    let own = own.map(|row| (row.said_at, row.said_at + ttl));
    let open: Vec<(Millis, Millis)> = match (&facts.open, own) {
        (None, None) if word.is_none() => return none(Reason::StoreStateUnknown),
        (None, _) => ALWAYS.to_vec(),
        (Some(hours), own) => union(hours, own),
    };
    let within = |time: Millis| open.iter().any(|(begins, ends)| (*begins..=ends - prep).contains(&time));
    if !within(floor) && reason == Reason::StoreBusy {
        reason = Reason::StoreClosed;
    }
    let empty = StoreRow::default();
    let known = row.unwrap_or(&empty);
    let taken = merged(&known.sent, &known.booked, now);
    let limit = now + minutes(facts.ahead_minutes.into());
    let time = earliest_open(&taken, pace(row, facts), floor, &open, prep, limit);
    Start { time, reason }
}

/// How a store stands at `now`. Without facts only its own word and its bookings are known.
pub(crate) fn live(row: Option<&StoreRow>, facts: Option<&StoreFacts>, now: Millis, ttl: Millis) -> Live {
    let told = row.map(remembered);
    let Some(facts) = facts.or(told.as_ref()) else {
        return Live { state: Availability::Unknown, minutes: None, until: None, as_of: now, expires_at: now };
    };
    let word = row.filter(|row| has_word(row, now, ttl));
    let said = word.and_then(|row| row.said);
    let expires_at = match said {
        _ if facts.permanently_closed => now + ttl,
        Some(Availability::PermanentlyClosed) => now + ttl,
        Some(said) => word.map_or(now, |row| word_ends(row, said, ttl)),
        // Without a word its hours count, as long as they stay what they are.
        None => {
            let hours = facts.open.iter().flatten().find(|(begins, ends)| (*begins..*ends).contains(&now));
            hours.map_or(Millis::MAX, |(_, ends)| *ends).min(now + ttl)
        }
    };
    let begin = start(row, facts, now, ttl, now);
    let until = word.and_then(|row| row.until).filter(|until| *until > now);
    let stopped = |state, until| Live { state, minutes: None, until, as_of: now, expires_at };
    match (begin.reason, begin.time) {
        (Reason::StorePermanentlyClosed, _) => stopped(Availability::PermanentlyClosed, None),
        (Reason::StoreStateUnknown, _) => Live { expires_at: now, ..stopped(Availability::Unknown, None) },
        (Reason::StorePaused, _) => stopped(Availability::Paused, until),
        (Reason::StoreClosed, time) if said == Some(Availability::Closed) && until.is_some() => {
            stopped(Availability::Closed, until.or(time))
        }
        (Reason::StoreClosed, time) => stopped(Availability::Closed, time),
        (_, Some(time)) => {
            let wait = time - now + minutes(facts.prep_minutes.into());
            let busy = time > now + SLACK;
            let state = if busy { Availability::Busy } else { Availability::Open };
            let minutes = u32::try_from((wait + 59_999) / 60_000).ok();
            // Without a word of the store nobody says so when its bookings are worked off: it ends by itself.
            let ends = if busy && word.is_none() { time - SLACK } else { expires_at };
            Live { state, minutes, until: None, as_of: now, expires_at: expires_at.min(ends) }
        }
        (_, None) => stopped(Availability::Busy, None),
    }
}

/// A store says how it stands.
pub(crate) fn change(
    page: &mut Page,
    ctx: &Ctx<'_>,
    facts: &StoreFacts,
    change: &ChangeState,
) -> Result<Done, Refusal> {
    use Availability::{Busy, Closed, Open, Paused, PermanentlyClosed, Unknown};
    let now = page.now;
    let invalid = |expected: &str| refuse(Reason::RequestInvalid, format!("expected {expected}"));
    match change.state {
        Unknown => return invalid("`state` open, busy, paused, closed or permanently_closed"),
        Open | Busy | Paused | Closed | PermanentlyClosed => {}
    }
    if change.minutes.is_some_and(|minutes| change.state != Busy || minutes > MOST_MINUTES) {
        return invalid("`minutes` only with busy, at most a day");
    }
    if change.until.is_some_and(|until| !matches!(change.state, Paused | Closed) || until <= now) {
        return invalid("`until` only with paused and closed, after now");
    }
    if change.orders_per_minute.is_some_and(|pace| !(1..=MOST_PACE).contains(&pace)) {
        return invalid("`orders_per_minute` 1 to 1000");
    }
    let row = page.store_mut(&facts.id);
    row.said = Some(change.state);
    row.minutes = change.minutes.map(i64::from);
    row.until = change.until;
    row.said_at = now;
    row.pace = change.orders_per_minute.map(i64::from).or(row.pace);
    remember(row, facts);
    let live = live(Some(row), Some(facts), now, ctx.book.state_ttl());
    announce(page, ctx, &facts.id, &live);
    Ok(Done::json(200, &live))
}

/// Announces a store that has become busy or is not busy any more, by its bookings.
pub(crate) fn announce_turn(page: &mut Page, ctx: &Ctx<'_>, id: &str, facts: Option<&StoreFacts>) {
    let ttl = ctx.book.state_ttl();
    let Some(row) = page.store(id) else { return };
    if facts.is_none() && !has_word(row, page.now, ttl) {
        return;
    }
    let live = live(Some(row), facts, page.now, ttl);
    let (busy, shown) = (live.state == Availability::Busy, row.shown == Some(Availability::Busy));
    // What is shown without a word of the store ends by itself, and is said anew with each booking that prolongs it.
    if busy != shown || busy && !has_word(row, page.now, ttl) {
        announce(page, ctx, id, &live);
    }
}

fn announce(page: &mut Page, ctx: &Ctx<'_>, id: &str, live: &Live) {
    page.store_mut(id).shown = Some(live.state);
    let mut event = ctx.event(page, EventKind::StoreState);
    event.store = Some(id.to_owned());
    event.detail = serde_json::to_string(live).unwrap_or_default();
    page.add_event(event);
}

/// Keeps what only the pack of stores knows, for moments when it is not at hand.
pub(crate) fn remember(row: &mut StoreRow, facts: &StoreFacts) {
    row.cap = i64::try_from(pace(Some(row), facts)).unwrap_or(0);
    row.prep = facts.prep_minutes.into();
}

fn remembered(row: &StoreRow) -> StoreFacts {
    StoreFacts {
        id: row.id.clone(),
        names: Vec::new(),
        brand: String::new(),
        orders_per_minute: u16::try_from(row.cap).unwrap_or(u16::MAX),
        ahead_minutes: 24 * 60,
        prep_minutes: u16::try_from(row.prep).unwrap_or(0),
        unavailable: Vec::new(),
        picks_up: true,
        delivers: true,
        open: None,
        permanently_closed: false,
    }
}

/// Hours and one more stretch, ascending and apart.
fn union(hours: &[(Millis, Millis)], more: Option<(Millis, Millis)>) -> Vec<(Millis, Millis)> {
    let mut all: Vec<(Millis, Millis)> = hours.iter().copied().chain(more).collect();
    all.sort_unstable();
    let mut apart: Vec<(Millis, Millis)> = Vec::with_capacity(all.len());
    for (begins, ends) in all {
        match apart.last_mut() {
            Some(last) if begins <= last.1 => last.1 = last.1.max(ends),
            _ => apart.push((begins, ends)),
        }
    }
    apart
}

pub(crate) fn minutes(count: i64) -> Millis {
    count.saturating_mul(60_000)
}
