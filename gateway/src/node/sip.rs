//! From the configuration's words to the user agent's.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use cordboard_sip::{CalledFrom, CallerFrom, Credentials, Listen, Transport, TrunkConfig, UserAgent, UserAgentConfig};

use crate::config::{self, Config};

/// The user agent's configuration.
///
/// # Errors
/// A trunk's peer or range that cannot be read, or a password that is not in the environment.
pub fn config(config: &Config) -> Result<UserAgentConfig> {
    let listen = |bind: &SocketAddr| Listen { bind: *bind, advertised: config.sip.advertised };
    Ok(UserAgentConfig {
        udp: config.sip.udp.iter().map(listen).collect(),
        tcp: config.sip.tcp.iter().map(listen).collect(),
        trunks: config.trunk.iter().map(trunk).collect::<Result<_>>()?,
        ..UserAgentConfig::default()
    })
}

/// The first address that carriers reach us at.
pub fn address(user_agent: &UserAgent) -> Option<SocketAddr> {
    let listening = user_agent.local_addrs();
    listening.udp.first().or(listening.tcp.first()).copied()
}

fn trunk(trunk: &config::Trunk) -> Result<TrunkConfig> {
    let about = || format!("trunk \"{}\"", trunk.id);
    let mut made = TrunkConfig::new(trunk.id.clone());
    made.peer = trunk.peer.as_deref().map(str::parse).transpose().with_context(about)?;
    made.transport = match trunk.transport {
        config::Transport::Udp => Transport::Udp,
        config::Transport::Tcp => Transport::Tcp,
    };
    made.allow = trunk.allow.iter().map(|range| range.parse()).collect::<Result<_, _>>().with_context(about)?;
    made.credentials = credentials(trunk).with_context(about)?;
    made.called_from = match trunk.called_from {
        config::CalledFrom::RequestUri => CalledFrom::RequestUri,
        config::CalledFrom::To => CalledFrom::To,
        config::CalledFrom::Diversion => CalledFrom::Diversion,
    };
    made.caller_from = match trunk.caller_from {
        config::CallerFrom::PAssertedIdentity => CallerFrom::PAssertedIdentity,
        config::CallerFrom::From => CallerFrom::From,
    };
    made.max_calls = trunk.max_calls;
    made.max_calls_per_second = trunk.max_calls_per_second;
    made.options_interval = match trunk.options_interval_seconds {
        0 => None,
        seconds => Some(Duration::from_secs(seconds.into())),
    };
    Ok(made)
}

fn credentials(trunk: &config::Trunk) -> Result<Option<Credentials>> {
    let (Some(user), Some(password)) = (&trunk.user, &trunk.password) else { return Ok(None) };
    let password = match password.strip_prefix("env:") {
        Some(name) => {
            std::env::var(name).with_context(|| format!("password = \"env:{name}\", but {name} is not set"))?
        }
        None => password.clone(),
    };
    Ok(Some(Credentials { user: user.clone(), password, realm: None }))
}
