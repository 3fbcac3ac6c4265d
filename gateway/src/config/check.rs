//! What the shape of a file cannot say: ranges, names that must exist, names that must be unique.

use std::collections::BTreeSet;

use super::{Config, Trunk};

/// Checks a configuration whose shape is right.
///
/// # Errors
/// One sentence naming the key, what is wrong and what to write.
pub fn check(config: &Config) -> Result<(), String> {
    if config.http.certificate.is_some() != config.http.key.is_some() {
        return Err("http.certificate and http.key belong together: give both PEM files, or neither".to_owned());
    }
    let has_tls = config.http.certificate.is_some();
    if !config.http.bind.ip().is_loopback() && !has_tls && !config.http.allow_plain {
        return Err(format!(
            "http.bind = \"{}\" is reachable from outside, and passwords would travel in the clear. Give \
             http.certificate and http.key, or put a proxy that speaks TLS in front and set http.allow_plain = true, or \
             bind 127.0.0.1",
            config.http.bind
        ));
    }
    let [first, last] = config.media.rtp_ports;
    if first == 0 || last < first.saturating_add(3) {
        return Err(format!(
            "media.rtp_ports = [{first}, {last}] must be a first and a higher last port, at least 4 ports"
        ));
    }
    if config.sip.udp.is_empty() && config.sip.tcp.is_empty() {
        return Err("sip.udp and sip.tcp are both empty: no call could come in. Give at least one address".to_owned());
    }
    if config.store.journal_days == 0 {
        return Err(
            "store.journal_days = 0 would forget calls before anybody has read them: give at least 1".to_owned()
        );
    }
    if config.instance.is_empty() {
        return Err("no [[instance]] is given: add one with `id` and `name`".to_owned());
    }
    let mut instances = BTreeSet::new();
    for instance in &config.instance {
        let id = &instance.id;
        if id.is_empty()
            || id.len() > 32
            || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        {
            return Err(format!("instance.id = \"{id}\" must be 1 to 32 lower-case letters, digits or hyphens"));
        }
        if !instances.insert(id.as_str()) {
            return Err(format!("instance.id = \"{id}\" is given twice"));
        }
        jiff::tz::TimeZone::get(&instance.zone).map_err(|_| {
            format!("instance.zone = \"{}\" is not an IANA time zone such as Asia/Shanghai", instance.zone)
        })?;
    }
    let mut trunks = BTreeSet::new();
    for trunk in &config.trunk {
        if !trunks.insert(trunk.id.as_str()) {
            return Err(format!("trunk.id = \"{}\" is given twice", trunk.id));
        }
        check_trunk(trunk, &instances)?;
    }
    Ok(())
}

fn check_trunk(trunk: &Trunk, instances: &BTreeSet<&str>) -> Result<(), String> {
    let id = &trunk.id;
    for range in &trunk.allow {
        if !is_cidr(range) {
            return Err(format!(
                "trunk \"{id}\": allow has \"{range}\", which is not an address range such as 203.0.113.0/29"
            ));
        }
    }
    match &trunk.instance {
        Some(name) if !instances.contains(name.as_str()) => {
            return Err(format!("trunk \"{id}\": instance = \"{name}\" is none of the instances above"));
        }
        None if instances.len() > 1 => {
            return Err(format!("trunk \"{id}\": say which instance its calls belong to (instance = \"…\")"));
        }
        Some(_) | None => {}
    }
    if trunk.user.is_some() != trunk.password.is_some() {
        return Err(format!("trunk \"{id}\": user and password go together; one is missing"));
    }
    if trunk.max_calls == Some(0) || trunk.max_calls_per_second == Some(0) {
        return Err(format!("trunk \"{id}\": a cap of 0 would refuse every call; leave the key out for no cap"));
    }
    Ok(())
}

fn is_cidr(text: &str) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}
