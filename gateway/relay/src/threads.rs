//! The importance of threads: packets first, calls before what can wait.

/// Puts the calling thread before the machine's other work, where that is allowed: a packet that waits behind a
/// compiler is late.
pub(crate) fn come_first() {
    set(-10);
}

/// Lets the calling thread stand back behind all others.
pub(crate) fn be_quiet() {
    set(10);
}

#[cfg(target_os = "linux")]
fn set(niceness: i32) {
    // On Linux alone the "process" of this call is the thread that makes it. Without the right to, it stays as it is.
    if let Err(error) = rustix::process::setpriority_process(None, niceness) {
        tracing::debug!(%error, niceness, "a media thread keeps its priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn set(_niceness: i32) {}
