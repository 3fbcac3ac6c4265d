//! A gateway that another program keeps as its child ends when that program does, however it ended: the child's
//! standard input is the parent's to hold, and the system closes it with the parent.

use std::io::Read;

use tokio::sync::oneshot;

/// Waits until standard input ends. What comes in before is ignored.
pub async fn gone() {
    let (told, ended) = oneshot::channel();
    // Reading cannot be interrupted, and the runtime waits for tasks of its own.
    let reader = std::thread::Builder::new().name("parent".to_owned()).spawn(move || {
        drain(std::io::stdin().lock());
        // Nobody listens once the gateway stops for another reason.
        let _ = told.send(());
    });
    match reader {
        Ok(_) => drop(ended.await),
        Err(error) => {
            tracing::warn!(%error, "the gateway will outlive the program that started it");
            std::future::pending::<()>().await;
        }
    }
}

fn drain(mut input: impl Read) {
    let mut ignored = [0; 256];
    // Input that breaks has ended too.
    while input.read(&mut ignored).is_ok_and(|read| read > 0) {}
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use super::*;

    #[test]
    fn input_ends_with_whoever_holds_it() {
        let (input, mut parent) = std::io::pipe().unwrap();
        let (told, ended) = channel();
        std::thread::spawn(move || {
            drain(input);
            told.send(()).unwrap();
        });
        parent.write_all(b"still here").unwrap();
        assert_eq!(ended.recv_timeout(Duration::from_millis(50)), Err(RecvTimeoutError::Timeout));
        drop(parent);
        ended.recv_timeout(Duration::from_secs(10)).unwrap();
    }
}
