//! Sound comes first: a packet that waits behind a compiler is late.

/// Puts the calling thread, and those it starts from now on, before the machine's other work where that is allowed.
pub fn come_first() {
    set(-10);
}

#[cfg(target_os = "linux")]
fn set(niceness: i32) {
    // On Linux alone the "process" of this call is the thread that makes it. Without the right to, it stays as it is.
    if let Err(error) = rustix::process::setpriority_process(None, niceness) {
        tracing::debug!(%error, niceness, "the thread keeps its priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn set(_niceness: i32) {}
