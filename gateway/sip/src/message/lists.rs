//! Comma lists and semicolon parameters, both aware of quoted strings and of `<…>`.

/// The values of a comma list, trimmed, empty ones left out.
pub(crate) fn split_list(text: &str) -> impl Iterator<Item = &str> {
    split_outside(text, b',').map(str::trim).filter(|part| !part.is_empty())
}

/// Splits at a delimiter that stands neither in a quoted string nor in `<…>`.
pub(crate) fn split_outside(text: &str, delimiter: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        match find_outside(current, delimiter) {
            Some(at) => {
                rest = Some(&current[at + 1..]);
                Some(&current[..at])
            }
            None => {
                rest = None;
                Some(current)
            }
        }
    })
}

/// Where the delimiter first stands outside quotes and angle brackets.
pub(crate) fn find_outside(text: &str, delimiter: u8) -> Option<usize> {
    let (mut quoted, mut escaped, mut angle) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        match byte {
            b'\\' if quoted => escaped = true,
            b'"' if !angle => quoted = !quoted,
            _ if quoted => {}
            _ if byte == delimiter && !angle => return Some(at),
            b'<' => angle = true,
            b'>' => angle = false,
            _ => {}
        }
    }
    None
}

/// Parameters as they stand after the first `;`: names with their values, quotes taken off.
pub(crate) fn parse_params(text: &str) -> Vec<(String, Option<String>)> {
    split_outside(text, b';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .take(64)
        .map(|part| match part.split_once('=') {
            Some((name, value)) => (name.trim().to_owned(), Some(unquote(value.trim()))),
            None => (part.to_owned(), None),
        })
        .collect()
}

/// Takes the quotes and backslashes off a quoted string; anything else stays as it is.
pub(crate) fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').map(|rest| rest.strip_suffix('"').unwrap_or(rest)) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(next) = chars.next() {
        match next {
            '\\' => out.extend(chars.next()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{parse_params, split_list, unquote};

    #[test]
    fn commas_inside_quotes_and_brackets_do_not_split() {
        let values: Vec<_> = split_list(r#""A, \"B" <sip:a,b@c>;x=1 , , <sip:d>"#).collect();
        assert_eq!(values, [r#""A, \"B" <sip:a,b@c>;x=1"#, "<sip:d>"]);
    }

    #[test]
    fn parameters_keep_their_order() {
        let params = parse_params(r#" tag=1 ; lr ;x="a;b""#);
        assert_eq!(params, [("tag".into(), Some("1".into())), ("lr".into(), None), ("x".into(), Some("a;b".into()))]);
    }

    #[test]
    fn unquote_is_tolerant() {
        assert_eq!(unquote(r#""a\"b""#), "a\"b");
        assert_eq!(unquote(r#""open"#), "open");
        assert_eq!(unquote("bare"), "bare");
        assert_eq!(unquote("\""), "");
    }
}
