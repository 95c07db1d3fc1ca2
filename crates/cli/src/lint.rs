//! `oolong lint`: is every line of a test file a sound case of this campaign?

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::cases::lint;
use crate::load::CampaignSource;
use crate::outputs::print;

/// What to check.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Test cases, JSON Lines or CSV (by the name's ending).
    cases: PathBuf,
    #[command(flatten)]
    campaign: CampaignSource,
}

/// Checks and prints; 2 if anything is wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (campaign, _) = arguments.campaign.read()?;
    let mut languages: BTreeMap<String, u64> = BTreeMap::new();
    let problems = lint(&arguments.cases, &campaign, |case| *languages.entry(case.lang).or_default() += 1)?;
    let file = arguments.cases.display().to_string();
    let (sound, wrong) = (languages.values().sum::<u64>(), problems.count);
    let languages: Vec<String> = languages.iter().map(|(language, count)| format!("{language} {count}")).collect();
    let listing = if wrong == 0 { String::new() } else { problems.listing(&file) + "\n" };
    let found = if languages.is_empty() { String::new() } else { format!(" ({})", languages.join(", ")) };
    print(&format!("{listing}{file}: {sound} sound cases{found}, {wrong} bad lines\n"))?;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
