//! A room with a network of its own, a network namespace, in which a program runs and from which one cable leads to this
//! machine. The cable can be cut, so that it silently loses everything, and the room's address can change.

use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

use anyhow::{Context, Result, ensure};

/// The room; dropping it takes it away with its cable.
#[derive(Debug)]
pub struct Room {
    name: String,
    net: u8,
    here: u8,
}

impl Room {
    /// Builds a room.
    pub fn build() -> Result<Room> {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Names of cables are 15 letters at most.
        let name = format!("cb{}n{number}", std::process::id());
        let net = (std::process::id() % 50) as u8 * 5 + number % 5;
        let room = Room { name, net, here: 2 };
        let (Room { name, .. }, outside) = (&room, room.outside());
        ip(&format!("netns add {name}"))?;
        ip(&format!("link add {name} type veth peer name cable netns {name}"))?;
        ip(&format!("addr add {outside}/24 dev {name}"))?;
        ip(&format!("link set {name} up"))?;
        room.ip(&format!("addr add {}/24 dev cable", room.inside()))?;
        room.ip("link set lo up")?;
        room.ip("link set cable up")?;
        Ok(room)
    }

    /// This machine's address at the cable.
    pub fn outside(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 213, self.net, 1)
    }

    /// The room's address at the cable.
    pub fn inside(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 213, self.net, self.here)
    }

    /// A program in the room.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }

    /// Loses everything in the cable, both ways, without a word to anybody.
    pub fn cut(&self) -> Result<()> {
        let lose = |device: &str| {
            let chain = format!("{{ type filter hook ingress device \"{device}\" priority 0; policy drop; }}");
            format!("add table netdev {0}; add chain netdev {0} lost {chain}", self.name)
        };
        run(Command::new("nft").arg(lose(&self.name)))?;
        run(Command::new("ip").args(["netns", "exec", &self.name, "nft"]).arg(lose("cable")))
    }

    /// Mends the cable.
    pub fn mend(&self) -> Result<()> {
        let found = format!("delete table netdev {}", self.name);
        run(Command::new("ip").args(["netns", "exec", &self.name, "nft", &found]))?;
        run(Command::new("nft").arg(&found))
    }

    /// Gives the room another address, as a machine gets that goes from one network to another.
    pub fn change_address(&mut self) -> Result<()> {
        let former = self.inside();
        self.here += 1;
        self.ip(&format!("addr del {former}/24 dev cable"))?;
        self.ip(&format!("addr add {}/24 dev cable", self.inside()))
    }

    fn ip(&self, words: &str) -> Result<()> {
        ip(&format!("-n {} {words}", self.name))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // The cable goes with the room; what loses packets on this side stands by itself where it stands.
        let _ = Command::new("nft").arg(format!("delete table netdev {}", self.name)).stderr(Stdio::null()).status();
        let _ = Command::new("ip").args(["netns", "del", &self.name]).status();
    }
}

/// Whether rooms can be built here: by root, with the tools, on a kernel that has them.
pub fn can_be_built() -> bool {
    Room::build().and_then(|room| room.cut().and_then(|()| room.mend())).is_ok()
}

fn ip(words: &str) -> Result<()> {
    run(Command::new("ip").args(words.split(' ')))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("starting {command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
