//! A frame together with the places in the text that say it: what the corpus generator knows and training needs.

use std::ops::Range;

use oolong_intent::{Context, Fulfilment, Intent, Prefer};

/// Bytes of the text.
pub type Said = Range<usize>;

/// One labelled utterance of the corpus.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What is said.
    pub text: String,
    /// What the agent knows.
    pub context: Context,
    /// What it means, and where each part is said.
    pub frames: Vec<AlignedFrame>,
}

/// A frame whose fields say where in the text they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct AlignedFrame {
    /// What the shopper does.
    pub intent: Intent,
    /// Goods or cart entries.
    pub entries: Vec<AlignedEntry>,
    /// Brand id. A brand that the context already gives may be said; it is left out of the frame all the same.
    pub brand: Option<(String, Said)>,
    /// Voucher id.
    pub voucher: Option<(String, Said)>,
    /// Where.
    pub place: Option<AlignedPlace>,
    /// When.
    pub when: Option<AlignedWhen>,
    /// Pickup or delivery.
    pub fulfilment: Option<Fulfilment>,
    /// Nearest, fastest, cheapest.
    pub prefer: Option<Prefer>,
    /// Only open shops.
    pub open_now: bool,
    /// The amount: number with or without its currency.
    pub max_price: Option<Said>,
}

impl AlignedFrame {
    /// A frame with nothing but its intent.
    #[must_use]
    pub fn new(intent: Intent) -> Self {
        Self {
            intent,
            entries: Vec::new(),
            brand: None,
            voucher: None,
            place: None,
            when: None,
            fulfilment: None,
            prefer: None,
            open_now: false,
            max_price: None,
        }
    }
}

/// Where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlignedPlace {
    /// Near the shopper.
    Here,
    /// The words for the place.
    Words(Said),
}

/// When.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlignedWhen {
    /// Right now.
    Now,
    /// A clock time or a duration: "3:30 pm", "20 minutes", 半小时.
    Words(Said),
}

/// An entry of a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlignedEntry {
    /// What it is.
    pub goods: Option<AlignedGoods>,
    /// Which entry of the cart.
    pub target: Option<AlignedTarget>,
    /// How many; `None` is one in an `order` and nothing elsewhere.
    pub quantity: Option<AlignedQuantity>,
    /// What was said about it.
    pub modifiers: Vec<AlignedModifier>,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlignedGoods {
    /// Item id, the words that name it.
    Item(String, Said),
    /// Category id, the words that name it.
    Category(String, Said),
    /// Words for something that no menu in scope has.
    Unknown(Said),
}

/// Which entry of the cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlignedTarget {
    /// It, that one.
    Last,
    /// All of them.
    All,
    /// The ordinal ("second", 第二).
    Nth(u16, Said),
    /// Item id, the words that name it.
    Item(String, Said),
}

/// How many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlignedQuantity {
    /// A number that is said.
    Said(Said),
    /// What remains of a number that is said, once the other entries of the same item have taken theirs:
    /// "three flat whites, one of them decaf" is 3 − 1 and 1.
    Rest(Said),
}

/// A modifier and how it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedModifier {
    /// Group id.
    pub group: String,
    /// Modifier id.
    pub modifier: String,
    /// The words that name it.
    pub said: Said,
    /// How many portions.
    pub portions: AlignedPortions,
}

/// How many portions of a modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlignedPortions {
    /// One.
    One,
    /// None: "no pearls".
    Without,
    /// Two, by a word like "extra" or "double".
    Double,
    /// A number that is said: "two portions of".
    Said(Said),
}
