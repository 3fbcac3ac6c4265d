//! The headers of a message, in order, by name whatever its case or its compact form.

use std::borrow::Cow;

/// Header lines in the order they stand in the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers(Vec<(Cow<'static, str>, String)>);

impl Headers {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// The first header of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every header line of this name.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of this name, header lines with commas taken apart.
    pub(crate) fn list<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.all(name).flat_map(super::split_list)
    }

    pub(crate) fn push(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((Cow::Borrowed(name), value.into()));
    }

    pub(crate) fn push_parsed(&mut self, name: Cow<'static, str>, value: String) {
        self.0.push((name, value));
    }

    pub(crate) fn push_front(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(0, (Cow::Borrowed(name), value.into()));
    }

    /// Replaces every header of this name by one.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        match self.0.iter().position(|(have, _)| have.eq_ignore_ascii_case(name)) {
            Some(at) => {
                self.0[at].1 = value.into();
                let mut index = 0;
                self.0.retain(|(have, _)| {
                    index += 1;
                    index - 1 <= at || !have.eq_ignore_ascii_case(name)
                });
            }
            None => self.push(name, value),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
    }

    /// Makes one header line a value of a name whose lines may hold several (Via).
    pub(crate) fn split_lines(&mut self, name: &str) {
        if !self.all(name).any(|value| value.contains(',')) {
            return;
        }
        let lines = std::mem::take(&mut self.0);
        for (have, value) in lines {
            if have.eq_ignore_ascii_case(name) && value.contains(',') {
                self.0.extend(super::split_list(&value).map(|part| (have.clone(), part.to_owned())));
            } else {
                self.0.push((have, value));
            }
        }
    }
}

impl FromIterator<(&'static str, &'static str)> for Headers {
    fn from_iter<I: IntoIterator<Item = (&'static str, &'static str)>>(iter: I) -> Self {
        Self(iter.into_iter().map(|(name, value)| (Cow::Borrowed(name), value.to_owned())).collect())
    }
}

/// The full name of a compact form (RFC 3261 §7.3.3 and the IANA registry), or the name as it came.
pub(crate) fn canonical(name: &str) -> Cow<'static, str> {
    const COMPACT: [(u8, &str); 14] = [
        (b'v', "Via"),
        (b'f', "From"),
        (b't', "To"),
        (b'i', "Call-ID"),
        (b'm', "Contact"),
        (b'l', "Content-Length"),
        (b'c', "Content-Type"),
        (b'e', "Content-Encoding"),
        (b'k', "Supported"),
        (b's', "Subject"),
        (b'o', "Event"),
        (b'r', "Refer-To"),
        (b'b', "Referred-By"),
        (b'x', "Session-Expires"),
    ];
    if let [one] = name.as_bytes() {
        let letter = one.to_ascii_lowercase();
        if let Some((_, full)) = COMPACT.iter().find(|(compact, _)| *compact == letter) {
            return Cow::Borrowed(full);
        }
    }
    Cow::Owned(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Headers;

    #[test]
    fn set_leaves_one_in_the_place_of_the_first() {
        let mut headers: Headers = [("A", "1"), ("B", "x"), ("a", "2"), ("C", "3")].into_iter().collect();
        headers.set("A", "9");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("A", "9"), ("B", "x"), ("C", "3")]);
    }

    #[test]
    fn via_lines_come_apart() {
        let mut headers: Headers =
            [("Via", "SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2"), ("To", "x")].into_iter().collect();
        headers.split_lines("Via");
        assert_eq!(headers.all("via").count(), 2);
        assert_eq!(headers.get("Via"), Some("SIP/2.0/UDP a;branch=1"));
    }
}
