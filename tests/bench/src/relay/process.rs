//! The measured side: a relay with one worker, its prompts and recordings in a temporary folder.

use std::io::{BufRead, Write};
use std::sync::mpsc;

use anyhow::{Context, Result};
use cordboard_media::{tone::Tone, wav};
use cordboard_relay::{Codec, EndpointId, Hear, Plan, RecordingId, Relay, RelayConfig, RelayEvent, Remote};

use super::{Answer, Ask};

/// Does what standard input says until it ends.
pub fn run() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let prompts = folder.path().join("prompts");
    std::fs::create_dir_all(&prompts)?;
    let mut samples = vec![0; 8_000 * 10];
    Tone::sine(700.0, -14.0, 8_000).fill(&mut samples);
    wav::write(std::fs::File::create(prompts.join("music.wav"))?, 8_000, 1, &samples)?;
    let config = RelayConfig {
        rtp_ip: [127, 0, 0, 1].into(),
        advertised_rtp_ip: None,
        rtp_ports: 40_000..=48_999,
        desk_bind: [127, 0, 0, 1].into(),
        desk_advertised: None,
        workers: 1,
        prompts,
        recordings: folder.path().join("recordings"),
    };
    let relay = Relay::start(config, |event| {
        if let RelayEvent::RecordingFailed { reason, .. } = event {
            eprintln!("recording failed: {reason}");
        }
    })?;
    let mut house = House { relay, revision: 0 };
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let ask: Ask = serde_json::from_str(&line?)?;
        let answer = house.answer(ask).unwrap_or_else(|error| Answer::Refused(format!("{error:#}")));
        serde_json::to_writer(&mut output, &answer)?;
        writeln!(output)?;
        output.flush()?;
    }
    house.relay.stop();
    Ok(())
}

struct House {
    relay: Relay,
    revision: u64,
}

impl House {
    fn answer(&mut self, ask: Ask) -> Result<Answer> {
        match ask {
            Ask::OpenTrunk { id, remote: addr } => {
                let leg = self.relay.open_trunk(EndpointId(id), false)?;
                let codec = Codec::Pcma;
                let remote = Remote { addr, codec, pt: 8, dtmf_pt: Some(101), ptime_ms: 20, may_send: true };
                self.relay.set_remote(EndpointId(id), remote)?;
                Ok(Answer::Address(leg))
            }
            Ask::OpenDesk { id, sdp } => {
                let (sender, receiver) = mpsc::channel();
                self.relay.open_desk(EndpointId(id), sdp, move |answer| {
                    sender.send(answer).ok();
                });
                Ok(Answer::Sdp(receiver.recv().context("the relay dropped an offer")??))
            }
            Ask::Bridge { one, other, recorded } => {
                let record = recorded.then(|| RecordingId::new(&format!("call-{one}"))).flatten();
                self.plan(one, Hear::Endpoints(vec![EndpointId(other)]), record)?;
                self.plan(other, Hear::Endpoints(vec![EndpointId(one)]), None)?;
                Ok(Answer::Done)
            }
            Ask::Music { id } => self.plan(id, Hear::Music, None).map(|()| Answer::Done),
            Ask::Conference { ids } => {
                for id in &ids {
                    let peers = ids.iter().filter(|peer| *peer != id).map(|peer| EndpointId(*peer)).collect();
                    self.plan(*id, Hear::Endpoints(peers), None)?;
                }
                Ok(Answer::Done)
            }
            Ask::Sent { ids } => {
                let sent = |id: &u64| self.relay.stats(EndpointId(*id)).map_or(0, |stats| stats.packets_out);
                Ok(Answer::Count(ids.iter().map(sent).sum()))
            }
        }
    }

    fn plan(&mut self, id: u64, hear: Hear, record: Option<RecordingId>) -> Result<()> {
        self.revision += 1;
        Ok(self.relay.set_plan(EndpointId(id), Plan { revision: self.revision, hear, record })?)
    }
}
