//! Confidence and time as pictures: inline SVG, readable at 320 pixels.

use maud::{Markup, html};

use super::percent;
use crate::calibration::Bin;
use crate::coverage::Point;
use crate::evaluation::Evaluation;

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 250.0;
/// The drawing area's edges: room for labels below and on the left.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 388.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 208.0;

pub(super) fn confidence(run: &Evaluation) -> Markup {
    let (calibration, coverage) = (run.calibration(), run.coverage());
    let threshold = f64::from(run.about().threshold);
    html! {
        section #confidence {
            h2 { "Confidence and time" }
            div.plots {
                figure {
                    figcaption { b { "Coverage against precision" } " If only the surest answers are acted upon, how many, and how often right?" }
                    (coverage_curve(&coverage.points, coverage.at_threshold))
                    table.small {
                        thead { tr { th { "precision" } th { "coverage" } th { "confidence from" } } }
                        tbody {
                            @for (target, point) in &coverage.reachable {
                                tr {
                                    td { (format!("≥ {:.0} %", target * 100.0)) }
                                    td { (percent(point.map(|point| point.coverage))) }
                                    td { (point.map_or_else(|| "not reached".to_owned(), |point| format!("{:.3}", point.threshold))) }
                                }
                            }
                        }
                    }
                }
                figure {
                    figcaption { b { "Reliability" } " Of answers with a confidence of 80 %, 80 % should be right: the diagonal." }
                    (reliability(&calibration.bins))
                    p.more { "Expected calibration error " (format!("{:.3}", calibration.expected_error)) ", Brier score " (format!("{:.3}", calibration.brier)) "." }
                }
                figure {
                    figcaption { b { "Confidence" } " How sure the parser was, by whether it was right." }
                    (histogram(&calibration.bins, threshold))
                    p.legend { span.key.right-key {} "right" span.key.wrong-key {} "wrong" span.key.line-key {} "threshold" }
                }
                figure {
                    figcaption { b { "Latency" } " Milliseconds per answer, on the machine of this run." }
                    (latency(run))
                    (latency_table(run))
                }
            }
        }
    }
}

fn across(share: f64) -> f64 {
    LEFT + share * (RIGHT - LEFT)
}

fn up(share: f64) -> f64 {
    BOTTOM - share * (BOTTOM - TOP)
}

fn n(value: f64) -> String {
    format!("{value:.1}")
}

/// A plot's frame: grid, labels on both axes, and what is drawn in it.
fn plot(title: &str, x: &str, x_labels: &[(f64, String)], y_labels: &[(f64, String)], body: &Markup) -> Markup {
    html! {
        svg.plot viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) {
            @for (share, label) in y_labels {
                line.grid x1=(n(LEFT)) x2=(n(RIGHT)) y1=(n(up(*share))) y2=(n(up(*share))) {}
                text.y x=(n(LEFT - 6.0)) y=(n(up(*share) + 4.0)) { (label) }
            }
            @for (share, label) in x_labels { text.x x=(n(across(*share))) y=(n(BOTTOM + 17.0)) { (label) } }
            text.axis x=(n(f64::midpoint(LEFT, RIGHT))) y=(n(HEIGHT - 6.0)) { (x) }
            (body)
        }
    }
}

fn shares() -> Vec<(f64, String)> {
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0].map(|share| (share, format!("{:.0}", share * 100.0))).to_vec()
}

fn coverage_curve(points: &[Point], at: Option<Point>) -> Markup {
    // From the lowest precision down to the next ten percent, so that differences at the top can be seen.
    let lowest = points.iter().filter_map(|point| point.precision).fold(1.0, f64::min);
    let floor = ((lowest * 10.0).floor() / 10.0).min(0.9);
    let scaled = |precision: f64| up((precision - floor) / (1.0 - floor));
    let step = points.len().div_ceil(400).max(1);
    let mut path = String::new();
    for (index, point) in points.iter().enumerate() {
        if index % step == 0 || index + 1 == points.len() {
            let command = if path.is_empty() { 'M' } else { 'L' };
            let y = scaled(point.precision.unwrap_or(1.0));
            path.push_str(&format!("{command}{:.1} {y:.1}", across(point.coverage)));
        }
    }
    let labels: Vec<(f64, String)> = [0.0, 0.25, 0.5, 0.75, 1.0]
        .map(|share| (share, format!("{:.0}", 100.0 * (floor + share * (1.0 - floor)))))
        .to_vec();
    let body = html! {
        path.curve d=(path) {}
        @if let Some((point, precision)) = at.and_then(|point| Some((point, point.precision?))) {
            line.mark x1=(n(across(point.coverage))) x2=(n(across(point.coverage))) y1=(n(TOP)) y2=(n(BOTTOM)) {}
            circle.dot cx=(n(across(point.coverage))) cy=(n(scaled(precision).min(BOTTOM))) r="5" {}
            @let left = point.coverage > 0.5;
            @let near = if left { across(point.coverage) - 9.0 } else { across(point.coverage) + 9.0 };
            @let below = scaled(precision) < f64::midpoint(TOP, BOTTOM);
            @let height = if below { BOTTOM - 22.0 } else { TOP + 14.0 };
            text.note.end[left] x=(n(near)) y=(n(height)) { "threshold " (format!("{:.2}", point.threshold)) }
            text.note.end[left] x=(n(near)) y=(n(height + 15.0)) { (percent(Some(precision))) " right at " (percent(Some(point.coverage))) }
        }
    };
    plot("precision over coverage", "coverage, % of cases · upwards: precision, %", &shares(), &labels, &body)
}

fn reliability(bins: &[Bin]) -> Markup {
    let most = bins.iter().map(|bin| bin.cases).max().unwrap_or(0).max(1);
    let body = html! {
        line.ideal x1=(n(across(0.0))) y1=(n(up(0.0))) x2=(n(across(1.0))) y2=(n(up(1.0))) {}
        @for bin in bins.iter().filter(|bin| bin.cases > 0) {
            @let weight = (share(bin.cases, most)).sqrt();
            line.gap x1=(n(across(bin.confidence))) x2=(n(across(bin.confidence))) y1=(n(up(bin.confidence))) y2=(n(up(bin.accuracy))) {}
            circle.dot cx=(n(across(bin.confidence))) cy=(n(up(bin.accuracy))) r=(n(3.0 + 6.0 * weight)) {
                title { (bin.right) " of " (bin.cases) " right, mean confidence " (percent(Some(bin.confidence))) }
            }
        }
    };
    plot("share of right answers over confidence", "confidence, % · upwards: right, %", &shares(), &shares(), &body)
}

fn histogram(bins: &[Bin], threshold: f64) -> Markup {
    let (top, labels) = scale(bins.iter().map(|bin| bin.cases).max().unwrap_or(0));
    let width = (RIGHT - LEFT) / 10.0;
    let body = html! {
        @for (index, bin) in bins.iter().enumerate().filter(|(_, bin)| bin.cases > 0) {
            @let x = LEFT + width * real(index) + 1.5;
            @let (right, all) = (share(bin.right, top), share(bin.cases, top));
            g {
                title { (bin.right) " right, " (bin.cases - bin.right) " wrong" }
                rect.wrong x=(n(x)) width=(n(width - 3.0)) y=(n(up(all))) height=(n(up(right) - up(all))) {}
                rect.right x=(n(x)) width=(n(width - 3.0)) y=(n(up(right))) height=(n(BOTTOM - up(right))) {}
            }
        }
        line.mark x1=(n(across(threshold))) x2=(n(across(threshold))) y1=(n(TOP)) y2=(n(BOTTOM)) {}
    };
    plot("right and wrong answers over confidence", "confidence, % · upwards: cases", &shares(), &labels, &body)
}

fn latency(run: &Evaluation) -> Markup {
    const BARS: usize = 24;
    let latency = run.latency();
    // The slowest percent would squeeze the others into one bar: it is counted into the last one.
    let end = round_up(latency.p99);
    let mut counts = [0usize; BARS];
    for ms in &latency.sorted {
        counts[bucket(ms / end, BARS)] += 1;
    }
    let (top, labels) = scale(counts.iter().copied().max().unwrap_or(0));
    let ticks: Vec<(f64, String)> = [0.0, 0.25, 0.5, 0.75, 1.0]
        .map(|share| (share, format!("{:.*}", usize::from(end < 20.0), share * end)))
        .to_vec();
    let width = (RIGHT - LEFT) / real(BARS);
    let body = html! {
        @for (index, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            rect.right x=(n(LEFT + width * real(index) + 1.0)) width=(n(width - 2.0)) y=(n(up(share(*count, top)))) height=(n(BOTTOM - up(share(*count, top)))) {}
        }
        @for (index, (name, ms)) in [("p50", latency.p50), ("p95", latency.p95)].into_iter().enumerate().filter(|_| !latency.sorted.is_empty()) {
            @let x = across(ms / end);
            line.mark x1=(n(x)) x2=(n(x)) y1=(n(TOP)) y2=(n(BOTTOM)) {}
            text.note.end[ms / end > 0.6] x=(n(if ms / end > 0.6 { x - 5.0 } else { x + 5.0 })) y=(n(TOP + 10.0 + 15.0 * real(index))) { (name) " " (format!("{ms:.1}")) }
        }
    };
    plot("answers over milliseconds", "milliseconds · upwards: answers", &ticks, &labels, &body)
}

fn latency_table(run: &Evaluation) -> Markup {
    let latency = run.latency();
    let columns = [
        ("p50", latency.p50),
        ("p90", latency.p90),
        ("p95", latency.p95),
        ("p99", latency.p99),
        ("slowest", latency.max),
    ];
    html! {
        table.small {
            thead { tr { @for (name, _) in columns { th { (name) } } } }
            tbody { tr { @for (_, ms) in columns { td { (format!("{ms:.1}")) } } } }
        }
    }
}

/// The upper end of a count axis and its labels: not below `most`, and four times a round number.
fn scale(most: usize) -> (usize, Vec<(f64, String)>) {
    let mut decade = 1;
    let top = loop {
        match [4, 8, 12, 20].into_iter().map(|top| top * decade).find(|top| *top >= most) {
            Some(top) => break top,
            None => decade *= 10,
        }
    };
    (top, (0..=4).map(|quarter| (real(quarter) / 4.0, (top * quarter / 4).to_string())).collect())
}

/// The next round number of milliseconds.
fn round_up(ms: f64) -> f64 {
    let decade = 10f64.powf(ms.max(1e-3).log10().floor());
    let steps = [1.0, 1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0, 10.0];
    steps.into_iter().map(|step| step * decade).find(|end| *end >= ms).unwrap_or(ms)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the share is not negative, and cut off")]
fn bucket(share: f64, count: usize) -> usize {
    ((share * real(count)) as usize).min(count - 1)
}

fn share(part: usize, whole: usize) -> f64 {
    crate::confusion::ratio(part, whole)
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
fn real(count: usize) -> f64 {
    count as f64
}
