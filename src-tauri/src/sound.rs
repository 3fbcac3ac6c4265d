//! Where this desk's sound comes from and goes to: the one place that knows.
//!
//! Sound files named in the environment stand in for devices, for tests and for machines without any.

use cordboard_agent::SoundConfig;
use cordboard_engine::{
    Cleaning, Deaf, DeviceSettings, Devices, Direction, HeardFile, Silence, SoundError, SoundSink, SoundSource,
    source_named,
};
use serde::Serialize;

/// What the agent says: as `--say` of `cordboard-agent`.
const SAY: &str = "CORDBOARD_SAY";
/// The WAV file that gets what the agent hears.
const HEAR: &str = "CORDBOARD_HEAR";

/// Whether the agent can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Microphone {
    /// There is something to speak with.
    Ready,
    /// There is none.
    Missing,
}

/// A mouth and an ear, and what is to be said of them.
pub struct Sound {
    /// For the agent.
    pub config: SoundConfig,
    /// For the page.
    pub microphone: Microphone,
}

/// Opens what is there: the files that the environment names, else the machine's devices.
pub fn open() -> Sound {
    let named = [SAY, HEAR].iter().any(|name| std::env::var_os(name).is_some());
    if named { files() } else { devices() }
}

/// The devices the system prefers, with echo and noise taken out.
fn devices() -> Sound {
    let microphone = match Devices::list() {
        Ok(devices) if devices.iter().any(|device| device.direction == Direction::Input) => Microphone::Ready,
        Ok(_) => Microphone::Missing,
        Err(error) => {
            tracing::warn!(%error, "there are no sound devices to use");
            return Sound { config: files().config, microphone: Microphone::Missing };
        }
    };
    let settings = DeviceSettings { cleaning: Cleaning::default(), ..DeviceSettings::default() };
    Sound { config: SoundConfig::Devices(settings), microphone }
}

fn files() -> Sound {
    let (source, microphone) = match std::env::var(SAY).ok().map(|name| source_named(&name)) {
        Some(Ok(source)) => (source, Microphone::Ready),
        Some(Err(error)) => (unusable(SAY, &error), Microphone::Missing),
        None => (Box::new(Silence) as Box<dyn SoundSource>, Microphone::Missing),
    };
    let sink: Box<dyn SoundSink> =
        match std::env::var_os(HEAR).map(|path| HeardFile::create(std::path::Path::new(&path))) {
            Some(Ok(file)) => Box::new(file),
            Some(Err(error)) => {
                unusable(HEAR, &error);
                Box::new(Deaf)
            }
            None => Box::new(Deaf),
        };
    Sound { config: SoundConfig::Files { source, sink }, microphone }
}

fn unusable(name: &str, error: &SoundError) -> Box<dyn SoundSource> {
    tracing::warn!(%error, name, "sound named in the environment cannot be used; silence takes its place");
    Box::new(Silence)
}
