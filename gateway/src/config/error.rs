//! What is wrong with a configuration, said so that it can be mended: file, line, key, nearest known key.

use std::path::Path;

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct ConfigError {
    /// File, and line and column where known.
    place: String,
    /// What is wrong and what to do.
    what: String,
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self { place: path.display().to_string(), what: format!("cannot be read: {error}") }
    }

    pub(super) fn problem(path: &Path, what: String) -> Self {
        Self { place: path.display().to_string(), what }
    }

    pub(super) fn toml(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let place = match error.span() {
            Some(span) => {
                let before = &text[..span.start.min(text.len())];
                let line = before.matches('\n').count() + 1;
                let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
                format!("{}:{line}:{column}", path.display())
            }
            None => path.display().to_string(),
        };
        let key = error.span().and_then(|span| key_at(text, span.start));
        let what = with_neighbour(error.message());
        let what = match key {
            Some(key) if !what.contains(&format!("`{key}`")) => format!("`{key}`: {what}"),
            Some(_) | None => what,
        };
        Self { place, what }
    }
}

/// The key of the line that holds a byte of the text; none where the line is not `key = value`.
fn key_at(text: &str, byte: usize) -> Option<&str> {
    let start = text.get(..byte)?.rfind('\n').map_or(0, |at| at + 1);
    let (key, _) = text[start..].lines().next()?.split_once('=')?;
    Some(key.trim()).filter(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// Adds the nearest known key to serde's "unknown field" message.
fn with_neighbour(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (true, Some(unknown)) = (message.starts_with("unknown field"), quoted.next()) else {
        return message.to_owned();
    };
    let nearest = quoted.min_by_key(|known| strsim::damerau_levenshtein(unknown, known));
    match nearest {
        Some(known) => format!("unknown key `{unknown}`; did you mean `{known}`?"),
        None => format!("unknown key `{unknown}`; this table has no keys"),
    }
}
