//! Where this desk's sound comes from and goes to: the one place that knows. What the person chose is kept in the
//! settings, and the devices can be tried out while no call is on.
//!
//! Sound files named in the environment stand in for devices, for tests and for machines without any.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cordboard_agent::{DeviceState, SoundChoice, SoundConfig, SoundView};
use cordboard_engine::{
    Deaf, DeviceSettings, Devices, DevicesNow, Direction, HeardFile, LevelsNow, Rehearsal, RingHold, Silence,
    SoundError, SoundSink, SoundSource, Use, source_named,
};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager};

use crate::customer::Customer;
use crate::desk::Desk;
use crate::settings::Settings;
use crate::trouble::Trouble;

/// What the agent says: as `--say` of `cordboard-agent`.
const SAY: &str = "CORDBOARD_SAY";
/// The WAV file that gets what the agent hears.
const HEAR: &str = "CORDBOARD_HEAR";
/// Where the choice is kept.
const CHOICE: &str = "sound";
/// Tells the page which devices there are and how they do.
const DEVICES: &str = "sound-devices";
/// Tells the page how loud they are.
const LEVELS: &str = "sound-levels";
/// As often as an eye follows.
const LEVELS_EVERY: Duration = Duration::from_millis(100);
/// How long a device may take to be opened for a trial.
const OPENING_LIMIT: Duration = Duration::from_secs(3);
const TEST_RING: Duration = Duration::from_millis(1_500);

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

/// The trial under way, while the page chooses devices.
#[derive(Default)]
pub struct Trial {
    run: Mutex<Option<Arc<Run>>>,
}

/// One trial; in a call it opens nothing, because the call has the devices.
struct Run {
    rehearsal: Option<Rehearsal>,
}

impl Trial {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<Run>>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Option<Arc<Run>> {
        self.lock().clone()
    }
}

/// Opens what is there: the files that the environment names, else the devices that the person chose, whose ring waits
/// for the customer's page.
pub fn open(app: &AppHandle) -> Sound {
    if files_stand_in() { files() } else { devices(&choice(app), app.state::<Customer>().hold()) }
}

/// Whether files are named in place of devices.
pub fn files_stand_in() -> bool {
    [SAY, HEAR].iter().any(|name| std::env::var_os(name).is_some())
}

/// Returns what the person chose.
pub fn choice(app: &AppHandle) -> SoundChoice {
    let kept = app.state::<Settings>().value(CHOICE);
    kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default()
}

/// Tells the page which devices there are and how they do.
pub fn tell(app: &AppHandle, now: &DevicesNow) {
    if let Err(error) = app.emit(DEVICES, SoundView::from(now)) {
        tracing::debug!(%error, "the page could not be told of the devices");
    }
}

fn devices(choice: &SoundChoice, hold: RingHold) -> Sound {
    let microphone = match Devices::list() {
        Ok(devices) if devices.iter().any(|device| device.direction == Direction::Input) => Microphone::Ready,
        Ok(_) => Microphone::Missing,
        Err(error) => {
            tracing::warn!(%error, "there are no sound devices to use");
            return Sound { config: files().config, microphone: Microphone::Missing };
        }
    };
    let settings = DeviceSettings { hold: Some(hold), ..choice.settings() };
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

/// Keeps a choice and follows it at once, also in a call.
///
/// # Errors
/// When the choice cannot be written down.
#[tauri::command]
pub async fn sound_choose(app: AppHandle, choice: SoundChoice) -> Result<(), Trouble> {
    let kept = serde_json::to_value(&choice)
        .map_err(|error| Trouble::here("Sound", format!("The choice cannot be kept: {error}.")))?;
    app.state::<Settings>().keep(CHOICE, kept);
    if let Some(agent) = app.state::<Desk>().agent() {
        agent.choose(choice.devices()).await;
        agent.clean(choice.cleaning()).await;
    }
    if let Some(rehearsal) = app.state::<Trial>().current().as_ref().and_then(|run| run.rehearsal.as_ref()) {
        rehearsal.choose(choice.devices());
        rehearsal.clean(choice.cleaning());
    }
    Ok(())
}

/// Opens the microphone once and closes it again, so that the system asks now and not at the first call, and says how
/// the devices do. In a call, and where files stand in, nothing is opened.
///
/// # Errors
/// When the machine has no sound system.
#[tauri::command]
pub async fn sound_prepare(app: AppHandle) -> Result<Option<SoundView>, Trouble> {
    if files_stand_in() || in_call(&app) {
        return Ok(None);
    }
    let rehearsal = rehearsal(&app).await?;
    let mut devices = rehearsal.now();
    let decided = devices.wait_for(|now| now.microphone != Use::Closed && now.speaker != Use::Closed);
    let view = match tokio::time::timeout(OPENING_LIMIT, decided).await {
        Ok(Ok(now)) => SoundView::from(&*now),
        Ok(Err(_)) | Err(_) => {
            SoundView { microphone: Some(DeviceState::Busy), ..SoundView::from(&*rehearsal.now().borrow()) }
        }
    };
    close_aside(rehearsal);
    Ok(Some(view))
}

/// Opens the devices for meter, tone and ring, and tells the levels, until it is told to stop. In a call nothing is
/// opened, and the call's own levels are told.
///
/// # Errors
/// When the machine has no sound system.
#[tauri::command]
pub async fn sound_try(app: AppHandle, on: bool) -> Result<(), Trouble> {
    if files_stand_in() {
        return Ok(());
    }
    if !on {
        let run = app.state::<Trial>().lock().take();
        close_aside(run);
        return Ok(());
    }
    let rehearsal = if in_call(&app) { None } else { Some(rehearsal(&app).await?) };
    let run = Arc::new(Run { rehearsal });
    let former = app.state::<Trial>().lock().replace(Arc::clone(&run));
    close_aside(former);
    tauri::async_runtime::spawn(show(app, run));
    Ok(())
}

/// Plays a tone on the chosen loudspeaker; answers when it is over.
#[tauri::command]
pub async fn sound_test_tone(app: AppHandle) {
    let run = app.state::<Trial>().current();
    if let Some(rehearsal) = run.as_ref().and_then(|run| run.rehearsal.as_ref()) {
        tokio::time::sleep(rehearsal.play_test_tone()).await;
    }
    close_aside(run);
}

/// Rings on the chosen ringer; answers when it is over.
#[tauri::command]
pub async fn sound_test_ring(app: AppHandle) {
    let run = app.state::<Trial>().current();
    if let Some(rehearsal) = run.as_ref().and_then(|run| run.rehearsal.as_ref()) {
        rehearsal.ring(true);
        tokio::time::sleep(TEST_RING).await;
        rehearsal.ring(false);
    }
    close_aside(run);
}

/// Tells the page of a trial as long as it lasts.
async fn show(app: AppHandle, run: Arc<Run>) {
    let mut devices = run.rehearsal.as_ref().map(Rehearsal::now);
    if let Some(devices) = &mut devices {
        // What there is already is told too.
        devices.mark_changed();
    }
    let mut tick = tokio::time::interval(LEVELS_EVERY);
    while app.state::<Trial>().current().is_some_and(|current| Arc::ptr_eq(&current, &run)) {
        tick.tick().await;
        if let Some(devices) = &mut devices
            && devices.has_changed().unwrap_or(false)
        {
            let now = devices.borrow_and_update().clone();
            tell(&app, &now);
        }
        let LevelsNow { microphone_dbfs, speaker_dbfs } = match (&run.rehearsal, app.state::<Desk>().agent()) {
            (Some(rehearsal), _) => rehearsal.levels(),
            (None, Some(agent)) => agent.levels(),
            (None, None) => LevelsNow::SILENCE,
        };
        let levels = serde_json::json!({ "microphone_dbfs": microphone_dbfs, "speaker_dbfs": speaker_dbfs });
        if let Err(error) = app.emit(LEVELS, levels) {
            tracing::debug!(%error, "the page could not be told the levels");
        }
    }
    close_aside(Some(run));
}

fn in_call(app: &AppHandle) -> bool {
    let agent = app.state::<Desk>().agent();
    agent.is_some_and(|agent| agent.view().borrow().as_ref().is_some_and(|now| !now.view.calls.is_empty()))
}

/// Opens the chosen devices. A sound system may take its time to answer.
async fn rehearsal(app: &AppHandle) -> Result<Rehearsal, Trouble> {
    let settings = choice(app).settings();
    let started = tokio::task::spawn_blocking(move || Rehearsal::start(settings)).await;
    match started {
        Ok(Ok(rehearsal)) => Ok(rehearsal),
        Ok(Err(error)) => Err(Trouble::here("Sound", error.to_string())),
        Err(error) => Err(Trouble::here("Sound", format!("The devices could not be tried: {error}."))),
    }
}

/// Lets go of open devices; closing waits for the sound system, which nobody else shall.
fn close_aside<T: Send + 'static>(open: T) {
    tauri::async_runtime::spawn_blocking(move || drop(open));
}
