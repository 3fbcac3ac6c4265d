//! What can be said on the command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// An agent without a window: signs in, answers or dials, says and hears files.
///
/// Prints one JSON line for each change of the agent's view and for each event, and reads commands as JSON lines
/// from standard input, e.g. {"type":"hang_up","call_id":"job-…"}.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Address of the gateway.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub gateway: String,
    /// Login name.
    #[arg(long, required_unless_present = "list_devices")]
    pub user: Option<String>,
    /// Password; better in the environment, where other users of the machine do not see it.
    #[arg(long, env = "CORDBOARD_PASSWORD", hide_env_values = true, required_unless_present = "list_devices")]
    pub password: Option<String>,
    /// The centre to sign in to.
    #[arg(long, default_value = "demo")]
    pub instance: String,
    /// Say ready as soon as the sound is connected.
    #[arg(long)]
    pub ready: bool,
    /// What to do with a call that rings.
    #[arg(long, value_enum, default_value = "never")]
    pub answer: Answer,
    /// What to say in every call: FILE.wav (once, from its beginning), loop:FILE.wav, tone:HZ or silence.
    #[arg(long, value_name = "SOUND", default_value = "silence")]
    pub say: String,
    /// Where to write what is heard: 16 kHz mono, all calls one after another.
    #[arg(long, value_name = "FILE.wav")]
    pub hear: Option<PathBuf>,
    /// Dial this number as soon as the sound is connected.
    #[arg(long, value_name = "NUMBER")]
    pub dial: Option<String>,
    /// The outbound number to show when dialling; without it the centre picks one.
    #[arg(long, value_name = "NUMBER", requires = "dial")]
    pub caller: Option<String>,
    /// Sign out and end after this many seconds.
    #[arg(long, value_name = "N")]
    pub seconds: Option<f64>,
    /// Use the machine's microphone, loudspeaker and ringer.
    #[arg(long, conflicts_with_all = ["say", "hear"])]
    pub devices: bool,
    /// The microphone, by its id or name; without it the system's default, also when that changes.
    #[arg(long, value_name = "NAME", requires = "devices")]
    pub microphone: Option<String>,
    /// The loudspeaker, likewise.
    #[arg(long, value_name = "NAME", requires = "devices")]
    pub speaker: Option<String>,
    /// What rings, likewise.
    #[arg(long, value_name = "NAME", requires = "devices")]
    pub ringer: Option<String>,
    /// Use the buttons and lights of a headset: answer, hang up, mute, hold.
    #[arg(long, requires = "devices")]
    pub headset: bool,
    /// Send the microphone's sound as it is: with echo, noise and all.
    #[arg(long, requires = "devices")]
    pub raw: bool,
    /// Check sound (with --devices), network, gateway and trunk as before a shift, print what is found, and end.
    #[arg(long, conflicts_with_all = ["ready", "dial", "hear"])]
    pub check: bool,
    /// Print the machine's sound devices as JSON and end.
    #[arg(long)]
    pub list_devices: bool,
    /// Move here if the same user is at another desk.
    #[arg(long)]
    pub take_over: bool,
    /// Language of the gateway's sentences.
    #[arg(long, value_enum, default_value = "en")]
    pub language: Language,
    /// Local address of the media connection; without it the one the gateway is reached from.
    #[arg(long, value_name = "ADDRESS")]
    pub media_bind: Option<IpAddr>,
}

/// What to do with a call that rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    /// Answer it at once.
    Auto,
    /// Let it ring; whoever writes to standard input may answer.
    Never,
}

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Simplified Chinese.
    #[value(name = "zh-CN")]
    ZhCn,
    /// English.
    En,
}

impl From<Language> for cordboard_wire::Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::ZhCn => cordboard_wire::Locale::ZhCn,
            Language::En => cordboard_wire::Locale::En,
        }
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  ended as asked: time over, SIGINT or SIGTERM
  1  something else went wrong
  2  the command line makes no sense, or asks for what this build has not
  3  user or password is wrong, or the session was ended
  4  the gateway cannot be reached, or what answers is none
  5  gateway and agent speak different versions of the protocol
  6  the user is at another desk, or another desk took over
  7  a sound file cannot be read or written, or the machine has no sound
  8  the check found something with which no call can be held";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
