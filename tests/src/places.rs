//! Where things are on this machine: our binaries, free ports, other programs.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, Result, ensure};

/// The folder cargo built into, such as `target/debug`.
pub fn build_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().context("this program stands in no folder")?;
    // Tests stand one deeper than binaries.
    let of_tests = folder.file_name().is_some_and(|name| name == "deps");
    let folder = if of_tests { folder.parent().context("the tests' folder stands in no other")? } else { folder };
    Ok(folder.to_path_buf())
}

/// One of our own binaries: from the folder that `CORDBOARD_BINARIES` names, else from where this program was built.
pub fn binary(name: &str) -> Result<PathBuf> {
    let folder =
        std::env::var_os("CORDBOARD_BINARIES").map_or_else(build_folder, |folder| Ok(PathBuf::from(folder)))?;
    let path = folder.join(name);
    ensure!(path.exists(), "{} is not built: run `cargo build --workspace --bins`", path.display());
    Ok(path)
}

/// A file of the repository.
pub fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Whether a program is on the path.
pub fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).exists()))
}

/// A port of this address that is free for UDP and TCP now. Somebody may take it before it is used; stories take ports
/// in the range below the one that the system gives away by itself, each only once.
pub fn free_port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test binaries that run side by side begin at different places.
    let origin = (std::process::id() % 40) as u16 * 100;
    for _ in 0..4000 {
        let port = 26_000 + (origin + NEXT.fetch_add(1, Ordering::Relaxed)) % 6000;
        let here = (Ipv4Addr::LOCALHOST, port);
        if UdpSocket::bind(here).is_ok() && TcpListener::bind(here).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("no port is free between 26000 and 31999")
}

/// A loopback address with a free port.
pub fn free_address() -> Result<SocketAddr> {
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?)))
}

/// A range of RTP ports that no other gateway of this run has.
pub fn rtp_ports() -> RangeInclusive<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let slot = (NEXT.fetch_add(1, Ordering::Relaxed) + (std::process::id() % 40) as u16) % 40;
    let first = 10_000 + slot * 400;
    first..=first + 399
}
