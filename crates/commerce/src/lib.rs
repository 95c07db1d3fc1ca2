//! What becomes of a frame: cart, prices, vouchers, and what the agent answers.
//!
//! Frames go in, plain [`Answer`]s come out; the words for them are the shell's business, in as many languages as it
//! likes. There is no clock, no network and no browser here, so the same policy can run in a page and on a server.

mod action;
mod answer;
mod asking;
mod basket;
mod best;
mod buying;
mod cart;
mod changing;
mod clock;
mod dialogue;
mod goods;
mod misfit;
mod modifiers;
mod money;
mod nearest;
mod ordering;
mod price;
mod pricing;
mod search;
mod state;
mod turn;
mod voucher;

pub use action::Action;
pub use answer::{
    Also, Answer, CartChange, Choice, Details, Entry, EntryKind, MenuScope, Question, Refused, StoreWish, Summary,
};
pub use best::{Best, Held, best};
pub use cart::{Cart, Line, LineId, MAX_QUANTITY};
pub use clock::seconds;
pub use dialogue::{Dialogue, Heard};
pub use goods::{GoodsError, MAX_LINES, Wanted, check_goods};
pub use misfit::Misfit;
pub use modifiers::{included, offers};
pub use money::format_money;
pub use nearest::nearest;
pub use price::{Allocation, AllocationTarget, AppliedDiscount, Price, Priced, PricedLine, Reason, price};
pub use pricing::{Totals, line_price, unit_price};
pub use state::{Order, Placed, State};
pub use voucher::saving;
