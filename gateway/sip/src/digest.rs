//! Digest as a client (RFC 8760 over RFC 7616 and RFC 2617): reading challenges, making credentials.
//!
//! MD5 and SHA-256 with their `-sess` forms, `qop=auth` or none. Which requests are tried again is decided by the
//! engine.

use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::config::Credentials;
use crate::message::{Method, Response, escape};

/// One challenge that we can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) realm: String,
    pub(crate) nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// As the server wrote it; it wants to read the same word.
    algorithm_text: Option<String>,
    qop_auth: bool,
    pub(crate) stale: bool,
    /// From Proxy-Authenticate.
    pub(crate) proxy: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Md5 { session: bool },
    Sha256 { session: bool },
}

/// Who, for what.
pub(crate) struct Use<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a str,
    /// How often this nonce has been used, this time included.
    pub(crate) count: u32,
    pub(crate) client_nonce: &'a str,
}

impl Challenge {
    /// The challenges of a 401 or 407 that can be answered, one a realm, the strongest algorithm of each.
    pub(crate) fn all_of(response: &Response) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for (name, proxy) in [("WWW-Authenticate", false), ("Proxy-Authenticate", true)] {
            for challenge in response.headers.all(name).take(8).filter_map(|value| Self::parse(value, proxy)) {
                match found.iter_mut().find(|have| have.realm == challenge.realm && have.proxy == proxy) {
                    Some(have) if !have.is_strong() && challenge.is_strong() => *have = challenge,
                    Some(_) => {}
                    None => found.push(challenge),
                }
            }
        }
        found
    }

    fn is_strong(&self) -> bool {
        matches!(self.algorithm, Algorithm::Sha256 { .. })
    }

    fn parse(value: &str, proxy: bool) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let params: Vec<(String, String)> = crate::message::split_list(rest)
            .filter_map(|param| param.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), crate::message::unquote(value.trim())))
            .collect();
        let get = |name: &str| params.iter().find(|(have, _)| have == name).map(|(_, value)| value.clone());
        let algorithm_text = get("algorithm");
        let algorithm = match algorithm_text.as_deref().unwrap_or("MD5").to_ascii_uppercase().as_str() {
            "MD5" => Algorithm::Md5 { session: false },
            "MD5-SESS" => Algorithm::Md5 { session: true },
            "SHA-256" => Algorithm::Sha256 { session: false },
            "SHA-256-SESS" => Algorithm::Sha256 { session: true },
            _ => return None,
        };
        let qop = get("qop");
        let qop_auth =
            qop.as_deref().is_some_and(|qop| qop.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth")));
        if qop.is_some_and(|qop| !qop.trim().is_empty()) && !qop_auth {
            // auth-int alone: not done here.
            return None;
        }
        Some(Self {
            realm: get("realm")?,
            nonce: get("nonce").filter(|nonce| !nonce.is_empty())?,
            opaque: get("opaque"),
            algorithm,
            algorithm_text,
            qop_auth,
            stale: get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            proxy,
        })
    }

    /// The header that answers this challenge.
    pub(crate) fn header(&self) -> &'static str {
        if self.proxy { "Proxy-Authorization" } else { "Authorization" }
    }

    /// Makes credentials.
    pub(crate) fn answer(&self, for_what: &Use<'_>) -> String {
        let Use { credentials, method, uri, count, client_nonce } = for_what;
        let Credentials { user, password, .. } = credentials;
        let mut a1 = self.hash(&format!("{user}:{}:{password}", self.realm));
        if matches!(self.algorithm, Algorithm::Md5 { session: true } | Algorithm::Sha256 { session: true }) {
            a1 = self.hash(&format!("{a1}:{}:{client_nonce}", self.nonce));
        }
        let a2 = self.hash(&format!("{method}:{uri}"));
        let response = if self.qop_auth {
            self.hash(&format!("{a1}:{}:{count:08x}:{client_nonce}:auth:{a2}", self.nonce))
        } else {
            self.hash(&format!("{a1}:{}:{a2}", self.nonce))
        };
        let mut out = format!(
            "Digest username={}, realm={}, nonce={}, uri=\"{uri}\", response=\"{response}\"",
            quoted(user),
            quoted(&self.realm),
            quoted(&self.nonce),
        );
        if let Some(algorithm) = &self.algorithm_text {
            out.push_str(&format!(", algorithm={}", escape::clean(algorithm, 32)));
        }
        if self.qop_auth {
            out.push_str(&format!(", qop=auth, nc={count:08x}, cnonce=\"{client_nonce}\""));
        } else if matches!(self.algorithm, Algorithm::Md5 { session: true } | Algorithm::Sha256 { session: true }) {
            out.push_str(&format!(", cnonce=\"{client_nonce}\""));
        }
        if let Some(opaque) = &self.opaque {
            out.push_str(&format!(", opaque={}", quoted(opaque)));
        }
        out
    }

    fn hash(&self, text: &str) -> String {
        match self.algorithm {
            Algorithm::Md5 { .. } => hex(&Md5::digest(text)),
            Algorithm::Sha256 { .. } => hex(&Sha256::digest(text)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A quoted string of any length: nonces are longer than names.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for next in text.chars().filter(|next| !next.is_control()) {
        if matches!(next, '"' | '\\') {
            out.push('\\');
        }
        out.push(next);
    }
    out.push('"');
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Challenge, Use};
    use crate::config::Credentials;
    use crate::message::{Method, Response};

    fn challenges(values: &[(&'static str, &'static str)]) -> Vec<Challenge> {
        let headers = values.iter().copied().collect();
        Challenge::all_of(&Response { status: 401, reason: String::new(), headers, body: "".into() })
    }

    fn field<'a>(answer: &'a str, name: &str) -> &'a str {
        let at = answer.find(&format!(" {name}=")).unwrap() + name.len() + 2;
        answer[at..].split(',').next().unwrap().trim_matches('"')
    }

    /// RFC 7616 §3.9.1, with its MD5 and SHA-256 responses.
    #[test]
    fn the_example_of_the_rfc() {
        let common = "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
            nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
        let credentials = Credentials { user: "Mufasa".into(), password: "Circle of Life".into(), realm: None };
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let text: &'static str = Box::leak(format!("Digest {common}, algorithm={algorithm}").into_boxed_str());
            let challenge = challenges(&[("WWW-Authenticate", text)]).remove(0);
            // The example is HTTP's; only method and URI differ from SIP.
            let answer = challenge.answer(&Use {
                credentials: &credentials,
                method: &Method::Unknown("GET".into()),
                uri: "/dir/index.html",
                count: 1,
                client_nonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            });
            assert_eq!(field(&answer, "response"), response);
            assert_eq!(field(&answer, "nc"), "00000001");
            assert!(answer.contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""));
        }
    }

    /// RFC 2617 §3.5 without qop would be RFC 2069; the numbers are from its errata.
    #[test]
    fn without_qop_the_old_form_is_used() {
        let challenge = challenges(&[("Proxy-Authenticate", "Digest realm=\"r\", nonce=\"n\"")]).remove(0);
        let credentials = Credentials { user: "u".into(), password: "p".into(), realm: None };
        let answer = challenge.answer(&Use {
            credentials: &credentials,
            method: &Method::Invite,
            uri: "sip:a@b",
            count: 1,
            client_nonce: "c",
        });
        assert_eq!(challenge.header(), "Proxy-Authorization");
        assert!(!answer.contains("qop") && !answer.contains("cnonce") && !answer.contains("algorithm"));
    }

    #[test]
    fn the_strongest_that_is_known_is_taken() {
        let found = challenges(&[
            ("WWW-Authenticate", "Digest realm=\"a\", nonce=\"1\", algorithm=SHA-512-256"),
            ("WWW-Authenticate", "Digest realm=\"a\", nonce=\"2\", algorithm=MD5"),
            ("WWW-Authenticate", "Digest realm=\"a\", nonce=\"3\", algorithm=SHA-256, stale=TRUE"),
            ("WWW-Authenticate", "Basic realm=\"a\""),
            ("Proxy-Authenticate", "Digest realm=\"b\", nonce=\"4\", qop=\"auth-int\""),
            ("Proxy-Authenticate", "Digest realm=\"b\""),
        ]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].nonce.as_str(), found[0].stale), ("3", true));
    }
}
