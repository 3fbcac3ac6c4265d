//! The front end's types are generated from this crate and checked in; this test keeps them current.
//! `CORDBOARD_UPDATE=1 cargo test -p cordboard-wire --test generated_types` writes them anew.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cordboard_wire::{ApiError, ClientMessage, GatewayMessage, SignInAnswer, SignInRequest, Ticket};
use ts_rs::{Config, TS};

/// Everything the front end speaks hangs below these.
fn export_into(folder: &Path) {
    let config = Config::new().with_out_dir(folder).with_large_int("number");
    ClientMessage::export_all(&config).unwrap();
    GatewayMessage::export_all(&config).unwrap();
    SignInRequest::export_all(&config).unwrap();
    SignInAnswer::export_all(&config).unwrap();
    Ticket::export_all(&config).unwrap();
    ApiError::export_all(&config).unwrap();
}

fn files_of(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ts"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap().replace("\r\n", "\n"))
        })
        .collect()
}

#[test]
fn the_front_ends_types_are_current() {
    let checked_in = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/src/generated");
    let fresh = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated_types");
    let _ = fs::remove_dir_all(&fresh);
    export_into(&fresh);
    let wanted = files_of(&fresh);
    assert!(wanted.len() > 20, "only {} types were exported", wanted.len());
    if std::env::var_os("CORDBOARD_UPDATE").is_some() {
        let _ = fs::remove_dir_all(&checked_in);
        fs::create_dir_all(&checked_in).unwrap();
        for (name, text) in &wanted {
            fs::write(checked_in.join(name), text).unwrap();
        }
        return;
    }
    let have = files_of(&checked_in);
    for name in wanted.keys().chain(have.keys()) {
        assert_eq!(
            have.get(name),
            wanted.get(name),
            "ui/src/generated/{name} is not what wire says: run \
             CORDBOARD_UPDATE=1 cargo test -p cordboard-wire --test generated_types"
        );
    }
}
