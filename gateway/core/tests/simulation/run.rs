//! One run: a centre, a world around it, and the model that watches.

use std::fmt;

use cordboard_core::{Centre, Event, faults::Fault};

use crate::{
    law::Violation,
    model::{Model, Step},
    rng::Rng,
    town,
    variety::Variety,
    world::World,
};

/// A run under way.
pub struct Run {
    centre: Centre,
    world: World,
    model: Model,
    ended: Ended,
}

/// How a run went.
#[derive(Default)]
pub struct Ended {
    pub steps: u64,
    pub effects: u64,
    pub virtual_hours: u64,
    pub variety: Variety,
    pub broken: Option<Violation>,
}

impl Run {
    pub fn new(seed: u64, fault: Option<Fault>) -> Self {
        let mut rng = Rng::new(seed);
        let directory = town::directory(&mut rng);
        let mut centre = Centre::new("simulated".into(), directory.clone());
        if let Some(fault) = fault {
            centre.plant(fault);
        }
        let world = World::new(rng, directory.clone());
        let model = Model::new(world.now(), directory);
        Self { centre, world, model, ended: Ended::default() }
    }

    /// Runs until so many events have been handled, or a law is broken; then everybody goes home.
    pub fn go(mut self, events: u64) -> Ended {
        while self.ended.steps < events && self.ended.broken.is_none() {
            self.step();
        }
        self.world.everybody_goes_home();
        while !self.world.is_over(&self.centre) && self.ended.broken.is_none() {
            self.step();
        }
        self.ended.virtual_hours = self.world.now().mono.0.as_secs() / 3600;
        if self.ended.broken.is_none() {
            self.ended.broken = self.model.nothing_is_left().err();
        }
        self.ended
    }

    fn step(&mut self) {
        let deadline = self.centre.next_deadline();
        let next = self.world.next(&mut self.centre, deadline);
        let due = deadline.is_some_and(|(at, _)| at <= next.now.mono) && next.event != Event::DeadlineReached;
        let effects = self.centre.handle(next.now, next.event.clone());
        self.world.see(&effects);
        self.ended.steps += 1;
        self.ended.effects += effects.len() as u64;
        effects.iter().for_each(|effect| self.ended.variety.see(effect));
        let step = Step { now: next.now, event: &next.event, effects: &effects, due };
        if let Err(mut broken) = self.model.check(&self.centre, &step) {
            broken.what.push_str(&format!("\n  event: {:?}\n  effects: {:#?}", next.event, effects));
            self.ended.broken = Some(broken);
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} events, {} effects in {} hours", self.steps, self.effects, self.virtual_hours)?;
        write!(f, "{}", self.variety)
    }
}
