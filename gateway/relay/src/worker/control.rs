//! Letters: endpoints that come, go or move, and plans that change what they hear.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use mio::{Interest, Token};

use super::endpoint::{Hearing, Loop, Playing};
use super::{Body, Endpoint, Worker};
use crate::desk::Change;
use crate::endpoint::{EndpointId, Hear, RecordingId};
use crate::event::RelayEvent;
use crate::slot::{Command, ResolvedPlan, Slot};

impl Worker {
    pub(super) fn read_letters(&mut self) {
        let mut letters = std::mem::take(&mut self.letters);
        let scan = self.inboxes[self.index].empty_into(&mut letters);
        for letter in letters.drain(..) {
            match letter {
                Command::Adopt(endpoint) => self.adopt(endpoint),
                Command::Changed(id) => self.apply_wishes(id),
            }
        }
        self.letters = letters;
        if scan {
            let dirty: Vec<_> = self.endpoints.values().filter(|e| e.slot.is_dirty()).map(|e| e.id).collect();
            dirty.into_iter().for_each(|id| self.apply_wishes(id));
        }
    }

    /// Takes an endpoint in, new or moved. A desk with the id of one that is here replaces its connection.
    fn adopt(&mut self, mut endpoint: Box<Endpoint>) {
        let id = endpoint.id;
        let now = Instant::now();
        if let Some(mut old) = self.endpoints.remove(&id) {
            self.silence(&mut old);
            self.forget_desk(&mut old, now);
            endpoint.revision = old.revision;
            endpoint.hearing = std::mem::replace(&mut old.hearing, Hearing::Silence);
            endpoint.ticking = old.ticking;
            endpoint.listened_since = old.listened_since;
        }
        match &mut endpoint.body {
            Body::Trunk(trunk) => {
                let registered =
                    self.poll.registry().register(&mut trunk.socket, Token(id.0 as usize), Interest::READABLE);
                if let Err(error) = registered {
                    tracing::error!(%error, leg = %id, "cannot listen to a trunk leg");
                }
            }
            Body::Desk(desk) => {
                self.ufrags.insert(desk.ufrag.clone(), id);
            }
        }
        if let Hearing::Endpoints(sources) = &endpoint.hearing {
            let sources = sources.clone();
            sources.iter().for_each(|source| self.join(source, id));
        }
        let is_desk = matches!(endpoint.body, Body::Desk(_));
        self.endpoints.insert(id, endpoint);
        self.want_tick(id);
        self.steer_anew(id);
        if is_desk {
            self.drive_desk(now, id);
        } else {
            // Edge-triggered: what came before the registration would never be announced.
            self.unread.push(Token(id.0 as usize));
        }
        self.apply_wishes(id);
    }

    fn apply_wishes(&mut self, id: EndpointId) {
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        let wishes = endpoint.slot.take();
        if wishes.closed {
            self.close(id);
            return;
        }
        if let (Some(remote), Body::Trunk(trunk)) = (wishes.remote, &mut endpoint.body) {
            trunk.set_remote(remote);
            self.steer(id);
        }
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        if let Body::Trunk(trunk) = &mut endpoint.body {
            for digit in wishes.digits {
                if trunk.keys_out.queue(digit).is_err() {
                    tracing::warn!(leg = %id, "a digit was dropped: too many wait");
                }
            }
        }
        if let Some(plan) = wishes.plan
            && endpoint.revision.is_none_or(|revision| plan.revision > revision)
        {
            self.follow(id, plan);
        }
        self.want_tick(id);
        if let Some(worker) = wishes.move_to.filter(|worker| *worker != self.index) {
            self.hand_over(id, worker);
        }
    }

    fn follow(&mut self, id: EndpointId, plan: ResolvedPlan) {
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        endpoint.revision = Some(plan.revision);
        self.record(id, plan.record);
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        let hearing = match plan.hear {
            Hear::Silence => Hearing::Silence,
            Hear::Prompts { play, names } => match &endpoint.hearing {
                Hearing::Clips(playing) if playing.play == Some(play) => return,
                _ => {
                    let clips: Vec<_> = names.iter().filter_map(|name| self.library.clip(name)).collect();
                    let complete = clips.len() == names.len();
                    clips_or_silence(Playing {
                        play: Some(play),
                        clips,
                        clip: 0,
                        frame: 0,
                        complete,
                        what: Loop::Once,
                        codec: None,
                    })
                    .unwrap_or_else(|| {
                        self.herald.tell(RelayEvent::PromptEnded { endpoint: id, play, played: false });
                        Hearing::Silence
                    })
                }
            },
            Hear::Music => match &endpoint.hearing {
                Hearing::Clips(playing) if playing.what == Loop::Music => return,
                _ => looping(self.library.music().into_iter().collect(), Loop::Music),
            },
            Hear::Ringback => match &endpoint.hearing {
                Hearing::Clips(playing) if playing.what == Loop::Ringback => return,
                _ => looping(vec![self.library.ringback()], Loop::Ringback),
            },
            Hear::Endpoints(_) => Hearing::Endpoints(plan.sources),
        };
        let old = std::mem::replace(&mut endpoint.hearing, hearing);
        let new = match &endpoint.hearing {
            Hearing::Endpoints(sources) => sources.clone(),
            Hearing::Silence | Hearing::Clips(_) => Vec::new(),
        };
        // Joined before the old ones are left, so that a source in both is not taken for unheard.
        new.iter().for_each(|source| self.join(source, id));
        if let Hearing::Endpoints(sources) = old {
            for source in sources.iter().filter(|old| !new.iter().any(|new| new.id == old.id)) {
                self.leave(source, id);
            }
        }
        self.steer_anew(id);
    }

    /// Begins, ends or goes on with the recording of a trunk leg.
    fn record(&mut self, id: EndpointId, wished: Option<RecordingId>) {
        let now_us = self.clock.us(Instant::now());
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        let is_trunk = matches!(endpoint.body, Body::Trunk(_));
        if endpoint.tap.as_ref().map(|tap| &tap.id) == wished.as_ref() || !is_trunk {
            return;
        }
        if let Some(tap) = endpoint.tap.take() {
            tap.end(now_us);
        }
        endpoint.tap = wished.map(|name| self.recorder.begin(name, now_us));
    }

    /// `listener` hears `source` from now on.
    fn join(&mut self, source: &Arc<Slot>, listener: EndpointId) {
        let listeners = &mut self.audience.entry(source.id).or_default().listeners;
        if !listeners.contains(&listener) {
            listeners.push(listener);
        }
        source.audience.fetch_or(1 << self.index, Ordering::AcqRel);
    }

    fn leave(&mut self, source: &Arc<Slot>, listener: EndpointId) {
        let Some(audience) = self.audience.get_mut(&source.id) else { return };
        audience.listeners.retain(|id| *id != listener);
        if audience.listeners.is_empty() {
            self.audience.remove(&source.id);
            source.audience.fetch_and(!(1 << self.index), Ordering::AcqRel);
        }
    }

    /// Takes an endpoint out of every audience, keeping its plan.
    fn silence(&mut self, endpoint: &mut Endpoint) {
        if let Hearing::Endpoints(sources) = &endpoint.hearing {
            let sources = sources.clone();
            sources.iter().for_each(|source| self.leave(source, endpoint.id));
        }
        self.leave_mixes(endpoint.id);
    }

    fn forget_desk(&mut self, endpoint: &mut Endpoint, now: Instant) {
        if let Body::Desk(desk) = &mut endpoint.body {
            self.ufrags.remove(&desk.ufrag);
            for addr in &desk.addresses {
                if self.addresses.get(addr) == Some(&endpoint.id) {
                    self.addresses.remove(addr);
                }
            }
            desk.close(now, &self.desk_socket);
        }
    }

    fn close(&mut self, id: EndpointId) {
        let Some(mut endpoint) = self.endpoints.remove(&id) else { return };
        self.silence(&mut endpoint);
        self.forget_desk(&mut endpoint, Instant::now());
        if let Some(tap) = endpoint.tap.take() {
            tap.end(self.clock.us(Instant::now()));
        }
        if let Body::Trunk(trunk) = &mut endpoint.body {
            // The socket leaves the poll when it is dropped, whatever this says.
            let _ = self.poll.registry().deregister(&mut trunk.socket);
        }
    }

    /// Gives a trunk leg, its socket and all its state to another worker.
    fn hand_over(&mut self, id: EndpointId, worker: usize) {
        if !matches!(self.endpoints.get(&id).map(|endpoint| &endpoint.body), Some(Body::Trunk(_))) {
            return;
        }
        let Some(inbox) = self.inboxes.get(worker).cloned() else { return };
        let Some(mut endpoint) = self.endpoints.remove(&id) else { return };
        if let Body::Trunk(trunk) = &mut endpoint.body
            && let Err(error) = self.poll.registry().deregister(&mut trunk.socket)
        {
            tracing::warn!(%error, leg = %id, "a moving leg was not registered");
        }
        self.silence(&mut endpoint);
        endpoint.ticking = false;
        self.ticker.wanted.retain(|wanted| *wanted != id);
        endpoint.slot.hand_to(worker);
        inbox.adopt(endpoint);
    }

    /// Tells the shell how a desk's connection changed.
    pub(super) fn desk_changed(&mut self, id: EndpointId, change: Change) {
        self.herald.tell(match change {
            Change::Connected => RelayEvent::DeskConnected { endpoint: id },
            Change::Lost { closed } => RelayEvent::DeskLost { endpoint: id, closed },
        });
    }
}

fn clips_or_silence(playing: Playing) -> Option<Hearing> {
    playing.clips.iter().any(|clip| clip.frames() > 0).then_some(Hearing::Clips(playing))
}

fn looping(clips: Vec<Arc<crate::library::Clip>>, what: Loop) -> Hearing {
    let playing = Playing { play: None, clips, clip: 0, frame: 0, complete: true, what, codec: None };
    clips_or_silence(playing).unwrap_or(Hearing::Silence)
}
