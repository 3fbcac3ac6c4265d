//! Which address of a customer's page may be opened at all, and once for which call.

use tauri::Url;

/// Makes an address of the gateway's own whole, and refuses all but the web's: what a browser of the system is handed
/// could be a file or another program's link.
pub fn at(gateway: &str, address: &str) -> Option<Url> {
    let base = Url::parse(&format!("{gateway}/")).ok()?;
    base.join(address).ok().filter(|page| matches!(page.scheme(), "http" | "https"))
}

/// Says whether a call is new here, and remembers it.
pub fn is_new(shown: &mut Option<String>, call_id: &str) -> bool {
    if shown.as_deref() == Some(call_id) {
        return false;
    }
    *shown = Some(call_id.to_owned());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATEWAY: &str = "http://127.0.0.1:8080";

    #[test]
    fn pages_of_the_web_may_be_opened() {
        let at = |address| at(GATEWAY, address).map(String::from);
        assert_eq!(at("/crm?caller=1").as_deref(), Some("http://127.0.0.1:8080/crm?caller=1"));
        assert_eq!(at("https://crm.example/c/7").as_deref(), Some("https://crm.example/c/7"));
        assert_eq!(at("HTTPS://crm.example").as_deref(), Some("https://crm.example/"));
    }

    #[test]
    fn nothing_else_may() {
        for address in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,hello",
            "tel:02165001000",
            "ms-settings:sound",
            "C:\\Windows\\notepad.exe",
            "https://",
        ] {
            assert_eq!(at(GATEWAY, address), None, "{address}");
        }
        // What looks like an option of the program that opens it becomes a path of the gateway's.
        assert_eq!(at(GATEWAY, "--help").map(String::from).as_deref(), Some("http://127.0.0.1:8080/--help"));
    }

    #[test]
    fn a_call_is_shown_once() {
        let mut shown = None;
        assert!(is_new(&mut shown, "job-1"));
        assert!(!is_new(&mut shown, "job-1"));
        assert!(is_new(&mut shown, "job-2"));
    }
}
