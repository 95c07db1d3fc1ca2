//! The gazetteer finds what the test cases name: understanding cannot point at what was not found.

use oolong_catalog::{Campaign, Entity, Gazetteer, Meaning, Mention};
use oolong_intent::{Case, Goods, ModifierChoice, Target, Utterance, When};

fn campaign() -> Campaign {
    Campaign::from_json(include_bytes!("../../../public/campaign.json")).expect("the sample campaign is sound")
}

/// What a case names that no mention offers.
fn missing(case: &Case, mentions: &[Mention], campaign: &Campaign) -> Vec<String> {
    let named = |fits: &dyn Fn(Entity) -> bool| {
        mentions.iter().any(|mention| matches!(&mention.meaning, Meaning::Names(entities) if entities.iter().any(|entity| fits(*entity))))
    };
    let said = |fits: &dyn Fn(&Meaning) -> bool| mentions.iter().any(|mention| fits(&mention.meaning));
    let item = |id: &str| {
        named(&|entity| matches!(entity, Entity::Item(brand, index) if campaign.brands[brand].menu[index].id == id))
    };
    let modifier = |choice: &ModifierChoice| {
        named(&|entity| {
            matches!(entity, Entity::Modifier(group, index) if campaign.modifier_groups[group].id == choice.group
                && campaign.modifier_groups[group].modifiers[index].id == choice.modifier)
        })
    };
    let mut missing = Vec::new();
    for frame in &case.frames {
        if let Some(id) = frame
            .brand
            .as_ref()
            .filter(|id| !named(&|entity| matches!(entity, Entity::Brand(index) if campaign.brands[index].id == **id)))
        {
            missing.push(id.clone());
        }
        if let Some(id) = frame.voucher.as_ref().filter(|id| {
            !named(&|entity| matches!(entity, Entity::Voucher(index) if campaign.vouchers[index].id == **id))
        }) {
            missing.push(id.clone());
        }
        match frame.when {
            Some(When::At(minutes))
                if !said(&|meaning| {
                    matches!(meaning, Meaning::Clock(found) if *found == minutes)
                        || matches!(meaning, Meaning::Number(_))
                }) =>
            {
                missing.push(format!("{minutes} minutes after midnight"));
            }
            Some(When::In(minutes))
                if !said(&|meaning| matches!(meaning, Meaning::Duration(found) if *found == minutes)) =>
            {
                missing.push(format!("+{minutes}"))
            }
            _ => {}
        }
        if let Some(most) = frame.max_price.filter(|most| {
            !said(&|meaning| {
                matches!(meaning, Meaning::Price(found) if found == most)
                    || matches!(meaning, Meaning::Number(found) if found * 100 == *most)
            })
        }) {
            missing.push(format!("at most {most}"));
        }
        for entry in &frame.items {
            match (&entry.goods, &entry.target) {
                (Some(Goods::Item(id)), _) if !item(id) => missing.push(id.clone()),
                (_, Some(Target::Item(id))) if !item(id) => missing.push(id.clone()),
                (_, Some(Target::Nth(position)))
                    if !said(&|meaning| matches!(meaning, Meaning::Ordinal(found) if found == position)) =>
                {
                    missing.push(format!("number {position}"));
                }
                _ => {}
            }
            missing.extend(entry.modifiers.iter().filter(|choice| !modifier(choice)).map(ToString::to_string));
        }
    }
    missing
}

/// The share of cases of `file` of which nothing is missing.
fn coverage(file: &str) -> f64 {
    let campaign = campaign();
    let gazetteer = Gazetteer::new(&campaign);
    let (mut whole, mut cases) = (0.0, 0.0);
    for line in file.lines() {
        let case: Case = serde_json::from_str(line).expect("a test case");
        let utterance = Utterance::new(&case.text).expect("an utterance");
        let missing = missing(&case, &gazetteer.mentions(utterance.as_str()), &campaign);
        cases += 1.0;
        if missing.is_empty() {
            whole += 1.0;
        } else {
            println!("{} {}: {missing:?}", case.id, case.text);
        }
    }
    whole / cases
}

#[test]
fn visible_cases_are_covered() {
    let share = coverage(include_str!("../../../tests/contract/cases_visible.jsonl"));
    assert!(share >= 0.97, "{share}");
}

#[test]
fn natural_cases_are_covered() {
    let share = coverage(include_str!("../../../tests/contract/cases_natural.jsonl"));
    assert!(share >= 0.85, "{share}");
}
