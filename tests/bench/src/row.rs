//! A row of the table: what was measured, what must hold, and which of the two is larger.

/// How a figure compares with its promise.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It holds, with this share of the promise used.
    Met(f64),
    /// It is this many times too large.
    Short(f64),
    /// Measured for the eye; nothing is promised.
    Noted,
    /// Not measured, because something is missing on this machine.
    Skipped(String),
    /// The measurement itself failed.
    Failed(String),
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    name: String,
    measured: String,
    hold: String,
    verdict: Verdict,
}

impl Row {
    /// Compares a figure with the most it may be; `unit` stands behind both.
    pub fn compared(name: &str, figure: f64, most: f64, unit: &str, measured: String) -> Row {
        let ratio = if figure <= most && most <= 0.0 { 1.0 } else { figure / most };
        let verdict = if ratio <= 1.0 { Verdict::Met(ratio) } else { Verdict::Short(ratio) };
        Row { name: name.to_owned(), measured, hold: format!("≤ {most} {unit}"), verdict }
    }

    /// A figure without a promise.
    pub fn noted(name: &str, measured: String) -> Row {
        Row { name: name.to_owned(), measured, hold: "–".to_owned(), verdict: Verdict::Noted }
    }

    /// A row that has no figure, and why.
    pub fn without(name: &str, hold: &str, verdict: Verdict) -> Row {
        Row { name: name.to_owned(), measured: "–".to_owned(), hold: hold.to_owned(), verdict }
    }

    /// The row as a line of a Markdown table.
    pub fn line(&self) -> String {
        let verdict = match &self.verdict {
            Verdict::Met(share) => format!("met, {:.0} % of it", share * 100.0),
            Verdict::Short(times) => format!("**short**, {times:.2} times too much"),
            Verdict::Noted => "–".to_owned(),
            Verdict::Skipped(lack) => format!("skipped: {lack}"),
            Verdict::Failed(why) => format!("failed: {}", why.replace(['\n', '|'], " ")),
        };
        format!("| {} | {} | {} | {verdict} |", self.name, self.measured, self.hold)
    }
}

/// The head of the table.
pub const HEAD: &str = "| | measured | must hold | |\n| --- | --- | --- | --- |";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_how_much_is_missing() {
        let row = Row::compared("forwarding", 0.15, 0.10, "%", "0.15 %".to_owned());
        assert_eq!(row.line(), "| forwarding | 0.15 % | ≤ 0.1 % | **short**, 1.50 times too much |");
        let row = Row::compared("forwarding", 0.05, 0.10, "%", "0.05 %".to_owned());
        assert_eq!(row.line(), "| forwarding | 0.05 % | ≤ 0.1 % | met, 50 % of it |");
    }
}
