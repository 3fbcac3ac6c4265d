//! Telephone links of other programs: `tel:`, `callto:` and `sip:`. A link fills in the number; the person dials.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter, Manager};
use tauri_plugin_deep_link::DeepLinkExt;

use crate::frame;

/// Tells the page that a number is there to be fetched.
const LINKED: &str = "desk-linked";
/// No telephone number is longer; what is longer is no number.
const LONGEST: usize = 32;

/// The number of the last link, until the page has taken it.
#[derive(Default)]
pub struct Links {
    number: Mutex<Option<String>>,
}

/// Claims the schemes of this person's desktop, now and not at installation: an app image has no installation.
pub fn start(app: &AppHandle) {
    if let Err(error) = app.deep_link().register_all() {
        tracing::info!(%error, "telephone links of other programs do not open here");
    }
    let here = app.clone();
    app.deep_link().on_open_url(move |event| {
        for link in event.urls() {
            opened(&here, link.as_str());
        }
    });
    if let Ok(Some(links)) = app.deep_link().get_current() {
        for link in links {
            opened(app, link.as_str());
        }
    }
}

fn opened(app: &AppHandle, link: &str) {
    let Some(number) = number_of(link) else {
        tracing::info!("a link without a telephone number was opened");
        return;
    };
    *app.state::<Links>().number.lock().unwrap_or_else(PoisonError::into_inner) = Some(number);
    frame::come_forward(app);
    if let Err(error) = app.emit_to(frame::MAIN, LINKED, ()) {
        tracing::debug!(%error, "the page could not be told; it asks when it is back");
    }
}

/// Hands over the number of the last link, once.
#[tauri::command]
pub fn link_take(app: AppHandle) -> Option<String> {
    app.state::<Links>().number.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Reads the number out of a link: `tel:+86-21-6500-1000;ext=5`, `callto:02165001000`, `sip:02165001000@host`.
fn number_of(link: &str) -> Option<String> {
    let (scheme, rest) = link.split_once(':')?;
    if !["tel", "callto", "sip"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let rest = rest.trim_start_matches('/');
    let person = rest.split(['@', ';', '?', '/']).next().unwrap_or_default().replace("%2B", "+").replace("%20", " ");
    let number: String = person.chars().filter(|letter| !matches!(letter, '-' | '.' | ' ' | '(' | ')')).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let fits = !digits.is_empty()
        && number.len() <= LONGEST
        && digits.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '*' | '#'));
    fits.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn numbers_are_found_in_links() {
        for (link, number) in [
            ("tel:+86-21-6500-1000", "+862165001000"),
            ("TEL:02165001000;ext=5", "02165001000"),
            ("callto:(021)%206500.1000", "02165001000"),
            ("callto://02165001000", "02165001000"),
            ("sip:02165001000@127.0.0.1:5060", "02165001000"),
            ("tel:%2B862165001000", "+862165001000"),
            ("tel:*21#", "*21#"),
        ] {
            assert_eq!(number_of(link).as_deref(), Some(number), "{link}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for link in ["tel:", "tel:alice", "sip:alice@host", "http://1", "tel:+", "file:///etc/passwd", "1", "tel:1<b>"]
        {
            assert_eq!(number_of(link), None, "{link}");
        }
        assert_eq!(number_of(&format!("tel:{}", "1".repeat(33))), None);
    }
}
