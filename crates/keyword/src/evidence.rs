//! Which parts of the utterance were taken for what.

use oolong_catalog::{Campaign, Mention};
use oolong_intent::{Role, Span};

use crate::units::{Kind, Unit};

/// Spans of names, quantities and free text, in order and not overlapping.
pub(crate) fn spans(units: &[Unit], mentions: &[Mention], text: &str, campaign: &Campaign) -> Vec<Span> {
    let free = |unit: &Unit, role| {
        let value = text.get(unit.start..unit.end).unwrap_or_default().to_owned();
        Span { start: unit.start, end: unit.end, role, value, fuzzy: false }
    };
    let mut spans: Vec<Span> = Vec::new();
    for unit in units {
        match unit.kind {
            Kind::Place => match spans.last_mut().filter(|last| last.role == Role::Place) {
                // A place of several words is one span.
                Some(last) => {
                    last.end = unit.end;
                    last.value = text.get(last.start..unit.end).unwrap_or_default().to_owned();
                }
                None => spans.push(free(unit, Role::Place)),
            },
            Kind::Unknown => spans.push(free(unit, Role::Unknown)),
            _ => {
                let mention = mentions.iter().find(|found| found.start == unit.start && found.end == unit.end);
                spans.extend(mention.map(|mention| mention.span(campaign)));
            }
        }
    }
    spans
}
