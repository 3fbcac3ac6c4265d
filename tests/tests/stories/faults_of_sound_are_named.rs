//! Thirty faults of sound in thirty calls, each named at the desk; two hundred calls without any, and not one alarm.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use cordboard_tests::{
    AgentProcess, DeskProxy, Gateway, Misfortune, Mouth, Phone, PhoneCall, Rig, Sound, Weight, story,
};
use cordboard_wire::{CallPhase, CallView, DeskView, SoundTrouble};
use futures_util::future::try_join_all;
use tokio::sync::Mutex;

use crate::checks::{SOON, agents_of_sales, settings};

const AGENTS: usize = 10;
const ROUNDS: usize = 3;
const CLEAN_CALLS: usize = 200;
/// Alarms come after two seconds; a clean call must last longer to have had its chance.
const CLEAN_TALK_MS: u64 = 2_700;
/// Two seconds are promised; reports come once a second, and ten calls share this machine.
const NAMED_WITHIN: Duration = Duration::from_secs(6);
/// How long a microphone that dies gives sound.
const DIES_AFTER: Duration = Duration::from_secs(4);

/// What goes wrong in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The carrier never sends a packet.
    CarrierNeverSends,
    /// It stops in the middle.
    CarrierStops,
    /// The far side holds us.
    FarSideHolds,
    /// Nothing of the desk's reaches the gateway, in the middle of the call.
    UpIsCut,
    /// Nothing of the gateway's reaches the desk.
    DownIsCut,
    /// Most of it does not.
    DownIsLossy,
    /// The microphone gives silence from the beginning.
    MicrophoneDead,
    /// It falls silent in the middle.
    MicrophoneDies,
}

/// What the agents meet in each round. Microphones are files, so their faults stay with the first two.
const FAULTS: [[Fault; AGENTS]; ROUNDS] = {
    use Fault::*;
    [
        [
            MicrophoneDead,
            MicrophoneDies,
            CarrierNeverSends,
            CarrierStops,
            FarSideHolds,
            DownIsCut,
            UpIsCut,
            DownIsLossy,
            UpIsCut,
            CarrierStops,
        ],
        [
            MicrophoneDead,
            MicrophoneDies,
            UpIsCut,
            DownIsCut,
            CarrierStops,
            FarSideHolds,
            CarrierNeverSends,
            UpIsCut,
            DownIsLossy,
            DownIsCut,
        ],
        [
            MicrophoneDead,
            MicrophoneDies,
            DownIsCut,
            UpIsCut,
            DownIsLossy,
            UpIsCut,
            CarrierStops,
            FarSideHolds,
            CarrierStops,
            CarrierNeverSends,
        ],
    ]
};

/// A desk behind a network of its own.
struct Desk {
    agent: AgentProcess,
    proxy: DeskProxy,
    /// Rings for everybody; whoever dials has it until the call stands, so that calls and desks belong together.
    phone: Arc<Mutex<Phone>>,
}

impl Desk {
    /// Dials, is answered, and both speak.
    async fn talks(&mut self, number: usize) -> Result<(CallView, PhoneCall)> {
        let phone = self.phone.lock().await;
        self.agent.dial("13900139000", None).await?;
        let callee = phone.next_call(SOON).await?;
        callee.answer().await?;
        callee.mouth.say_again_and_again(&Mouth(AGENTS + number).says()?);
        Ok((self.agent.wait_call(CallPhase::Talking).await?, callee))
    }

    /// Has a call in which this goes wrong. None: it was named; else what was said in its place.
    async fn meets(&mut self, fault: Fault, number: usize) -> Result<Option<String>> {
        let (call, mut callee) = self.talks(number).await?;
        match fault {
            Fault::MicrophoneDead | Fault::MicrophoneDies => {}
            Fault::CarrierNeverSends => callee.mouth.sends(false),
            Fault::CarrierStops | Fault::FarSideHolds | Fault::UpIsCut | Fault::DownIsCut | Fault::DownIsLossy => {
                callee.mouth.hears(1_500, SOON).await?;
                match fault {
                    Fault::CarrierStops => callee.mouth.sends(false),
                    Fault::UpIsCut => self.proxy.set(Misfortune { loss_there: 1.0, ..Misfortune::NONE }),
                    Fault::DownIsCut => self.proxy.set(Misfortune { loss_back: 1.0, ..Misfortune::NONE }),
                    Fault::DownIsLossy => self.proxy.set(Misfortune { loss_back: 0.7, ..Misfortune::NONE }),
                    _ => drop(callee.renegotiate("sendonly").await?),
                }
            }
        }
        // What dies by itself does so after its words.
        let limit = if fault == Fault::MicrophoneDies { NAMED_WITHIN + DIES_AFTER } else { NAMED_WITHIN };
        let named = |view: &DeskView| view.calls.first().is_some_and(|call| is_named(call, fault));
        let seen = match self.agent.wait_view_within(&format!("{fault:?} named"), limit, named).await {
            Ok(_) => None,
            Err(_) => Some(format!("{:?}", self.agent.view()?.calls.first().map(|call| &call.sound_trouble))),
        };
        self.proxy.set(Misfortune::NONE);
        self.ends(&call).await?;
        Ok(seen)
    }

    /// Has a call in which nothing goes wrong and nothing may be said.
    async fn has_a_clean_call(&mut self, number: usize) -> Result<()> {
        let (call, callee) = self.talks(number).await?;
        let from = self.agent.lines.len();
        callee.mouth.hears(CLEAN_TALK_MS, SOON).await?;
        for view in self.agent.views_since(from) {
            let alarm = view.calls.iter().find_map(|call| call.sound_trouble.as_ref());
            ensure!(alarm.is_none(), "desk {number} in a clean call: {alarm:?}, {:?}", view.agent.quality);
        }
        self.ends(&call).await
    }

    async fn ends(&mut self, call: &CallView) -> Result<()> {
        self.agent.hang_up(&call.call_id).await?;
        // Whose network was cut may have made a new connection.
        self.agent.wait_view_within("sound", NAMED_WITHIN * 2, |view| view.agent.media_connected).await.map(drop)
    }
}

fn is_named(call: &CallView, fault: Fault) -> bool {
    let said = call.sound_trouble.as_ref().map(|trouble| trouble.code);
    match fault {
        Fault::CarrierNeverSends | Fault::CarrierStops => said == Some(SoundTrouble::NothingFromCustomer),
        Fault::FarSideHolds => call.held_by_far_side && said.is_none(),
        Fault::UpIsCut => said == Some(SoundTrouble::NothingFromDesk),
        Fault::DownIsCut | Fault::DownIsLossy => said == Some(SoundTrouble::LostOnTheWayDown),
        Fault::MicrophoneDead | Fault::MicrophoneDies => said == Some(SoundTrouble::MicrophoneSilent),
    }
}

/// What an agent's microphone gives: over and over, so that what has died is dead for as long as a call takes.
fn words_of(number: usize) -> Result<Sound> {
    let mut words = Mouth(number).says()?;
    match FAULTS[0][number] {
        Fault::MicrophoneDead => return Ok(Sound::silence(1_000)),
        Fault::MicrophoneDies => {
            words = words.piece(0, DIES_AFTER.as_millis() as u64);
            words.samples.extend(Sound::silence(30_000).samples);
        }
        _ => {}
    }
    Ok(words)
}

#[test]
fn faults_of_sound_are_named() -> Result<()> {
    story("faults_of_sound_are_named", Weight::Heavy, Duration::from_secs(240), &[Rig::Speech], async |story| {
        let phone = Arc::new(Mutex::new(Phone::new().await?));
        let mut words = settings(&[("AfterCallRule", "0")]);
        words.extend(["--trunk-peer".to_owned(), phone.lock().await.address.to_string()]);
        let gateway = Gateway::demo_with(&story, "gateway", &words).await?;
        let users = agents_of_sales(&gateway, AGENTS).await?;
        let mut desks = Vec::new();
        for (number, user) in users.iter().enumerate() {
            let proxy = DeskProxy::before(gateway.http, Misfortune::NONE, number as u64).await?;
            let agent = AgentProcess::start(&story, &proxy.url(), user, &words_of(number)?, &["--ready"]).await?;
            desks.push(Desk { agent, proxy, phone: Arc::clone(&phone) });
        }

        let mut missed = Vec::new();
        for faults in FAULTS {
            let lanes = desks.iter_mut().enumerate().map(async |(number, desk)| {
                let fault = faults[number];
                anyhow::Ok((fault, desk.meets(fault, number).await?))
            });
            let seen = try_join_all(lanes).await?;
            missed.extend(seen.into_iter().filter_map(|(fault, seen)| seen.map(|seen| (fault, seen))));
        }
        // 95 of a hundred are promised; of thirty, one may be missed.
        ensure!(missed.len() <= 1, "faults that were not named, and what was said in their place: {missed:?}");

        // The two with faulty microphones stay out of the clean calls.
        let clean = &mut desks[2..];
        let each = CLEAN_CALLS / clean.len();
        try_join_all(clean.iter_mut().enumerate().map(async |(number, desk)| {
            for _ in 0..each {
                desk.has_a_clean_call(number).await?;
            }
            anyhow::Ok(())
        }))
        .await?;
        for desk in desks {
            desk.agent.leave().await?;
        }
        gateway.stop().await
    })
}
