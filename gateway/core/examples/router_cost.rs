//! What a decision of the router costs, for an instruction counter.
//!
//! ```text
//! router_cost AGENTS DECISIONS
//! ```
//!
//! Ten groups, each agent in three of them at one of ten levels, everybody ready. Each decision is a whole round: a
//! call comes in, is offered to the best agent, answered, hung up, and its agent is ready again and so takes a new
//! place in the order. Setting up costs instructions too, so count two runs that differ only in `DECISIONS` and
//! divide the difference:
//!
//! ```text
//! valgrind --tool=callgrind router_cost 10000 1000
//! valgrind --tool=callgrind router_cost 10000 3000
//! ```

use std::{collections::BTreeMap, process::ExitCode, time::Duration};

use cordboard_core::{
    Activity, AgentCommand, AgentEntry, AgentId, Arrival, CallId, Centre, Directory, Effect, Event, Fact, GroupEntry,
    Mono, Now, Number, NumberEntry, NumberRoute, NumberUsage, Settings, SkillGroupId, Ticket, UtcMs,
};

const GROUPS: usize = 10;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let (Some(Ok(agents)), Some(Ok(decisions))) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: router_cost AGENTS DECISIONS");
        return ExitCode::FAILURE;
    };
    let mut bench = Bench::new(agents);
    for round in 0..decisions {
        if !bench.round(round) {
            eprintln!("call {round} found no agent");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

struct Bench {
    centre: Centre,
    now: Now,
    numbers: Vec<Number>,
    tickets: u64,
}

impl Bench {
    fn new(agents: usize) -> Self {
        let centre = Centre::new("bench".into(), directory(agents));
        let now = Now { mono: Mono(Duration::ZERO), utc: UtcMs(0) };
        let mut bench = Self { centre, now, numbers: (0..GROUPS).map(number).collect(), tickets: 0 };
        for index in 0..agents {
            bench.on(Event::DeskConnected { agent: agent(index) });
            bench.command(agent(index), AgentCommand::SignIn);
            bench.command(agent(index), AgentCommand::Ready);
        }
        bench
    }

    /// A call from its arrival to its agent's next readiness.
    fn round(&mut self, round: usize) -> bool {
        let leg = self.centre.next_leg();
        let call = CallId(format!("job-{round}"));
        let effects = self.on(Event::CallArrived(Arrival {
            call: call.clone(),
            leg,
            trunk: "carrier".into(),
            caller: "+8613900000000".into(),
            called: self.numbers[round % GROUPS].clone(),
            city: None,
            last_contact: None,
        }));
        let offered = effects.into_iter().find_map(|effect| match effect {
            Effect::Journal(entry) => match entry.fact {
                Fact::Offered { agent, .. } => Some(agent),
                _ => None,
            },
            _ => None,
        });
        let Some(agent) = offered else { return false };
        self.command(agent.clone(), AgentCommand::Answer { call: call.clone() });
        self.command(agent.clone(), AgentCommand::HangUp { call });
        self.command(agent.clone(), AgentCommand::Ready);
        self.centre.agent_snapshot(&agent).is_some_and(|seen| seen.activity == Activity::Idle)
    }

    fn command(&mut self, agent: AgentId, command: AgentCommand) {
        self.tickets += 1;
        self.on(Event::Commanded { agent, ticket: Ticket(self.tickets), command });
    }

    fn on(&mut self, event: Event) -> Vec<Effect> {
        self.now.mono = self.now.mono + Duration::from_millis(1);
        self.now.utc.0 += 1;
        self.centre.handle(self.now, event)
    }
}

fn agent(index: usize) -> AgentId {
    AgentId(format!("agent-{index:06}@bench"))
}

fn group(index: usize) -> SkillGroupId {
    SkillGroupId(format!("group-{index}@bench"))
}

fn number(index: usize) -> Number {
    Number(format!("+862165001{index:03}"))
}

fn directory(agents: usize) -> Directory {
    let entry = |index: usize| AgentEntry {
        display_name: String::new(),
        extension: String::new(),
        levels: [0, 3, 7]
            .map(|step| (group((index + step) % GROUPS), u8::try_from(index % 10 + 1).unwrap_or(10)))
            .into(),
    };
    let to_group = |index| NumberEntry {
        usage: NumberUsage::Inbound,
        route: Some(NumberRoute::Group(group(index))),
        cap: None,
        trunk: "carrier".into(),
        city: None,
    };
    Directory {
        agents: (0..agents).map(|index| (agent(index), entry(index))).collect(),
        groups: (0..GROUPS).map(|index| (group(index), GroupEntry::default())).collect(),
        numbers: (0..GROUPS).map(|index| (number(index), to_group(index))).collect(),
        flows: BTreeMap::new(),
        settings: Settings::default(),
    }
}
