//! How far a run is, in a picture and in words. No component, all testable.

use oolong_protocol::Stage;

use crate::{machine::Phase, size::size, words::Words};

/// Nothing is said about the time left before this much is done: it would be a guess.
const KNOWN_AFTER_MS: f64 = 1_500.0;

/// The share that is done, where that is known.
pub(crate) fn share(phase: &Phase) -> Option<f64> {
    let (done, total) = match phase {
        Phase::Reading { read, total } => (*read as f64, *total as f64),
        Phase::Loading { stage: Stage::Download, received, total, .. } => (*received as f64, *total as f64),
        Phase::Running { done, total, .. } => (*done as f64, *total as f64),
        _ => return None,
    };
    (total > 0.0).then(|| (done / total).clamp(0.0, 1.0))
}

/// What is going on.
pub(crate) fn sentence(phase: &Phase, words: &Words) -> String {
    match phase {
        Phase::Waking => words.waking.to_owned(),
        Phase::Reading { read, total } => (words.reading)(&size(*read), &size(*total)),
        Phase::Loading { stage: Stage::Download, received, total, bytes_per_second } => {
            (words.downloading)(&size(*received), &size(*total), &size(*bytes_per_second as u64))
        }
        Phase::Loading { stage: Stage::Verify, .. } => words.verifying.to_owned(),
        Phase::Loading { stage: Stage::Start, .. } => words.starting.to_owned(),
        Phase::Running { done, total, .. } => (words.running)(*done, *total),
        _ => String::new(),
    }
}

/// How long it will still take, once that can be known.
pub(crate) fn left(phase: &Phase, words: &Words) -> Option<String> {
    let Phase::Running { done, total, elapsed_ms } = phase else { return None };
    if *done == 0 || *elapsed_ms < KNOWN_AFTER_MS {
        return None;
    }
    let seconds = elapsed_ms / 1000.0 / *done as f64 * total.saturating_sub(*done) as f64;
    Some(match seconds.ceil() as u64 {
        seconds @ 0..90 => (words.seconds_left)(seconds),
        seconds => (words.minutes_left)(seconds.div_ceil(60)),
    })
}

/// What a screen reader is told: the same, but only every tenth, so that it does not talk all the time.
pub(crate) fn spoken(phase: &Phase, words: &Words) -> String {
    let tenth = share(phase).map(|share| (share * 10.0) as u64 * 10);
    match (phase, tenth) {
        (Phase::Waking, _) => words.waking.to_owned(),
        (Phase::Reading { .. } | Phase::Loading { .. } | Phase::Running { .. }, Some(tenth)) => {
            format!("{} {tenth} %", words.progress)
        }
        (Phase::Loading { .. }, None) => sentence(phase, words),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn running(done: usize, elapsed_ms: f64) -> Phase {
        Phase::Running { done, total: 200, elapsed_ms }
    }

    #[test]
    fn the_time_left_is_told_once_it_is_known() {
        let words = Language::English.words();
        for (done, elapsed, expected) in [
            (0, 9_000.0, None),
            (10, 1_000.0, None),
            (100, 20_000.0, Some("about 20 s left")),
            (2, 2_000.0, Some("about 4 min left")),
        ] {
            assert_eq!(left(&running(done, elapsed), words).as_deref(), expected, "{done} after {elapsed}");
        }
    }

    #[test]
    fn a_screen_reader_hears_tenths() {
        let words = Language::English.words();
        assert_eq!(spoken(&running(59, 1.0), words), spoken(&running(41, 1.0), words));
        assert_ne!(spoken(&running(60, 1.0), words), spoken(&running(59, 1.0), words));
        assert_eq!(spoken(&Phase::Stopped, words), "");
        assert_eq!(share(&Phase::Reading { read: 0, total: 0 }), None);
    }
}
