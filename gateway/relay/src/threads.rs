//! The importance of threads: calls come first.

/// Lets the calling thread stand back behind all others, where the system can do that for a thread.
pub(crate) fn be_quiet() {
    // On Linux alone the "process" of this call is the thread that makes it.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::debug!(%error, "a background thread keeps its priority");
    }
}
