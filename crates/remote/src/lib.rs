//! The remote agent as a parser: what it is asked, and how far its answer is believed.
//!
//! A [`Question`] holds everything that leaves the device: the sentence, what the agent knows (the cart, what it has just
//! asked), and the part of the campaign that the sentence may refer to. It becomes a chat completion request that any
//! OpenAI-compatible server takes, and [`read`] takes the answer for what it is: text from a stranger.
//! Nothing here sends anything; that is the work of the shells.

mod excerpt;
mod question;
mod reply;
mod schema;
mod stream;

pub use excerpt::excerpt;
pub use question::{Asked, Format, NotAsked, Question, asked};
pub use reply::{DEFAULT_CONFIDENCE, NoAnswer, completion, read};
pub use schema::schema;
pub use stream::Collected;
