//! Published test sets as campaigns and cases, so that any [`IntentParser`] can be measured on them.
//!
//! A set brings its own notation; this crate translates, and is not a parser: what the parser did not find is not found
//! here either. It takes bytes and values; the command line reads the files. None of the sets is part of the repository.
//!
//! - [`FoodOrdering`] is PIZZA (Arkoudas et al. 2022, "PIZZA: A new benchmark for complex end-to-end task-oriented parsing")
//!   and FoodOrdering (Rubino et al. 2022, "Cross-TOP: Zero-shot cross-schema task-oriented parsing"). Their catalogs
//!   (schema and alias files) become a campaign, frames become EXR trees. Metric: unordered exact match.
//! - [`CoffeeTurns`] is Taskmaster-4 coffee (Google Research Datasets). Metric: items and quantities of ordering turns.
//! - [`OutOfScope`] is CLINC150 (Larson et al. 2019, "An evaluation dataset for intent classification and out-of-scope
//!   prediction") and xSID Chinese (van der Goot et al. 2021, "From masked language modeling to translation: Non-English
//!   auxiliary tasks improve zero-shot spoken language understanding").
//! - [`StoreSearch`] is CrossWOZ (Zhu et al. 2020, "CrossWOZ: A large-scale Chinese cross-domain task-oriented dialogue
//!   dataset").
//!
//! [`IntentParser`]: oolong_intent::IntentParser

mod benchmark;
mod ceiling;
mod coffee;
mod coffee_menu;
mod error;
mod exr;
mod foodordering;
mod lines;
mod menu;
mod named_slots;
mod naming;
mod schema;
mod scope;
mod store_search;
mod table;
mod units;
mod value;
mod writing;

pub use benchmark::{Benchmark, Judged, Metric, Verdict, run};
pub use coffee::CoffeeTurns;
pub use error::BenchmarkError;
pub use exr::unordered_match;
pub use foodordering::{FoodOrdering, Notation};
pub use menu::Menu;
pub use schema::{Intent, Skill, Slot};
pub use scope::OutOfScope;
pub use store_search::StoreSearch;
pub use table::{predictions, table};
pub use value::Value;
