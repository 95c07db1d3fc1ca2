//! A picture of every item of every campaign, drawn from its data: no image file is ever loaded.
//!
//! What can be made in several ways is a cup, the rest a plate. The colours come from the ids; portions of extras are
//! the pearls at the bottom, and the chosen place among several sizes is how full the cup is.

use leptos::prelude::*;
use oolong_catalog::{Campaign, MenuItem, Select};
use oolong_intent::ModifierChoice;

use crate::session::use_session;

/// Infusions from white tea to dark roast, each a body and a lighter top.
const TEAS: [(&str, &str); 9] = [
    ("#c98a2b", "#e3b766"),
    ("#8f9b3c", "#bcc578"),
    ("#7d4a2a", "#b98a63"),
    ("#c2576b", "#e3a0a8"),
    ("#d8a64a", "#f0d59a"),
    ("#4f7a52", "#93b48c"),
    ("#a2632f", "#d29d6a"),
    ("#8a6a9a", "#bda7c8"),
    ("#5b3a29", "#957660"),
];

/// Crusts, for what stands on a plate.
const BAKES: [(&str, &str); 3] = [("#c98a3a", "#eccb8f"), ("#a8662f", "#dba56c"), ("#d8a64a", "#f3dfae")];

#[component]
pub(crate) fn Thumb(item: String, modifiers: Vec<ModifierChoice>) -> impl IntoView {
    let campaign = use_session().campaign();
    let found = campaign.item(&item).map(|(_, item)| item);
    let (body, top) = TEAS[hash(&item) % TEAS.len()];
    if found.is_none_or(|item| item.modifier_groups.is_empty()) {
        let (body, top) = BAKES[hash(&item) % BAKES.len()];
        return plate(body, top).into_any();
    }
    let full = found.map_or(0.5, |item| fullness(&campaign, item, &modifiers));
    let surface = 17.0 - 5.0 * full;
    let pearls = found.map_or(0, |item| extras(&campaign, item, &modifiers)).min(8);
    let pearls = (0..pearls).map(|index| {
        let (column, row) = (index % 4, index / 4);
        let x = 15.6 + 2.9 * f64::from(column) + if row == 1 { 1.2 } else { 0.0 };
        view! { <circle cx=format!("{x:.1}") cy=format!("{:.1}", 33.4 - 2.7 * f64::from(row)) r="1.3" class="pearl"/> }
    });
    // Some are poured in two layers, the lighter one on top.
    let depth = [2.6, 8.0, 4.4][hash(&item) / TEAS.len() % 3];
    let lid = match hash(&item) / 64 % 2 {
        0 => "M8 8.2c0-2 1.2-3 3-3h18c1.8 0 3 1 3 3z",
        _ => "M8.2 8.2c.8-4.6 5.4-6.4 11.8-6.4s11 1.8 11.8 6.4z",
    };
    view! {
        <svg class="thumb" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
            <path class="straw" d="M20.5 20 24.5.5"/>
            <path class="glass" d="M9.5 8h21l-2.4 27.2a2 2 0 0 1-2 1.8H13.9a2 2 0 0 1-2-1.8z"/>
            <path fill=body d=tea(surface, 35.7)/>
            <path fill=top d=tea(surface, surface + depth)/>
            {pearls.collect_view()}
            <path class="lid" d=lid/>
        </svg>
    }
    .into_any()
}

/// What lies in the cup between two heights; the cup narrows downwards.
fn tea(from: f64, to: f64) -> String {
    let side = |height: f64| 10.9 + (height - 9.0) * 0.087;
    format!("M{:.1} {from:.1}H{:.1}L{:.1} {to:.1}H{:.1}z", side(from), 40.0 - side(from), 40.0 - side(to), side(to))
}

fn plate(body: &'static str, top: &'static str) -> impl IntoView {
    view! {
        <svg class="thumb" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
            <ellipse cx="20" cy="29" rx="17" ry="5" class="glass"/>
            <path fill=body d="M7 27c-.6-7.4 5-13.6 13-13.6S33.6 19.6 33 27c-.1 1-.8 1.6-1.8 1.6H8.8C7.8 28.6 7.1 28 7 27z"/>
            <path fill=top d="M12.5 20.5c1.6-2.5 4.3-3.9 7.4-4.1l-2 4.3zM22.6 20.6l2-3.6c2 .9 3.5 2.3 4.3 4.1z"/>
        </svg>
    }
}

/// Where the chosen modifier stands in the first group of which one is had: 0 is the first, 1 the last.
fn fullness(campaign: &Campaign, item: &MenuItem, modifiers: &[ModifierChoice]) -> f64 {
    let first =
        item.modifier_groups.iter().filter_map(|id| campaign.group(id)).find(|group| group.select == Select::One);
    let Some(group) = first.filter(|group| group.modifiers.len() > 1) else { return 0.6 };
    let said = modifiers.iter().find(|choice| choice.group == group.id && choice.portions > 0);
    let chosen = said.map(|choice| &choice.modifier).or(group.default.as_ref());
    let place = chosen.and_then(|id| group.modifiers.iter().position(|modifier| modifier.id == *id));
    place.map_or(0.5, |place| place as f64 / (group.modifiers.len() - 1) as f64)
}

/// Portions of everything of which many can be had, what is included counted too.
fn extras(campaign: &Campaign, item: &MenuItem, modifiers: &[ModifierChoice]) -> u32 {
    let many = |group: &str| campaign.group(group).is_some_and(|group| group.select == Select::Many);
    let said: u32 =
        modifiers.iter().filter(|choice| many(&choice.group)).map(|choice| u32::from(choice.portions) * 3).sum();
    let untouched = item.includes.iter().filter(|text| {
        text.split_once(':').is_some_and(|(group, modifier)| {
            many(group) && !modifiers.iter().any(|choice| choice.group == group && choice.modifier == modifier)
        })
    });
    said + 3 * u32::try_from(untouched.count()).unwrap_or(0)
}

/// The upper half of FNV-1a: the same colour for the same id, today and on every device.
fn hash(text: &str) -> usize {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 16) as usize
}
