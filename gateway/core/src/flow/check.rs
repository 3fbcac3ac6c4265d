//! Checks a flow before it is published: every fault by the node and the field it sits in.

use std::collections::BTreeSet;

use super::{Flow, Node, NodeId};

/// Something in a flow that would fail a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{field}: {kind}", place(.node))]
pub struct FlowFault {
    /// The node, as it is named; none: the flow itself.
    pub node: Option<NodeId>,
    /// The field, as it is written in the definition: `next`, `keys.1`, `prompts[2]`.
    pub field: String,
    /// What is wrong with it.
    pub kind: FlowFaultKind,
}

/// What is wrong with a field of a flow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlowFaultKind {
    /// It leads to a node that is not there.
    #[error("there is no node named {0:?}")]
    NoSuchNode(NodeId),
    /// It holds nothing.
    #[error("must not be empty")]
    Empty,
    /// It holds too much.
    #[error("has {found}, at most {most} are allowed")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A number is out of its range.
    #[error("is {found}, must be {least} to {most}")]
    OutOfRange {
        /// What it is.
        found: u32,
        /// The least it may be.
        least: u32,
        /// The most it may be.
        most: u32,
    },
    /// It is no key of a telephone.
    #[error("{0:?} is not a key; keys are 0-9, * and #")]
    NotAKey(char),
    /// No call ever gets there.
    #[error("no way leads here from the start")]
    Unreachable,
}

fn place(node: &Option<NodeId>) -> String {
    node.as_ref().map(|node| format!("node {node:?}, ")).unwrap_or_default()
}

const NODES_MAX: usize = 500;
const NAME_MAX: usize = 64;
const PROMPTS_MAX: usize = 20;

impl Flow {
    /// Checks everything that can be known without a call; an empty list means that it may be published.
    ///
    /// Whether prompts and skill groups exist is not known here: a missing prompt is passed over in a call, a
    /// missing group ends it as failed.
    pub fn validate(&self) -> Vec<FlowFault> {
        let mut check = Check { flow: self, faults: Vec::new() };
        check.flow();
        check.faults
    }
}

struct Check<'a> {
    flow: &'a Flow,
    faults: Vec<FlowFault>,
}

impl Check<'_> {
    fn fault(&mut self, node: Option<&NodeId>, field: impl Into<String>, kind: FlowFaultKind) {
        self.faults.push(FlowFault { node: node.cloned(), field: field.into(), kind });
    }

    fn flow(&mut self) {
        let flow = self.flow;
        if flow.nodes.is_empty() {
            self.fault(None, "nodes", FlowFaultKind::Empty);
        }
        self.count(None, "nodes", flow.nodes.len(), NODES_MAX);
        if !flow.nodes.contains_key(&flow.start) {
            self.fault(None, "start", FlowFaultKind::NoSuchNode(flow.start.clone()));
        }
        let reached = self.reached();
        for (name, node) in &flow.nodes {
            if name.is_empty() {
                self.fault(Some(name), "name", FlowFaultKind::Empty);
            }
            self.count(Some(name), "name", name.chars().count(), NAME_MAX);
            self.node(name, node);
            if !reached.contains(name) && flow.nodes.contains_key(&flow.start) {
                self.fault(Some(name), "name", FlowFaultKind::Unreachable);
            }
        }
    }

    fn node(&mut self, name: &NodeId, node: &Node) {
        for (field, target) in exits(node) {
            if !self.flow.nodes.contains_key(target) {
                self.fault(Some(name), field, FlowFaultKind::NoSuchNode(target.clone()));
            }
        }
        match node {
            Node::Play { prompts, .. } => {
                if prompts.is_empty() {
                    self.fault(Some(name), "prompts", FlowFaultKind::Empty);
                }
                self.prompts(name, "prompts", prompts);
            }
            Node::Menu { prompts, keys, timeout_ms, tries, invalid_prompts, .. } => {
                self.prompts(name, "prompts", prompts);
                self.prompts(name, "invalid_prompts", invalid_prompts);
                if keys.is_empty() {
                    self.fault(Some(name), "keys", FlowFaultKind::Empty);
                }
                for key in keys.keys().filter(|key| !matches!(key, '0'..='9' | '*' | '#')) {
                    self.fault(Some(name), format!("keys.{key}"), FlowFaultKind::NotAKey(*key));
                }
                self.range(name, "timeout_ms", *timeout_ms, 1_000, 60_000);
                self.range(name, "tries", (*tries).into(), 1, 10);
            }
            Node::TransferToAgent { skill_group, priority, queue_timeout_seconds, .. } => {
                if skill_group.as_str().is_empty() {
                    self.fault(Some(name), "skill_group", FlowFaultKind::Empty);
                }
                self.range(name, "priority", (*priority).into(), 1, 99);
                if let Some(seconds) = queue_timeout_seconds {
                    self.range(name, "queue_timeout_seconds", *seconds, 1, 3_600);
                }
            }
            Node::HangUp => {}
        }
    }

    fn prompts(&mut self, name: &NodeId, field: &str, prompts: &[String]) {
        self.count(Some(name), field, prompts.len(), PROMPTS_MAX);
        for (index, prompt) in prompts.iter().enumerate() {
            if prompt.is_empty() {
                self.fault(Some(name), format!("{field}[{index}]"), FlowFaultKind::Empty);
            }
        }
    }

    fn range(&mut self, name: &NodeId, field: &str, found: u32, least: u32, most: u32) {
        if !(least..=most).contains(&found) {
            self.fault(Some(name), field, FlowFaultKind::OutOfRange { found, least, most });
        }
    }

    fn count(&mut self, node: Option<&NodeId>, field: &str, found: usize, most: usize) {
        if found > most {
            self.fault(node, field, FlowFaultKind::TooMany { found, most });
        }
    }

    fn reached(&self) -> BTreeSet<NodeId> {
        let mut reached = BTreeSet::new();
        let mut next = vec![self.flow.start.clone()];
        while let Some(name) = next.pop() {
            let Some(node) = self.flow.nodes.get(&name) else { continue };
            if reached.insert(name) {
                next.extend(exits(node).into_iter().map(|(_, target)| target.clone()));
            }
        }
        reached
    }
}

/// The exits of a node, each with the field it is written in.
fn exits(node: &Node) -> Vec<(String, &NodeId)> {
    match node {
        Node::Play { next, .. } => vec![("next".to_owned(), next)],
        Node::Menu { keys, otherwise, .. } => {
            let mut exits: Vec<_> = keys.iter().map(|(key, target)| (format!("keys.{key}"), target)).collect();
            exits.push(("otherwise".to_owned(), otherwise));
            exits
        }
        Node::TransferToAgent { on_timeout, on_overflow, .. } => {
            let timeout = on_timeout.iter().map(|target| ("on_timeout".to_owned(), target));
            timeout.chain(on_overflow.iter().map(|target| ("on_overflow".to_owned(), target))).collect()
        }
        Node::HangUp => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn flow(json: &str) -> Flow {
        serde_json::from_str(json).unwrap()
    }

    fn faults(json: &str) -> Vec<String> {
        flow(json).validate().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_flow_has_no_faults() {
        let found = faults(
            r##"{"id":"welcome","name":"Welcome","start":"greet","nodes":{
                "greet":{"type":"play","prompts":["hello"],"next":"ask"},
                "ask":{"type":"menu","prompts":["which"],"keys":{"1":"sales","#":"bye"},"timeout_ms":5000,"tries":3,
                       "otherwise":"bye"},
                "sales":{"type":"transfer_to_agent","skill_group":"sales@demo","on_timeout":"bye"},
                "bye":{"type":"hang_up"}}}"##,
        );
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn each_fault_names_its_node_and_field() {
        let found = faults(
            r#"{"id":"f","name":"F","start":"ask","nodes":{
                "ask":{"type":"menu","prompts":[""],"keys":{"x":"gone"},"timeout_ms":50,"tries":0,"otherwise":"say"},
                "say":{"type":"play","prompts":[],"next":"queue"},
                "queue":{"type":"transfer_to_agent","skill_group":"","priority":100,"queue_timeout_seconds":0,
                         "on_overflow":"nowhere"},
                "island":{"type":"hang_up"}}}"#,
        );
        assert_eq!(
            found,
            [
                r#"node "ask", keys.x: there is no node named "gone""#,
                r#"node "ask", prompts[0]: must not be empty"#,
                r#"node "ask", keys.x: 'x' is not a key; keys are 0-9, * and #"#,
                r#"node "ask", timeout_ms: is 50, must be 1000 to 60000"#,
                r#"node "ask", tries: is 0, must be 1 to 10"#,
                r#"node "island", name: no way leads here from the start"#,
                r#"node "queue", on_overflow: there is no node named "nowhere""#,
                r#"node "queue", skill_group: must not be empty"#,
                r#"node "queue", priority: is 100, must be 1 to 99"#,
                r#"node "queue", queue_timeout_seconds: is 0, must be 1 to 3600"#,
                r#"node "say", prompts: must not be empty"#,
            ]
        );
    }

    #[test]
    fn a_flow_without_a_start_says_so() {
        let found = faults(r#"{"id":"f","name":"F","start":"a","nodes":{}}"#);
        assert_eq!(found, ["nodes: must not be empty", r#"start: there is no node named "a""#]);
    }
}
