//! Example sentences made from whatever campaign is loaded: no name of any campaign is known to this code.

use oolong_catalog::{Campaign, MenuItem, Modifier, Select};
use oolong_commerce::Line;

use crate::{show::name, words::Language};

/// Sentences that the shopper could say next.
pub(crate) fn examples(campaign: &Campaign, lines: &[Line], language: Language) -> Vec<String> {
    if lines.is_empty() { openers(campaign, language) } else { followers(campaign, lines, language) }
}

/// A few items of all brands in turn, to look at.
pub(crate) fn shelf(campaign: &Campaign, count: usize) -> Vec<String> {
    let longest = campaign.brands.iter().map(|brand| brand.menu.len()).max().unwrap_or(0);
    (0..longest.min(count))
        .flat_map(|row| campaign.brands.iter().filter_map(move |brand| brand.menu.get(row)))
        .take(count)
        .map(|item| item.id.clone())
        .collect()
}

fn openers(campaign: &Campaign, language: Language) -> Vec<String> {
    let words = language.words();
    let mut sentences = Vec::new();
    let made = |brand: usize| {
        campaign.brands.get(brand).and_then(|brand| {
            let choosable = brand.menu.iter().find(|item| !chosen(campaign, item).is_empty());
            choosable.or(brand.menu.first()).map(|item| (brand, item))
        })
    };
    if let Some((_, item)) = made(0) {
        let said: Vec<&str> =
            chosen(campaign, item).into_iter().map(|modifier| name(&modifier.names, language)).collect();
        sentences.push((words.say_two)(name(&item.names, language), &said[..said.len().min(3)]));
    }
    if let Some((brand, item)) = made(1) {
        let said = chosen(campaign, item).first().map(|modifier| name(&modifier.names, language));
        sentences.push((words.say_one_from)(name(&item.names, language), said, name(&brand.names, language)));
    }
    if let Some(brand) = campaign.brands.last() {
        sentences.push((words.say_menu)(name(&brand.names, language)));
    }
    if !campaign.vouchers.is_empty() {
        sentences.push(words.say_vouchers.to_owned());
    }
    sentences
}

fn followers(campaign: &Campaign, lines: &[Line], language: Language) -> Vec<String> {
    let words = language.words();
    let mut sentences = Vec::new();
    let wish = |line: &Line| {
        let (_, item) = campaign.item(&line.item)?;
        let new = |modifier: &&Modifier| !line.modifiers.iter().any(|choice| choice.modifier == modifier.id);
        chosen(campaign, item).into_iter().find(new).map(|modifier| name(&modifier.names, language))
    };
    if let (Some(second), true) = (lines.get(1), lines.len() > 1) {
        sentences.extend(wish(second).map(|modifier| (words.say_second)(modifier)));
    } else if let Some(modifier) = lines.last().and_then(wish) {
        sentences.push((words.say_make_it)(modifier));
    }
    if let Some((_, item)) = lines.first().and_then(|line| campaign.item(&line.item)) {
        sentences.push((words.say_remove)(name(&item.names, language)));
    }
    if !campaign.vouchers.is_empty() {
        sentences.push(words.say_use_voucher.to_owned());
    }
    sentences.push(words.say_done.to_owned());
    sentences
}

/// One modifier that is not the default of each group where only one can be had.
fn chosen<'a>(campaign: &'a Campaign, item: &MenuItem) -> Vec<&'a Modifier> {
    let groups =
        item.modifier_groups.iter().filter_map(|id| campaign.group(id)).filter(|group| group.select == Select::One);
    groups
        .filter_map(|group| {
            let middle = group.modifiers.iter().skip(group.modifiers.len() / 2);
            let default = |modifier: &&Modifier| group.default.as_ref() != Some(&modifier.id);
            middle.chain(&group.modifiers).find(default)
        })
        .collect()
}
