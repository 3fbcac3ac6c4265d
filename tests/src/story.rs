//! A story: its time, its folder, its share of the machine, and what it needs.

use std::future::Future;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::places;

/// How much of the machine a story takes while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Waits most of the time: one of four places.
    Light,
    /// A browser or several calls: two places.
    Middle,
    /// Fills two cores: all places.
    Heavy,
}

/// What a machine may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rig {
    /// Recorded speech, from Debian's asterisk-core-sounds-en-wav.
    Speech,
    /// SIPp.
    Sipp,
    /// baresip.
    Baresip,
    /// Chromium, Node, and `npm ci` in `tests/browser`.
    Chromium,
    /// The built front end.
    Desk,
    /// Network namespaces, and the right to make them.
    Room,
    /// PulseAudio with its clients.
    SoundServer,
    /// openbox, xdotool and GTK from Python: a desktop with another program on it.
    Desktop,
    /// The desktop window, and what opens and drives it on a virtual screen.
    Window,
}

impl Rig {
    fn lacks(self) -> Option<&'static str> {
        let (there, lack) = match self {
            Rig::Speech => (cordboard_ear::have_speech(), "recorded speech (asterisk-core-sounds-en-wav) is missing"),
            Rig::Sipp => (places::is_installed("sipp"), "SIPp (sip-tester) is missing"),
            Rig::Baresip => (places::is_installed("baresip"), "baresip is missing"),
            Rig::Chromium => (
                places::is_installed("chromium")
                    && places::is_installed("node")
                    && places::in_repository("tests/browser/node_modules/playwright-core").exists(),
                "Chromium, Node or `npm ci` in tests/browser is missing",
            ),
            Rig::Window => (
                places::binary("cordboard-desktop").is_ok()
                    && ["Xvfb", "WebKitWebDriver", "dbus-run-session", "node"].into_iter().all(places::is_installed)
                    && places::in_repository("tests/window/node_modules/selenium-webdriver").exists(),
                "the window or its driver is missing: run `cargo xtask test --only window`",
            ),
            Rig::SoundServer => (
                ["pulseaudio", "pactl", "parec", "pacat"].into_iter().all(places::is_installed),
                "PulseAudio (pulseaudio, pulseaudio-utils) is missing",
            ),
            Rig::Desktop => (
                ["openbox", "xdotool", "xprop"].into_iter().all(places::is_installed),
                "a window manager or a robot (openbox, xdotool) is missing",
            ),
            #[cfg(target_os = "linux")]
            Rig::Room => (crate::room::can_be_built(), "network namespaces (root, iproute2, nftables) are missing"),
            #[cfg(not(target_os = "linux"))]
            Rig::Room => (false, "network namespaces are Linux's"),
            Rig::Desk => (places::in_repository("ui/dist/index.html").exists(), "ui/dist is not built"),
        };
        (!there).then_some(lack)
    }
}

/// What a story is given.
#[derive(Debug)]
pub struct Story {
    /// Its name.
    pub name: String,
    folder: PathBuf,
}

impl Story {
    /// A path in the story's own folder, which is kept when the story fails.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

const PLACES: u32 = 4;
static FREE: Mutex<u32> = Mutex::new(PLACES);
static FREED: Condvar = Condvar::new();

/// Places on the machine, given back when dropped.
struct Share(u32);

impl Share {
    fn take(weight: Weight) -> Share {
        let wanted = match weight {
            Weight::Light => 1,
            Weight::Middle => 2,
            Weight::Heavy => PLACES,
        };
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < wanted {
            free = FREED.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= wanted;
        Share(wanted)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        *FREE.lock().unwrap_or_else(PoisonError::into_inner) += self.0;
        FREED.notify_all();
    }
}

/// Tells a story within its limit. Where a rig is missing, it is noted as skipped; in CI that is a failure.
#[allow(clippy::print_stdout, reason = "a failing story says where its folder is")]
pub fn story<F>(name: &str, weight: Weight, limit: Duration, needs: &[Rig], tell: impl FnOnce(Story) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    if let Some(lack) = needs.iter().find_map(|rig| rig.lacks()) {
        return skip(name, lack);
    }
    let folder = places::build_folder()?.join("stories").join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder)?;
    let _share = Share::take(weight);
    rustls::crypto::ring::default_provider().install_default().ok();
    let watchdog = Watchdog::new(name, limit + Duration::from_secs(30));

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let told = runtime.block_on(async {
        let story = Story { name: name.to_owned(), folder: folder.clone() };
        match tokio::time::timeout(limit, tell(story)).await {
            Ok(outcome) => outcome,
            Err(_) => bail!("the story was not over within {} s", limit.as_secs()),
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    drop(watchdog);
    match &told {
        Ok(()) if std::env::var_os("CORDBOARD_KEEP").is_none() => std::fs::remove_dir_all(&folder)?,
        Ok(()) => {}
        Err(_) => {
            println!("what the story left behind is in {}", folder.display());
            print_logs(&folder);
        }
    }
    told.with_context(|| name.to_owned())
}

fn skip(name: &str, lack: &str) -> Result<()> {
    if std::env::var_os("CI").is_some() {
        bail!("{name} cannot be told: {lack}");
    }
    if let Some(notes) = std::env::var_os("CORDBOARD_SKIPS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(notes)?;
        writeln!(file, "{name}: {lack}")?;
    }
    eprintln!("{name} is skipped: {lack}");
    Ok(())
}

#[allow(clippy::print_stdout, reason = "a failing story shows its logs")]
fn print_logs(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            println!("--- {}, last lines", path.display());
            for line in &lines[lines.len().saturating_sub(25)..] {
                println!("{line}");
            }
        }
    }
}

/// Ends the whole test binary when a story blocks its own runtime, which no timeout inside it would notice.
struct Watchdog {
    _alive: std::sync::mpsc::Sender<()>,
}

impl Watchdog {
    fn new(name: &str, limit: Duration) -> Watchdog {
        let (alive, gone) = std::sync::mpsc::channel();
        let name = name.to_owned();
        std::thread::spawn(move || {
            if gone.recv_timeout(limit) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                eprintln!("{name} hangs and cannot be stopped: the watchdog ends this test binary");
                std::process::exit(101);
            }
        });
        Watchdog { _alive: alive }
    }
}
