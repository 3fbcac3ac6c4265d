//! The keeper: the one thread that opens and closes devices, and that follows the system when devices come and go.

mod post;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::choice::{Choice, DeviceChoices, Direction, is_monitor};
use super::connections::{Connections, Lease};
use super::ends::Attachment;
use super::hold::RingHold;
use super::host::{DeviceError, DeviceHost, Found, shown};
use super::news::{DevicesNow, Lack, Use};
use super::notices::Notice;
use super::ringer::Ringer;
use super::speaker::Speaker;
use super::stream::{OpenStream, open_capture, open_playback};
use crate::cleaning::Cleaning;
use post::{Post, Purpose};

/// How often open streams are looked after, and what is missing is looked for again.
const ROUND: Duration = Duration::from_millis(200);
/// A stream without a callback for this long has lost its device, whatever the system says.
const SILENT_LIMIT: Duration = Duration::from_secs(1);

/// What the keeper is told.
#[derive(Debug)]
pub(super) enum Order {
    /// A call rings or is dialled: microphone and loudspeaker are wanted.
    Open { session: u64 },
    /// The call is over.
    Close,
    /// The ringer is wanted, or not.
    Ring(bool),
    /// Other devices are wanted.
    Choose(DeviceChoices),
    /// The microphone's sound is to be cleaned like this.
    Clean(Cleaning),
    /// The system says that something has changed.
    Noticed(Notice),
    /// A stream has ended by itself.
    Broken { serial: u64, reason: String },
    /// Close everything and end.
    End,
}

/// Looks after the devices.
pub(super) struct Keeper {
    host: Option<DeviceHost>,
    host_kind: Option<cpal::HostId>,
    connections: Connections,
    choices: DeviceChoices,
    orders: Receiver<Order>,
    /// For those who report to the keeper.
    desk: Sender<Order>,
    attachments: Sender<(u64, Attachment)>,
    now: watch::Sender<DevicesNow>,
    session: u64,
    microphone: Post,
    speaker: Post,
    ringer: Post,
    ringing: Option<Ringer>,
    hold: Option<RingHold>,
    notice: Notice,
    next_serial: u64,
    openings: u64,
}

impl Keeper {
    pub(super) fn new(
        choices: DeviceChoices,
        hold: Option<RingHold>,
        orders: Receiver<Order>,
        desk: Sender<Order>,
        attachments: Sender<(u64, Attachment)>,
        now: watch::Sender<DevicesNow>,
    ) -> Keeper {
        Keeper {
            host: None,
            host_kind: None,
            connections: Connections::default(),
            choices,
            orders,
            desk,
            attachments,
            now,
            session: 0,
            microphone: Post::new(Purpose::Microphone),
            speaker: Post::new(Purpose::Speaker),
            ringer: Post::new(Purpose::Ringer),
            ringing: None,
            hold,
            notice: Notice::default(),
            next_serial: 1,
            openings: 0,
        }
    }

    /// Runs until it is told to end; says first whether there is a sound system at all.
    pub(super) fn run(mut self, opened: &SyncSender<Result<(), DeviceError>>) {
        let host = DeviceHost::open();
        let told = opened.send(host.as_ref().map(drop).map_err(Clone::clone));
        self.host = host.ok();
        self.host_kind = self.host.as_ref().map(DeviceHost::kind);
        if told.is_err() || self.host.is_none() {
            return;
        }
        self.settle();
        loop {
            let order = match self.orders.recv_timeout(self.patience()) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            // Notices come in swarms; the last of them is as good as all.
            let swarm: Vec<Order> =
                order.into_iter().chain(std::iter::from_fn(|| self.orders.try_recv().ok())).collect();
            for order in swarm {
                if matches!(order, Order::End) {
                    return;
                }
                self.take(order);
            }
            self.settle();
        }
    }

    /// Between calls the keeper sleeps until it is told something.
    fn patience(&self) -> Duration {
        let (posts, now) = ([&self.microphone, &self.speaker, &self.ringer], Instant::now());
        let round = if posts.iter().any(|post| post.wanted) { ROUND } else { Duration::from_secs(3_600) };
        posts.iter().filter_map(|post| post.tries_again_in(now)).fold(round, Duration::min)
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Open { session } => {
                self.session = session;
                // The sound thread has thrown away what it had.
                self.microphone.close();
                self.speaker.close();
                (self.microphone.wanted, self.speaker.wanted) = (true, true);
            }
            Order::Close => (self.microphone.wanted, self.speaker.wanted) = (false, false),
            Order::Ring(wanted) => self.ringer.wanted = wanted,
            Order::Choose(choices) => self.choices = choices,
            Order::Clean(cleaning) => {
                let _ = self.attachments.send((self.session, Attachment::Cleaning(cleaning)));
            }
            Order::Noticed(notice) => self.noticed(notice),
            Order::Broken { serial, reason } => {
                for post in [&mut self.microphone, &mut self.speaker, &mut self.ringer] {
                    post.broke(serial, &reason);
                }
            }
            Order::End => {}
        }
    }

    fn noticed(&mut self, notice: Notice) {
        for (post, choice) in [
            (&mut self.microphone, &self.choices.microphone),
            (&mut self.speaker, &self.choices.speaker),
            (&mut self.ringer, &self.choices.ringer),
        ] {
            // With a new default, PulseAudio moves streams there, those of a chosen device too.
            let moved = matches!(choice, Choice::Device(_)) && notice.moved_streams(&self.notice, post.direction());
            if moved || post.device().is_some_and(|id| notice.is_another(&self.notice, id)) {
                post.close();
            }
        }
        self.notice = notice;
    }

    /// Brings what is open in line with what is wanted.
    fn settle(&mut self) {
        let now = Instant::now();
        let found = self.look();
        self.serve(Purpose::Microphone, &found, now);
        self.serve(Purpose::Speaker, &found, now);
        self.serve(Purpose::Ringer, &found, now);
        if self.ringer.device().is_none() {
            self.ringing = None;
        }
        self.publish(&found);
    }

    fn look(&mut self) -> Vec<Found> {
        if let (None, Some(kind)) = (&self.host, self.host_kind) {
            self.host = DeviceHost::again(kind).inspect_err(|error| tracing::debug!(%error, "no sound system")).ok();
        }
        let Some(host) = &self.host else { return vec![] };
        match host.look() {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "the sound system went away");
                self.host = None;
                vec![]
            }
        }
    }

    fn serve(&mut self, purpose: Purpose, found: &[Found], now: Instant) {
        let (post, choice) = match purpose {
            Purpose::Microphone => (&mut self.microphone, &self.choices.microphone),
            Purpose::Speaker => (&mut self.speaker, &self.choices.speaker),
            Purpose::Ringer => (&mut self.ringer, &self.choices.ringer),
        };
        if !post.wanted {
            post.close();
            return;
        }
        let devices: Vec<_> = found.iter().map(|found| found.device.clone()).collect();
        let Some(wanted) = choice.among(&devices, post.direction()).and_then(|at| found.get(at)) else {
            if post.is_open() {
                self.detach(purpose);
            }
            return;
        };
        if post.fits(wanted, now, SILENT_LIMIT) || !post.may_try(now) {
            return;
        }
        post.close();
        let serial = self.next_serial;
        self.next_serial += 1;
        self.open(purpose, wanted, serial, now);
    }

    fn open(&mut self, purpose: Purpose, wanted: &Found, serial: u64, now: Instant) {
        let opened = match purpose {
            Purpose::Microphone => open_capture(wanted, serial, &self.desk).map(|(stream, microphone)| {
                self.attach(Attachment::Microphone(Some(Box::new(microphone))));
                stream
            }),
            Purpose::Speaker => self.open_alone(wanted, serial).map(|(stream, speaker)| {
                self.attach(Attachment::Speaker(Some(Box::new(speaker))));
                stream
            }),
            Purpose::Ringer => self.open_alone(wanted, serial).map(|(stream, speaker)| {
                let ringing = Ringer::start(Box::new(speaker), self.hold.clone());
                self.ringing = ringing.inspect_err(|error| tracing::error!(%error, "the ringer has no thread")).ok();
                stream
            }),
        };
        self.openings += u64::from(opened.is_ok());
        let post = self.post(purpose);
        match opened {
            Ok(stream) => {
                tracing::info!(?purpose, device = stream.device.id, rate_hz = stream.rate_hz, "sound device open");
                post.opened(stream);
            }
            Err(error) => {
                tracing::warn!(?purpose, %error, "a sound device cannot be opened");
                post.failed(error, now);
            }
        }
    }

    fn open_alone(&mut self, wanted: &Found, serial: u64) -> Result<(OpenStream, Speaker), DeviceError> {
        let (found, lease) = match self.host_kind {
            Some(kind) => self.connections.alone(wanted, kind)?,
            None => (wanted.clone(), Lease::default()),
        };
        open_playback(&found, serial, &self.desk).map(|(stream, speaker)| (stream.leasing(lease), speaker))
    }

    fn detach(&mut self, purpose: Purpose) {
        self.post(purpose).close();
        match purpose {
            Purpose::Microphone => self.attach(Attachment::Microphone(None)),
            Purpose::Speaker => self.attach(Attachment::Speaker(None)),
            Purpose::Ringer => self.ringing = None,
        }
    }

    fn attach(&self, attachment: Attachment) {
        // Without a sound thread there is no call.
        let _ = self.attachments.send((self.session, attachment));
    }

    fn post(&mut self, purpose: Purpose) -> &mut Post {
        match purpose {
            Purpose::Microphone => &mut self.microphone,
            Purpose::Speaker => &mut self.speaker,
            Purpose::Ringer => &mut self.ringer,
        }
    }

    fn publish(&self, found: &[Found]) {
        let missing = |post: &Post| match post.direction() {
            Direction::Input => "No microphone is connected. Plug one in, or choose one in the settings.".to_owned(),
            Direction::Output => "No loudspeaker is connected. Plug one in, or choose one in the settings.".to_owned(),
        };
        let used = |post: &Post| match (post.wanted, post.open_device(), post.trouble()) {
            (false, _, _) => Use::Closed,
            (true, Some(device), _) => Use::Open(device.clone()),
            (true, None, Some(error)) => Use::Missing { lack: error.lack(), message: error.to_string() },
            (true, None, None) => Use::Missing { lack: Lack::NotConnected, message: missing(post) },
        };
        let fresh = DevicesNow {
            devices: shown(found),
            muted: self.notice.says_mutes().then(|| self.notice.muted.clone()),
            default_is_monitor: found.iter().any(|found| found.device.is_default && is_monitor(&found.device)),
            microphone: used(&self.microphone),
            speaker: used(&self.speaker),
            ringer: used(&self.ringer),
            openings: self.openings,
        };
        self.now.send_if_modified(|known| {
            let changed = *known != fresh;
            *known = fresh;
            changed
        });
    }
}
