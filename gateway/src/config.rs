//! The node's facts: what `--config FILE` holds. Everything else lives in the store and is changed while running.
//!
//! `cordboard.example.toml` beside this crate shows every field with its unit and default, and a test parses it.

mod check;
mod error;

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use serde::Deserialize;

pub use check::check;
pub use error::ConfigError;

use crate::numbers::TrunkForm;

/// A whole configuration file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder for the database, recordings, the master key and the append file.
    pub data: PathBuf,
    /// Where browsers and desks connect.
    #[serde(default)]
    pub http: Http,
    /// Where carriers connect.
    #[serde(default)]
    pub sip: Sip,
    /// Sound.
    #[serde(default)]
    pub media: Media,
    /// The database.
    #[serde(default)]
    pub store: StoreSettings,
    /// The instances this node owns.
    pub instance: Vec<InstanceSettings>,
    /// Connections to carriers.
    #[serde(default)]
    pub trunk: Vec<Trunk>,
}

/// Where browsers and desks connect.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port.
    pub bind: SocketAddr,
    /// PEM file of the certificate and its chain: with it and `key`, TLS is spoken.
    pub certificate: Option<PathBuf>,
    /// PEM file of the certificate's private key.
    pub key: Option<PathBuf>,
    /// Serves plain HTTP on an address other than loopback: only behind a proxy that speaks TLS.
    pub allow_plain: bool,
    /// Folder of the built front end; default: the one shipped.
    pub ui: Option<PathBuf>,
    /// Origins, beside the gateway's own address, whose pages may use sessions (`https://desk.example.com`).
    pub origins: Vec<String>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            certificate: None,
            key: None,
            allow_plain: false,
            ui: None,
            origins: Vec::new(),
        }
    }
}

/// Where carriers connect.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sip {
    /// UDP addresses.
    pub udp: Vec<SocketAddr>,
    /// TCP addresses.
    pub tcp: Vec<SocketAddr>,
    /// The address carriers see, where it is not the bound one.
    pub advertised: Option<SocketAddr>,
}

impl Default for Sip {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 5060));
        Self { udp: vec![loopback], tcp: vec![loopback], advertised: None }
    }
}

/// Sound.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// Address for RTP with carriers.
    pub rtp_ip: IpAddr,
    /// The address carriers see for RTP.
    pub rtp_advertised_ip: Option<IpAddr>,
    /// First and last UDP port for RTP with carriers.
    pub rtp_ports: [u16; 2],
    /// Address for desks' WebRTC; one UDP port a worker, chosen by the system.
    pub desk_ip: IpAddr,
    /// The address desks see.
    pub desk_advertised_ip: Option<IpAddr>,
    /// Media threads; 0: one for each core.
    pub workers: usize,
    /// Folder of prompts; default: the ones shipped.
    pub prompts: Option<PathBuf>,
    /// STUN and TURN servers told to desks.
    pub ice_servers: Vec<IceServerSettings>,
}

impl Default for Media {
    fn default() -> Self {
        let loopback = IpAddr::from([127, 0, 0, 1]);
        Self {
            rtp_ip: loopback,
            rtp_advertised_ip: None,
            rtp_ports: [20000, 29999],
            desk_ip: loopback,
            desk_advertised_ip: None,
            workers: 0,
            prompts: None,
            ice_servers: Vec::new(),
        }
    }
}

/// One STUN or TURN server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IceServerSettings {
    /// `stun:host:port`, `turn:host:port?transport=udp`.
    pub urls: Vec<String>,
    /// TURN user.
    pub username: Option<String>,
    /// TURN password.
    pub credential: Option<String>,
}

/// The database.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// `postgres://user:password@host/database`; default: `cordboard.db` in the data folder.
    pub url: Option<String>,
    /// Days for which the journal keeps facts of calls whose records are written.
    pub journal_days: u32,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { url: None, journal_days: 90 }
    }
}

/// One instance (tenant).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceSettings {
    /// The word in the desk's address: letters, digits and hyphens.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// IANA time zone: "today", hours and caps use it.
    #[serde(default = "shanghai")]
    pub zone: String,
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

/// A connection to a carrier.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trunk {
    /// Its name in logs, records and numbers.
    pub id: String,
    /// The instance its calls belong to; default: the only one.
    pub instance: Option<String>,
    /// The carrier's `host:port`, where outbound calls go; none: the trunk only takes calls.
    pub peer: Option<String>,
    /// Transport of outbound calls.
    #[serde(default)]
    pub transport: Transport,
    /// Sources calls are taken from, as CIDR (`203.0.113.0/29`); others are answered nothing.
    pub allow: Vec<String>,
    /// Whether the carrier sits behind NAT: its RTP is latched wherever it first comes from.
    #[serde(default)]
    pub behind_nat: bool,
    /// User of digest authentication.
    pub user: Option<String>,
    /// Its password, or `env:NAME` to take it from the environment.
    pub password: Option<String>,
    /// Where the called number stands.
    #[serde(default)]
    pub called_from: CalledFrom,
    /// Where the caller's number stands.
    #[serde(default)]
    pub caller_from: CallerFrom,
    /// How numbers are written towards the carrier.
    #[serde(default)]
    pub number_form: TrunkForm,
    /// Most calls at once, both ways; default: no cap.
    pub max_calls: Option<u32>,
    /// Most new calls a second, both ways; default: no cap.
    pub max_calls_per_second: Option<u32>,
    /// Seconds between OPTIONS that ask whether the carrier is there; 0: never.
    #[serde(default = "half_a_minute")]
    pub options_interval_seconds: u32,
}

fn half_a_minute() -> u32 {
    30
}

/// A SIP transport.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// UDP.
    #[default]
    Udp,
    /// TCP.
    Tcp,
}

/// Where the called number stands in an INVITE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalledFrom {
    /// The request URI.
    #[default]
    RequestUri,
    /// The To header.
    To,
    /// The first Diversion header (RFC 5806): the number that was forwarded to us.
    Diversion,
}

/// Where the caller's number stands in an INVITE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerFrom {
    /// P-Asserted-Identity (RFC 3325), else From.
    PAssertedIdentity,
    /// From.
    #[default]
    From,
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`] with file, line and, for a misspelt key, the nearest known one.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        Self::parse(&text, path)
    }

    /// Reads and checks the text of a file; `path` is for messages.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::toml(path, text, &error))?;
        check(&config).map_err(|problem| ConfigError::problem(path, problem))?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("x.toml")).map_err(|error| error.to_string())
    }

    const LEAST: &str = "data = \"/tmp/x\"\n[[instance]]\nid = \"acme\"\nname = \"Acme\"\n";

    #[test]
    fn the_example_parses_and_shows_the_defaults() {
        let example = include_str!("../cordboard.example.toml");
        let config = parse(example).unwrap();
        let least = parse(LEAST).unwrap();
        assert_eq!((&config.http, &config.sip, &config.store), (&least.http, &least.sip, &least.store));
        assert_eq!(config.media, least.media);
        assert_eq!(config.trunk.len(), 1);
    }

    #[test]
    fn every_field_stands_in_the_documentation() {
        let page = include_str!("../../docs/configuration.md");
        let example = include_str!("../cordboard.example.toml");
        for line in example.lines() {
            let Some((key, _)) = line.trim_start_matches("# ").split_once(" = ") else { continue };
            if key.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                assert!(page.contains(&format!("`{key}`")), "docs/configuration.md says nothing of {key}");
            }
        }
    }

    #[test]
    fn a_misspelt_key_is_named_with_line_and_neighbour() {
        let error = parse(&format!("{LEAST}[http]\nbnd = \"127.0.0.1:1\"\n")).unwrap_err();
        assert!(error.contains("x.toml:6"), "{error}");
        assert!(error.contains("`bnd`") && error.contains("`bind`"), "{error}");
    }

    #[test]
    fn wrong_values_are_named() {
        for (more, expected) in [
            ("[http]\nbind = \"0.0.0.0:80\"\n", "allow_plain"),
            ("[store]\njournal_days = 0\n", "journal_days"),
            ("[http]\ncertificate = \"cert.pem\"\n", "http.key"),
            ("[media]\nrtp_ports = [30000, 20000]\n", "rtp_ports"),
            ("[[trunk]]\nid = \"t\"\nallow = [\"10.0.0.0/40\"]\n", "10.0.0.0/40"),
            ("[[trunk]]\nid = \"t\"\nallow = []\ninstance = \"other\"\n", "other"),
            ("[[trunk]]\nid = \"t\"\nallow = []\nuser = \"x\"\n", "password"),
            ("[[instance]]\nid = \"acme\"\nname = \"again\"\n", "acme"),
            ("[[instance]]\nid = \"b\"\nname = \"b\"\nzone = \"Mars/Olympus\"\n", "Mars/Olympus"),
        ] {
            let error = parse(&format!("{LEAST}{more}")).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
