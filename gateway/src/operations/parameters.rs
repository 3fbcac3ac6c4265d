//! Parameters as clients send them: numbers and booleans as text, lists as JSON in a string, either key casing,
//! spaces around keys and values.

use std::collections::BTreeMap;

use cordboard_store::Page;
use serde_json::{Map, Value};

use super::OperationError;

/// The longest text taken; flows are the longest.
const TEXT_MAX: usize = 1 << 20;
/// The longest list taken.
const LIST_MAX: usize = 100;
/// The vendor's last page.
const PAGE_MAX: i64 = 100;

/// An object's parameters, or one element of a list of objects.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters {
    /// By trimmed key in lower case.
    values: BTreeMap<String, Value>,
}

type Outcome<T> = Result<T, OperationError>;

impl Parameters {
    pub(super) fn new(parameters: Map<String, Value>) -> Self {
        let values = parameters.into_iter().filter(|(_, value)| !value.is_null());
        Self { values: values.map(|(key, value)| (key.trim().to_lowercase(), value)).collect() }
    }

    /// Whether it was sent at all, even blank.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(&name.to_lowercase())
    }

    /// A text without the spaces around it; blank is absent.
    pub(super) fn text(&self, name: &str) -> Outcome<Option<String>> {
        let text = match self.values.get(&name.to_lowercase()) {
            None => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(value)) => value.to_string(),
            // A client may send a definition as the object it is.
            Some(structure @ (Value::Array(_) | Value::Object(_))) => structure.to_string(),
            Some(Value::Null) => return Ok(None),
        };
        if text.len() > TEXT_MAX {
            return Err(OperationError::maximum(name, TEXT_MAX));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A text that must be there.
    pub(super) fn required(&self, name: &str) -> Outcome<String> {
        self.text(name)?.ok_or_else(|| OperationError::blank(name))
    }

    /// A text of at most so many characters.
    pub(super) fn text_up_to(&self, name: &str, most: usize) -> Outcome<Option<String>> {
        let text = self.text(name)?;
        match text.as_ref().map(|text| text.chars().count()) {
            Some(length) if length > most => Err(OperationError::maximum(name, most)),
            _ => Ok(text),
        }
    }

    /// One of the words allowed, whatever its case; given back as it is spelt there.
    pub(super) fn one_of<'a>(&self, name: &str, allowed: &[&'a str]) -> Outcome<Option<&'a str>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let word = allowed.iter().find(|word| word.eq_ignore_ascii_case(&text));
        word.copied().map(Some).ok_or_else(|| OperationError::enumeration(name, allowed))
    }

    /// A whole number.
    pub(super) fn integer(&self, name: &str) -> Outcome<Option<i64>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| OperationError::format(name, "A whole number is expected."))
    }

    /// A whole number within bounds.
    pub(super) fn integer_within(&self, name: &str, least: i64, most: i64) -> Outcome<Option<i64>> {
        match self.integer(name)? {
            Some(value) if value < least => Err(OperationError::minimum(name, least)),
            Some(value) if value > most => Err(OperationError::maximum(name, most)),
            value => Ok(value),
        }
    }

    /// Yes or no.
    pub(super) fn boolean(&self, name: &str) -> Outcome<Option<bool>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(OperationError::format(name, "true or false is expected.")),
        }
    }

    /// `PageNumber` and `PageSize`, both from 1 to 100.
    pub(super) fn page(&self) -> Outcome<Page> {
        let bounded = |name, most| {
            let value = self.integer_within(name, 1, most)?.ok_or_else(|| OperationError::null(name))?;
            u32::try_from(value).map_err(|_| OperationError::maximum(name, most))
        };
        Ok(Page::new(bounded("PageNumber", PAGE_MAX)?, bounded("PageSize", i64::from(Page::MAX_SIZE))?))
    }

    /// A list of texts: JSON in a string, a real array, `Name.1 Name.2 …`, or words between commas.
    /// None: not sent. Blank elements are left out.
    pub(super) fn list(&self, name: &str) -> Outcome<Option<Vec<String>>> {
        let Some(elements) = self.elements(name)? else { return Ok(None) };
        let texts = elements.into_iter().map(|element| match element {
            Value::String(text) => Ok(text.trim().to_owned()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(OperationError::format(name, "A JSON array of strings is expected.")),
        });
        let texts = texts.collect::<Outcome<Vec<_>>>()?;
        Ok(Some(texts.into_iter().filter(|text| !text.is_empty()).collect()))
    }

    /// A list of texts with something in it, each once.
    pub(super) fn required_list(&self, name: &str) -> Outcome<Vec<String>> {
        let list = self.list(name)?.ok_or_else(|| OperationError::blank(name))?;
        if list.is_empty() {
            return Err(OperationError::empty(name));
        }
        let mut once = Vec::with_capacity(list.len());
        for text in list {
            if !once.contains(&text) {
                once.push(text);
            }
        }
        Ok(once)
    }

    /// A list of objects with something in it: JSON in a string or a real array.
    pub(super) fn required_objects(&self, name: &str) -> Outcome<Vec<Parameters>> {
        let elements = self.elements(name)?.ok_or_else(|| OperationError::blank(name))?;
        if elements.is_empty() {
            return Err(OperationError::empty(name));
        }
        let objects = elements.into_iter().map(|element| match element {
            Value::Object(object) => Ok(Self::new(object)),
            _ => Err(OperationError::format(name, "A JSON array of objects is expected.")),
        });
        objects.collect()
    }

    /// A JSON object in a string, or a real one.
    pub(super) fn object(&self, name: &str) -> Outcome<Option<Parameters>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => Ok(Some(Self::new(object))),
            Ok(_) | Err(_) => Err(OperationError::format(name, "A JSON object is expected.")),
        }
    }

    fn elements(&self, name: &str) -> Outcome<Option<Vec<Value>>> {
        let elements = match self.values.get(&name.to_lowercase()) {
            Some(Value::Array(elements)) => elements.clone(),
            Some(Value::String(text)) if text.trim().starts_with('[') => {
                serde_json::from_str(text).map_err(|_| OperationError::format(name, "A JSON array is expected."))?
            }
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => text.split(',').map(Value::from).collect(),
            Some(Value::Number(number)) => vec![Value::Number(number.clone())],
            Some(_) => return Err(OperationError::format(name, "A JSON array is expected.")),
            None => {
                let numbered: Vec<_> = self.numbered(name).take(LIST_MAX + 1).collect();
                if numbered.is_empty() {
                    return Ok(None);
                }
                numbered
            }
        };
        if elements.len() > LIST_MAX {
            return Err(OperationError::maximum(name, LIST_MAX));
        }
        Ok(Some(elements))
    }

    fn numbered(&self, name: &str) -> impl Iterator<Item = Value> {
        let name = name.to_lowercase();
        (1..).map_while(move |place| self.values.get(&format!("{name}.{place}")).cloned())
    }

    /// What an act is about, for the audit log: the first id that is there.
    pub(super) fn subject(&self) -> String {
        const IDS: [&str; 10] = [
            "UserId",
            "SkillGroupId",
            "ContactFlowId",
            "Number",
            "LoginName",
            "Name",
            "UserIdList",
            "NumberList",
            "ObjectId",
            "InstanceId",
        ];
        let found = IDS.iter().find_map(|id| self.text(id).ok().flatten());
        found.map(|text| text.chars().take(200).collect()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
