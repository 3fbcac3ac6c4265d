//! The judgement: stretches of what was said, searched for in what was heard.

use crate::Sound;
use crate::features::{BANDS, Features, ROWS_A_SECOND, Row};

/// A stretch counts as heard from this correlation on.
pub const HEARD: f32 = 0.60;
/// One stretch that correlates this much at *any* offset is a leak from a mouth that should not be heard.
pub const STRAY: f32 = 0.88;

/// Length of a stretch, 1.2 s: long enough to be like no other, short enough to place a loss.
const STRETCH: usize = 120;
/// From one stretch to the next, 0.4 s.
const STEP: usize = 40;
/// How far a stretch may lie from the common offset, 160 ms: a jitter buffer that grows or shrinks.
const SWAY: usize = 16;

/// One stretch of what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Where it begins in what was said.
    pub said_at_ms: u64,
    /// Where it was found near the common offset.
    pub heard_at_ms: u64,
    /// Correlation there, −1 to 1.
    pub score: f32,
    /// The best correlation anywhere.
    pub anywhere: f32,
}

/// What the ear found.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Median correlation of the stretches at the common offset.
    pub score: f32,
    /// How much later (or, negative, earlier) it was heard than it stands in what was said.
    pub lag_ms: i64,
    /// Every stretch in which somebody speaks, in order.
    pub pieces: Vec<Piece>,
}

impl Verdict {
    /// The share of stretches that were heard at the common offset.
    pub fn coverage(&self) -> f32 {
        let heard = self.pieces.iter().filter(|piece| piece.score >= HEARD).count();
        heard as f32 / self.pieces.len().max(1) as f32
    }

    /// Whether most of what was said was heard, in order.
    pub fn is_heard(&self) -> bool {
        !self.pieces.is_empty() && self.coverage() >= 0.75
    }

    /// Whether nothing of it was heard, not even one stretch somewhere.
    pub fn is_absent(&self) -> bool {
        !self.pieces.is_empty()
            && self.coverage() <= 0.15
            && self.score < 0.45
            && self.pieces.iter().all(|piece| piece.anywhere < STRAY)
    }

    /// One letter for each stretch: `#` heard, `+` perhaps, `.` not.
    pub fn picture(&self) -> String {
        let letter = |score: f32| match score {
            s if s >= HEARD => '#',
            s if s >= 0.45 => '+',
            _ => '.',
        };
        self.pieces.iter().map(|piece| letter(piece.score)).collect()
    }
}

/// Searches what was heard for what was said, over every offset.
pub fn listen(heard: &Sound, said: &Sound) -> Verdict {
    judge(heard, said, None)
}

/// The same for a mouth that says it over and over: each stretch may come from any of the rounds.
pub fn listen_to_rounds(heard: &Sound, said: &Sound) -> Verdict {
    let round = (said.milliseconds() * ROWS_A_SECOND as u64 / 1000) as usize;
    judge(heard, said, Some(round.max(1)))
}

fn judge(heard: &Sound, said: &Sound, round: Option<usize>) -> Verdict {
    let said = Features::of(said);
    let heard = Features::of(heard);
    let none = Verdict { score: 0.0, lag_ms: 0, pieces: Vec::new() };
    let starts: Vec<usize> = (0..said.rows.len().saturating_sub(STRETCH - 1))
        .step_by(STEP)
        .filter(|start| said.active[*start..start + STRETCH].iter().filter(|active| **active).count() * 3 > STRETCH * 2)
        .collect();
    if starts.is_empty() {
        return none;
    }
    let silent = |start: usize| Piece { said_at_ms: ms(start), heard_at_ms: 0, score: 0.0, anywhere: 0.0 };
    if heard.rows.len() < STRETCH {
        return Verdict { pieces: starts.iter().map(|start| silent(*start)).collect(), ..none };
    }

    let spread = spreads(&heard.rows);
    let curves: Vec<Vec<f32>> =
        starts.iter().map(|start| correlations(&said.rows[*start..start + STRETCH], &heard.rows, &spread)).collect();

    // An offset is where in `heard` the beginning of `said` would lie; shifted so that it is never negative.
    let shift = said.rows.len();
    let offsets = shift + heard.rows.len();
    // Offsets that are whole rounds apart are one.
    let round = round.unwrap_or(offsets);
    let mut votes = vec![0f32; round.min(offsets)];
    for (start, curve) in starts.iter().zip(&curves) {
        let mut own = vec![0f32; votes.len()];
        for (position, score) in widened(curve).into_iter().enumerate() {
            let slot = &mut own[(position + shift - start) % round];
            *slot = slot.max(score);
        }
        votes.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
    let offset = (0..votes.len()).max_by(|a, b| votes[*a].total_cmp(&votes[*b])).unwrap_or(shift);

    let pieces: Vec<Piece> = starts
        .iter()
        .zip(&curves)
        .map(|(start, curve)| {
            let near = |offset: usize| {
                let middle = (offset + start) as i64 - shift as i64;
                best_within(curve, middle - SWAY as i64, middle + SWAY as i64)
            };
            let rounds = (offset..offsets).step_by(round).map(near);
            let (at, score) = rounds.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
            let (_, anywhere) = best_within(curve, 0, curve.len() as i64);
            Piece { said_at_ms: ms(*start), heard_at_ms: ms(at), score, anywhere }
        })
        .collect();
    let mut scores: Vec<f32> = pieces.iter().map(|piece| piece.score).collect();
    scores.sort_by(f32::total_cmp);
    let lag_ms = (offset as i64 - shift as i64) * 1000 / ROWS_A_SECOND as i64;
    Verdict { score: scores[scores.len() / 2], lag_ms, pieces }
}

/// Fails unless most of what was said was heard, in order.
#[track_caller]
pub fn assert_heard(heard: &Sound, said: &Sound, whose: &str) -> Verdict {
    assert_is_heard(listen(heard, said), heard, whose)
}

/// Fails unless most of what was said over and over was heard, in order, beginning anywhere in it.
#[track_caller]
pub fn assert_heard_in_rounds(heard: &Sound, said: &Sound, whose: &str) -> Verdict {
    assert_is_heard(listen_to_rounds(heard, said), heard, whose)
}

#[allow(clippy::panic, reason = "an assertion of tests")]
#[track_caller]
fn assert_is_heard(verdict: Verdict, heard: &Sound, whose: &str) -> Verdict {
    if !verdict.is_heard() {
        panic!(
            "{whose}: not heard. score {:.2}, coverage {:.2} [{}] in {} ms at {:.0} dBFS",
            verdict.score,
            verdict.coverage(),
            verdict.picture(),
            heard.milliseconds(),
            heard.level_dbfs()
        );
    }
    verdict
}

/// Fails if any of it was heard: the control that every assertion of sound needs.
#[allow(clippy::panic, reason = "an assertion of tests")]
#[track_caller]
pub fn assert_not_heard(heard: &Sound, other: &Sound, whose: &str) -> Verdict {
    let verdict = listen(heard, other);
    if !verdict.is_absent() {
        let strongest = verdict.pieces.iter().map(|piece| piece.anywhere).fold(0f32, f32::max);
        panic!(
            "{whose}: heard where it should not be. score {:.2}, coverage {:.2} [{}], strongest stretch {strongest:.2}",
            verdict.score,
            verdict.coverage(),
            verdict.picture()
        );
    }
    verdict
}

fn ms(row: usize) -> u64 {
    (row * 1000 / ROWS_A_SECOND) as u64
}

/// Root of the summed squares about each band's own mean, for the stretch that begins at each row.
fn spreads(rows: &[Row]) -> Vec<f32> {
    let (mut sums, mut squares) = ([0f64; BANDS], [0f64; BANDS]);
    let mut spread = Vec::with_capacity(rows.len().saturating_sub(STRETCH - 1));
    for (end, row) in rows.iter().enumerate() {
        for band in 0..BANDS {
            sums[band] += f64::from(row[band]);
            squares[band] += f64::from(row[band]).powi(2);
            if let Some(gone) = end.checked_sub(STRETCH) {
                sums[band] -= f64::from(rows[gone][band]);
                squares[band] -= f64::from(rows[gone][band]).powi(2);
            }
        }
        if end + 1 >= STRETCH {
            let total: f64 = (0..BANDS).map(|band| squares[band] - sums[band].powi(2) / STRETCH as f64).sum();
            spread.push(total.max(0.0).sqrt() as f32);
        }
    }
    spread
}

/// Correlation of a stretch with what was heard from each row on. Each band's mean is taken out, so neither the
/// tilt of a microphone nor steady noise counts, only how speech moves.
fn correlations(stretch: &[Row], heard: &[Row], spread: &[f32]) -> Vec<f32> {
    let mut centred = stretch.to_vec();
    for band in 0..BANDS {
        let mean = stretch.iter().map(|row| row[band]).sum::<f32>() / STRETCH as f32;
        centred.iter_mut().for_each(|row| row[band] -= mean);
    }
    let own = centred.iter().flatten().map(|value| value * value).sum::<f32>().sqrt();
    // Where next to nothing moves there is silence, and a quotient of two noises means nothing.
    let least = own * 0.1;
    spread
        .iter()
        .enumerate()
        .map(|(start, spread)| {
            let mut sums = [0f32; BANDS];
            for (row, other) in centred.iter().zip(&heard[start..start + STRETCH]) {
                for band in 0..BANDS {
                    sums[band] += row[band] * other[band];
                }
            }
            sums.iter().sum::<f32>() / (own * spread.max(least)).max(1e-6)
        })
        .collect()
}

/// Each value replaced by the greatest within the sway around it.
fn widened(curve: &[f32]) -> Vec<f32> {
    (0..curve.len())
        .map(|at| {
            let range = at.saturating_sub(SWAY)..(at + SWAY + 1).min(curve.len());
            curve[range].iter().copied().fold(f32::MIN, f32::max)
        })
        .collect()
}

fn best_within(curve: &[f32], from: i64, to: i64) -> (usize, f32) {
    let from = from.clamp(0, curve.len() as i64) as usize;
    let to = (to + 1).clamp(0, curve.len() as i64) as usize;
    (from..to).max_by(|a, b| curve[*a].total_cmp(&curve[*b])).map_or((0, 0.0), |at| (at, curve[at]))
}
