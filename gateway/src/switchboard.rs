//! Brings what trunks report to the centre it belongs to: new calls by their trunk, everything else by its dialog.

use std::collections::{HashMap, VecDeque};

use cordboard_sip::{DialogId, SipEvent};
use tokio::sync::mpsc;

use crate::centre::Input;

/// Events kept for dialogs that are not registered yet: an outbound INVITE may fail before its centre said it is its
/// own. More than a handful is a mistake of ours.
const EARLY: usize = 1024;

/// A handle to register outbound dialogs with.
#[derive(Debug, Clone)]
pub struct Switchboard {
    registrations: mpsc::Sender<(DialogId, mpsc::Sender<Input>)>,
}

impl Switchboard {
    /// Starts the task. It ends when `events` does.
    pub fn start(events: mpsc::Receiver<SipEvent>) -> (Self, mpsc::Sender<(String, mpsc::Sender<Input>)>) {
        let (registrations, dialogs) = mpsc::channel(4096);
        let (trunks, owners) = mpsc::channel(64);
        let task = Task { trunks: HashMap::new(), dialogs: HashMap::new(), early: VecDeque::new() };
        tokio::spawn(task.run(events, dialogs, owners));
        (Self { registrations }, trunks)
    }

    /// Says whose a dialog is.
    pub fn register(&self, dialog: DialogId, centre: &mpsc::Sender<Input>) {
        if self.registrations.try_send((dialog, centre.clone())).is_err() {
            tracing::error!(?dialog, "the switchboard takes no registrations; the call's events will be lost");
        }
    }
}

struct Task {
    trunks: HashMap<String, mpsc::Sender<Input>>,
    dialogs: HashMap<DialogId, mpsc::Sender<Input>>,
    early: VecDeque<(DialogId, SipEvent)>,
}

impl Task {
    async fn run(
        mut self,
        mut events: mpsc::Receiver<SipEvent>,
        mut dialogs: mpsc::Receiver<(DialogId, mpsc::Sender<Input>)>,
        mut owners: mpsc::Receiver<(String, mpsc::Sender<Input>)>,
    ) {
        loop {
            tokio::select! {
                biased;
                Some((trunk, centre)) = owners.recv() => {
                    self.trunks.insert(trunk, centre);
                }
                Some((dialog, centre)) = dialogs.recv() => self.registered(dialog, centre).await,
                event = events.recv() => match event {
                    Some(event) => self.bring(event).await,
                    None => return,
                },
            }
        }
    }

    async fn registered(&mut self, dialog: DialogId, centre: mpsc::Sender<Input>) {
        self.dialogs.insert(dialog, centre);
        let (ours, others) = std::mem::take(&mut self.early).into_iter().partition(|(of, _)| *of == dialog);
        self.early = others;
        let ours: VecDeque<(DialogId, SipEvent)> = ours;
        for (_, event) in ours {
            self.bring(event).await;
        }
    }

    async fn bring(&mut self, event: SipEvent) {
        let (dialog, over) = match &event {
            SipEvent::Incoming { dialog, trunk, .. } => {
                let Some(centre) = self.trunks.get(trunk) else {
                    tracing::error!(trunk, "a call came by a trunk that belongs to no centre");
                    return;
                };
                self.dialogs.insert(*dialog, centre.clone());
                (*dialog, false)
            }
            SipEvent::Progress { dialog, .. }
            | SipEvent::Answered { dialog, .. }
            | SipEvent::MediaChanged { dialog, .. }
            | SipEvent::Digit { dialog, .. }
            | SipEvent::DialogKnown { dialog, .. } => (*dialog, false),
            SipEvent::Ended { dialog, .. } => (*dialog, true),
            SipEvent::TrunkChanged { trunk, .. } => {
                if let Some(centre) = self.trunks.get(trunk) {
                    let _ = centre.send(Input::Sip(event)).await;
                }
                return;
            }
        };
        match self.dialogs.get(&dialog) {
            Some(centre) => {
                // A centre that has stopped needs no news.
                let _ = centre.send(Input::Sip(event)).await;
            }
            None if self.early.len() < EARLY => {
                self.early.push_back((dialog, event));
                return;
            }
            None => tracing::error!(?dialog, "an event of an unknown dialog was dropped"),
        }
        if over {
            self.dialogs.remove(&dialog);
        }
    }
}
