//! Calls one after the other to one free desk: from INVITE to the ring, and from the answer to the first word.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cordboard_relay::Codec;
use cordboard_tests::Gateway;
use cordboard_wire::{Activity, CallPhase, Command, Presence};

use crate::caller::{Caller, SAID_BY_CALLER, SAID_BY_DESK};
use crate::centre;
use crate::desk_socket::DeskSocket;
use crate::load::desk::Desk;
use crate::options::Options;
use crate::row::Row;
use crate::spread::Spread;
use crate::wakeups::Sleeper;

pub const NAME: &str = "INVITE to ring, answer to first word";

const NUMBER: &str = "02165001001";
/// No desk may say more than 50 things a second, and this one says three a call.
const APART: Duration = Duration::from_millis(100);
/// After this long without a word a call counts as mute.
const WORD: Duration = Duration::from_secs(2);

pub fn measure(options: &Options) -> Result<Vec<Row>> {
    let calls = options.latencies;
    centre::with_gateway("bench-answering", |gateway, _| one_after_the_other(gateway, calls))
}

/// Milliseconds of one call.
struct Took {
    ring: f64,
    customer_hears: f64,
    agent_hears: f64,
}

async fn one_after_the_other(gateway: Gateway, calls: usize) -> Result<Vec<Row>> {
    let session = gateway.sign_in("alice").await?;
    let mut desk = DeskSocket::open(&gateway, &session).await?;
    let sound = desk.offer_sound(Codec::Pcma).await?;
    let (told, heard) = channel();
    std::thread::Builder::new().name("desk".into()).spawn(move || {
        if let Err(error) = talk(sound, &told) {
            eprintln!("the desk's sound ended: {error:#}");
        }
    })?;
    desk.view("sound connected", |view| view.agent.media_connected.then_some(())).await?;
    desk.act(Command::Ready).await?;
    let mut caller = Caller::open(gateway.sip)?;
    let mut took = Vec::with_capacity(calls);
    let sleeper = Sleeper::start();
    let mut apart = tokio::time::interval(APART);
    apart.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for _ in 0..calls {
        apart.tick().await;
        took.push(call(&mut desk, &mut caller, &heard).await?);
    }
    let wakeups = sleeper.words();
    gateway.stop().await?;
    let row = |name: &str, most: f64, figure: fn(&Took) -> f64| {
        let spread = Spread::of(took.iter().map(figure));
        let measured = format!("{}; {calls} calls; {wakeups}", spread.latency(1, "ms"));
        Row::compared(name, spread.at(99), most, "ms", measured)
    };
    Ok(vec![
        row("INVITE to ring at a free desk, p99", 50.0, |took| took.ring),
        row("answer to first word at the customer's ear, p99", 60.0, |took| took.customer_hears),
        row("answer to first word at the agent's ear, p99", 60.0, |took| took.agent_hears),
    ])
}

/// One call from its beginning to the agent's next readiness.
async fn call(desk: &mut DeskSocket, caller: &mut Caller, heard: &Receiver<Instant>) -> Result<Took> {
    desk.view("a free desk", |view| {
        let free = view.agent.activity == Activity::Idle && view.agent.presence == Presence::Ready;
        (free && view.calls.is_empty() && view.wrap_up.is_none()).then_some(())
    })
    .await?;
    let invited = caller.call(NUMBER)?;
    let call_id = desk
        .view("a ringing call", |view| {
            view.calls.iter().find(|call| call.phase == CallPhase::Ringing).map(|call| call.call_id.clone())
        })
        .await?;
    let ring = milliseconds(invited);
    // What is still on its way from the call before.
    while caller.heard.try_recv().is_ok() || heard.try_recv().is_ok() {}
    let answered = Instant::now();
    desk.act(Command::Answer { call_id: call_id.clone() }).await?;
    let (customer, agent) = tokio::task::block_in_place(|| (caller.heard.recv_timeout(WORD), heard.recv_timeout(WORD)));
    let customer = customer.context("the customer hears nothing")?;
    let agent = agent.context("the agent hears nothing")?;
    desk.act(Command::HangUp { call_id }).await?;
    desk.view("wrap-up", |view| view.wrap_up.is_some().then_some(())).await?;
    desk.act(Command::Ready).await?;
    let since = |at: Instant| at.saturating_duration_since(answered).as_secs_f64() * 1e3;
    Ok(Took { ring, customer_hears: since(customer), agent_hears: since(agent) })
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Keeps the desk's connection alive, speaks one byte over and over, and tells when the caller's arrives.
fn talk(mut desk: Desk, told: &Sender<Instant>) -> Result<()> {
    let (begin, mut step, mut buffer) = (Instant::now(), 0_u32, [0; 2_048]);
    desk.socket.set_nonblocking(false)?;
    loop {
        let now = Instant::now();
        let due = begin + Duration::from_millis(20) * step;
        if now >= due {
            step += 1;
            if desk.is_connected() {
                desk.speak(now, 8, step * 160, &[SAID_BY_DESK; 160])?;
            }
            continue;
        }
        if now >= desk.next {
            desk.wake(now)?;
            continue;
        }
        let wait = due.min(desk.next).saturating_duration_since(now).max(Duration::from_micros(100));
        desk.socket.set_read_timeout(Some(wait))?;
        if let Ok((length, from)) = desk.socket.recv_from(&mut buffer) {
            desk.receive(Instant::now(), from, &buffer[..length])?;
        }
        for (at, first) in desk.heard.drain(..) {
            if first == SAID_BY_CALLER && told.send(at).is_err() {
                return Ok(());
            }
        }
    }
}
