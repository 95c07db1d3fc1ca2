//! What is seen. Components read signals and pass on what is pressed; they decide nothing.

#![expect(clippy::needless_pass_by_value, reason = "a component owns its props")]
#![expect(unreachable_pub, reason = "the component macro writes `pub` where it is told `pub(crate)`")]

mod agent;
mod answers;
mod campaign_error;
mod cart;
mod composer;
mod conversation;
mod counter;
mod goods;
mod header;
mod item_card;
mod model;
mod order;
mod questions;
mod thumb;
mod understood;
mod vouchers;

pub(crate) use campaign_error::CampaignError;
pub(crate) use cart::Cart;
pub(crate) use composer::Composer;
pub(crate) use conversation::Conversation;
pub(crate) use counter::OpenPanel;
pub(crate) use header::Header;
pub(crate) use model::ModelStrip;
