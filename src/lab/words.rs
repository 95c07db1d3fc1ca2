//! All words of the lab. A language is a value of [`Words`], so a sentence that one of them lacks does not compile.

#[path = "words/chinese.rs"]
mod chinese;
#[path = "words/english.rs"]
mod english;

use oolong_protocol::{LabTroubleKind, ReportFormat};

use crate::language::Language;

impl Language {
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &english::WORDS,
            Self::Chinese => &chinese::WORDS,
        }
    }
}

/// A sentence and what to do next.
pub(crate) struct Advice {
    pub(crate) what: &'static str,
    pub(crate) next: &'static str,
}

/// A name and what to know about it.
pub(crate) struct Term {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
}

/// Every word that the lab can show, in one language.
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) lab: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) shop: &'static str,
    pub(crate) switch_to: &'static str,
    pub(crate) switch_label: &'static str,
    pub(crate) ask: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) private: &'static str,
    // What is tested.
    pub(crate) setup: &'static str,
    pub(crate) cases: Term,
    pub(crate) campaign: Term,
    pub(crate) baseline: Term,
    pub(crate) choose: &'static str,
    pub(crate) choose_other: &'static str,
    pub(crate) take_out: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) parser: &'static str,
    pub(crate) local: Term,
    pub(crate) keyword: Term,
    pub(crate) run: &'static str,
    pub(crate) run_samples: &'static str,
    pub(crate) samples_note: &'static str,
    pub(crate) template: &'static str,
    pub(crate) template_jsonl: &'static str,
    pub(crate) template_csv: &'static str,
    // How it stands.
    pub(crate) empty: &'static str,
    pub(crate) waking: &'static str,
    pub(crate) reading: fn(&str, &str) -> String,
    pub(crate) downloading: fn(&str, &str, &str) -> String,
    pub(crate) verifying: &'static str,
    pub(crate) starting: &'static str,
    pub(crate) running: fn(usize, usize) -> String,
    pub(crate) seconds_left: fn(u64) -> String,
    pub(crate) minutes_left: fn(u64) -> String,
    pub(crate) progress: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) stopped: Advice,
    pub(crate) again: &'static str,
    pub(crate) died: Advice,
    pub(crate) trouble: fn(LabTroubleKind) -> Advice,
    pub(crate) refused: fn(u64) -> String,
    pub(crate) refused_next: &'static str,
    pub(crate) refused_none_sound: &'static str,
    pub(crate) line: &'static str,
    pub(crate) problem: &'static str,
    pub(crate) remedy: &'static str,
    pub(crate) more_lines: fn(u64) -> String,
    pub(crate) run_others: fn(usize) -> String,
    // What came of it.
    pub(crate) done: fn(&str) -> String,
    pub(crate) matched: fn(usize, usize) -> String,
    pub(crate) subject_parser: fn(&str) -> String,
    pub(crate) skipped: fn(u64) -> String,
    pub(crate) unanswered: fn(usize) -> String,
    pub(crate) summary: &'static str,
    pub(crate) reports: &'static str,
    pub(crate) reports_coming: &'static str,
    pub(crate) reports_broken: &'static str,
    pub(crate) report: fn(ReportFormat) -> Term,
    pub(crate) intent_accuracy: &'static str,
    pub(crate) item_f1: &'static str,
    pub(crate) modifier_f1: &'static str,
    pub(crate) oos_recall: &'static str,
    pub(crate) oos_precision: &'static str,
    pub(crate) held_back: &'static str,
    pub(crate) coverage: fn(f32) -> String,
    pub(crate) precision_at: &'static str,
    pub(crate) calibration: &'static str,
    pub(crate) latency: &'static str,
    pub(crate) intents: &'static str,
    pub(crate) intent: &'static str,
    pub(crate) frames: &'static str,
    pub(crate) precision: &'static str,
    pub(crate) recall: &'static str,
    pub(crate) f1: &'static str,
    pub(crate) taken_for: &'static str,
    pub(crate) missed: &'static str,
    pub(crate) slices: &'static str,
    pub(crate) slice: &'static str,
    pub(crate) right: &'static str,
    pub(crate) of: &'static str,
    pub(crate) frame_match: &'static str,
    pub(crate) compared: &'static str,
    pub(crate) compared_line: fn(usize, usize, usize) -> String,
    pub(crate) better: fn(usize) -> String,
    pub(crate) worse: fn(usize) -> String,
    pub(crate) mistakes: fn(usize) -> String,
    pub(crate) mistakes_lead: &'static str,
    pub(crate) mistakes_none: &'static str,
    pub(crate) mistakes_first: fn(usize) -> String,
    pub(crate) sure: fn(&str) -> String,
    pub(crate) acted_upon: &'static str,
    pub(crate) context: &'static str,
    pub(crate) no_answer: &'static str,
    pub(crate) field: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) found: &'static str,
    pub(crate) absent: &'static str,
}
