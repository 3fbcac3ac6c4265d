//! `name-addr` and `addr-spec` with header parameters: From, To, Contact, Route, P-Asserted-Identity, Diversion
//! (RFC 3261 §20.10).

use super::lists::{find_outside, parse_params, unquote};
use super::uri::{NotAUri, Uri};

/// A display name, a URI and the header's own parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameAddr {
    pub(crate) display: String,
    pub(crate) uri: Uri,
    params: Vec<(String, Option<String>)>,
}

impl NameAddr {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAUri> {
        let text = text.trim();
        if let Some(open) = find_outside(text, b'<') {
            let close = text[open..].find('>').map(|at| open + at).ok_or(NotAUri)?;
            let params = text[close + 1..].trim_start();
            return Ok(Self {
                display: unquote(text[..open].trim()),
                uri: Uri::parse(&text[open + 1..close])?,
                params: parse_params(params.strip_prefix(';').unwrap_or_default()),
            });
        }
        // Without brackets every parameter is the header's (RFC 3261 §20.10).
        let (uri, params) = text.split_once(';').unwrap_or((text, ""));
        Ok(Self { display: String::new(), uri: Uri::parse(uri)?, params: parse_params(params) })
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_deref().unwrap_or_default())
    }

    /// A tag, if there is one that is not empty.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.param("tag").filter(|tag| !tag.is_empty())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::NameAddr;

    #[test]
    fn both_forms() {
        let full = NameAddr::parse(r#""A < \"B\"" <sip:a@b;x=1>;tag=t ;y"#).unwrap();
        assert_eq!(full.display, r#"A < "B""#);
        assert_eq!(full.uri.as_str(), "sip:a@b;x=1");
        assert_eq!((full.tag(), full.param("Y")), (Some("t"), Some("")));
        let bare = NameAddr::parse("sip:a@b;tag=t").unwrap();
        assert_eq!((bare.uri.as_str(), bare.tag()), ("sip:a@b", Some("t")));
        assert_eq!(NameAddr::parse("Bob <sip:b@c>").unwrap().display, "Bob");
    }

    #[test]
    fn an_open_bracket_is_refused() {
        assert!(NameAddr::parse("<sip:a@b").is_err());
        assert!(NameAddr::parse("").is_err());
    }
}
