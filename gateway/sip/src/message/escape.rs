//! Making text from outside safe to stand in a message: user parts, display names, tokens.

/// The longest user part that is put into a message, in bytes before escaping.
pub(crate) const MAX_USER_BYTES: usize = 128;

/// Whether the text is a token (RFC 3261 §25.1).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte))
}

/// Escapes a user part (RFC 3261 §25.1: unreserved and user-unreserved stand, the rest is `%XX`).
///
/// `;`, `?` and `/` are escaped too, though the grammar lets them stand: half the peers would read a parameter.
/// `None` for what cannot be a user part: empty, too long, or with control characters.
pub(crate) fn escape_user(user: &str) -> Option<String> {
    if user.is_empty() || user.len() > MAX_USER_BYTES || user.chars().any(char::is_control) {
        return None;
    }
    let mut out = String::with_capacity(user.len());
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(out)
}

/// Takes `%XX` apart, leaves control characters out, and ends at [`MAX_USER_BYTES`].
pub(crate) fn unescape_user(user: &str) -> String {
    let bytes = user.as_bytes();
    let mut out = Vec::with_capacity(bytes.len().min(MAX_USER_BYTES));
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    clean(&String::from_utf8_lossy(&out), MAX_USER_BYTES)
}

/// Leaves control characters out and ends the text at so many bytes.
pub(crate) fn clean(text: &str, max_bytes: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max_bytes));
    for next in text.chars().filter(|next| !next.is_control()) {
        if out.len() + next.len_utf8() > max_bytes {
            break;
        }
        out.push(next);
    }
    out
}

/// A display name as a quoted string, control characters left out.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for next in clean(text, MAX_USER_BYTES).chars() {
        if matches!(next, '"' | '\\') {
            out.push('\\');
        }
        out.push(next);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{escape_user, quote, unescape_user};

    #[test]
    fn a_user_part_cannot_leave_its_place() {
        assert_eq!(escape_user("+8610").as_deref(), Some("+8610"));
        assert_eq!(escape_user("a@b;c>d?e:f g").as_deref(), Some("a%40b%3Bc%3Ed%3Fe%3Af%20g"));
        assert_eq!(escape_user("a\r\nVia: x"), None);
        assert_eq!(escape_user(""), None);
        assert_eq!(escape_user(&"1".repeat(129)), None);
    }

    #[test]
    fn what_was_escaped_comes_back() {
        assert_eq!(unescape_user("%2B86%2010"), "+86 10");
        assert_eq!(unescape_user("100%"), "100%");
        assert_eq!(unescape_user("a%0D%0Ab%zz"), "ab%zz");
    }

    #[test]
    fn a_display_name_stays_in_its_quotes() {
        assert_eq!(quote("a\"b\\c\r\n"), r#""a\"b\\c""#);
    }
}
