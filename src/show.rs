//! From data to what is shown: names in the shopper's language, sizes, marked spans. No component, all testable.

use oolong_catalog::{Campaign, MenuItem, Select};
use oolong_commerce::{Line, included};
use oolong_intent::{Evidence, Frame, ModifierChoice, RawFrame, RawFrames, Role, When};

use crate::words::Language;

/// The name to show: the first, or in Chinese the first that has a Chinese character.
pub(crate) fn name(names: &[String], language: Language) -> &str {
    let chinese = names.iter().find(|name| name.chars().any(is_han)).filter(|_| language == Language::Chinese);
    chinese.or(names.first()).map_or("", String::as_str)
}

/// An item's name; its id where the campaign lacks it.
pub(crate) fn item_name(campaign: &Campaign, id: &str, language: Language) -> String {
    campaign.item(id).map_or(id, |(_, item)| name(&item.names, language)).to_owned()
}

/// A brand's name.
pub(crate) fn brand_name(campaign: &Campaign, id: &str, language: Language) -> String {
    campaign.brand(id).map_or(id, |brand| name(&brand.names, language)).to_owned()
}

/// A voucher's name.
pub(crate) fn voucher_name(campaign: &Campaign, id: &str, language: Language) -> String {
    campaign.voucher(id).map_or(id, |voucher| name(&voucher.names, language)).to_owned()
}

/// A category's name.
pub(crate) fn category_name(campaign: &Campaign, id: &str, language: Language) -> String {
    let known = campaign.categories.iter().find(|category| category.id == id);
    known.map_or(id, |category| name(&category.names, language)).to_owned()
}

/// A modifier as said of an item: `large`, `no pearls`, `pearls × 2`.
pub(crate) fn modifier_name(campaign: &Campaign, choice: &ModifierChoice, language: Language) -> String {
    let known = campaign.group(&choice.group).and_then(|group| group.modifier(&choice.modifier));
    let name = known.map_or(choice.modifier.as_str(), |modifier| name(&modifier.names, language));
    match choice.portions {
        0 => (language.words().without)(name),
        1 => name.to_owned(),
        portions => format!("{name} × {portions}"),
    }
}

/// All that was said about a line, in the order of the item's groups.
pub(crate) fn modifiers(campaign: &Campaign, line: &Line, language: Language) -> Vec<String> {
    let place = |choice: &ModifierChoice| {
        let groups = campaign.item(&line.item).map(|(_, item)| &item.modifier_groups);
        groups.and_then(|groups| groups.iter().position(|id| *id == choice.group))
    };
    let mut said: Vec<&ModifierChoice> = line.modifiers.iter().collect();
    said.sort_by_key(|choice| place(choice));
    said.into_iter().map(|choice| modifier_name(campaign, choice, language)).collect()
}

/// The contract's notation of a line's modifiers, sorted, joined by commas.
pub(crate) fn notation(modifiers: &[ModifierChoice]) -> String {
    let mut texts: Vec<String> = modifiers.iter().map(ToString::to_string).collect();
    texts.sort();
    texts.join(",")
}

/// What `chosen` becomes when the button of a modifier is pressed: one of a group changes, many toggle.
pub(crate) fn toggled(
    campaign: &Campaign,
    item: &MenuItem,
    chosen: &[ModifierChoice],
    group: &str,
    modifier: &str,
) -> Vec<ModifierChoice> {
    let one = campaign.group(group).is_some_and(|group| group.select == Select::One);
    let choice = ModifierChoice { group: group.to_owned(), modifier: modifier.to_owned(), portions: 1 };
    let same = |known: &&ModifierChoice| known.group == group && known.modifier == modifier;
    let had = chosen.iter().find(same).map(|known| known.portions);
    let mut next: Vec<ModifierChoice> =
        chosen.iter().filter(|known| if one { known.group != group } else { !same(known) }).cloned().collect();
    match had {
        Some(_) => {}
        None if included(item, &choice) => next.push(ModifierChoice { portions: 0, ..choice }),
        None => next.push(choice),
    }
    next
}

/// Whether a modifier's button is down: chosen, or there anyway.
pub(crate) fn is_on(
    campaign: &Campaign,
    item: &MenuItem,
    chosen: &[ModifierChoice],
    group: &str,
    modifier: &str,
) -> bool {
    let choice = ModifierChoice { group: group.to_owned(), modifier: modifier.to_owned(), portions: 1 };
    match chosen.iter().find(|known| known.group == group && known.modifier == modifier) {
        Some(known) => known.portions > 0,
        None if included(item, &choice) => true,
        None => campaign.group(group).is_some_and(|known| {
            known.select == Select::One
                && known.default.as_deref() == Some(modifier)
                && !chosen.iter().any(|known| known.group == group && known.portions > 0)
        }),
    }
}

/// A time as the contract has it, made readable.
pub(crate) fn when(when: When, language: Language) -> String {
    match when {
        When::Now => language.words().now.to_owned(),
        When::At(minutes) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
        When::In(minutes) => (language.words().in_minutes)(minutes),
    }
}

/// Part of an utterance, marked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) mark: Option<(Role, String, bool)>,
}

/// The utterance cut at its spans. Offsets are bytes; spans that do not fit the text are left out.
pub(crate) fn pieces(evidence: &Evidence) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for span in &evidence.spans {
        let (Some(before), Some(text)) = (evidence.text.get(at..span.start), evidence.text.get(span.start..span.end))
        else {
            continue;
        };
        if !before.is_empty() {
            pieces.push(Piece { text: before.to_owned(), mark: None });
        }
        pieces.push(Piece { text: text.to_owned(), mark: Some((span.role, span.value.clone(), span.fuzzy)) });
        at = span.end;
    }
    if let Some(rest) = evidence.text.get(at..).filter(|rest| !rest.is_empty()) {
        pieces.push(Piece { text: rest.to_owned(), mark: None });
    }
    pieces
}

/// Frames as the contract writes them.
pub(crate) fn frames_json(frames: &[Frame]) -> String {
    let frames = frames.iter().cloned().map(RawFrame::from).collect();
    serde_json::to_string_pretty(&RawFrames { frames }).unwrap_or_default()
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use oolong_intent::Span;

    use super::*;

    #[test]
    fn names_follow_the_language() {
        let names = ["Latte".to_owned(), "caffe latte".to_owned(), "拿铁".to_owned()];
        assert_eq!((name(&names, Language::English), name(&names, Language::Chinese)), ("Latte", "拿铁"));
        assert_eq!(name(&names[..1], Language::Chinese), "Latte");
    }

    #[test]
    fn spans_are_cut_at_bytes_and_bad_ones_left_out() {
        let span = |start, end| Span { start, end, role: Role::Item, value: "x".into(), fuzzy: false };
        let evidence = Evidence {
            text: "来杯拿铁吧".into(),
            spans: vec![span(6, 12), span(7, 8), span(12, 99)],
            ..Evidence::default()
        };
        let texts: Vec<String> = pieces(&evidence).into_iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["来杯", "拿铁", "吧"]);
    }
}
