//! The configuration of a simulated centre, and how people change it while it works.

use std::{collections::BTreeMap, time::Duration};

use cordboard_core::{
    AgentEntry, AgentId, Directory, Flow, GroupEntry, Number, NumberEntry, NumberRoute, NumberUsage, Settings,
    SkillGroupId,
};

use crate::rng::Rng;

pub const AGENTS: u64 = 12;
pub const GROUPS: u64 = 4;

pub fn agent(index: u64) -> AgentId {
    AgentId(format!("agent-{index:02}"))
}

pub fn group(index: u64) -> SkillGroupId {
    SkillGroupId(format!("group-{index}"))
}

pub fn number(index: u64) -> Number {
    Number(format!("+8621{index}"))
}

/// Numbers that are called: the last is nobody's.
pub const NUMBERS: u64 = 9;

/// A number that a customer calls: mostly one that leads somewhere.
pub fn called(rng: &mut Rng) -> Number {
    number(*rng.pick(&[0, 0, 0, 0, 1, 1, 1, 1, 3, 3, 3, 4, 5, 6, 6, 2, 7, 8]).unwrap_or(&0))
}

const FLOWS: &str = include_str!("flows.json");

/// A directory to begin with.
pub fn directory(rng: &mut Rng) -> Directory {
    let flows: Vec<Flow> = serde_json::from_str(FLOWS).expect("the simulation's flows are well-formed");
    let mut directory = Directory {
        agents: (0..AGENTS).map(|index| (agent(index), AgentEntry::default())).collect(),
        groups: (0..GROUPS).map(|index| (group(index), GroupEntry::default())).collect(),
        numbers: numbers(),
        flows: flows.into_iter().map(|flow| (flow.flow_id.clone(), flow)).collect(),
        settings: settings(rng),
    };
    for entry in directory.agents.values_mut() {
        entry.levels = levels(rng);
    }
    for (index, entry) in directory.groups.values_mut().enumerate() {
        let own = [vec![1, 2], vec![2, 5], vec![6], vec![]];
        entry.outbound_numbers = own[index % own.len()].iter().map(|index| number(*index)).collect();
    }
    directory
}

fn numbers() -> BTreeMap<Number, NumberEntry> {
    use NumberUsage::{Bidirection, Inbound, Outbound};
    let to_flow = |flow: &str| Some(NumberRoute::Flow(flow.into()));
    let to_group = |index| Some(NumberRoute::Group(group(index)));
    let table = [
        (Inbound, to_flow("welcome"), Some(9), "east", None),
        (Bidirection, to_group(0), None, "east", Some("Shanghai")),
        (Outbound, None, Some(2), "west", Some("Beijing")),
        (Inbound, to_flow("straight"), Some(4), "west", None),
        (Inbound, to_flow("round"), None, "east", None),
        (Bidirection, to_flow("broken"), Some(3), "east", None),
        (Bidirection, to_group(3), Some(6), "west", Some("Shanghai")),
        (Inbound, to_flow("nowhere"), None, "west", None),
    ];
    let entries = table.into_iter().enumerate().map(|(index, (usage, route, cap, trunk, city))| {
        let entry = NumberEntry { usage, route, cap, trunk: trunk.into(), city: city.map(str::to_owned) };
        (number(index as u64), entry)
    });
    entries.collect()
}

fn levels(rng: &mut Rng) -> BTreeMap<SkillGroupId, u8> {
    let count = rng.between(1, 3);
    (0..count).map(|_| (group(rng.below(GROUPS)), u8::try_from(rng.between(1, 3)).unwrap_or(1))).collect()
}

fn settings(rng: &mut Rng) -> Settings {
    let seconds = |rng: &mut Rng, least, most| Duration::from_secs(rng.between(least, most));
    Settings {
        ring_timeout: seconds(rng, 5, 20),
        wrap_up: (!rng.once_in(5)).then(|| seconds(rng, 0, 15)),
        desk_grace: seconds(rng, 2, 10),
        dial_timeout: seconds(rng, 5, 30),
        queue_timeout: seconds(rng, 10, 90),
        queue_limit: u32::try_from(rng.between(0, 12)).unwrap_or(0),
        may_hang_up_inbound: !rng.once_in(4),
    }
}

/// One change that somebody makes at the console.
pub fn change(rng: &mut Rng, directory: &mut Directory) {
    let who = agent(rng.below(AGENTS));
    match rng.below(9) {
        0 => directory.settings = settings(rng),
        1 | 2 => {
            let levels = if rng.once_in(8) { BTreeMap::new() } else { levels(rng) };
            directory.agents.insert(who, AgentEntry { levels, ..AgentEntry::default() });
        }
        3 => {
            directory.agents.remove(&who);
        }
        4 | 5 => {
            let (levels, level) = (levels(rng), u8::try_from(rng.between(1, 10)).unwrap_or(1));
            let entry = directory.agents.entry(who).or_insert_with(|| AgentEntry { levels, ..AgentEntry::default() });
            entry.levels.insert(group(rng.below(GROUPS)), level);
        }
        6 => {
            if let Some(entry) = directory.numbers.get_mut(&number(rng.below(NUMBERS))) {
                entry.cap = (!rng.once_in(3)).then(|| u32::try_from(rng.between(0, 8)).unwrap_or(0));
            }
        }
        7 => {
            let gone = group(rng.below(GROUPS));
            if directory.groups.remove(&gone).is_none() {
                directory.groups.insert(gone, GroupEntry { outbound_numbers: vec![number(1)], ..Default::default() });
            }
        }
        _ => restore(rng, directory),
    }
}

/// Sooner or later somebody puts everything right again.
fn restore(rng: &mut Rng, directory: &mut Directory) {
    *directory = self::directory(rng);
}
