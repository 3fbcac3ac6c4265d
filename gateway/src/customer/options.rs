//! What can be said on the command line about a customer.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;

use super::Script;

/// A customer who calls in.
#[derive(Debug, Clone, Args)]
pub struct CustomerOptions {
    /// The gateway's SIP address.
    #[arg(long, default_value = "127.0.0.1:5060")]
    pub gateway: SocketAddr,
    /// The number to call.
    #[arg(long)]
    pub to: String,
    /// The number to call from.
    #[arg(long, default_value = "13800138000")]
    pub from: String,
    /// Keys to press once the greeting is under way, a second apart.
    #[arg(long, default_value = "")]
    pub keys: String,
    /// Speech to say to the agent instead of the built-in one (WAV).
    #[arg(long)]
    pub say: Option<PathBuf>,
    /// Where to write what the first customer heard (WAV, 8 kHz).
    #[arg(long)]
    pub hear: Option<PathBuf>,
    /// Says its piece only, and does not repeat what it is told.
    #[arg(long)]
    pub no_echo: bool,
    /// Hangs up after so many seconds.
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// How many customers call at once, 1 to 10.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
    pub count: u8,
}

impl CustomerOptions {
    /// The script of one customer.
    pub fn script(&self) -> Script {
        Script {
            caller: self.from.clone(),
            keys: self.keys.clone(),
            say: self.say.clone(),
            echo: !self.no_echo,
            longest: Duration::from_secs(self.seconds),
            ..Script::to(&self.to)
        }
    }
}
