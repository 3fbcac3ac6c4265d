//! What happened in a run, to know that misfortune was not spared.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    mem::{Discriminant, discriminant},
};

use cordboard_core::{Effect, Fact, Refusal};

/// How often what happened.
#[derive(Debug, Default)]
pub struct Variety {
    /// Calls, offers and refusals by how they ended.
    ends: BTreeMap<String, u64>,
    facts: HashSet<Discriminant<Fact>>,
    refusals: HashSet<Refusal>,
}

/// All facts but the one that only the shell writes.
const FACTS: usize = 27;
/// All ways in which a call ends but the one that the laws forbid.
const DISPOSITIONS: usize = 19;
const OFFER_ENDS: usize = 5;
const REFUSALS: usize = 16;

impl Variety {
    pub fn see(&mut self, effect: &Effect) {
        match effect {
            Effect::Journal(entry) => {
                self.facts.insert(discriminant(&entry.fact));
                match &entry.fact {
                    Fact::CallEnded { disposition, .. } => self.count(format!("call ended {disposition:?}")),
                    Fact::OfferEnded { how, .. } => self.count(format!("offer ended {how:?}")),
                    _ => {}
                }
            }
            Effect::Refuse { refusal, .. } => {
                self.refusals.insert(*refusal);
                self.count(format!("refused {refusal:?}"));
            }
            _ => {}
        }
    }

    fn count(&mut self, what: String) {
        *self.ends.entry(what).or_default() += 1;
    }

    fn kinds(&self, of: &str) -> usize {
        self.ends.keys().filter(|what| what.starts_with(of)).count()
    }

    /// Panics unless everything that can happen did.
    pub fn is_complete(&self) {
        assert_eq!(self.facts.len(), FACTS, "kinds of facts");
        assert_eq!(self.kinds("call ended"), DISPOSITIONS, "{self}");
        assert_eq!(self.kinds("offer ended"), OFFER_ENDS, "{self}");
        assert_eq!(self.refusals.len(), REFUSALS, "{self}");
    }
}

impl fmt::Display for Variety {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ends.iter().try_for_each(|(what, count)| write!(f, "\n  {count:>7} {what}"))
    }
}
