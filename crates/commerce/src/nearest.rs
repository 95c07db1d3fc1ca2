//! Items whose names resemble what the shopper said, for when no menu has it.

use oolong_catalog::Campaign;

/// At most `count` item ids, most alike first; empty when nothing shares more than a stray letter with `said`.
#[must_use]
pub fn nearest(campaign: &Campaign, said: &str, count: usize) -> Vec<String> {
    let said = said.to_lowercase();
    let wanted = grams(&said);
    let mut found: Vec<(f32, &str)> = campaign
        .items()
        .filter_map(|(_, item)| {
            let score = item.names.iter().map(|name| alike(&said, &wanted, &name.to_lowercase())).fold(0.0, f32::max);
            (score >= 0.4).then_some((score, item.id.as_str()))
        })
        .collect();
    // The sort is stable, so that ties stay in menu order.
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    found.into_iter().take(count).map(|(_, id)| id.to_owned()).collect()
}

fn alike(said: &str, wanted: &[[char; 2]], name: &str) -> f32 {
    if said == name {
        return 2.0;
    }
    let grams = grams(name);
    let shared = wanted.iter().filter(|gram| grams.contains(gram)).count();
    let all = wanted.len() + grams.len();
    if all == 0 { 0.0 } else { 2.0 * shared as f32 / all as f32 }
}

/// Pairs of neighbouring characters within words: whole syllables in Chinese, enough of a word in English.
fn grams(text: &str) -> Vec<[char; 2]> {
    let mut grams = Vec::new();
    for word in text.split(|part: char| !part.is_alphanumeric()) {
        let characters: Vec<char> = word.chars().collect();
        if let [only] = characters[..] {
            grams.push([only, only]);
        }
        grams.extend(characters.windows(2).map(|pair| [pair[0], pair[1]]));
    }
    grams
}
