//! baresip: a softphone we did not write, with files for its mouth and ear and a console for its keys.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_ear::Sound;
use tokio::net::UdpSocket;
use tokio::process::{Child, Command};

use crate::lines::{Lines, read_lines, until};
use crate::{Story, places};

/// A running baresip. Dropping it kills it.
pub struct Baresip {
    /// What it prints.
    pub lines: Lines<String>,
    folder: PathBuf,
    console: UdpSocket,
    child: Child,
}

impl Baresip {
    /// Starts it with this to say in every call.
    pub async fn start(story: &Story, says: &Sound) -> Result<Baresip> {
        let folder = story.path("baresip");
        std::fs::create_dir_all(&folder)?;
        let says_file = folder.join("says.wav");
        says.write(&says_file)?;
        // It takes the port after the one for SIP as well, for TLS.
        let (sip, _tls, console) = (places::free_address()?, places::free_port()?, places::free_address()?);
        let rtp = places::rtp_ports();
        let rtp = (*rtp.start(), *rtp.end());
        std::fs::write(folder.join("config"), config(&folder, &says_file, sip, console, rtp))?;
        std::fs::write(folder.join("accounts"), "<sip:13800000001@127.0.0.1>;regint=0;audio_codecs=pcma\n")?;
        std::fs::write(folder.join("contacts"), "")?;
        // Into a pipe it would print only at its end.
        let mut child = Command::new("stdbuf")
            .args(["-oL", "baresip", "-f"])
            .arg(&folder)
            .env("HOME", &folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(story.path("baresip.log"))?)
            .kill_on_drop(true)
            .spawn()
            .context("starting baresip")?;
        let lines = read_lines(child.stdout.take().context("its output is not piped")?, |line| Some(line.to_owned()));
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        socket.connect(console).await?;
        let phone = Baresip { lines, folder, console: socket, child };
        phone.wait("baresip is ready").await?;
        Ok(phone)
    }

    /// Calls a number at a gateway.
    pub async fn call(&self, gateway: SocketAddr, number: &str) -> Result<()> {
        self.type_in(&format!("/dial sip:{number}@{gateway};transport=udp\n")).await
    }

    /// Presses a key in the call.
    pub async fn press(&self, key: char) -> Result<()> {
        // The second byte lets the key go.
        self.type_in(&format!("{key}\u{4}")).await
    }

    /// Hangs up.
    pub async fn hang_up(&self) -> Result<()> {
        self.type_in("/hangup\n").await
    }

    /// Waits until it prints something.
    pub async fn wait(&self, words: &str) -> Result<String> {
        let is = |line: &String| line.contains(words).then(|| line.clone());
        Ok(self.lines.wait(&format!("baresip's `{words}`"), 0, Duration::from_secs(15), is).await?.1)
    }

    async fn type_in(&self, text: &str) -> Result<()> {
        self.console.send(text.as_bytes()).await?;
        Ok(())
    }

    /// Waits until the recording of what it hears is this long.
    pub async fn hears(&self, milliseconds: u64, limit: Duration) -> Result<()> {
        let length = || self.recording("-dec").and_then(|file| Some(std::fs::metadata(file).ok()?.len() / 16));
        let before = length().unwrap_or(0);
        until("baresip hears", limit, || async { (length()? >= before + milliseconds).then_some(()) }).await
    }

    fn recording(&self, side: &str) -> Option<PathBuf> {
        std::fs::read_dir(&self.folder)
            .ok()?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.to_string_lossy().ends_with(&format!("{side}.wav")))
    }

    /// Ends it, and returns what it heard.
    pub async fn stop(mut self) -> Result<Sound> {
        self.type_in("/quit\n").await?;
        tokio::time::timeout(Duration::from_secs(5), self.child.wait()).await.ok();
        let file = self.recording("-dec").context("baresip recorded nothing")?;
        Sound::read(&file)
    }
}

fn config(folder: &Path, says: &Path, sip: SocketAddr, console: SocketAddr, rtp: (u16, u16)) -> String {
    let (folder, says) = (folder.display(), says.display());
    format!(
        "poll_method epoll\nsip_listen {sip}\nnet_interface 127.0.0.1\nrtp_ports {}-{}\ncall_local_timeout 120\n\
         audio_source aufile,{says}\naudio_player aubridge,ear\naudio_alert aubridge,alert\n\
         ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\n\
         audio_buffer 20-160\njitter_buffer_delay 2-10\n\
         module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n\
         module sndfile.so\nmodule cons.so\nmodule_tmp uuid.so\nmodule_tmp account.so\nmodule_app menu.so\n\
         snd_path {folder}\ncons_listen {console}\n",
        rtp.0, rtp.1
    )
}
