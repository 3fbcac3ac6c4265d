//! Many measurements of one thing, in order.

/// Measurements, the least first.
#[derive(Debug, Clone, Default)]
pub struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    /// Orders measurements.
    pub fn of(measured: impl IntoIterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = measured.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Spread { sorted }
    }

    /// The measurement that this percentage of all do not exceed; NaN where there is none.
    pub fn at(&self, percent: usize) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted.get((self.sorted.len() * percent / 100).min(last)).copied().unwrap_or(f64::NAN)
    }

    /// The one in the middle.
    pub fn median(&self) -> f64 {
        self.at(50)
    }

    /// All of them.
    pub fn values(&self) -> &[f64] {
        &self.sorted
    }

    /// Median and extremes with so many decimals.
    pub fn words(&self, decimals: usize, unit: &str) -> String {
        let (median, least, most) = (self.median(), self.at(0), self.at(100));
        format!("{median:.decimals$} {unit} ({least:.decimals$} to {most:.decimals$})")
    }

    /// Median, 99th percentile and longest.
    pub fn latency(&self, decimals: usize, unit: &str) -> String {
        let (median, p99, longest) = (self.median(), self.at(99), self.at(100));
        format!("p50 {median:.decimals$}, p99 {p99:.decimals$}, longest {longest:.decimals$} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measurements() {
        let spread = Spread::of((1..=200).rev().map(f64::from));
        assert_eq!((spread.at(0), spread.median(), spread.at(99), spread.at(100)), (1.0, 101.0, 199.0, 200.0));
        assert!(Spread::of([]).median().is_nan());
    }
}
