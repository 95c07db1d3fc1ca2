//! A mention as evidence: what a part of the utterance was taken for, by id or value, whichever parser shows it.

use oolong_intent::{Role, Span};

use crate::campaign::Campaign;
use crate::gazetteer::{Entity, Meaning, Mention};

impl Mention {
    /// The marked part of the utterance, with what it stands for in `campaign`, where the mention was found.
    #[must_use]
    pub fn span(&self, campaign: &Campaign) -> Span {
        let (role, value) = match &self.meaning {
            Meaning::Number(value) => (Role::Number, value.to_string()),
            Meaning::Ordinal(value) => (Role::Ordinal, value.to_string()),
            Meaning::Clock(minutes) => (Role::Time, format!("{:02}:{:02}", minutes / 60, minutes % 60)),
            Meaning::Duration(minutes) => (Role::Time, format!("+{minutes}")),
            Meaning::Price(hundredths) => (Role::Price, hundredths.to_string()),
            Meaning::Names(entities) => match entities.first() {
                Some(&entity) => named(entity, campaign),
                None => (Role::Unknown, String::new()),
            },
        };
        Span { start: self.start, end: self.end, role, value, fuzzy: self.fuzzy }
    }
}

fn named(entity: Entity, campaign: &Campaign) -> (Role, String) {
    match entity {
        Entity::Item(brand, index) => (Role::Item, campaign.brands[brand].menu[index].id.clone()),
        Entity::Category(index) => {
            (Role::Category, campaign.categories().get(index).map(|(id, _)| (*id).to_owned()).unwrap_or_default())
        }
        Entity::Modifier(group, index) => {
            let group = &campaign.modifier_groups[group];
            (Role::Modifier, format!("{}:{}", group.id, group.modifiers[index].id))
        }
        Entity::Brand(index) => (Role::Brand, campaign.brands[index].id.clone()),
        Entity::Voucher(index) => (Role::Voucher, campaign.vouchers[index].id.clone()),
    }
}
