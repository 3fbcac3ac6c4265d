//! System packages: which are needed, which are missing, and getting them.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::{Result, bail};

use crate::judge;
use crate::tally::Tally;
use crate::tool::{Tool, in_ci};

/// What the machine is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Building and running the demo centre.
    Run,
    /// All tests: SIP peers, a browser, speech to say, a database, and what the window's stage wants.
    Tests,
    /// Building the desktop window and driving it on a virtual screen, with sound and callers.
    Window,
    /// Building the desktop window only.
    WindowToRun,
}

const TO_BUILD: &[&str] = &["build-essential", "cmake", "libasound2-dev", "pkg-config"];
const TO_TEST: &[&str] = &[
    "asterisk-core-sounds-en-g722",
    "asterisk-core-sounds-en-wav",
    "asterisk-core-sounds-fr-g722",
    "asterisk-core-sounds-it-g722",
    "baresip-core",
    "chromium",
    "fonts-noto-cjk",
    "iproute2",
    "nftables",
    "postgresql",
    "pulseaudio",
    "pulseaudio-utils",
    "python3-dev",
    "python3-venv",
    "sip-tester",
];
const TO_BUILD_THE_WINDOW: &[&str] =
    &["libayatana-appindicator3-dev", "librsvg2-dev", "libssl-dev", "libwebkit2gtk-4.1-dev", "libxdo-dev"];
const TO_TEST_THE_WINDOW: &[&str] = &[
    "asterisk-core-sounds-en-wav",
    "chromium",
    "dbus",
    "fonts-noto-cjk",
    "imagemagick",
    "libglib2.0-bin",
    "openbox",
    "pulseaudio",
    "pulseaudio-utils",
    "python3-dbusmock",
    "sip-tester",
    "webkit2gtk-driver",
    "x11-utils",
    "xdotool",
    "xvfb",
];
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Makes sure the packages are there, and for tests what judges speech.
pub fn setup(scope: Scope) -> Result<Tally> {
    let mut tally = if Path::new("/etc/debian_version").exists() { packages(scope)? } else { elsewhere(scope) };
    if scope == Scope::Tests {
        tally.add(judge::set_up()?);
    }
    Ok(tally)
}

fn packages(scope: Scope) -> Result<Tally> {
    let wanted: Vec<&str> = match scope {
        Scope::Run => TO_BUILD.to_vec(),
        Scope::Tests => [TO_BUILD, TO_TEST, TO_BUILD_THE_WINDOW, TO_TEST_THE_WINDOW].concat(),
        Scope::WindowToRun => [TO_BUILD, TO_BUILD_THE_WINDOW].concat(),
        Scope::Window => [TO_BUILD, TO_BUILD_THE_WINDOW, TO_TEST_THE_WINDOW].concat(),
    };
    let wanted: BTreeSet<&str> = wanted.into_iter().collect();
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        println!("every system package is there");
        return Ok(Tally::one("setup", true));
    }
    println!("missing system packages: {}", missing.join(" "));
    if !is_root() && !in_ci() && !agreed(&missing)? {
        bail!("without them there is no going on; install them with: sudo apt-get install {}", missing.join(" "));
    }
    install(&missing)?;
    Ok(Tally::one("setup", true))
}

fn install(packages: &[&str]) -> Result<()> {
    println!("installing them takes one to three minutes and up to 2 GB");
    // Installing a database starts it, unless this file says no. Tests start their own on a free port.
    let guarded = is_root() && !Path::new(POLICY).exists();
    if guarded {
        std::fs::write(POLICY, "#!/bin/sh\nexit 101\n")?;
        Tool::new("chmod").args(["755", POLICY]).run()?;
    }
    let outcome = apt(&["update", "-q"])
        .run()
        .and_then(|()| apt(&[&["install", "-y", "-q", "--no-install-recommends"], packages].concat()).run());
    if guarded {
        std::fs::remove_file(POLICY)?;
    }
    outcome
}

fn apt(arguments: &[&str]) -> Tool {
    let tool = if is_root() { Tool::new("apt-get") } else { Tool::new("sudo").args(["apt-get"]) };
    tool.args(arguments).env("DEBIAN_FRONTEND", "noninteractive")
}

fn is_installed(package: &str) -> bool {
    Tool::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .output()
        .is_some_and(|status| status.trim() == "installed")
}

fn is_root() -> bool {
    Tool::new("id").args(["-u"]).output().is_some_and(|id| id.trim() == "0")
}

fn agreed(missing: &[&str]) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("May I run `sudo apt-get install {}`? [y/N] ", missing.join(" "));
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn elsewhere(scope: Scope) -> Tally {
    let hint = if cfg!(target_os = "macos") {
        "brew install cmake pkg-config"
    } else if cfg!(windows) {
        "winget install Kitware.CMake, and the Visual Studio build tools with C++"
    } else {
        "a C compiler, cmake, pkg-config, ALSA's headers and, for the window, WebKitGTK 4.1 by your package manager"
    };
    println!("this is not Debian, so nothing is installed by itself; needed to build: {hint}");
    if scope != Scope::Tests {
        return Tally::one("setup", true);
    }
    println!("the whole-system stories also want sipp, baresip, chromium, PostgreSQL and Asterisk's prompts;");
    println!("where one is missing, its stories are skipped and named");
    Tally::skip("setup: system packages are installed on Debian only")
}
