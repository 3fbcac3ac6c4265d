//! What a standing call holds of the relay's memory, above the standing desk, and how many threads calls add.

use anyhow::Result;

use super::sound::{SETTLING, Traffic};
use crate::options::Options;
use crate::relay::child::RelayProcess;
use crate::row::Row;

pub const NAME: &str = "memory and threads a call";

/// Enough that pages and tables do not show.
const CALLS: u64 = 100;
const TRANSCODED_CALLS: u64 = 50;

pub fn measure(_: &Options) -> Result<Vec<Row>> {
    let desk = growth(Traffic::StandingDesk, CALLS)?;
    let plain = growth(Traffic::Plain, CALLS)?;
    let forwarded = growth(Traffic::Desk, CALLS)?;
    let transcoded = growth(Traffic::Transcoded, TRANSCODED_CALLS)?;
    let above = |one: &Growth| (one.kilobytes - desk.kilobytes).max(0.0);
    let words = |one: &Growth| {
        format!("{:.0} kB ({:.0} kB with its desk, {:.0} kB a desk alone)", above(one), one.kilobytes, desk.kilobytes)
    };
    let threads = plain.threads + forwarded.threads + transcoded.threads;
    Ok(vec![
        Row::compared(
            "memory a call: two plain legs",
            plain.kilobytes,
            100.0,
            "kB",
            format!("{:.0} kB", plain.kilobytes),
        ),
        Row::compared("memory a call: forwarded to a desk", above(&forwarded), 100.0, "kB", words(&forwarded)),
        Row::compared("memory a call: transcoded", above(&transcoded), 200.0, "kB", words(&transcoded)),
        Row::compared("threads that calls add", threads as f64, 0.0, "threads", format!("{threads}")),
    ])
}

struct Growth {
    kilobytes: f64,
    threads: usize,
}

fn growth(traffic: Traffic, calls: u64) -> Result<Growth> {
    let relay = RelayProcess::start()?;
    // One of them first, for what is made once and not for each.
    let first = traffic.begin_behind(&relay, 1_000_000, 1)?;
    std::thread::sleep(SETTLING * 2);
    let (bytes, threads) = (relay.process().memory_bytes()?, relay.process().threads()?);
    let load = traffic.begin_behind(&relay, 0, calls)?;
    std::thread::sleep(SETTLING * 3);
    let grown = relay.process().memory_bytes()?.saturating_sub(bytes);
    let threads = relay.process().threads()?.saturating_sub(threads);
    drop((first, load));
    Ok(Growth { kilobytes: grown as f64 / 1_000.0 / calls as f64, threads })
}
