//! SIP and tel URIs: the text is kept verbatim beside what was read out of it (RFC 3261 §19.1, RFC 3966).

use super::escape;
use super::lists::parse_params;

/// A URI. Two are the same when their text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uri {
    text: String,
    scheme: Scheme,
    /// Still escaped, without a password.
    user: Option<String>,
    host: String,
    port: Option<u16>,
    params: Vec<(String, Option<String>)>,
}

/// What stands before the first colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Sip,
    Sips,
    Tel,
    Other,
}

/// The text is no URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a URI")]
pub(crate) struct NotAUri;

const MAX_URI_BYTES: usize = 1_024;

impl Uri {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAUri> {
        let text = text.trim();
        if text.len() > MAX_URI_BYTES || text.chars().any(|next| next.is_control() || " <>\"".contains(next)) {
            return Err(NotAUri);
        }
        let (scheme, rest) = text.split_once(':').ok_or(NotAUri)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "sip" => Scheme::Sip,
            "sips" => Scheme::Sips,
            "tel" => Scheme::Tel,
            other if escape::is_token(other) => Scheme::Other,
            _ => return Err(NotAUri),
        };
        match scheme {
            Scheme::Sip | Scheme::Sips => Self::parse_sip(text, scheme, rest),
            Scheme::Tel => Ok(Self::parse_tel(text, rest)),
            Scheme::Other => Ok(Self {
                text: text.to_owned(),
                scheme,
                user: None,
                host: String::new(),
                port: None,
                params: Vec::new(),
            }),
        }
    }

    fn parse_sip(text: &str, scheme: Scheme, rest: &str) -> Result<Self, NotAUri> {
        // The user part may hold ';' and '?', so the '@' is looked for first.
        let (user, rest) = match rest.rfind('@') {
            Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
            None => (None, rest),
        };
        let rest = rest.split('?').next().unwrap_or_default();
        let (host_port, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = split_host_port(host_port).ok_or(NotAUri)?;
        let user = user.map(|user| user.split(':').next().unwrap_or_default().to_owned());
        Ok(Self { text: text.to_owned(), scheme, user, host, port, params: parse_params(params) })
    }

    fn parse_tel(text: &str, rest: &str) -> Self {
        let (number, params) = rest.split_once(';').unwrap_or((rest, ""));
        Self {
            text: text.to_owned(),
            scheme: Scheme::Tel,
            user: Some(number.to_owned()),
            host: String::new(),
            port: None,
            params: parse_params(params),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The user part for people and number plans: unescaped, without user parameters.
    pub(crate) fn user(&self) -> Option<String> {
        let user = self.user.as_deref()?;
        Some(escape::unescape_user(user.split(';').next().unwrap_or_default()))
    }

    /// Host name or address, IPv6 without brackets. Empty for tel URIs.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_deref().unwrap_or_default())
    }

    /// Whether a route with this URI is a loose router (RFC 3261 §16.12).
    pub(crate) fn is_loose_router(&self) -> bool {
        self.param("lr").is_some()
    }
}

/// Splits `host`, `host:port`, `[v6]` and `[v6]:port`; `None` when it is none of them.
pub(crate) fn split_host_port(text: &str) -> Option<(String, Option<u16>)> {
    let text = text.trim();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            match after.strip_prefix(':') {
                None if !after.is_empty() => return None,
                port => (host, port),
            }
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host.trim_end(), Some(port.trim_start())),
            None => (text, None),
        },
    };
    let plausible = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:%".contains(&byte);
    if host.is_empty() || host.len() > 255 || !host.bytes().all(plausible) {
        return None;
    }
    let port = match port {
        Some(port) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => Some(port.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    Some((host.to_owned(), port))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Scheme, Uri, split_host_port};

    #[test]
    fn the_text_stays_as_it_came() {
        let text = "sip:%2B8610;phone-context=x:pw@[2001:db8::1]:5070;transport=TCP;lr=on?Subject=a%20b";
        let uri = Uri::parse(text).unwrap();
        assert_eq!(uri.as_str(), text);
        assert_eq!(uri.user().as_deref(), Some("+8610"));
        assert_eq!((uri.host(), uri.port()), ("2001:db8::1", Some(5070)));
        assert_eq!(uri.param("Transport"), Some("TCP"));
        assert!(uri.is_loose_router());
    }

    #[test]
    fn tel_and_others() {
        let tel = Uri::parse("tel:+86-10-6500;phone-context=example").unwrap();
        assert_eq!((tel.scheme(), tel.user().as_deref()), (Scheme::Tel, Some("+86-10-6500")));
        assert_eq!(Uri::parse("mailto:a@b").unwrap().scheme(), Scheme::Other);
        assert_eq!(Uri::parse("sip:host").unwrap().user(), None);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "sip:", "sip:@", "sip:a@", "sip:a@b:99999", "sip:a@b:x", "sip:a@[::1", "a b:c", "sip:a\r\nb@c"]
        {
            assert!(Uri::parse(text).is_err(), "{text:?}");
        }
        assert!(Uri::parse(&format!("sip:{}@h", "1".repeat(2_000))).is_err());
    }

    #[test]
    fn hosts_and_ports() {
        assert_eq!(split_host_port("a.b:5060"), Some(("a.b".into(), Some(5060))));
        assert_eq!(split_host_port("[::1]"), Some(("::1".into(), None)));
        assert_eq!(split_host_port("[::1]x"), None);
        assert_eq!(split_host_port("a:"), None);
        assert_eq!(split_host_port("a,b"), None);
    }
}
