//! Files of test cases: JSON Lines or CSV in, sound cases or problems with line and reason out.

mod check;
mod comma;
mod lines;
mod problem;
mod read;
mod template;
mod write;

pub use problem::{Problem, Problems};
pub use read::{Cases, Format};
pub use template::template;
pub(crate) use write::table;
pub use write::write_cases;
