//! From scores to probabilities, fitted on messages that training did not see: a temperature for
//! the margins of many classes (Guo et al. 2017) and logistic regression for a yes or no (Platt
//! 1999), drawn towards what is known beforehand where there are few messages.

/// Steps of the gradient descent; the problems are small, convex and well scaled.
const STEPS: usize = 400;
/// By how much the log-odds of being known are higher in life than in learning.
const RARER_UNKNOWN: f32 = 1.0;
/// The temperatures that are tried are this factor apart.
const FACTOR: f32 = 1.12;
/// The range of inverse temperatures that are tried.
const SHARPNESS: (f32, f32) = (0.5, 60.0);

/// A yes or no from a few features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Logistic<const N: usize> {
    /// One weight a feature.
    pub(super) weights: [f32; N],
    /// The log-odds when every feature is zero.
    pub(super) bias: f32,
}

/// Features with what was true.
pub(super) type Observed<const N: usize> = ([f32; N], bool);

impl<const N: usize> Logistic<N> {
    /// The probability of yes.
    pub(super) fn probability(&self, features: &[f32; N]) -> f32 {
        let sum: f32 = self.weights.iter().zip(features).map(|(w, x)| w * x).sum();
        1.0 / (1.0 + (-(sum + self.bias)).exp())
    }

    /// The same where what is known is likelier than it was among the messages of the fit: in those
    /// every fifth to third is unknown on purpose, in life about one in twelve (prior correction;
    /// Saerens, Latinne and Decaestecker 2002).
    pub(super) fn as_in_life(self) -> Self {
        Self { bias: self.bias + RARER_UNKNOWN, ..self }
    }

    /// Fits to `observed`; `self` counts like `strength` observations that say the same of it.
    #[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^24")]
    pub(super) fn fitted(self, observed: &[Observed<N>], strength: f32) -> Self {
        let total = observed.len() as f32 + strength;
        let mut fit = self;
        let mut speed = [0.0_f32; N];
        let mut bias_speed = 0.0_f32;
        for _ in 0..STEPS {
            let mut slope = [0.0_f32; N];
            let mut bias_slope = 0.0_f32;
            for (features, truth) in observed {
                let error = fit.probability(features) - f32::from(u8::from(*truth));
                for (slope, feature) in slope.iter_mut().zip(features) {
                    *slope += error * feature;
                }
                bias_slope += error;
            }
            // momentum (Polyak 1964) makes up for features of different scales
            for at in 0..N {
                let pull = strength * 0.1 * (at_of(&fit.weights, at) - at_of(&self.weights, at));
                if let (Some(speed), Some(weight)) = (speed.get_mut(at), fit.weights.get_mut(at)) {
                    *speed = 0.9 * *speed - 1.5 * (at_of(&slope, at) + pull) / total;
                    *weight += *speed;
                }
            }
            let pull = strength * 0.1 * (fit.bias - self.bias);
            bias_speed = 0.9 * bias_speed - 1.5 * (bias_slope + pull) / total;
            fit.bias += bias_speed;
        }
        fit
    }
}

fn at_of<const N: usize>(values: &[f32; N], at: usize) -> f32 {
    values.get(at).copied().unwrap_or_default()
}

/// Margins as probabilities that sum to 1.
pub(super) fn softmax(margins: &[f32], sharpness: f32) -> Vec<f32> {
    let highest = margins.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f32> =
        margins.iter().map(|margin| ((margin - highest) * sharpness).exp()).collect();
    let sum: f32 = raised.iter().sum();
    raised.into_iter().map(|value| value / sum).collect()
}

/// The inverse temperature at which `held_out` margins with their right classes are likeliest.
pub(super) fn sharpness(held_out: &[(Vec<f32>, usize)]) -> f32 {
    let (mut at, most) = SHARPNESS;
    let (mut best, mut lowest) = (at, f32::INFINITY);
    while at <= most {
        let surprise: f32 = held_out
            .iter()
            .map(|(margins, right)| {
                let probability = softmax(margins, at).get(*right).copied().unwrap_or_default();
                -probability.max(1e-9).ln()
            })
            .sum();
        if surprise < lowest {
            (best, lowest) = (at, surprise);
        }
        at *= FACTOR;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logistic_finds_the_odds() {
        let start = Logistic { weights: [0.0], bias: 0.0 };
        let observed: Vec<Observed<1>> = (0..400)
            .map(|n| ([f32::from(u8::from(n % 2 == 0))], n % 2 == 0 && n % 10 != 0))
            .collect();
        let fit = start.fitted(&observed, 1.0);
        assert!((fit.probability(&[1.0]) - 0.8).abs() < 0.03, "{fit:?}");
        assert!(fit.probability(&[0.0]) < 0.03, "{fit:?}");
    }

    #[test]
    fn in_life_less_is_unknown() {
        let fit = Logistic { weights: [1.0], bias: 0.0 };
        let (learned, in_life) = (fit.probability(&[1.39]), fit.as_in_life().probability(&[1.39]));
        assert!((learned - 0.8).abs() < 0.01 && (in_life - 11.0 / 12.0).abs() < 0.01, "{in_life}");
    }

    #[test]
    fn without_observations_what_was_known_stays() {
        let known = Logistic { weights: [2.0, -1.0], bias: 0.5 };
        assert_eq!(known.fitted(&[], 10.0), known);
    }

    #[test]
    fn the_temperature_makes_probabilities_true() {
        // margins of 1 against 0 that are right seven times in ten
        let held_out: Vec<(Vec<f32>, usize)> =
            (0..1000).map(|n| (vec![1.0, 0.0], usize::from(n % 10 >= 7))).collect();
        let probability = softmax(&[1.0, 0.0], sharpness(&held_out))[0];
        assert!((probability - 0.7).abs() < 0.03, "{probability}");
    }
}
