//! The real core in virtual time, with seeded misfortune: calls, keys, answers, declines, desks lost and back,
//! hang-ups at every stage, holds from the far side, dials, trunks down, configurations changed in mid-call, and
//! events that come late, twice or about things that are over. Every law is checked after every step.
//!
//! `CORDBOARD_SEED` and `CORDBOARD_EVENTS` choose another run; the seed is printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod deeds;
mod facts;
mod law;
mod model;
mod queue_facts;
mod rng;
mod run;
mod town;
mod variety;
mod whole;
mod world;

use std::collections::BTreeMap;

use cordboard_core::faults::Fault;

use crate::{law::Law, run::Run};

/// Seeds that once broke a law.
const FIXTURES: &[u64] = &[20_261_122];

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn a_million_events_break_no_law() {
    let seed = from_environment("CORDBOARD_SEED", 20_261_122);
    let events = from_environment("CORDBOARD_EVENTS", 1_000_000);
    let started = std::time::Instant::now();
    let run = Run::new(seed, None).go(events);
    println!("seed {seed}: {} laws, {:.1} s, {run}", Law::ALL.len(), started.elapsed().as_secs_f32());
    if let Some(broken) = run.broken {
        panic!("seed {seed} broke a law at step {}: {broken}", run.steps);
    }
    if events >= 1_000_000 {
        // A run in which nothing goes wrong proves nothing.
        run.variety.is_complete();
    }
}

#[test]
fn seeds_that_once_broke_a_law() {
    for seed in FIXTURES {
        let run = Run::new(*seed, None).go(60_000);
        if let Some(broken) = run.broken {
            panic!("seed {seed} broke a law at step {}: {broken}", run.steps);
        }
    }
}

#[test]
fn planted_faults_break_laws() {
    let seed = from_environment("CORDBOARD_SEED", 20_261_122);
    let mut broken_by: BTreeMap<Law, u32> = BTreeMap::new();
    let mut survivors = Vec::new();
    println!("{:<24} {:>7}  law broken (seed {seed})", "fault", "step");
    for fault in Fault::ALL {
        let run = Run::new(seed, Some(fault)).go(100_000);
        match &run.broken {
            Some(broken) => {
                println!("{:<24} {:>7}  {:?}", format!("{fault:?}"), run.steps, broken.law);
                *broken_by.entry(broken.law).or_default() += 1;
            }
            None => {
                println!("{:<24} {:>7}  none", format!("{fault:?}"), run.steps);
                survivors.push(fault);
            }
        }
    }
    println!("{} of {} faults found by {} laws", Fault::ALL.len() - survivors.len(), Fault::ALL.len(), broken_by.len());
    assert!(survivors.is_empty(), "no law noticed {survivors:?}");
}
