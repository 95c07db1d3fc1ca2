//! What someone wants to buy, as plain data, and whether a campaign sells it like that.

use oolong_catalog::{Campaign, Select};
use oolong_intent::ModifierChoice;
use thiserror::Error;

use crate::{
    cart::{Line, MAX_QUANTITY},
    modifiers::offers,
    state::Order,
};

/// The most lines of one order.
pub const MAX_LINES: usize = 200;

/// Some number of one item, all made alike. Borrows, so that carts and requests are priced without copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Id of the menu item.
    pub item: &'a str,
    /// How many.
    pub quantity: u16,
    /// How it should be made; defaults are not filled in.
    pub modifiers: &'a [ModifierChoice],
}

impl<'a> From<&'a Line> for Wanted<'a> {
    fn from(line: &'a Line) -> Self {
        Self { item: &line.item, quantity: line.quantity, modifiers: &line.modifiers }
    }
}

impl Order {
    /// The goods as plain data, in cart order.
    #[must_use]
    pub fn goods(&self) -> Vec<Wanted<'_>> {
        self.cart.lines().iter().map(Wanted::from).collect()
    }
}

/// Goods that the campaign does not sell like that.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{path}`: expected {expected}, found {found}")]
pub struct GoodsError {
    /// Where: `lines[1].modifiers[0]`.
    pub path: String,
    /// What would do.
    pub expected: &'static str,
    /// What stood there, shortened.
    pub found: String,
}

/// Checks that the campaign sells these goods as they are wanted: pricing takes whatever it is given.
///
/// # Errors
/// [`GoodsError`] with the path of the first entry that does not fit.
pub fn check_goods(campaign: &Campaign, goods: &[Wanted<'_>]) -> Result<(), GoodsError> {
    if goods.is_empty() || goods.len() > MAX_LINES {
        return Err(error("lines", "1 to 200 lines", &goods.len().to_string()));
    }
    for (index, wanted) in goods.iter().enumerate() {
        let path = format!("lines[{index}]");
        let Some((_, item)) = campaign.item(wanted.item) else {
            return Err(error(&format!("{path}.item"), "an item of the campaign", wanted.item));
        };
        if !(1..=MAX_QUANTITY).contains(&wanted.quantity) {
            return Err(error(&format!("{path}.quantity"), "1 to 999", &wanted.quantity.to_string()));
        }
        for (at, choice) in wanted.modifiers.iter().enumerate() {
            let wrong = |expected| Err(error(&format!("{path}.modifiers[{at}]"), expected, &choice.to_string()));
            if !offers(campaign, item, choice) {
                return wrong("a modifier that the item offers");
            }
            let before = &wanted.modifiers[..at];
            if before.iter().any(|known| known.group == choice.group && known.modifier == choice.modifier) {
                return wrong("each modifier once");
            }
            if campaign.group(&choice.group).is_some_and(|group| group.select == Select::One) && choice.portions > 0 {
                if choice.portions > 1 {
                    return wrong("one portion where one modifier is chosen");
                }
                if before.iter().any(|known| known.group == choice.group && known.portions > 0) {
                    return wrong("one modifier of this group");
                }
            }
        }
    }
    Ok(())
}

fn error(path: &str, expected: &'static str, found: &str) -> GoodsError {
    GoodsError { path: path.to_owned(), expected, found: found.chars().take(60).collect() }
}
