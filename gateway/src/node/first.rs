//! The first start: instances of the configuration that the store does not know are created, each with an
//! administrator whose password is written to a file that only its owner can read.

use std::io::Write;

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cordboard_store::{Instance, NewUser, Store};
use rand::RngCore;

use crate::{centre::clock::utc_ms, config::Config};

/// Creates what is missing.
///
/// # Errors
/// The store's, or the password file's.
pub async fn create_instances(config: &Config, store: &Store) -> Result<()> {
    for settings in &config.instance {
        if store.instance(&settings.id).await?.is_some() {
            continue;
        }
        let now = utc_ms();
        let instance = Instance {
            instance_id: settings.id.clone(),
            display_name: settings.name.clone(),
            description: String::new(),
            zone: settings.zone.clone(),
            created_ms: now,
        };
        store.create_instance(&instance).await?;
        let admin = NewUser {
            login_name: "admin".to_owned(),
            display_name: "Administrator".to_owned(),
            role: "Admin".to_owned(),
            work_mode: "ON_SITE".to_owned(),
            at_ms: now,
            ..NewUser::default()
        };
        let admin = store.create_user(&settings.id, &admin).await?;
        let mut bytes = [0; 12];
        rand::rng().fill_bytes(&mut bytes);
        let password = URL_SAFE_NO_PAD.encode(bytes);
        store.set_password(&settings.id, &admin.user_id, &password, true).await?;
        let path = config.data.join(format!("first-admin-{}.txt", settings.id));
        write_private(&path, &format!("admin\n{password}\n"))
            .with_context(|| format!("cannot write {}", path.display()))?;
        tracing::warn!(
            instance = settings.id,
            "instance created; its administrator's password is in {}",
            path.display()
        );
    }
    Ok(())
}

fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
