//! PulseAudio's subscription, on a connection of its own: after each event it asks what there is now.

use std::collections::HashMap;
use std::ffi::CString;
use std::io::{BufReader, Cursor, Read};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{RecvTimeoutError, Sender, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pulseaudio::protocol::{
    self, AuthParams, AuthReply, Command, CommandReply, ProtocolError, ServerInfo, SetClientNameReply, SinkInfo,
    SourceInfo, SubscriptionMask,
};

use super::{Notice, Order, tell};

/// Pause before a server that went away is looked for the first time, and then again and again.
const SOON: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_secs(2);
/// A longer message is none of a server's that is well.
const LONGEST_BYTES: u32 = 1 << 20;

/// Listens until it is dropped.
#[derive(Debug)]
pub(in super::super) struct Notices {
    /// Its end tells the thread to stop.
    _stop: SyncSender<()>,
    /// Where the thread waits for the server's next word.
    waiting: Arc<Mutex<Option<UnixStream>>>,
}

impl Notices {
    pub(in super::super) fn start(orders: Sender<Order>) -> Notices {
        let (stop, stopped) = sync_channel(1);
        let waiting = Arc::new(Mutex::new(None));
        let waits = Arc::clone(&waiting);
        let thread = std::thread::Builder::new().name("sound notices".to_owned()).spawn(move || {
            loop {
                if let Err(error) = listen(&orders, &waits) {
                    tracing::debug!(%error, "PulseAudio tells nothing");
                }
                // A server that was there is gone, and whoever was using it has to look for another.
                let was_there = waits.lock().unwrap_or_else(PoisonError::into_inner).take().is_some();
                if was_there && !tell(&orders, Notice::default()) {
                    return;
                }
                match stopped.recv_timeout(if was_there { SOON } else { PAUSE }) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        });
        if let Err(error) = thread {
            tracing::error!(%error, "changes of sound devices are noticed late");
        }
        Notices { _stop: stop, waiting }
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        if let Some(socket) = &*self.waiting.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn listen(orders: &Sender<Order>, waits: &Mutex<Option<UnixStream>>) -> Result<(), ProtocolError> {
    let path = pulseaudio::socket_path_from_env().ok_or_else(|| std::io::Error::other("no server is named"))?;
    let socket = UnixStream::connect(path)?;
    *waits.lock().unwrap_or_else(PoisonError::into_inner) = Some(socket.try_clone()?);
    let mut line = Line { socket: BufReader::new(socket), version: protocol::MAX_VERSION, next_id: 0, news: true };
    line.introduce()?;
    loop {
        // Events that come while it answers are answered by asking again.
        while std::mem::take(&mut line.news) {
            let notice = line.look()?;
            if !tell(orders, notice) {
                return Ok(());
            }
        }
        line.read()?;
    }
}

/// A connection that asks and is told.
struct Line {
    socket: BufReader<UnixStream>,
    version: u16,
    next_id: u32,
    /// Something changed since it was asked last.
    news: bool,
}

/// A message that is not an event.
struct Answer {
    id: u32,
    body: Vec<u8>,
}

impl Line {
    fn introduce(&mut self) -> Result<(), ProtocolError> {
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok()).unwrap_or_default();
        let auth = AuthParams { version: protocol::MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let welcome: AuthReply = self.ask(&Command::Auth(auth))?;
        self.version = self.version.min(welcome.version);
        let mut properties = protocol::Props::new();
        properties.set(protocol::Prop::ApplicationName, CString::from(c"Cordboard device list"));
        let _: SetClientNameReply = self.ask(&Command::SetClientName(properties))?;
        let mask = SubscriptionMask::SINK | SubscriptionMask::SOURCE | SubscriptionMask::SERVER;
        let id = self.send(&Command::Subscribe(mask))?;
        self.answer(id).map(drop)
    }

    fn look(&mut self) -> Result<Notice, ProtocolError> {
        let server: ServerInfo = self.ask(&Command::GetServerInfo)?;
        let sinks: Vec<SinkInfo> = self.ask(&Command::GetSinkInfoList)?;
        let sources: Vec<SourceInfo> = self.ask(&Command::GetSourceInfoList)?;
        let id = |name: &CString| format!("pulseaudio:{}", name.to_string_lossy());
        let mut incarnations = HashMap::new();
        incarnations.extend(sinks.iter().map(|sink| (id(&sink.name), sink.index)));
        incarnations.extend(sources.iter().map(|source| (id(&source.name), source.index)));
        let defaults = [server.default_source_name.as_ref().map(id), server.default_sink_name.as_ref().map(id)];
        let mut muted: Vec<String> =
            sinks.iter().filter(|sink| sink.muted || is_off(&sink.cvolume)).map(|sink| id(&sink.name)).collect();
        muted.extend(
            sources.iter().filter(|source| source.muted || is_off(&source.cvolume)).map(|source| id(&source.name)),
        );
        Ok(Notice { incarnations, defaults, muted })
    }

    fn ask<R: CommandReply>(&mut self, question: &Command) -> Result<R, ProtocolError> {
        let id = self.send(question)?;
        let answer = self.answer(id)?;
        protocol::read_reply_message::<R>(&mut Cursor::new(answer.body), self.version).map(|(_, reply)| reply)
    }

    fn send(&mut self, command: &Command) -> Result<u32, ProtocolError> {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        protocol::write_command_message(self.socket.get_mut(), id, command, self.version)?;
        Ok(id)
    }

    fn answer(&mut self, id: u32) -> Result<Answer, ProtocolError> {
        loop {
            if let Some(answer) = self.read()?
                && answer.id == id
            {
                return Ok(answer);
            }
        }
    }

    /// Reads one message; none where it was an event.
    fn read(&mut self) -> Result<Option<Answer>, ProtocolError> {
        let mut body = vec![0; protocol::DESCRIPTOR_SIZE];
        self.socket.read_exact(&mut body)?;
        let length = protocol::read_descriptor(&mut Cursor::new(&body))?.length;
        if length > LONGEST_BYTES {
            return Err(ProtocolError::Invalid("a message beyond all bounds".to_owned()));
        }
        body.resize(protocol::DESCRIPTOR_SIZE + length as usize, 0);
        self.socket.read_exact(&mut body[protocol::DESCRIPTOR_SIZE..])?;
        let (id, command) =
            protocol::Command::read_tag_prefixed(&mut Cursor::new(&body[protocol::DESCRIPTOR_SIZE..]), self.version)?;
        match command {
            Command::SubscribeEvent(_) => {
                self.news = true;
                Ok(None)
            }
            Command::Reply => Ok(Some(Answer { id, body })),
            Command::Error(error) => Err(ProtocolError::ServerError(error)),
            _ => Ok(None),
        }
    }
}

/// Whether every channel is turned down to nothing.
fn is_off(volume: &protocol::ChannelVolume) -> bool {
    volume.channels().iter().all(|channel| channel.as_u32() == 0)
}
