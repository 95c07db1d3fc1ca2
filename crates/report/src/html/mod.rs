//! The report as one HTML file: no script, no font and no picture from elsewhere, light and dark.
//!
//! Text of cases goes through maud, which escapes it; there is no other way into the page.
//! There is one style element and no style attribute, so that a content security policy can name it by its hash.

mod errors;
mod overview;
mod plots;
mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use crate::baseline::{Change, Comparison};
use crate::bound::Miss;
use crate::evaluation::{About, Evaluation};
use crate::rows::rows;

const STYLE: &str = include_str!("report.css");

/// The report as an HTML page.
#[must_use]
pub fn html(run: &Evaluation, comparison: Option<&Comparison>, misses: &[Miss]) -> String {
    let about = run.about();
    let wrong = run.counts().cases - run.counts().matched;
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                link rel="icon" href="data:,";
                title { (percent(Some(run.counts().frame_match()))) " · " (about.cases) " · Oolong" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.mark { "Oolong " span { "intent report" } }
                    nav aria-label="Sections" {
                        a href="#figures" { "Figures" }
                        @if comparison.is_some() { a href="#baseline" { "Baseline" } }
                        a href="#confidence" { "Confidence" }
                        a href="#intents" { "Intents" }
                        a href="#slices" { "Slices" }
                        a href="#errors" { "Errors " span.count { (wrong) } }
                        a href="#about" { "About" }
                    }
                }
                main {
                    (overview::overview(run, comparison, misses))
                    @if let Some(comparison) = comparison { (baseline(comparison, about)) }
                    (plots::confidence(run))
                    (tables::intents(run))
                    (tables::slices(run))
                    (errors::errors(run))
                    (details(about))
                }
            }
        }
    };
    page.into_string()
}

fn baseline(comparison: &Comparison, about: &About) -> Markup {
    markup! {
        section #baseline {
            h2 { "Against the baseline" }
            p.lead {
                (comparison.right_now) " of " (comparison.shared) " shared cases right, before "
                (comparison.right_before) ": "
                b.good { (comparison.better.len()) " better" } ", " b.bad { (comparison.worse.len()) " worse" } "."
            }
            @for remark in comparison.remarks(about) { p.notice { (remark) } }
            (changes("Worse: right before, wrong now", &comparison.worse, comparison.worse.len() <= 12))
            (changes("Better: wrong before, right now", &comparison.better, false))
        }
    }
}

fn changes(title: &str, changes: &[Change], open: bool) -> Markup {
    markup! {
        @if !changes.is_empty() {
            details.changes open[open] {
                summary { (title) " " span.count { (changes.len()) } }
                ol.errors {
                    @for change in changes.iter().take(errors::SHOWN) {
                        li.error {
                            div.head { code.id { (change.id) } }
                            p.said { (change.text) }
                            (errors::sides("before", "now", rows(&change.before, &change.now).iter().filter(|row| row.differs)))
                        }
                    }
                }
                @if changes.len() > errors::SHOWN { p.more { "The JSON report has all of them." } }
            }
        }
    }
}

fn details(about: &About) -> Markup {
    markup! {
        section #about {
            h2 { "About this run" }
            dl.about {
                dt { "Cases" } dd { (about.cases) " " code { "sha256 " (about.cases_sha256) } }
                dt { "Campaign" } dd { (about.campaign) " " code { "sha256 " (about.campaign_sha256) } }
                dt { "Parser" } dd { (about.parser) }
                @if let Some(model) = &about.model {
                    dt { "Model" }
                    dd { (model.name) ", " (model.bytes) " bytes " code { "sha256 " (model.sha256) } }
                }
                dt { "Threshold" } dd { (format!("{:.2}", about.threshold)) }
                dt { "Made" } dd { (utc(about.made)) " with oolong " (about.tool) }
            }
            p.more {
                "Frame match is exact: the same frames in the same order, every field equal, items as a multiset, "
                "modifiers as a set. Out of scope means the intent " code { "other" } "."
            }
        }
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// `2026-11-22 17:05 UTC`.
fn utc(seconds: u64) -> String {
    // Days to a date, after Howard Hinnant's civil_from_days; years begin in March, so that leap days come last.
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", seconds / 3_600 % 24, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    #[test]
    fn seconds_become_dates() {
        for (seconds, date) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_795_367_100, "2026-11-22 17:05 UTC"),
        ] {
            assert_eq!(super::utc(seconds), date);
        }
    }
}
