//! From the probabilities of an answer's tokens to the probability that the whole answer is right.

/// What the model gave the tokens that it chose, among *all* tokens and before the grammar's mask, and what it left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Certainty {
    /// The sum of the logarithms of their probabilities.
    pub total: f64,
    /// The least of these logarithms.
    pub least: f64,
    /// How many names in the utterance the answer does not point at.
    pub unused: u32,
}

/// Logistic regression over the log odds of both figures and the names left out (Platt 1999, "Probabilistic outputs for support vector machines").
///
/// Greedy decoding is overconfident where the training text is tidier than people are; this is fitted to sentences that
/// were held out, and travels in the model file as `oolong.calibration`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Log odds where both figures are even.
    pub intercept: f64,
    /// Weight of the log odds of the whole product.
    pub total: f64,
    /// Weight of the log odds of the least likely token.
    pub least: f64,
    /// Weight of each name left out, three at most.
    pub unused: f64,
}

/// Intercept and weights.
const TERMS: usize = 4;
/// Beyond these odds more certainty says nothing more.
const MOST: f64 = 9.0;

impl Default for Calibration {
    /// Takes the product of the probabilities at its word.
    fn default() -> Self {
        Self { intercept: 0.0, total: 1.0, least: 0.0, unused: 0.0 }
    }
}

impl Calibration {
    /// The probability that an answer of this certainty is right: 0 to 1.
    #[must_use]
    pub fn probability(&self, certainty: Certainty) -> f32 {
        let [total, least, unused] = features(certainty);
        let odds = self.intercept + self.total * total + self.least * least + self.unused * unused;
        #[expect(clippy::cast_possible_truncation, reason = "a probability needs no more than f32")]
        let probability = (1.0 / (1.0 + (-odds).exp())) as f32;
        probability
    }

    /// Fits to answers of which it is known whether they were right, by Newton's method; `None` where that does not settle,
    /// as when all were right.
    #[must_use]
    pub fn fit(answers: &[(Certainty, bool)]) -> Option<Self> {
        let rows: Vec<([f64; TERMS], f64)> = answers
            .iter()
            .map(|&(certainty, right)| {
                let [total, least, unused] = features(certainty);
                ([1.0, total, least, unused], f64::from(u8::from(right)))
            })
            .collect();
        let mut weights = [0.0; TERMS];
        for _ in 0..50 {
            let (mut slope, mut curve) = ([0.0; TERMS], [[0.0; TERMS]; TERMS]);
            // A little of the identity keeps the system solvable where figures move together.
            (0..TERMS).for_each(|term| curve[term][term] = 1e-3);
            for (row, right) in &rows {
                let odds: f64 = row.iter().zip(&weights).map(|(x, w)| x * w).sum();
                let probability = 1.0 / (1.0 + (-odds).exp());
                for i in 0..TERMS {
                    slope[i] += row[i] * (right - probability);
                    for j in 0..TERMS {
                        curve[i][j] += row[i] * row[j] * probability * (1.0 - probability);
                    }
                }
            }
            let step = solve(curve, slope)?;
            weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += step);
            if step.iter().all(|step| step.abs() < 1e-6) {
                let [intercept, total, least, unused] = weights;
                return Some(Self { intercept, total, least, unused });
            }
        }
        None
    }
}

fn features(certainty: Certainty) -> [f64; 3] {
    let log_odds = |log: f64| (log - (1.0 - log.exp()).max(1e-9).ln()).clamp(-MOST, MOST);
    [log_odds(certainty.total), log_odds(certainty.least), f64::from(certainty.unused.min(3))]
}

/// Gaussian elimination with pivots.
fn solve(mut matrix: [[f64; TERMS]; TERMS], mut right: [f64; TERMS]) -> Option<[f64; TERMS]> {
    for column in 0..TERMS {
        let pivot = (column..TERMS).max_by(|&a, &b| matrix[a][column].abs().total_cmp(&matrix[b][column].abs()))?;
        if matrix[pivot][column].abs() < 1e-12 {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in 0..TERMS {
            if row != column {
                let factor = matrix[row][column] / matrix[column][column];
                let lead = matrix[column];
                matrix[row].iter_mut().zip(lead).for_each(|(cell, lead)| *cell -= factor * lead);
                right[row] -= factor * right[column];
            }
        }
    }
    Some([0, 1, 2, 3].map(|row| right[row] / matrix[row][row]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_fit_the_product_stands() {
        let raw = Calibration::default().probability(Certainty { total: 0.8_f64.ln(), least: -0.1, unused: 5 });
        assert!((raw - 0.8).abs() < 1e-6);
        assert!(Calibration::default().probability(Certainty::default()) > 0.99);
        assert!(Calibration::default().probability(Certainty { total: -1e9, least: -1e9, unused: 0 }) < 0.01);
    }

    #[test]
    fn a_fit_gives_back_how_often_answers_were_right() {
        // Claimed 0.9, right half of the time; claimed 0.99, right nine times in ten.
        let answers: Vec<(Certainty, bool)> = (0..1000)
            .map(|n| {
                let (claimed, right) = if n % 2 == 0 { (0.9_f64, n % 4 == 0) } else { (0.99, n % 20 != 1) };
                (Certainty { total: claimed.ln(), least: claimed.ln() / 2.0, unused: 0 }, right)
            })
            .collect();
        let fit = Calibration::fit(&answers).expect("it settles");
        for (claimed, right) in [(0.9_f64, 0.5), (0.99, 0.9)] {
            let found = fit.probability(Certainty { total: claimed.ln(), least: claimed.ln() / 2.0, unused: 0 });
            assert!((found - right).abs() < 0.02, "{claimed}: {found}");
        }
        assert_eq!(Calibration::fit(&answers[..0]), Some(Calibration { total: 0.0, ..Calibration::default() }));
    }
}
