//! Which slot of a sentence belongs to which entry of the frame, before anything is written.

use crate::{
    pattern::{Grouping, Token},
    slot::{Effect, Portion, Slot},
};

/// The entries of a group of tokens and what belongs to them.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The entries, in the order in which they are said.
    pub entries: Vec<EntryPlan>,
    /// For each token, the entries that it belongs to.
    pub owners: Vec<Vec<usize>>,
    /// Whether the entries are versions of one item.
    pub split: bool,
}

/// One entry to be.
#[derive(Clone, Debug, Default)]
pub struct EntryPlan {
    /// The slot that names goods, or points into the cart.
    pub anchor: Option<Slot>,
    /// Whether it takes what remains of the total.
    pub rest: bool,
    /// Modifiers of groups where one is chosen.
    pub mods: usize,
    /// Modifiers of groups where many can be had.
    pub tops: usize,
}

impl Plan {
    /// Entries of an intent that names goods.
    pub fn goods(tokens: &[Token], grouping: Grouping) -> Self {
        match grouping {
            Grouping::Split => split(tokens),
            Grouping::Near | Grouping::Shared => near(tokens, grouping == Grouping::Shared),
        }
    }

    /// Entries of an intent that points into the cart.
    pub fn targets(tokens: &[Token], effects: &[Effect], shared: bool) -> Self {
        let anchors: Vec<usize> = positions(tokens, |slot| matches!(slot, Slot::Cart | Slot::Ordinal));
        let aimed = |effect: &Effect| matches!(effect, Effect::TargetLast | Effect::TargetAll | Effect::Quantity(_));
        let mut plan = Self { owners: vec![Vec::new(); tokens.len()], ..Self::default() };
        let lone = anchors.is_empty() && (effects.iter().any(aimed) || !positions(tokens, is_detail).is_empty());
        plan.entries =
            anchors.iter().map(|&at| EntryPlan { anchor: slot(&tokens[at]), ..EntryPlan::default() }).collect();
        if lone {
            plan.entries.push(EntryPlan::default());
        }
        for (at, token) in tokens.iter().enumerate() {
            let Some(found) = slot(token) else { continue };
            plan.owners[at] = match anchors.iter().position(|&anchor| anchor == at) {
                Some(entry) => vec![entry],
                None if !is_detail(found) || plan.entries.is_empty() => Vec::new(),
                None if shared => (0..plan.entries.len()).collect(),
                None => vec![anchors.iter().rposition(|&anchor| anchor < at).unwrap_or(0)],
            };
        }
        plan.count(tokens);
        plan
    }

    fn count(&mut self, tokens: &[Token]) {
        for (at, token) in tokens.iter().enumerate() {
            for &entry in &self.owners[at] {
                match slot(token) {
                    Some(Slot::Mod(_)) => self.entries[entry].mods += 1,
                    Some(Slot::Top(..)) => self.entries[entry].tops += 1,
                    _ => {}
                }
            }
        }
    }
}

/// A modifier belongs to the nearest item before it, or after it where the phrase leads.
fn near(tokens: &[Token], shared: bool) -> Plan {
    let goods = positions(tokens, |slot| matches!(slot, Slot::Item | Slot::Category | Slot::Unknown));
    let counts = positions(tokens, |slot| matches!(slot, Slot::Quantity | Slot::Number));
    let mut plan = Plan { owners: vec![Vec::new(); tokens.len()], ..Plan::default() };
    plan.entries = goods.iter().map(|&at| EntryPlan { anchor: slot(&tokens[at]), ..EntryPlan::default() }).collect();
    if goods.is_empty() {
        return plan;
    }
    let all: Vec<usize> = (0..goods.len()).collect();
    let around = |at: usize| {
        let before = goods.iter().rposition(|&goods| goods < at);
        let after = goods.iter().position(|&goods| goods > at);
        let near = before.map(|entry| Gap::between(tokens, goods[entry], at));
        (before, after, near, after.map(|entry| Gap::between(tokens, at, goods[entry])))
    };
    // "latte x2, mocha": a count follows its item where it stands closer to that one than to the next.
    let counted = |at: usize| match around(at) {
        _ if counts.len() == goods.len() && goods.len() > 1 => counts.iter().position(|&count| count == at),
        (Some(before), Some(_), Some(near), Some(far)) if near < far && near < Gap::Parted => Some(before),
        (before, after, ..) => after.or(before),
    };
    let owners: Vec<Option<usize>> = counts.iter().map(|&at| counted(at)).collect();
    for (at, token) in tokens.iter().enumerate() {
        let Some(found) = slot(token) else { continue };
        let (before, after, near, far) = around(at);
        // "two lattes and a large mocha": a count since the last item says that the next one has begun.
        let begun = before.is_some_and(|entry| {
            let mut since = counts.iter().zip(&owners).filter(|&(&count, _)| goods[entry] < count && count < at);
            since.any(|(_, owner)| *owner == after)
        });
        // "a latte, large mocha": it leads where it touches the next one and not the last.
        let leads = far.is_some_and(|far| far <= Gap::Blank && near > Some(far));
        plan.owners[at] = match found {
            Slot::Item | Slot::Category | Slot::Unknown => {
                goods.iter().position(|&goods| goods == at).into_iter().collect()
            }
            Slot::Each => all.clone(),
            Slot::Quantity | Slot::Number => {
                counts.iter().position(|&count| count == at).and_then(|index| owners[index]).into_iter().collect()
            }
            Slot::WrongQuantity => after.or(before).into_iter().collect(),
            Slot::Mod(_) | Slot::Top(..) | Slot::PortionCount if shared => all.clone(),
            Slot::Mod(_) | Slot::Top(..) | Slot::PortionCount | Slot::WrongMod | Slot::WrongItem => {
                match (before, after) {
                    (Some(_), Some(after)) if begun || leads => vec![after],
                    (Some(before), _) => vec![before],
                    (None, after) => after.into_iter().collect(),
                }
            }
            _ => Vec::new(),
        };
    }
    plan.count(tokens);
    plan
}

/// How far apart two slots stand, other slots aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    /// Nothing between them.
    None,
    Blank,
    /// Words that do not part.
    Words,
    /// A comma, "and", 再来.
    Parted,
}

impl Gap {
    fn between(tokens: &[Token], from: usize, to: usize) -> Self {
        const WORDS: [&str; 12] =
            [" and ", "&", " plus ", " then ", "和", "跟", "再", "还", "另", " n ", "以及", " also "];
        let text =
            tokens[from..to].iter().filter_map(|token| if let Token::Text(text) = token { Some(text) } else { None });
        text.fold(Self::None, |gap, text| {
            let parts = text.contains([',', '，', '。', '.', ';', '；', '、', '!', '！', '?', '？', ':', '：'])
                || WORDS.iter().any(|word| text.contains(word));
            gap.max(match text.trim() {
                _ if parts => Self::Parted,
                "" if text.is_empty() => Self::None,
                "" => Self::Blank,
                _ => Self::Words,
            })
        })
    }
}

/// Versions of one item. English: `{q}` is the total and each `{n}` counts the version after it; Chinese names its parts.
fn split(tokens: &[Token]) -> Plan {
    let mut plan = Plan { owners: vec![Vec::new(); tokens.len()], split: true, ..Plan::default() };
    let total = positions(tokens, |slot| matches!(slot, Slot::Total(_) | Slot::Quantity)).first().copied();
    let named = !positions(tokens, |slot| matches!(slot, Slot::Part(_) | Slot::PartOne(_))).is_empty();
    let mut counted = Vec::new();
    let mut pending = None;
    for (at, token) in tokens.iter().enumerate() {
        match slot(token) {
            Some(Slot::Part(part) | Slot::PartOne(part)) => {
                let part = usize::from(part);
                grow(&mut plan.entries, &mut counted, part);
                counted[part] = true;
                plan.owners[at] = vec![part];
            }
            Some(Slot::Number) => pending = Some(at),
            Some(Slot::Mod(index) | Slot::Top(index, _)) => {
                let part = if named { usize::from(index.max(1) - 1) } else { plan.entries.len() };
                grow(&mut plan.entries, &mut counted, part);
                if let Some(count) = pending.take() {
                    plan.owners[count] = vec![part];
                    counted[part] = true;
                }
                plan.owners[at] = vec![part];
            }
            _ => {}
        }
    }
    if let Some(total) = total {
        for (entry, counted) in plan.entries.iter_mut().zip(&counted) {
            entry.rest = !counted;
        }
        plan.owners[total] = (0..plan.entries.len()).filter(|&entry| plan.entries[entry].rest).collect();
    }
    for at in positions(tokens, |slot| slot == Slot::Item) {
        plan.owners[at] = (0..plan.entries.len()).collect();
    }
    plan.count(tokens);
    plan
}

fn grow(entries: &mut Vec<EntryPlan>, counted: &mut Vec<bool>, part: usize) {
    while entries.len() <= part {
        entries.push(EntryPlan { anchor: Some(Slot::Item), ..EntryPlan::default() });
        counted.push(false);
    }
}

/// Slots that say something about an entry of the cart.
fn is_detail(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::Mod(_)
            | Slot::Top(..)
            | Slot::PortionCount
            | Slot::Number
            | Slot::Quantity
            | Slot::New
            | Slot::WrongMod
            | Slot::WrongQuantity
    )
}

/// Where slots of a kind stand.
pub fn positions(tokens: &[Token], wanted: impl Fn(Slot) -> bool) -> Vec<usize> {
    (0..tokens.len()).filter(|&at| slot(&tokens[at]).is_some_and(&wanted)).collect()
}

/// The slot of a token.
pub fn slot(token: &Token) -> Option<Slot> {
    match token {
        Token::Slot(slot) => Some(*slot),
        Token::Text(_) | Token::Group(..) => None,
    }
}

/// Whether the slot is a modifier that is really had, and how.
pub fn portion(slot: Slot) -> Option<Portion> {
    match slot {
        Slot::Mod(_) => Some(Portion::One),
        Slot::Top(_, portion) => Some(portion),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::SmallRng};

    use super::*;
    use crate::pattern::Line;

    #[track_caller]
    fn check(line: &str, grouping: Grouping, expected: &str) {
        let tokens = Line::parse(line).expect("sound").expand(&mut SmallRng::seed_from_u64(1));
        let plan = Plan::goods(&tokens, grouping);
        let mut shown: Vec<String> = Vec::new();
        for (at, owners) in plan.owners.iter().enumerate() {
            if let (Some(slot), false) = (slot(&tokens[at]), owners.is_empty()) {
                shown.push(format!("{slot:?}{owners:?}"));
            }
        }
        assert_eq!(shown.join(" "), expected, "{line}");
    }

    #[test]
    fn modifiers_belong_to_the_nearest_item() {
        use Grouping::{Near, Shared, Split};
        check("{q} {mod} {item}, {mod2}", Near, "Quantity[0] Mod(1)[0] Item[0] Mod(2)[0]");
        check("{q}{item}{mod}再来{q2}{item2}", Near, "Quantity[0] Item[0] Mod(1)[0] Quantity[1] Item[1]");
        check("{item} and {q} {mod} {item2}", Near, "Item[0] Quantity[1] Mod(1)[1] Item[1]");
        check("{item}{q}{mod}", Near, "Item[0] Quantity[0] Mod(1)[0]");
        check("{item} x{n}, {mod} {item2}", Near, "Item[0] Number[0] Mod(1)[1] Item[1]");
        check("{item}{mod} {mod2}{item2}", Near, "Item[0] Mod(1)[0] Mod(2)[1] Item[1]");
        check("{q} {item} with {top}, {item2}", Near, "Quantity[0] Item[0] Top(1, One)[0] Item[1]");
        check("{item}和{item2}各{each}都{mod}", Shared, "Item[0] Item[1] Each[0, 1] Mod(1)[0, 1]");
        check("{q} {item}, {n} {mod}", Split, "Item[0] Number[0] Mod(1)[0]");
        check("{q} {item}, {n} {mod}, the rest {mod2}", Split, "Quantity[1] Item[0, 1] Number[0] Mod(1)[0] Mod(2)[1]");
        check("{total}杯{item}，{a}杯加{top}，{b}杯不加", Split, "Item[0, 1] Part(0)[0] Top(1, One)[0] Part(1)[1]");
    }
}
