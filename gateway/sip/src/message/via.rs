//! Via: where a response goes (RFC 3261 §18.2, RFC 3581).

use std::net::SocketAddr;

use super::lists::parse_params;
use super::uri::split_host_port;

/// One Via value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Via {
    /// `UDP`, `TCP` … as it came.
    pub(crate) transport: String,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    params: Vec<(String, Option<String>)>,
}

/// The magic cookie of RFC 3261 §8.1.1.7.
pub(crate) const COOKIE: &str = "z9hG4bK";

impl Via {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '/');
        let protocol = parts.next()?.trim();
        let version = parts.next()?.trim();
        let rest = parts.next()?.trim();
        if !protocol.eq_ignore_ascii_case("SIP") || version != "2.0" {
            return None;
        }
        let (transport, rest) = rest.split_once([' ', '\t'])?;
        let (sent_by, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = split_host_port(sent_by)?;
        super::escape::is_token(transport).then(|| Self {
            transport: transport.to_owned(),
            host,
            port,
            params: parse_params(params),
        })
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_deref().unwrap_or_default())
    }

    pub(crate) fn branch(&self) -> Option<&str> {
        self.param("branch").filter(|branch| !branch.is_empty())
    }

    pub(crate) fn wants_rport(&self) -> bool {
        self.param("rport").is_some()
    }

    /// Writes down where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4).
    pub(crate) fn note_source(&mut self, source: SocketAddr) {
        let ip = source.ip().to_canonical().to_string();
        let wants_rport = self.wants_rport();
        self.params.retain(|(name, _)| !name.eq_ignore_ascii_case("received"));
        if wants_rport || self.host != ip {
            self.params.push(("received".to_owned(), Some(ip)));
        }
        for (name, value) in &mut self.params {
            if name.eq_ignore_ascii_case("rport") {
                *value = Some(source.port().to_string());
            }
        }
    }

    /// Where a response over a datagram goes: to the address the request came from, and to its port if the client
    /// asked for that (RFC 3581 §4), else to the port it names (RFC 3261 §18.2.2).
    pub(crate) fn response_addr(&self, source: SocketAddr) -> SocketAddr {
        if self.wants_rport() {
            return source;
        }
        SocketAddr::new(source.ip(), self.port.unwrap_or(5060))
    }
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, host_text(&self.host))?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        for (name, value) in &self.params {
            match value {
                Some(value) if super::escape::is_token(value) || value.contains(':') && !value.contains('"') => {
                    write!(f, ";{name}={value}")?;
                }
                Some(value) => write!(f, ";{name}={}", super::escape::quote(value))?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

/// A host as it stands in a URI or a Via: IPv6 in brackets.
pub(crate) fn host_text(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Via;

    #[test]
    fn the_source_is_noted_and_used() {
        let source = "192.0.2.9:40000".parse().unwrap();
        let mut via = Via::parse("SIP / 2.0 / UDP 10.0.0.1:5070;rport;branch=z9hG4bK1;x=\"a b\"").unwrap();
        via.note_source(source);
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP 10.0.0.1:5070;rport=40000;branch=z9hG4bK1;x=\"a b\";received=192.0.2.9"
        );
        assert_eq!(via.response_addr(source), source);
    }

    #[test]
    fn without_rport_the_port_of_the_via_is_used() {
        let source = "192.0.2.9:40000".parse().unwrap();
        let mut via = Via::parse("SIP/2.0/UDP host.example;branch=b").unwrap();
        via.note_source(source);
        assert_eq!(via.to_string(), "SIP/2.0/UDP host.example;branch=b;received=192.0.2.9");
        assert_eq!(via.response_addr(source), "192.0.2.9:5060".parse().unwrap());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "SIP/2.0/UDP", "SIP/3.0/UDP a", "SIP/2.0/UDP a:b;branch=1", "HTTP/2.0/UDP a"] {
            assert!(Via::parse(text).is_none(), "{text:?}");
        }
    }
}
