//! What becomes of a frame: cart, prices, vouchers, and what the agent answers.
//!
//! Frames go in, plain [`Answer`]s come out; the words for them are the shell's business, in as many languages as it
//! likes. There is no clock, no network and no browser here, so the same policy can run in a page and on a server.

mod action;
mod answer;
mod asking;
mod buying;
mod cart;
mod changing;
mod clock;
mod dialogue;
mod modifiers;
mod money;
mod nearest;
mod ordering;
mod pricing;
mod state;
mod turn;
mod voucher;

pub use action::Action;
pub use answer::{
    Also, Answer, CartChange, Choice, Details, Entry, EntryKind, MenuScope, Question, Refused, StoreWish, Summary,
};
pub use cart::{Cart, Line, LineId, MAX_QUANTITY};
pub use clock::seconds;
pub use dialogue::{Dialogue, Heard};
pub use modifiers::{included, offers};
pub use money::format_money;
pub use nearest::nearest;
pub use pricing::{Totals, line_price, unit_price};
pub use state::{Order, Placed, State};
pub use voucher::{Misfit, saving};
