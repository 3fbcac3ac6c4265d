//! What an agent needs to know before it can connect.

use std::net::IpAddr;

use cordboard_engine::{DeviceSettings, SoundSink, SoundSource};
use cordboard_wire::Locale;

use crate::gateway::Session;
use crate::headset_source::HeadsetSource;

/// Who the agent is and where the gateway is.
#[derive(Debug, Clone)]
pub struct AgentConfig {
    /// The gateway's address, `http://` or `https://`.
    pub gateway: String,
    /// The instance, the word in the desk's address.
    pub instance: String,
    /// Login name or user id.
    pub user: String,
    /// Password. It is kept for signing in again when the session ends by itself.
    pub password: String,
    /// A session granted before, used instead of user and password. When it ends by itself, so does the desk.
    pub session: Option<Session>,
    /// The language of the gateway's sentences.
    pub locale: Locale,
    /// Product and version, for support.
    pub client: String,
    /// Whether to move here when the same user is at another desk.
    pub take_over: bool,
    /// The local address of the media connection; none: the one the gateway is reached from.
    pub media_bind: Option<IpAddr>,
    /// Whose headsets' buttons are used; none: nobody's.
    pub headset: Option<HeadsetSource>,
}

impl AgentConfig {
    /// The usual configuration of `user` at `gateway`.
    pub fn new(gateway: &str, instance: &str, user: &str, password: &str) -> AgentConfig {
        AgentConfig {
            gateway: gateway.to_owned(),
            instance: instance.to_owned(),
            user: user.to_owned(),
            password: password.to_owned(),
            session: None,
            locale: Locale::En,
            client: concat!("cordboard-agent/", env!("CARGO_PKG_VERSION")).to_owned(),
            take_over: false,
            media_bind: None,
            headset: None,
        }
    }

    /// The usual configuration of a session that was granted before.
    pub fn with_session(gateway: &str, session: Session) -> AgentConfig {
        let answer = session.answer.clone();
        AgentConfig { session: Some(session), ..AgentConfig::new(gateway, &answer.instance, &answer.user_id, "") }
    }
}

/// The agent's mouth and ear.
pub enum SoundConfig {
    /// Files and tones.
    Files {
        /// What the agent says.
        source: Box<dyn SoundSource>,
        /// Where it goes what the agent hears.
        sink: Box<dyn SoundSink>,
    },
    /// The machine's devices, which also ring.
    Devices(DeviceSettings),
}
