//! The three files that a run can have, and which of them a dropped one is.

use leptos::prelude::*;
use web_sys::File;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Cases,
    Campaign,
    Baseline,
}

/// The files that were given.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    pub(crate) cases: RwSignal<Option<File>, LocalStorage>,
    pub(crate) campaign: RwSignal<Option<File>, LocalStorage>,
    pub(crate) baseline: RwSignal<Option<File>, LocalStorage>,
}

impl Place {
    pub(crate) const ALL: [Self; 3] = [Self::Cases, Self::Campaign, Self::Baseline];

    /// For `data-` attributes and element ids.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Campaign => "campaign",
            Self::Baseline => "baseline",
        }
    }

    /// Endings that the browser's file dialogue shows first.
    pub(crate) fn endings(self) -> &'static str {
        match self {
            Self::Cases => ".jsonl,.ndjson,.csv",
            Self::Campaign | Self::Baseline => ".json",
        }
    }

    /// The place of a dropped file: where it was dropped, unless its name says that it is something else.
    pub(crate) fn of_dropped(on: Option<Self>, name: &str) -> Self {
        let name = name.to_lowercase();
        let cases = [".jsonl", ".ndjson", ".csv"].iter().any(|ending| name.ends_with(ending));
        match on {
            _ if cases => Self::Cases,
            None | Some(Self::Cases) if name.ends_with(".json") => Self::Campaign,
            on => on.unwrap_or(Self::Cases),
        }
    }
}

impl Files {
    pub(crate) fn none() -> Self {
        let empty = || RwSignal::new_local(None);
        Self { cases: empty(), campaign: empty(), baseline: empty() }
    }

    pub(crate) fn at(&self, place: Place) -> RwSignal<Option<File>, LocalStorage> {
        match place {
            Place::Cases => self.cases,
            Place::Campaign => self.campaign,
            Place::Baseline => self.baseline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place::{self, Baseline, Campaign, Cases};

    #[test]
    fn dropped_files_find_their_place() {
        for (on, name, expected) in [
            (None, "cases.JSONL", Cases),
            (None, "cases.csv", Cases),
            (None, "campaign.json", Campaign),
            (None, "notes.txt", Cases),
            (Some(Cases), "campaign.json", Campaign),
            (Some(Campaign), "cases.jsonl", Cases),
            (Some(Baseline), "report.json", Baseline),
        ] {
            assert_eq!(Place::of_dropped(on, name), expected, "{name} on {on:?}");
        }
    }
}
