//! What a desktop opens addresses with, as programs of a story's own that only write down what they were asked to open.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::Story;
use crate::lines::until;

/// All that is tried on Linux, one after the other.
const OPENERS: [&str; 6] = ["xdg-open", "gio", "gnome-open", "kde-open6", "kde-open5", "kde-open"];

/// The programs, in a folder for the front of a `PATH`.
pub struct SystemBrowser {
    folder: PathBuf,
}

impl SystemBrowser {
    /// Writes them.
    pub fn new(story: &Story) -> Result<SystemBrowser> {
        let folder = story.path("openers");
        std::fs::create_dir_all(&folder)?;
        let (opened, refuses) = (folder.join("opened"), folder.join("refuses"));
        let script = format!(
            "#!/bin/sh\n[ -e '{refuses}' ] && exit 3\nfor last; do :; done\necho \"$last\" >> '{opened}'\n",
            refuses = refuses.display(),
            opened = opened.display(),
        );
        for name in OPENERS {
            let file = folder.join(name);
            std::fs::write(&file, &script)?;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755))?;
        }
        Ok(SystemBrowser { folder })
    }

    /// The `PATH` of a program that is to find these before the system's.
    pub fn path(&self) -> String {
        format!("{}:{}", self.folder.display(), std::env::var("PATH").unwrap_or_default())
    }

    /// Refuses everything from now on.
    pub fn refuse(&self) -> Result<()> {
        std::fs::write(self.folder.join("refuses"), "")?;
        Ok(())
    }

    /// Everything that was opened so far.
    pub fn opened(&self) -> Vec<String> {
        let opened = std::fs::read_to_string(self.folder.join("opened")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }

    /// Waits until so much was opened.
    pub async fn opens(&self, many: usize, limit: Duration) -> Result<Vec<String>> {
        until("pages in the browser", limit, || async { Some(self.opened()).filter(|opened| opened.len() >= many) })
            .await
    }
}
