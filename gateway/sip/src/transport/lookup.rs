//! Names that turn up in routes and targets are looked up beside the loop, a bounded number at a time.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::shell::Notice;
use crate::wire::{Output, Target};

/// A message whose name was looked up.
#[derive(Debug)]
pub(crate) struct Lookup {
    pub(crate) output: Output,
    pub(crate) addr: Option<SocketAddr>,
}

pub(crate) struct Lookups {
    slots: std::sync::Arc<Semaphore>,
    notices: mpsc::Sender<Notice>,
}

const AT_ONCE: usize = 32;
const PATIENCE: Duration = Duration::from_secs(4);

impl Lookups {
    pub(crate) fn new(notices: mpsc::Sender<Notice>) -> Self {
        Self { slots: std::sync::Arc::new(Semaphore::new(AT_ONCE)), notices }
    }

    /// Looks up where a message goes; hands it back when too many lookups are under way.
    pub(crate) fn begin(&self, tasks: &mut JoinSet<()>, output: Output) -> Result<(), Output> {
        let Target::Name(host, port) = output.destination.target.clone() else { return Err(output) };
        let Ok(slot) = std::sync::Arc::clone(&self.slots).try_acquire_owned() else { return Err(output) };
        let notices = self.notices.clone();
        tasks.spawn(async move {
            let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
            let addr = found.ok().and_then(Result::ok).and_then(|mut found| found.next());
            drop(slot);
            // The loop has stopped when nobody takes it.
            let _ = notices.send(Notice::LookedUp(Lookup { output, addr })).await;
        });
        Ok(())
    }
}
