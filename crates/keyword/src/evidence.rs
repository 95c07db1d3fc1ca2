//! Which parts of the utterance were taken for what.

use oolong_catalog::{Campaign, Entity, Meaning, Mention};
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
            _ => spans.extend(mentions.iter().find(|found| found.start == unit.start && found.end == unit.end).map(
                |mention| {
                    let (role, value) = said(&mention.meaning, campaign);
                    Span { start: mention.start, end: mention.end, role, value, fuzzy: mention.fuzzy }
                },
            )),
        }
    }
    spans
}

fn said(meaning: &Meaning, campaign: &Campaign) -> (Role, String) {
    match meaning {
        Meaning::Number(value) => (Role::Number, value.to_string()),
        Meaning::Ordinal(value) => (Role::Ordinal, value.to_string()),
        Meaning::Clock(minutes) => (Role::Time, format!("{:02}:{:02}", minutes / 60, minutes % 60)),
        Meaning::Duration(minutes) => (Role::Time, format!("+{minutes}")),
        Meaning::Price(hundredths) => (Role::Price, hundredths.to_string()),
        Meaning::Names(entities) => match entities.first() {
            Some(&Entity::Item(brand, index)) => (Role::Item, campaign.brands[brand].menu[index].id.clone()),
            Some(&Entity::Category(index)) => {
                (Role::Category, campaign.categories().get(index).map(|(id, _)| (*id).to_owned()).unwrap_or_default())
            }
            Some(&Entity::Modifier(group, index)) => {
                let group = &campaign.modifier_groups[group];
                (Role::Modifier, format!("{}:{}", group.id, group.modifiers[index].id))
            }
            Some(&Entity::Brand(index)) => (Role::Brand, campaign.brands[index].id.clone()),
            Some(&Entity::Voucher(index)) => (Role::Voucher, campaign.vouchers[index].id.clone()),
            None => (Role::Unknown, String::new()),
        },
    }
}
