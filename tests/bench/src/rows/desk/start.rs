//! From the start of the window's process until the sign-in page takes a letter. The web view's driver sits between, so
//! a person is a little faster.

use anyhow::Result;

use super::Desk;
use crate::row::Row;
use crate::spread::Spread;

const MOST_S: f64 = 1.5;

pub async fn measure(desk: &Desk, rounds: usize) -> Result<Row> {
    let mut window = desk.open().await?;
    let mut took = Vec::with_capacity(rounds);
    for round in 0..rounds {
        if round > 0 {
            window.signal("SIGKILL").await?;
            window.open_again().await?;
        }
        took.push(window.usable("Gateway").await?.as_secs_f64());
    }
    window.close().await?;
    // The first start on a machine is the one with nothing in the caches, and a person's first impression.
    let first = took.first().copied().unwrap_or(f64::NAN);
    let spread = Spread::of(took);
    let measured = format!("{}; the first {first:.2} s; {rounds} starts", spread.words(2, "s"));
    Ok(Row::compared(
        "desk window: start until the sign-in page takes a letter",
        spread.median(),
        MOST_S,
        "s",
        measured,
    ))
}
