//! Who exists, who should hear whom, and which worker each endpoint had better live on. No I/O, no threads.

use std::collections::HashMap;
use std::sync::Arc;

use crate::endpoint::{EndpointId, Hear, Plan};
use crate::slot::{ResolvedPlan, Slot};

/// What an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Trunk,
    Desk,
    /// Named in a plan, not opened yet.
    Expected,
}

#[derive(Debug)]
struct Entry {
    slot: Arc<Slot>,
    kind: Kind,
    revision: Option<u64>,
    hears: Vec<EndpointId>,
    /// Where it was last sent; its slot says where it is.
    home: usize,
}

/// A leg that had better move.
#[derive(Debug)]
pub(crate) struct Move {
    pub slot: Arc<Slot>,
    pub to: usize,
}

/// The directory.
#[derive(Debug)]
pub(crate) struct Directory {
    workers: usize,
    entries: HashMap<EndpointId, Entry>,
}

impl Directory {
    pub fn new(workers: usize) -> Self {
        Self { workers, entries: HashMap::new() }
    }

    pub fn kind(&self, id: EndpointId) -> Option<Kind> {
        self.entries.get(&id).map(|entry| entry.kind)
    }

    /// The slot of an opened endpoint.
    pub fn slot(&self, id: EndpointId) -> Option<&Arc<Slot>> {
        self.entries.get(&id).filter(|entry| entry.kind != Kind::Expected).map(|entry| &entry.slot)
    }

    /// Enters an endpoint on the least busy worker, or finds the desk that is there already.
    pub fn open(&mut self, id: EndpointId, kind: Kind) -> Arc<Slot> {
        let home = self.least_busy(kind);
        let entry = self.entries.entry(id).or_insert_with(|| Entry {
            slot: Arc::new(Slot::new(id, home)),
            kind: Kind::Expected,
            revision: None,
            hears: Vec::new(),
            home,
        });
        if entry.kind == Kind::Expected {
            entry.kind = kind;
            entry.home = home;
            entry.slot.hand_to(home);
        }
        Arc::clone(&entry.slot)
    }

    /// Takes an endpoint out; it stays expected as long as a plan names it.
    pub fn close(&mut self, id: EndpointId) -> Option<Arc<Slot>> {
        let entry = self.entries.remove(&id)?;
        self.entries.retain(|_, other| other.kind != Kind::Expected || Arc::strong_count(&other.slot) > 1);
        (entry.kind != Kind::Expected).then_some(entry.slot)
    }

    fn least_busy(&self, kind: Kind) -> usize {
        let mut load = vec![(0_usize, 0_usize); self.workers];
        for entry in self.entries.values().filter(|entry| entry.kind != Kind::Expected) {
            if let Some((same, all)) = load.get_mut(entry.home) {
                *same += usize::from(entry.kind == kind);
                *all += 1;
            }
        }
        (0..self.workers).min_by_key(|worker| load[*worker]).unwrap_or(0)
    }

    /// Notes a plan and looks up its sources; `None` if the endpoint is unknown or the plan is old.
    pub fn plan(&mut self, id: EndpointId, plan: Plan) -> Option<(Arc<Slot>, ResolvedPlan, Vec<Move>)> {
        let entry = self.entries.get(&id).filter(|entry| entry.kind != Kind::Expected)?;
        if entry.revision.is_some_and(|revision| plan.revision <= revision) {
            return None;
        }
        let mut hears = match &plan.hear {
            Hear::Endpoints(ids) => ids.clone(),
            Hear::Silence | Hear::Prompts { .. } | Hear::Music | Hear::Ringback => Vec::new(),
        };
        // Nobody hears themselves in a call; a desk that hears nobody else has its own packets back to count them.
        let counts = entry.kind == Kind::Desk && hears == [id];
        hears.retain(|source| (counts || *source != id) && source.0 <= EndpointId::MAX);
        hears.sort_unstable();
        hears.dedup();
        let sources = hears.iter().map(|source| self.open(*source, Kind::Expected)).collect();
        let entry = self.entries.get_mut(&id)?;
        entry.revision = Some(plan.revision);
        entry.hears = hears;
        let slot = Arc::clone(&entry.slot);
        let moves = self.moves(id);
        Some((slot, ResolvedPlan { revision: plan.revision, hear: plan.hear, sources, record: plan.record }, moves))
    }

    /// Trunk legs join their desk's worker, or each other's: what is bridged should not cross threads.
    fn moves(&mut self, id: EndpointId) -> Vec<Move> {
        let Some(entry) = self.entries.get(&id) else { return Vec::new() };
        let peers = entry.hears.clone();
        let mut moves = Vec::new();
        match entry.kind {
            Kind::Trunk => {
                let home = entry.home;
                if let Some(to) = self.better_home(home, &peers) {
                    moves.extend(self.relocate(id, to));
                }
            }
            Kind::Desk => {
                let to = entry.home;
                for peer in peers {
                    let settled = self
                        .entries
                        .get(&peer)
                        .is_none_or(|peer| peer.kind != Kind::Trunk || peer.home == to || self.has_desk_beside(peer));
                    if !settled {
                        moves.extend(self.relocate(peer, to));
                    }
                }
            }
            Kind::Expected => {}
        }
        moves
    }

    fn better_home(&self, home: usize, peers: &[EndpointId]) -> Option<usize> {
        let known = || peers.iter().filter_map(|peer| self.entries.get(peer));
        let beside = |kind: Kind| known().any(|peer| peer.kind == kind && peer.home == home);
        if beside(Kind::Desk) {
            return None;
        }
        if let Some(desk) = known().find(|peer| peer.kind == Kind::Desk) {
            return Some(desk.home);
        }
        if beside(Kind::Trunk) {
            return None;
        }
        known().find(|peer| peer.kind == Kind::Trunk).map(|peer| peer.home)
    }

    fn has_desk_beside(&self, trunk: &Entry) -> bool {
        let beside = |desk: &Entry| desk.kind == Kind::Desk && desk.home == trunk.home;
        trunk.hears.iter().filter_map(|id| self.entries.get(id)).any(beside)
    }

    fn relocate(&mut self, id: EndpointId, to: usize) -> Option<Move> {
        let entry = self.entries.get_mut(&id)?;
        entry.home = to;
        Some(Move { slot: Arc::clone(&entry.slot), to })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn hear(directory: &mut Directory, id: u64, revision: u64, sources: &[u64]) -> Vec<(u64, usize)> {
        let hear = Hear::Endpoints(sources.iter().map(|id| EndpointId(*id)).collect());
        let (_, _, moves) = directory.plan(EndpointId(id), Plan { revision, hear, record: None }).unwrap();
        moves.iter().map(|step| (step.slot.id.0, step.to)).collect()
    }

    #[test]
    fn a_trunk_leg_follows_its_desk_whoever_is_planned_first() {
        for desk_first in [true, false] {
            let mut directory = Directory::new(2);
            directory.open(EndpointId(1), Kind::Desk);
            directory.open(EndpointId(2), Kind::Desk);
            directory.open(EndpointId(10), Kind::Trunk);
            let (first, second) = if desk_first { ((2, 10), (10, 2)) } else { ((10, 2), (2, 10)) };
            assert_eq!(hear(&mut directory, first.0, 1, &[first.1]), [(10, 1)]);
            assert_eq!(hear(&mut directory, second.0, 1, &[second.1]), []);
        }
    }

    #[test]
    fn two_trunk_legs_meet_and_a_monitor_does_not_pull_a_leg_from_its_agent() {
        let mut directory = Directory::new(2);
        directory.open(EndpointId(10), Kind::Trunk);
        directory.open(EndpointId(11), Kind::Trunk);
        assert_eq!(hear(&mut directory, 10, 1, &[11]), [(10, 1)]);
        assert_eq!(hear(&mut directory, 11, 1, &[10]), []);
        directory.open(EndpointId(1), Kind::Desk);
        directory.open(EndpointId(2), Kind::Desk);
        assert_eq!(hear(&mut directory, 10, 2, &[1]), [(10, 0)]);
        assert_eq!(hear(&mut directory, 2, 1, &[1, 10]), []);
    }

    #[test]
    fn old_plans_and_strangers_are_refused() {
        let mut directory = Directory::new(1);
        let plan = |revision| Plan { revision, ..Plan::default() };
        assert!(directory.plan(EndpointId(1), plan(1)).is_none());
        directory.open(EndpointId(1), Kind::Trunk);
        assert!(directory.plan(EndpointId(1), plan(2)).is_some());
        assert!(directory.plan(EndpointId(1), plan(2)).is_none());
        assert!(directory.plan(EndpointId(1), plan(1)).is_none());
    }

    #[test]
    fn expected_endpoints_are_forgotten_with_the_last_plan() {
        let mut directory = Directory::new(1);
        directory.open(EndpointId(1), Kind::Trunk);
        hear(&mut directory, 1, 1, &[7, 1]);
        assert_eq!(directory.kind(EndpointId(7)), Some(Kind::Expected));
        assert!(directory.slot(EndpointId(7)).is_none());
        directory.close(EndpointId(1));
        assert_eq!(directory.kind(EndpointId(7)), None);
    }
}
