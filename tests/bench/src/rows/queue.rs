//! A call through flow, queue and a desk's answer, among 200 desks: processor time of the whole gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use cordboard_relay::Codec;
use cordboard_tests::{Gateway, Story};
use cordboard_wire::{CallPhase, Command, GatewayMessage, Presence};
use tokio::task::JoinSet;

use super::needs;
use crate::desk_socket::DeskSocket;
use crate::load::{Load, desks};
use crate::options::Options;
use crate::process::Process;
use crate::row::Row;
use crate::sipp::Sipp;
use crate::spread::Spread;
use crate::{centre, profile, steady};

pub const NAME: &str = "through flow, queue and a desk's answer, 200 desks";

const DESKS: usize = 200;
const CALLS_A_SECOND: u32 = 40;
const CALL: Duration = Duration::from_secs(1);
/// Until as many calls end as begin.
const SETTLING: Duration = Duration::from_secs(4);

pub fn measure(options: &Options) -> Result<Vec<Row>> {
    needs("sipp")?;
    centre::with_gateway("bench-queue", |gateway, story| among_desks(gateway, story, options.clone()))
}

async fn among_desks(gateway: Gateway, story: Story, options: Options) -> Result<Vec<Row>> {
    let process = centre::process(&gateway)?;
    let crowd = Crowd::connect(&gateway).await?;
    let (idle, options) = tokio::task::spawn_blocking(move || {
        std::thread::sleep(SETTLING);
        (steady::window(process, options.window()), options)
    })
    .await?;
    let idle = idle?;
    let folder = story.path("sipp");
    std::fs::create_dir_all(&folder)?;
    let caller = Sipp::caller(&folder, gateway.sip, centre::NUMBER, CALLS_A_SECOND, CALL)?;
    let answered = Arc::clone(&crowd.answered);
    let measured = tokio::task::spawn_blocking(move || -> Result<Vec<Row>> {
        std::thread::sleep(SETTLING);
        let windows: Result<Vec<f64>> =
            (0..options.rounds).map(|_| milliseconds_a_call(process, &answered, &options, idle)).collect();
        let milliseconds = Spread::of(windows?);
        profile::print("through the queue", process, &options)?;
        let outcome = caller.end()?;
        ensure!(outcome.successful > 0, "no call succeeded, {} failed", outcome.failed);
        let measured = format!(
            "{} at {CALLS_A_SECOND} calls/s ({} calls, {} failed; 200 standing desks use {idle:.1} % of a core, taken off); \
             INVITE to 200 {}",
            milliseconds.words(2, "ms"),
            outcome.successful + outcome.failed,
            outcome.failed,
            outcome.answered_ms.latency(0, "ms")
        );
        Ok(vec![Row::compared(NAME, milliseconds.median(), 1.5, "ms", measured)])
    })
    .await?;
    drop(crowd);
    gateway.stop().await?;
    measured
}

/// Processor time of one window, without what standing desks take, by the calls answered in it.
fn milliseconds_a_call(process: Process, answered: &AtomicU64, options: &Options, idle: f64) -> Result<f64> {
    let before = answered.load(Ordering::Relaxed);
    let percent = steady::window(process, options.window())? - idle;
    let calls = answered.load(Ordering::Relaxed) - before;
    ensure!(calls > 0, "no call was answered within a window");
    Ok(percent / 100.0 * options.window().as_secs_f64() * 1e3 / calls as f64)
}

/// Agents at their desks, ready, who answer whatever rings and are ready again after each call.
struct Crowd {
    answered: Arc<AtomicU64>,
    _sound: Load,
    _agents: JoinSet<()>,
}

impl Crowd {
    async fn connect(gateway: &Gateway) -> Result<Crowd> {
        let sessions = centre::crowd(gateway, DESKS).await?;
        let (mut sockets, mut sound) = (Vec::new(), Vec::new());
        for session in &sessions {
            let mut socket = DeskSocket::open(gateway, session).await?;
            sound.push(socket.offer_sound(Codec::Pcma).await?);
            sockets.push(socket);
        }
        let sound = desks::live(sound, Codec::Pcma, false)?;
        let answered = Arc::new(AtomicU64::new(0));
        let mut agents = JoinSet::new();
        for mut socket in sockets {
            socket.view("sound connected", |view| view.agent.media_connected.then_some(())).await?;
            socket.act(Command::Ready).await?;
            socket.view("ready", |view| (view.agent.presence == Presence::Ready).then_some(())).await?;
            let answered = Arc::clone(&answered);
            agents.spawn(async move {
                if let Err(error) = work(socket, &answered).await {
                    eprintln!("a desk ended: {error:#}");
                }
            });
        }
        Ok(Crowd { answered, _sound: sound, _agents: agents })
    }
}

/// A day of an agent.
async fn work(mut socket: DeskSocket, answered: &AtomicU64) -> Result<()> {
    let (mut last_answered, mut last_wrapped) = (String::new(), String::new());
    loop {
        let GatewayMessage::View { view, .. } = socket.next().await? else { continue };
        let ringing = view.calls.iter().find(|call| call.phase == CallPhase::Ringing);
        if let Some(call) = ringing.filter(|call| call.call_id != last_answered) {
            last_answered.clone_from(&call.call_id);
            answered.fetch_add(1, Ordering::Relaxed);
            socket.act(Command::Answer { call_id: call.call_id.clone() }).await?;
        }
        if let Some(wrap_up) = view.wrap_up.filter(|wrap_up| wrap_up.call.call_id != last_wrapped) {
            last_wrapped = wrap_up.call.call_id;
            socket.act(Command::Ready).await?;
        }
    }
}
