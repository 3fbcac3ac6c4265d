//! What a person types as the gateway's address, taken apart: where the gateway is, and which instance is meant.

/// The instance of an address that names none.
const USUAL_INSTANCE: &str = "demo";
const WORKBENCH: &str = "/workbench/";

/// A gateway and one of its instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `http://HOST:PORT` or `https://HOST/some/path`, without what follows.
    pub gateway: String,
    /// The word after `/workbench/`.
    pub instance: String,
}

impl Address {
    /// Reads `host`, `http://host:port` or the address of a desk in a browser. Whether a gateway is there, and
    /// whether the address is one at all, is asked later.
    pub fn read(typed: &str) -> Address {
        let typed = typed.trim();
        let whole = if typed.contains("://") { typed.to_owned() } else { format!("{}://{typed}", usual_scheme(typed)) };
        let whole = whole.split(['?', '#']).next().unwrap_or_default();
        match whole.split_once(WORKBENCH) {
            Some((gateway, rest)) => {
                let instance = rest.split('/').next().filter(|name| !name.is_empty()).unwrap_or(USUAL_INSTANCE);
                Address { gateway: gateway.to_owned(), instance: instance.to_owned() }
            }
            None => Address { gateway: whole.trim_end_matches('/').to_owned(), instance: USUAL_INSTANCE.to_owned() },
        }
    }
}

/// Only a gateway on this very machine is reached without TLS unless somebody says so.
fn usual_scheme(typed: &str) -> &'static str {
    let host = typed.split(['/', ':']).next().unwrap_or_default();
    if matches!(host, "localhost" | "127.0.0.1" | "[") { "http" } else { "https" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> (String, String) {
        let address = Address::read(typed);
        (address.gateway, address.instance)
    }

    fn is(gateway: &str, instance: &str) -> (String, String) {
        (gateway.to_owned(), instance.to_owned())
    }

    #[test]
    fn people_paste_all_sorts_of_addresses() {
        assert_eq!(read("http://127.0.0.1:8080"), is("http://127.0.0.1:8080", "demo"));
        assert_eq!(read(" http://127.0.0.1:8080/ "), is("http://127.0.0.1:8080", "demo"));
        assert_eq!(read("127.0.0.1:8080"), is("http://127.0.0.1:8080", "demo"));
        assert_eq!(read("desk.example.com"), is("https://desk.example.com", "demo"));
        assert_eq!(read("https://a.example/workbench/acme/agentdesk?x=1#y"), is("https://a.example", "acme"));
        assert_eq!(read("https://a.example/cc/workbench/acme"), is("https://a.example/cc", "acme"));
        assert_eq!(read("https://a.example/workbench/"), is("https://a.example", "demo"));
    }
}
