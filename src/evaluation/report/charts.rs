//! The three charts of confidence as SVG: how often which confidence occurs, whether it is true
//! (reliability diagram, Guo et al. 2017), and what thresholds would give (risk–coverage curve).

use maud::{Markup, html};

use crate::evaluation::measures::{Bin, RiskPoint, share};
use crate::evaluation::report::analysis::Bar;
use crate::evaluation::report::text::{percent, px};

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 44.0;
/// Points of the curve that are drawn; more are not seen.
const DRAWN: usize = 400;

/// The place of a value from 0 to 1 on the horizontal axis.
fn x(value: f64) -> f64 {
    LEFT + value * (WIDTH - LEFT - RIGHT)
}

/// A chart whose horizontal axis goes from 0 to 1.
struct Frame {
    /// The top of the vertical axis.
    most: f64,
    /// Ticks of the vertical axis with their labels.
    ticks: Vec<(f64, String)>,
    labels: [&'static str; 2],
}

impl Frame {
    fn y(&self, value: f64) -> f64 {
        let share = if self.most > 0.0 { value / self.most } else { 0.0 };
        HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
    }

    /// The chart around `inside`; `name` is read to those who do not see it.
    fn around(&self, name: &str, inside: &Markup) -> Markup {
        let [across, upwards] = self.labels;
        let middle = f64::midpoint(TOP, HEIGHT - BOTTOM);
        html! {
            svg.chart viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(name) {
                @for (at, label) in &self.ticks {
                    line.grid x1=(px(x(0.0))) x2=(px(x(1.0))) y1=(px(self.y(*at))) y2=(px(self.y(*at))) {}
                    text x=(px(LEFT - 7.0)) y=(px(self.y(*at) + 3.5)) text-anchor="end" { (label) }
                }
                @for tenths in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
                    text x=(px(x(tenths))) y=(px(HEIGHT - BOTTOM + 16.0)) text-anchor="middle" {
                        (format!("{tenths:.1}"))
                    }
                }
                (inside)
                line.axis x1=(px(LEFT)) x2=(px(WIDTH - RIGHT)) y1=(px(self.y(0.0))) y2=(px(self.y(0.0))) {}
                text.label x=(px(x(0.5))) y=(px(HEIGHT - 8.0)) text-anchor="middle" { (across) }
                text.label x="12" y=(px(middle)) text-anchor="middle"
                    transform=(format!("rotate(-90 12 {middle:.1})")) { (upwards) }
            }
        }
    }
}

/// How often which confidence was given, right and wrong.
pub(super) fn histogram(bars: &[Bar]) -> Markup {
    let highest = bars.iter().map(|bar| bar.right + bar.wrong).max().unwrap_or(0);
    let step = round_step(highest);
    let ticks = (0..=highest.div_ceil(step)).map(|n| (share(n * step, 1), (n * step).to_string()));
    let most = share(highest.div_ceil(step) * step, 1);
    let frame = Frame { most, ticks: ticks.collect(), labels: ["confidence", "messages"] };
    let width = (x(1.0) - x(0.0)) * share(1, bars.len());
    let inside = html! {
        @for (at, bar) in bars.iter().enumerate() {
            @let from = share(at, bars.len());
            @let all = bar.right + bar.wrong;
            g {
                title {
                    (percent(from)) " to " (percent(share(at + 1, bars.len()))) ": "
                    (bar.right) " right, " (bar.wrong) " wrong"
                }
                rect.right x=(px(x(from) + 1.0)) width=(px(width - 2.0))
                    y=(px(frame.y(share(bar.right, 1)))) height=(px(frame.y(0.0) - frame.y(share(bar.right, 1)))) {}
                rect.wrong x=(px(x(from) + 1.0)) width=(px(width - 2.0))
                    y=(px(frame.y(share(all, 1)))) height=(px(frame.y(share(bar.right, 1)) - frame.y(share(all, 1)))) {}
            }
        }
    };
    frame.around("Confidence histogram", &inside)
}

/// A round number of which about four fit below `highest`.
fn round_step(highest: usize) -> usize {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if highest <= 4 * factor * step {
                return factor * step;
            }
        }
        step *= 10;
    }
}

fn percent_ticks(most: f64) -> Vec<(f64, String)> {
    let fifths = [0.0, 0.25, 0.5, 0.75, 1.0];
    let label = |value: f64| format!("{:.*} %", usize::from(most < 0.2), value * 100.0);
    fifths.map(|share| (share * most, label(share * most))).to_vec()
}

/// Confidence against the share that is right: on the diagonal the confidence is true.
pub(super) fn reliability(bins: &[Bin]) -> Markup {
    let labels = ["confidence", "share that is right"];
    let frame = Frame { most: 1.0, ticks: percent_ticks(1.0), labels };
    let all: usize = bins.iter().map(|bin| bin.items).sum();
    let width = (x(1.0) - x(0.0)) * share(1, bins.len());
    let inside = html! {
        line.ideal x1=(px(x(0.0))) y1=(px(frame.y(0.0))) x2=(px(x(1.0))) y2=(px(frame.y(1.0))) {}
        @for (at, bin) in bins.iter().enumerate().filter(|(_, bin)| bin.items > 0) {
            @let (low, high) = (bin.accuracy.min(bin.confidence), bin.accuracy.max(bin.confidence));
            @let left = x(share(at, bins.len())) + 1.0;
            g {
                title {
                    (bin.items) " messages, mean confidence " (percent(bin.confidence)) ", right "
                    (percent(bin.accuracy))
                }
                rect.right x=(px(left)) width=(px(width - 2.0)) y=(px(frame.y(bin.accuracy)))
                    height=(px(frame.y(0.0) - frame.y(bin.accuracy))) opacity="0.35" {}
                rect.gap x=(px(left)) width=(px(width - 2.0)) y=(px(frame.y(high)))
                    height=(px(frame.y(low) - frame.y(high))) {}
                circle.dot cx=(px(x(bin.confidence))) cy=(px(frame.y(bin.accuracy)))
                    r=(px(2.0 + 6.0 * share(bin.items, all).sqrt())) {}
            }
        }
    };
    frame.around("Reliability diagram", &inside)
}

/// The share of errors among what is answered, when only the surest part is answered.
pub(super) fn risk_coverage(points: &[RiskPoint]) -> Markup {
    let highest = points.iter().map(|point| point.risk).fold(0.0, f64::max);
    let rounded = [0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 0.8].into_iter().find(|top| highest <= *top);
    let most = rounded.unwrap_or(1.0);
    let labels = ["coverage: share of messages answered", "risk: share of answers wrong"];
    let frame = Frame { most, ticks: percent_ticks(most), labels };
    let stride = points.len().div_ceil(DRAWN).max(1);
    let last = points.last();
    let drawn = points.iter().step_by(stride).chain(last);
    let at = |point: &RiskPoint| format!("{:.1},{:.1}", x(point.coverage), frame.y(point.risk));
    let line: Vec<String> = drawn.map(at).collect();
    let line = line.join(" ");
    let right = last.map_or(0.0, |point| point.coverage);
    let first = points.first().map_or(0.0, |point| point.coverage);
    let area =
        format!("{:.1},{:.1} {line} {:.1},{:.1}", x(first), frame.y(0.0), x(right), frame.y(0.0));
    let inside = html! {
        polygon.area points=(area) {}
        polyline.curve points=(line) {}
    };
    frame.around("Risk–coverage curve", &inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        for (highest, step) in [(0, 1), (3, 1), (4, 1), (5, 2), (40, 10), (41, 20), (1300, 500)] {
            assert_eq!(round_step(highest), step, "{highest}");
        }
    }

    #[test]
    fn higher_risk_is_drawn_higher() {
        let points = [
            RiskPoint { threshold: 0.9, coverage: 0.5, risk: 0.0 },
            RiskPoint { threshold: 0.1, coverage: 1.0, risk: 0.1 },
        ];
        let svg = risk_coverage(&points).into_string();
        // the risk of 10 % is half the height of an axis up to 20 %
        assert!(svg.contains("points=\"230.0,256.0 408.0,134.0 "), "{svg}");
        assert!(svg.contains("20 %"), "{svg}");
    }

    #[test]
    fn charts_of_nothing_are_empty_but_drawn() {
        for svg in [histogram(&[]), reliability(&[]), risk_coverage(&[])] {
            let svg = svg.into_string();
            assert!(svg.starts_with("<svg") && !svg.contains("NaN"), "{svg}");
        }
    }
}
