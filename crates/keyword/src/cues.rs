//! Cue words: what a word is a sign of, from the lists in `data`.

use std::collections::HashMap;

use oolong_catalog::text::{Atom, AtomKind, atoms};

const LISTS: [&str; 2] = [include_str!("../data/en.txt"), include_str!("../data/zh.txt")];

/// What a word or a few can be a sign of. The first fifteen are signs of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cue {
    Order,
    /// Wishes for something, be it goods or a change.
    Want,
    Change,
    Remove,
    /// Calls off goods or the order, depending on what is named.
    Cancel,
    CancelOrder,
    FindStore,
    CheckStock,
    FindVoucher,
    ClaimVoucher,
    UseVoucher,
    AskMenu,
    OrderStatus,
    Confirm,
    Deny,
    Chat,
    Other,
    /// "Where", which asks for a shop only beside other signs.
    Where,
    /// "Do you have", which asks for goods, a shop or a voucher.
    Have,
    /// "Voucher" as a word.
    Coupon,
    Joint,
    All,
    Each,
    Last,
    Without,
    Extra,
    /// What follows is what something becomes.
    Into,
    /// The shopper corrects what was just said.
    Fix,
    Here,
    Nearest,
    Fastest,
    Cheapest,
    Open,
    Now,
    AtMost,
    Pickup,
    Delivery,
    /// Delivery, and a place follows.
    DeliverTo,
    /// A place follows.
    Near,
    /// Stands for goods without naming any.
    Generic,
    Filler,
}

const HEADERS: [(&str, Cue); 41] = [
    ("order", Cue::Order),
    ("want", Cue::Want),
    ("change", Cue::Change),
    ("remove", Cue::Remove),
    ("cancel", Cue::Cancel),
    ("cancel_order", Cue::CancelOrder),
    ("find_store", Cue::FindStore),
    ("check_stock", Cue::CheckStock),
    ("find_voucher", Cue::FindVoucher),
    ("claim_voucher", Cue::ClaimVoucher),
    ("use_voucher", Cue::UseVoucher),
    ("ask_menu", Cue::AskMenu),
    ("order_status", Cue::OrderStatus),
    ("confirm", Cue::Confirm),
    ("deny", Cue::Deny),
    ("chat", Cue::Chat),
    ("other", Cue::Other),
    ("where", Cue::Where),
    ("have", Cue::Have),
    ("coupon", Cue::Coupon),
    ("joint", Cue::Joint),
    ("all", Cue::All),
    ("each", Cue::Each),
    ("last", Cue::Last),
    ("without", Cue::Without),
    ("extra", Cue::Extra),
    ("into", Cue::Into),
    ("fix", Cue::Fix),
    ("here", Cue::Here),
    ("nearest", Cue::Nearest),
    ("fastest", Cue::Fastest),
    ("cheapest", Cue::Cheapest),
    ("open", Cue::Open),
    ("now", Cue::Now),
    ("at_most", Cue::AtMost),
    ("pickup", Cue::Pickup),
    ("delivery", Cue::Delivery),
    ("deliver_to", Cue::DeliverTo),
    ("near", Cue::Near),
    ("generic", Cue::Generic),
    ("filler", Cue::Filler),
];

/// All that one word is a sign of: "no" denies, leaves out and corrects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CueSet(u64);

impl CueSet {
    pub(crate) fn has(self, cue: Cue) -> bool {
        self.0 & (1 << cue as u32) != 0
    }

    pub(crate) fn any(self, cues: &[Cue]) -> bool {
        cues.iter().any(|cue| self.has(*cue))
    }

    pub(crate) fn add(&mut self, cue: Cue) {
        self.0 |= 1 << cue as u32;
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether it is nothing but this.
    pub(crate) fn is_only(self, cue: Cue) -> bool {
        self.0 == 1 << cue as u32
    }
}

/// All cue words of both languages.
#[derive(Debug)]
pub(crate) struct Cues {
    known: HashMap<String, CueSet>,
    longest: usize,
}

impl Cues {
    pub(crate) fn new() -> Self {
        let mut cues = Self { known: HashMap::new(), longest: 0 };
        for list in LISTS {
            let mut header = None;
            for line in list.lines() {
                match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    Some(name) => header = HEADERS.iter().find(|(known, _)| *known == name).map(|(_, cue)| *cue),
                    None => cues.add(header, line),
                }
            }
        }
        cues
    }

    /// The longest cue at the front of `atoms`: how many atoms it takes, and what it is a sign of.
    pub(crate) fn at(&self, atoms: &[Atom]) -> Option<(usize, CueSet)> {
        let mut key = String::new();
        let mut found = None;
        for (index, atom) in atoms.iter().enumerate().take(self.longest) {
            extend(&mut key, atom);
            if let Some(set) = self.known.get(&key) {
                found = Some((index + 1, *set));
            }
        }
        found
    }

    fn add(&mut self, header: Option<Cue>, line: &str) {
        let (Some(cue), parts) = (header, atoms(line)) else { return };
        let mut key = String::new();
        parts.iter().for_each(|atom| extend(&mut key, atom));
        self.longest = self.longest.max(parts.len());
        self.known.entry(key).or_default().add(cue);
    }
}

/// Latin words are set apart, so that "for me" is not found in "forme".
fn extend(key: &mut String, atom: &Atom) {
    if atom.kind == AtomKind::Word && !key.is_empty() {
        key.push(' ');
    }
    key.push_str(&atom.norm);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_small_and_every_header_is_known() {
        assert!(LISTS.iter().map(|list| list.len()).sum::<usize>() < 12_000);
        for header in LISTS.iter().flat_map(|list| list.lines()).filter(|line| line.starts_with('[')) {
            assert!(HEADERS.iter().any(|(name, _)| format!("[{name}]") == header), "{header}");
        }
        for (name, cue) in HEADERS {
            let listed = LISTS.iter().any(|list| list.lines().any(|line| line == format!("[{name}]")));
            assert!(listed, "{name} ({cue:?}) has no cue");
        }
    }

    #[test]
    fn the_longest_cue_is_found() {
        let cues = Cues::new();
        let at = |text: &str| cues.at(&atoms(text)).map(|(count, _)| count);
        assert_eq!(at("cancel my order please"), Some(3));
        assert_eq!(at("cancel the plum cake"), Some(1));
        assert_eq!(at("取消订单"), Some(4));
        assert_eq!(at("zebra"), None);
    }
}
