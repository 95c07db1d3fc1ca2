//! From a run to what the page shows of it.

use oolong_intent::{Context, Intent};
use oolong_protocol::{Compared, Figures, IntentFigures, Outcome, Side, Slice, Subject, Wrong};
use oolong_report::{Change, Comparison, Counts, Evaluation, Judged};

/// So many wrong cases are shown; the reports have all.
const SHOWN: usize = 100;

/// Figures, the surest mistakes, and the comparison.
pub(super) fn outcome(run: &Evaluation, comparison: Option<&Comparison>) -> Outcome {
    let (about, counts) = (run.about(), run.counts());
    Outcome {
        summary: run.summary(),
        subject: Subject {
            cases: about.cases.clone(),
            campaign: about.campaign.clone(),
            parser: about.parser.clone(),
            model: about.model.as_ref().map(|model| model.name.clone()),
            threshold: about.threshold,
            skipped: about.skipped,
        },
        cases: counts.cases,
        matched: counts.matched,
        unanswered: run.judged().iter().filter(|one| one.answer.trouble.is_some()).count(),
        figures: figures(run),
        slices: slices(run),
        intents: intents(run),
        wrong: run.wrong().into_iter().take(SHOWN).map(|one| wrong(one, about.threshold)).collect(),
        comparison: comparison.map(|comparison| compared(comparison, run)),
    }
}

fn figures(run: &Evaluation) -> Figures {
    let (counts, latency, held_back) = (run.counts(), run.latency(), run.held_back());
    let point = run.coverage().at_threshold;
    Figures {
        frame_match: counts.frame_match(),
        intent_accuracy: counts.intent_accuracy(),
        item_f1: counts.item_f1(),
        modifier_f1: counts.modifier_f1(),
        oos_recall: held_back.map(|_| counts.oos_recall()),
        oos_precision: held_back.map(|_| counts.oos_precision()),
        held_back,
        coverage: point.map(|point| point.coverage),
        precision: point.and_then(|point| point.precision),
        calibration_error: run.calibration().expected_error,
        p50_ms: latency.p50,
        p95_ms: latency.p95,
    }
}

fn slices(run: &Evaluation) -> Vec<Slice> {
    let slice = |(name, counts): (&String, &Counts)| Slice {
        name: name.clone(),
        cases: counts.cases,
        matched: counts.matched,
        item_f1: counts.item_f1(),
        modifier_f1: counts.modifier_f1(),
    };
    let mut tags: Vec<_> = run.tags().iter().collect();
    tags.sort_by(|one, other| one.1.frame_match().total_cmp(&other.1.frame_match()).then(one.0.cmp(other.0)));
    run.languages().iter().chain(tags).map(slice).collect()
}

fn intents(run: &Evaluation) -> Vec<IntentFigures> {
    let scores = run.confusion().scores().into_iter();
    let figures = scores.map(|score| IntentFigures {
        intent: score.intent.name().to_owned(),
        gold: score.gold,
        precision: score.precision,
        recall: score.recall,
        f1: score.f1,
        taken_for: score
            .taken_for
            .into_iter()
            .map(|(intent, count)| (intent.map(Intent::name).map(str::to_owned), count))
            .collect(),
    });
    figures.collect()
}

fn wrong(one: &Judged, threshold: f32) -> Wrong {
    let known = one.case.context != Context::default();
    let sides = one.rows().into_iter();
    let sides = sides.map(|row| Side { path: row.path, expected: row.gold, found: row.got, differs: row.differs });
    Wrong {
        id: one.case.id.clone(),
        lang: one.case.lang.clone(),
        text: one.case.text.clone(),
        context: known.then(|| serde_json::to_string(&one.case.context).unwrap_or_default()),
        confidence: one.answer.confidence,
        sure: one.answer.confidence >= threshold,
        trouble: one.answer.trouble.clone(),
        rows: sides.collect(),
    }
}

fn compared(comparison: &Comparison, run: &Evaluation) -> Compared {
    let first = |changes: &[Change]| -> Vec<(String, String)> {
        changes.iter().take(SHOWN).map(|change| (change.id.clone(), change.text.clone())).collect()
    };
    Compared {
        shared: comparison.shared,
        before: comparison.right_before,
        now: comparison.right_now,
        better: first(&comparison.better),
        better_count: comparison.better.len(),
        worse: first(&comparison.worse),
        worse_count: comparison.worse.len(),
        remarks: comparison.remarks(run.about()),
    }
}

#[cfg(test)]
mod tests {
    use oolong_catalog::Campaign;
    use oolong_intent::{Frame, Parse, ParserKind};
    use oolong_report::{About, Answer, Baseline};

    use super::*;

    fn run(answers: impl Fn(&[Frame]) -> Vec<Frame>) -> Evaluation {
        let campaign = include_bytes!("../../../../public/campaign.json");
        let campaign = Campaign::from_json(campaign).expect("the sample campaign is sound");
        let text = |text: &str| text.to_owned();
        let mut run = Evaluation::new(About {
            tool: text("1"),
            parser: text("keyword"),
            model: None,
            campaign: campaign.id.clone(),
            campaign_sha256: text("c"),
            cases: text("cases.jsonl"),
            cases_sha256: text("f"),
            threshold: 0.5,
            made: 1,
            skipped: 2,
        });
        for case in oolong_report::template(&campaign) {
            let frames = answers(&case.frames);
            let parse = Parse { frames, confidence: 0.9, parser: ParserKind::Keyword, evidence: Default::default() };
            run.add(case, Answer::new(Ok::<_, String>(parse), 1.0));
        }
        run
    }

    #[test]
    fn a_perfect_run_has_no_mistakes_to_show() {
        let run = run(<[Frame]>::to_vec);
        let outcome = outcome(&run, None);
        assert_eq!(outcome.summary, run.summary());
        assert_eq!((outcome.cases, outcome.matched, outcome.wrong.len()), (run.counts().cases, run.counts().cases, 0));
        assert!((outcome.figures.frame_match - 1.0).abs() < 1e-9, "{:?}", outcome.figures);
        assert_eq!(outcome.subject.skipped, 2);
    }

    #[test]
    fn mistakes_are_shown_side_by_side_and_compared() {
        let before = run(<[Frame]>::to_vec);
        let before = Baseline::from_json(&oolong_report::json(&before, None)).expect("a report is a baseline");
        let run = run(|_| vec![Frame::new(Intent::Chat)]);
        let comparison = before.compare(&run).expect("the same cases");
        let outcome = outcome(&run, Some(&comparison));
        assert_eq!(outcome.wrong.len(), outcome.cases - outcome.matched);
        assert!(outcome.wrong.iter().all(|wrong| wrong.sure && wrong.rows.iter().any(|row| row.differs)));
        let compared = outcome.comparison.expect("there is a baseline");
        assert_eq!((compared.better_count, compared.worse_count), (0, outcome.cases));
        assert_eq!((compared.before, compared.now), (outcome.cases, 0));
    }
}
