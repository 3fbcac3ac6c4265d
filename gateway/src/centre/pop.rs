//! The screen pop: which page a call opens, filled in and escaped by place.
//!
//! A template such as `https://crm.example.com/open?phone={caller}&id={call_id}` may hold `{caller}`, `{called}`,
//! `{call_id}` and `{direction}`. Each value is percent-encoded for the place it stands in, so that a number from
//! outside can never add a parameter, a path segment or a fragment.

/// What a template can be filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopValues<'a> {
    /// Caller's number.
    pub caller: &'a str,
    /// Called number.
    pub called: &'a str,
    /// `job-…`.
    pub call_id: &'a str,
    /// `Inbound` or `Outbound`.
    pub direction: &'a str,
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Not http(s), and not a path of our own.
    #[error("the page must begin with https://, http:// or /")]
    Scheme,
    /// A value in the host or user part would let a caller choose the server.
    #[error("{{{0}}} stands in the host; values may stand in the path, the query and the fragment only")]
    InHost(String),
    /// No such value.
    #[error("{{{0}}} is unknown; there are {{caller}}, {{called}}, {{call_id}} and {{direction}}")]
    Unknown(String),
    /// `{` without `}`.
    #[error("a {{ is not closed")]
    Unclosed,
}

/// Fills a template.
///
/// # Errors
/// [`TemplateError`] names what is wrong; nothing is opened then.
pub fn fill(template: &str, values: &PopValues<'_>) -> Result<String, TemplateError> {
    let place_starts = values_may_start(template)?;
    let mut url = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        url.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let close = after.find('}').ok_or(TemplateError::Unclosed)?;
        let name = &after[..close];
        let value = match name {
            "caller" => values.caller,
            "called" => values.called,
            "call_id" => values.call_id,
            "direction" => values.direction,
            _ => return Err(TemplateError::Unknown(name.to_owned())),
        };
        if template.len() - rest.len() + open < place_starts {
            return Err(TemplateError::InHost(name.to_owned()));
        }
        escape(value, &mut url);
        rest = &after[close + 1..];
    }
    url.push_str(rest);
    Ok(url)
}

/// The first byte at which a value may stand: behind scheme and host.
fn values_may_start(template: &str) -> Result<usize, TemplateError> {
    if template.starts_with('/') && !template.starts_with("//") {
        return Ok(1);
    }
    let scheme =
        ["https://", "http://"].into_iter().find(|scheme| template.starts_with(scheme)).ok_or(TemplateError::Scheme)?;
    let host = &template[scheme.len()..];
    Ok(scheme.len() + host.find(['/', '?', '#']).map_or(host.len(), |at| at + 1))
}

/// RFC 3986: everything but unreserved characters, which is right in path segments, query values and fragments.
/// A value of dots only would change the path, so dots are escaped too.
fn escape(value: &str, into: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => into.push(char::from(byte)),
            _ => {
                into.push('%');
                into.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
                into.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const VALUES: PopValues<'static> =
        PopValues { caller: "+86138&x=1#/..", called: "021", call_id: "job-1", direction: "Inbound" };

    #[test]
    fn values_are_escaped_where_they_stand() {
        assert_eq!(
            fill("https://crm.example.com/c/{caller}?to={called}#{call_id}", &VALUES).unwrap(),
            "https://crm.example.com/c/%2B86138%26x%3D1%23%2F%2E%2E?to=021#job-1"
        );
        assert_eq!(fill("/crm?d={direction}", &VALUES).unwrap(), "/crm?d=Inbound");
    }

    #[test]
    fn a_caller_never_chooses_the_server() {
        assert_eq!(fill("https://{caller}.example.com/", &VALUES), Err(TemplateError::InHost("caller".into())));
        assert_eq!(fill("https://{caller}", &VALUES), Err(TemplateError::InHost("caller".into())));
        assert_eq!(fill("javascript:alert({caller})", &VALUES), Err(TemplateError::Scheme));
        assert_eq!(fill("//{caller}/", &VALUES), Err(TemplateError::Scheme));
        assert_eq!(fill("/a/{who}", &VALUES), Err(TemplateError::Unknown("who".into())));
        assert_eq!(fill("/a/{caller", &VALUES), Err(TemplateError::Unclosed));
    }
}
